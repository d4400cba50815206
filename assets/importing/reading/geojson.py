"""GeoJSON: RFC 7946, and the 2008 form with a `crs` member that Chinese offices still get.

Not through GDAL, which guesses column types, turns some texts into dates and passes over what it cannot read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray

from assets.importing.errors import LedgerError
from assets.importing.reading.delimited import decode
from assets.importing.reading.shapes import settled
from assets.importing.reading.table import (
    Cells,
    Remark,
    Table,
    as_cells,
    check_cells,
    check_size,
    told_apart,
)
from places.coordinates import CRS, WGS84, UnknownCRSError, parse_crs

_CONSTANT = re.compile(r"[:,\[]\s?-?(?:NaN|Infinity)\b")


def read_geojson(path: Path) -> Table:
    """The features of a file, one row each, numbered from 1; properties in the order they first appear.

    A feature's own `id` becomes a column "id" where the properties have none. Lists become text joined with
    "、", objects JSON. What is no feature, or has no readable shape, is a row all the same, with a remark.

    Raises `LedgerError`: damaged, not_geojson, no_rows, bad_feature, too_many_columns, too_many_cells, cell_too_long,
    nul_bytes, not_text, mixed_encodings.
    """
    text, encoding = decode(path.read_bytes())
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        document = _with_constants(text)
        if document is None:
            document = _from_lines(text, error)
    if isinstance(document, list) and any(map(_is_feature, document)):
        document = {"features": document}
    features, strangers = _features(document)
    properties = [feature.get("properties") or {} for feature in features]
    keys = list(dict.fromkeys(key for kind in dict.fromkeys(map(tuple, properties)) for key in kind))
    if "id" not in keys and any(feature.get("id") is not None for feature in features):
        keys.insert(0, "id")
        properties = [
            {"id": feature.get("id"), **own} for feature, own in zip(features, properties, strict=True)
        ]
    check_size(len(features), len(keys))

    rows = np.arange(1, len(features) + 1, dtype=np.int64)
    unnamed = [key for key in keys if not key.strip()]
    keys = [key for key in keys if key.strip()]
    names, remarks = told_apart(keys)
    if unnamed:
        times = sum(any(own.get(key) is not None for key in unnamed) for own in properties)
        remarks.append(Remark("values_unnamed", params={"times": times}))
    remarks += [Remark("feature_unreadable", int(rows[place])) for place in strangers]
    columns = tuple(_cells([own.get(key) for own in properties]) for key in keys)
    check_cells(columns, rows)
    geometry, said = _geometries([feature.get("geometry") for feature in features], rows)
    crs, unknown = _stated_crs(document)
    return Table(
        tuple(names),
        columns,
        rows,
        format="geojson",
        encoding=encoding,
        geometry=geometry,
        crs=crs,
        remarks=(*remarks, *unknown, *said),
    )


def _with_constants(text: str) -> Any:
    """The document of a program that writes NaN for what is not there; None when that is not what is wrong."""
    try:
        return json.loads(text, parse_constant=lambda _name: None) if _CONSTANT.search(text) else None
    except (ValueError, RecursionError):
        return None


def _from_lines(text: str, error: orjson.JSONDecodeError) -> dict[str, Any]:
    """A collection of features that stand a line each; raises damaged when they do not."""
    lines = [line for line in text.split("\n") if line.strip(" \r\x1e")]
    if len(lines) < 2:
        raise LedgerError("damaged", detail=str(error)[:200]) from error
    try:
        return {"features": [orjson.loads(line.strip(" \r\x1e")) for line in lines]}
    except orjson.JSONDecodeError:
        raise LedgerError("damaged", detail=str(error)[:200]) from error


def _features(document: Any) -> tuple[list[dict[str, Any]], list[int]]:
    """The features in the document, and the places of items that are none: they stand there as empty ones."""
    if not isinstance(document, dict):
        raise LedgerError("not_geojson")
    features = [document] if document.get("type") == "Feature" else document.get("features")
    if not isinstance(features, list):
        raise LedgerError("not_geojson")
    if not features:
        raise LedgerError("no_rows")
    strangers = [place for place, feature in enumerate(features) if not _is_feature(feature)]
    if len(strangers) == len(features):
        raise LedgerError("bad_feature", row=1)
    for place in strangers:
        features[place] = {}
    return features, strangers


def _is_feature(item: Any) -> bool:
    return (
        isinstance(item, dict)
        and item.get("type") == "Feature"
        and isinstance(item.get("properties"), dict | None)
    )


def _cells(values: list[Any]) -> Cells:
    return as_cells([value if type(value) not in (list, dict) else _as_text(value) for value in values])


def _as_text(value: list[Any] | dict[str, Any]) -> str:
    if isinstance(value, list) and not any(isinstance(part, list | dict) for part in value):
        return "、".join(str(part) for part in value if part is not None)
    return orjson.dumps(value).decode()


def _geometries(members: Sequence[Any], rows: NDArray[np.int64]) -> tuple[NDArray[np.object_], list[Remark]]:
    """Two-dimensional shapely geometries, and what is to be said of those that are not read."""
    geometries = np.full(len(members), None, dtype=object)
    points, places, unreadable = [], [], set()
    for place, member in enumerate(members):
        if member is None:
            continue
        position = member.get("coordinates") if isinstance(member, dict) else None
        if isinstance(member, dict) and member.get("type") == "Point" and isinstance(position, list):
            # An empty one is no position. bool is an int, and NumPy would read the text "117" as a number.
            if len(position) >= 2 and {type(number) for number in position[:2]} <= {int, float}:
                places.append(place)
                points.append(position[:2])
            elif position:
                unreadable.add(place)
            continue
        try:
            geometries[place] = shapely.from_geojson(orjson.dumps(member))
        except (shapely.errors.ShapelyError, ValueError, TypeError):
            unreadable.add(place)
    if points:
        geometries[places] = shapely.points(np.array(points, dtype=np.float64))
    return settled(geometries, rows, unreadable)


def _stated_crs(document: dict[str, Any]) -> tuple[CRS | None, list[Remark]]:
    """The system of a 2008 `crs` member; without one the standard says WGS84. None when it is not known here."""
    if "crs" not in document:
        return WGS84, []
    member = document["crs"]
    properties = member.get("properties") if isinstance(member, dict) else None
    said = (properties.get("name") or properties.get("code")) if isinstance(properties, dict) else None
    if said is None:
        return None, []
    try:
        return parse_crs(str(said)), []
    except UnknownCRSError:
        return None, [Remark("system_unknown", params={"said": str(said)[:80]})]
