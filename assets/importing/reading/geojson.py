"""GeoJSON: RFC 7946, and the 2008 form with a `crs` member that Chinese offices still get.

Not through GDAL, which guesses column types, turns some texts into dates and passes over what it cannot read.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray

from assets.importing.errors import LedgerError
from assets.importing.reading.delimited import decode
from assets.importing.reading.table import Cells, Table, as_cells, check_cells, check_size, column_names
from places.coordinates import CRS, WGS84, UnknownCRSError, parse_crs


def read_geojson(path: Path) -> Table:
    """The features of a file, one row each, numbered from 1; properties in the order they first appear.

    A feature's own `id` becomes a column "id" where the properties have none. Lists become text joined with
    "、", objects JSON.

    Raises `LedgerError`: damaged, not_geojson, no_rows, bad_feature, bad_geometry, too_many_columns,
    too_many_cells, cell_too_long, nul_bytes, duplicate_headers, not_text, mixed_encodings.
    """
    text, encoding = decode(path.read_bytes())
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        document = _from_lines(text, error)
    features = _features(document)
    properties = [feature.get("properties") or {} for feature in features]
    keys = list(dict.fromkeys(key for kind in dict.fromkeys(map(tuple, properties)) for key in kind))
    if "id" not in keys and any(feature.get("id") is not None for feature in features):
        keys.insert(0, "id")
        properties = [
            {"id": feature.get("id"), **own} for feature, own in zip(features, properties, strict=True)
        ]
    check_size(len(features), len(keys))

    rows = np.arange(1, len(features) + 1, dtype=np.int64)
    names = column_names(keys)
    columns = tuple(_cells([own.get(key) for own in properties]) for key in keys)
    check_cells(columns, rows)
    return Table(
        tuple(names),
        columns,
        rows,
        format="geojson",
        encoding=encoding,
        geometry=_geometries([feature.get("geometry") for feature in features]),
        crs=_stated_crs(document),
    )


def _from_lines(text: str, error: orjson.JSONDecodeError) -> dict[str, Any]:
    """A collection of features that stand a line each; raises damaged when they do not."""
    lines = [line for line in text.split("\n") if line.strip(" \r\x1e")]
    if len(lines) < 2:
        raise LedgerError("damaged", detail=str(error)[:200]) from error
    try:
        return {"features": [orjson.loads(line.strip(" \r\x1e")) for line in lines]}
    except orjson.JSONDecodeError:
        raise LedgerError("damaged", detail=str(error)[:200]) from error


def _features(document: Any) -> list[dict[str, Any]]:
    """The features in the document, each checked for its shape."""
    if not isinstance(document, dict):
        raise LedgerError("not_geojson")
    features = [document] if document.get("type") == "Feature" else document.get("features")
    if not isinstance(features, list):
        raise LedgerError("not_geojson")
    if not features:
        raise LedgerError("no_rows")
    for row, feature in enumerate(features, 1):
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            raise LedgerError("bad_feature", row=row)
        if not isinstance(feature.get("properties"), dict | None):
            raise LedgerError("bad_feature", row=row)
    return features


def _cells(values: list[Any]) -> Cells:
    return as_cells([value if type(value) not in (list, dict) else _as_text(value) for value in values])


def _as_text(value: list[Any] | dict[str, Any]) -> str:
    if isinstance(value, list) and not any(isinstance(part, list | dict) for part in value):
        return "、".join(str(part) for part in value if part is not None)
    return orjson.dumps(value).decode()


def _geometries(members: Sequence[Any]) -> NDArray[np.object_]:
    """Two-dimensional shapely geometries; raises bad_geometry with the feature's number."""
    geometries = np.full(len(members), None, dtype=object)
    points, places, others = [], [], []
    for place, member in enumerate(members):
        if member is None:
            continue
        if not isinstance(member, dict):
            raise LedgerError("bad_geometry", row=place + 1)
        position = member.get("coordinates")
        if member.get("type") == "Point" and isinstance(position, list) and len(position) >= 2:
            places.append(place)
            points.append(position[:2])
        else:
            others.append(place)
    if points:
        geometries[places] = shapely.points(_numbers(points, places))
    for place in others:
        try:
            geometries[place] = shapely.force_2d(shapely.from_geojson(orjson.dumps(members[place])))
        except (shapely.errors.ShapelyError, ValueError, TypeError) as error:
            raise LedgerError("bad_geometry", row=place + 1) from error
    return geometries


def _numbers(points: list[list[Any]], places: list[int]) -> NDArray[np.float64]:
    for point, place in zip(points, places, strict=True):
        # bool is an int, and NumPy would read the text "117" as a number.
        if type(point[0]) not in (int, float) or type(point[1]) not in (int, float):
            raise LedgerError("bad_geometry", row=place + 1)
    return np.array(points, dtype=np.float64)


def _stated_crs(document: dict[str, Any]) -> CRS | None:
    """The system of a 2008 `crs` member; without one the standard says WGS84. None when it is not known here."""
    if "crs" not in document:
        return WGS84
    member = document["crs"]
    properties = member.get("properties") if isinstance(member, dict) else None
    said = (properties.get("name") or properties.get("code")) if isinstance(properties, dict) else None
    try:
        return parse_crs(str(said)) if said is not None else None
    except UnknownCRSError:
        return None
