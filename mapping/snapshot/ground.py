"""The base map in a snapshot: what of the served one lies under the snapshot's extent, simplified for a file.

The tiles of one zoom are put together again: the closest one whose tiles over the extent are few, so a district comes
with its streets and a province with its trunk roads. Whatever then is too much for a file goes class by class, the
least important first; what is left is drawn and named by `browser/ground_layer.js`.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from math import log2
from typing import Any

import numpy as np
import pyogrio
import shapely
from django.utils.translation import get_language
from numpy.typing import NDArray

from assets.dictionaries import Bounds
from mapping.basemap.archive import About, current, location
from mapping.basemap.describing import description
from mapping.basemap.romanising import romanised
from mapping.snapshot.payload import packed_lines

# From the most important to what is left out first. A building or an alley is worth no byte of a file to be mailed.
_CLASSES = (
    ("roads", "motorway"),
    ("roads", "trunk"),
    ("water", "river"),
    ("roads", "primary"),
    ("water", "water"),
    ("rail", "rail"),
    ("roads", "secondary"),
    ("pois", "station"),
    ("green", "park"),
    ("roads", "tertiary"),
    ("pois", "metro_station"),
    ("rail", "metro"),
    ("water", "canal"),
    ("green", "wood"),
    ("roads", "street"),
)
_RANK = {kind: rank for rank, kind in enumerate(_CLASSES)}
# A position takes about four bytes of the file.
MOST_POSITIONS = 60_000
_MOST_TILES = 64
# Of the extent on each side, and at least so many degrees: about 500 m.
_MARGIN, _LEAST_MARGIN = 0.15, 0.005
# Units of a tile, of which there are 4096 across: what the eye does not miss at the tile's zoom.
_TOLERANCE = 3 / 4096
_WORLD = 20_037_508.342789244
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Piece:
    """Some features of one class and name, as one geometry in WGS84."""

    rank: int
    name: str
    shape: Any


def ground(bounds: Bounds) -> dict[str, Any] | None:
    """What of the base map lies around the extent; None when none is served, or it cannot be read.

    Args:
        bounds: west, south, east, north of what the snapshot shows, WGS84 degrees.

    Returns:
        `credit` in the active language; `lines` and `areas`, each with `kind`, `name` and `lines` (see
        `packed_lines`); `spots` with `kind`, `name` and `at`, longitude and latitude. The most important come first.
    """
    archive = current()
    if archive is None:
        return None
    extent = _widened(bounds)
    zoom = _zoom(extent, archive.about)
    try:
        pieces = _within_budget(list(_pieces(extent, zoom, archive.about)))
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, shapely.GEOSException) as error:
        # A file without a base map is better than none.
        _log.error("The base map cannot be drawn in a snapshot: %s", error)
        return None
    about = description(archive.about)
    drawn: dict[str, Any] = {"credit": _credit(about), "lines": [], "areas": [], "spots": []}
    for piece in pieces:
        kind = _CLASSES[piece.rank][1]
        name = _name(piece.name)
        if piece.shape.geom_type in ("Point", "MultiPoint"):
            at = shapely.get_coordinates(piece.shape)[0].round(5).tolist()
            drawn["spots"].append({"kind": kind, "name": name, "at": at})
        elif shapely.get_dimensions(piece.shape) == 2:
            drawn["areas"].append({"kind": kind, "name": name, "lines": packed_lines(piece.shape)})
        else:
            drawn["lines"].append({"kind": kind, "name": name, "lines": packed_lines(piece.shape)})
    return drawn


def _widened(bounds: Bounds) -> Bounds:
    west, south, east, north = bounds
    across = max((east - west) * _MARGIN, _LEAST_MARGIN)
    along = max((north - south) * _MARGIN, _LEAST_MARGIN)
    return west - across, south - along, east + across, north + along


def _zoom(extent: Bounds, about: About) -> int:
    """The closest zoom of which about `_MOST_TILES` tiles cover the extent."""
    west, south, east, north = extent
    square = max(east - west, 1e-6) * max(north - south, 1e-6)
    zoom = int(log2(360 * (_MOST_TILES / square) ** 0.5))
    return min(max(zoom, about.zooms[0]), about.zooms[1])


def _pieces(extent: Bounds, zoom: int, about: About) -> Iterator[_Piece]:
    """What the tiles hold, with the pieces that they were cut into put together again."""
    tolerance = _TOLERANCE * 360 / 2**zoom
    for layer in ("roads", "water", "rail", "green", "pois"):
        if layer not in about.layers:
            continue
        for (rank, _dimension, name), shapes in _read(layer, extent, zoom).items():
            whole = shapely.union_all(shapes, grid_size=1e-6)
            if shapely.get_dimensions(whole) == 1:
                whole = shapely.line_merge(whole)
            drawn = shapely.simplify(whole, tolerance)
            if not drawn.is_empty:
                yield _Piece(rank, name, drawn)


def _read(layer: str, extent: Bounds, zoom: int) -> dict[tuple[int, int, str], list[Any]]:
    """Shapes in WGS84 by rank of the class, dimension and name."""
    corners = _mercator(np.array(extent).reshape(2, 2)).ravel()
    if layer not in pyogrio.list_layers(location())[:, 0]:
        return {}
    _meta, _fids, wkb, (classes, names) = pyogrio.raw.read(
        location(), layer=layer, columns=["class", "name"], bbox=tuple(corners), ZOOM_LEVEL=str(zoom)
    )
    shapes = shapely.clip_by_rect(shapely.make_valid(shapely.from_wkb(wkb)), *corners)
    shapes = shapely.transform(shapes, _degrees)
    found: dict[tuple[int, int, str], list[Any]] = defaultdict(list)
    for shape, kind, name in zip(shapes, classes, names, strict=True):
        rank = _RANK.get((layer, kind))
        if rank is None or shape is None or shape.is_empty:
            continue
        for part in shapely.get_parts(shape):
            found[rank, shapely.get_dimensions(part), name or ""].append(part)
    return found


def _within_budget(pieces: list[_Piece]) -> list[_Piece]:
    """The pieces by importance, without the classes that are too much for a file."""
    pieces.sort(key=lambda piece: (piece.rank, piece.name))
    positions = np.cumsum([shapely.get_num_coordinates(piece.shape) for piece in pieces])
    if not pieces or positions[-1] <= MOST_POSITIONS:
        return pieces
    first_left_out = pieces[int(np.searchsorted(positions, MOST_POSITIONS, side="right"))].rank
    return [piece for piece in pieces if piece.rank < first_left_out]


def _mercator(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    latitude = np.radians(np.clip(degrees[:, 1], -85.0, 85.0))
    y = np.log(np.tan(np.pi / 4 + latitude / 2)) / np.pi
    return np.column_stack([degrees[:, 0] / 180, y]) * _WORLD


def _degrees(metres: NDArray[np.float64]) -> NDArray[np.float64]:
    x, y = metres[:, 0] / _WORLD, metres[:, 1] / _WORLD
    return np.column_stack([x * 180, np.degrees(2 * np.arctan(np.exp(y * np.pi)) - np.pi / 2)])


def _name(name: str) -> str:
    """As the map names it: with pinyin beside the characters for who does not read them."""
    latin = romanised(name) if name and not (get_language() or "zh").startswith("zh") else None
    return f"{name} {latin}" if latin else name


def _credit(about: dict[str, Any]) -> str:
    """Whose data it is and of when, unless the credit says the year itself."""
    credit, when = about["credit"], about["date"]
    return " · ".join(filter(None, (credit, when))) if when[:4] not in credit else credit
