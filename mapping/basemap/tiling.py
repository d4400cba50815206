"""Has GDAL cut the features of a base map into vector tiles: one PMTiles file out of one GeoPackage.

GDAL's writer of tiles takes zooms by layer and not by feature, so features of one layer that begin at different zooms
go through layers of their own which the tiles call by one name. pyogrio writes one layer a file, hence the call of
GDAL itself (what `ogr2ogr` does), in the library that GeoDjango has loaded.
"""

import ctypes
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from django.utils.translation import gettext as _

from mapping.basemap.errors import BasemapError
from mapping.basemap.layers import FIRST_ZOOM, LAST_ZOOM
from mapping.basemap.reading import Drawn
from mapping.basemap.romanising import romanised
from mapping.basemap.tags import LINE

_OPEN_VECTOR = 0x04
_COLUMNS = np.array(["class", "name", "pinyin"], dtype=object)


def cut(drawn: Drawn, folder: Path) -> Path:
    """The tiles of the features, as a PMTiles file in a folder that is the caller's to clear.

    Raises:
        BasemapError: this GDAL writes no PMTiles, or failed.
    """
    source, tiles = folder / "features.gpkg", folder / "tiles.pmtiles"
    layers = _write_features(_joined(drawn), source)
    zooms = [f"MINZOOM={FIRST_ZOOM}", f"MAXZOOM={LAST_ZOOM}"]
    _translate(source, tiles, [*zooms, f"CONF={json.dumps(layers)}"])
    return tiles


def _joined(drawn: Drawn) -> Drawn:
    """The features, with the pieces of a named line as one: a name is written along a line that is long enough for it.

    Where data is made for finding ways, a road is a piece from crossing to crossing.
    """
    joined, pieces = Drawn(), defaultdict(list)
    for kind, name, shape in zip(drawn.kinds, drawn.names, drawn.shapes, strict=True):
        if name and shapely.get_dimensions(shape) == LINE:
            pieces[kind, name].append(shape)
        else:
            joined.add(kind, name, shape)
    for (kind, name), shapes in pieces.items():
        lines = shapely.get_parts(shapely.line_merge(shapely.union_all(shapes)))
        for line in lines:
            joined.add(kind, name, line)
    return joined


def _write_features(drawn: Drawn, path: Path) -> dict[str, dict[str, Any]]:
    """Write the GeoPackage. Returns GDAL's description of its layers: name in the tiles and zooms."""
    rows: dict[tuple[str, int], list[int]] = defaultdict(list)
    for row, kind in enumerate(drawn.kinds):
        rows[kind.layer, kind.first_zoom].append(row)
    layers = {}
    for (layer, first_zoom), members in sorted(rows.items()):
        name = f"{layer}_{first_zoom}"
        classes = np.array([drawn.kinds[row].name for row in members], dtype=object)
        names = [drawn.names[row] for row in members]
        pinyin = [romanised(name) if name else None for name in names]
        wkb = shapely.to_wkb(np.array([drawn.shapes[row] for row in members], dtype=object))
        pyogrio.raw.write(
            path,
            wkb,
            [classes, np.array(names, dtype=object), np.array(pinyin, dtype=object)],
            _COLUMNS,
            layer=name,
            driver="GPKG",
            geometry_type="Unknown",
            crs="EPSG:4326",
            append=path.exists(),
            SPATIAL_INDEX="NO",
        )
        layers[name] = {"target_name": layer, "minzoom": first_zoom, "maxzoom": LAST_ZOOM}
    return layers


def _translate(source: Path, target: Path, creation: list[str]) -> None:
    gdal = _gdal()
    # With several threads features come in another order each time, and the same map would be another build.
    gdal.CPLSetConfigOption(b"GDAL_NUM_THREADS", b"1")
    opened = gdal.GDALOpenEx(str(source).encode(), _OPEN_VECTOR, None, None, None)
    if not opened:
        raise BasemapError(_("The tiles could not be cut: %(why)s") % {"why": _last_error(gdal)})
    arguments = ["-q", "-f", "PMTiles"]
    for option in creation:
        arguments += ["-dsco", option]
    listed = (ctypes.c_char_p * (len(arguments) + 1))(*(text.encode() for text in arguments), None)
    options = gdal.GDALVectorTranslateOptionsNew(listed, None)
    failed = ctypes.c_int()
    sources = (ctypes.c_void_p * 1)(opened)
    made = gdal.GDALVectorTranslate(str(target).encode(), None, 1, sources, options, ctypes.byref(failed))
    gdal.GDALVectorTranslateOptionsFree(options)
    # The tiles are written when it is closed.
    unfinished = gdal.GDALClose(made) if made else 1
    gdal.GDALClose(opened)
    if unfinished or failed.value or not target.exists():
        raise BasemapError(_("The tiles could not be cut: %(why)s") % {"why": _last_error(gdal)})


def _gdal() -> Any:
    """The functions of GDAL that Django does not declare."""
    from django.contrib.gis.gdal.libgdal import lgdal

    pointer, text = ctypes.c_void_p, ctypes.c_char_p
    signatures: dict[str, tuple[Any, list[Any]]] = {
        "GDALAllRegister": (None, []),
        "GDALGetDriverByName": (pointer, [text]),
        "GDALOpenEx": (pointer, [text, ctypes.c_uint, pointer, pointer, pointer]),
        "GDALVectorTranslateOptionsNew": (pointer, [ctypes.POINTER(text), pointer]),
        "GDALVectorTranslateOptionsFree": (None, [pointer]),
        "GDALVectorTranslate": (
            pointer,
            [text, pointer, ctypes.c_int, ctypes.POINTER(pointer), pointer, ctypes.POINTER(ctypes.c_int)],
        ),
        "GDALClose": (ctypes.c_int, [pointer]),
        "CPLGetLastErrorMsg": (text, []),
        "CPLSetConfigOption": (None, [text, text]),
    }
    # A handle of its own: Django has declared some of these otherwise for itself.
    library = ctypes.CDLL(lgdal._name)
    for name, (result, arguments) in signatures.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    library.GDALAllRegister()
    if not library.GDALGetDriverByName(b"PMTiles"):
        raise BasemapError(
            _("This GDAL writes no PMTiles: it has to be version 3.8 or later, with SQLite and GEOS.")
        )
    return library


def _last_error(gdal: Any) -> str:
    message: bytes = gdal.CPLGetLastErrorMsg() or b""
    return message.decode(errors="replace")[:300] or "GDAL"
