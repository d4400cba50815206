"""Points and coordinate systems as geodata formats want them: WKB, WKT, PROJJSON.

GCJ-02 and BD-09 are in no register and are no projection of anything; they are written as an engineering system (an
older name is LOCAL_CS) that is called by its name. Programs then show the name and know no way to WGS84, which is
the truth; the importer recognises it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from mapping.exports.wanted import named_in_full
from places.coordinates import BD09, CRS, GCJ02, WGS84, Floats

_WKB = np.dtype([("order", "u1"), ("type", "<u4"), ("x", "<f8"), ("y", "<f8")])


def wkb_points(x: Floats, y: Floats) -> pa.Array:
    """Points as well-known binary, an element each."""
    points = np.empty(len(x), dtype=_WKB)
    points["order"], points["type"], points["x"], points["y"] = 1, 1, x, y
    offsets = np.arange(len(x) + 1, dtype=np.int32) * _WKB.itemsize
    return pa.Array.from_buffers(
        pa.binary(), len(x), [None, pa.py_buffer(offsets), pa.py_buffer(points.tobytes())]
    )


def definition(crs: CRS) -> str:
    """What GDAL is told: a register's number, or the well-known text of a system that has none."""
    if crs == WGS84:
        return "EPSG:4326"
    if crs not in (GCJ02, BD09):
        return crs.code
    name = named_in_full(crs)
    return (
        f'LOCAL_CS["{name}",LOCAL_DATUM["{name}",32767],UNIT["degree",0.0174532925199433],'
        'AXIS["Longitude",EAST],AXIS["Latitude",NORTH]]'
    )


def projjson(crs: CRS) -> dict[str, Any]:
    """The system as PROJJSON."""
    import pyproj

    found: dict[str, Any] = pyproj.CRS.from_user_input(definition(crs)).to_json_dict()
    return found
