"""GeoJSON from the rows: in another coordinate system, with titles, or a feature a line.

The plain file (`geojson`) is put together by the database; this serves what the database cannot say. In a system other
than WGS84 the file carries the `crs` member of GeoJSON 2008. GCJ-02 and BD-09 have no register number, so the member
holds their definition: GDAL and QGIS take a name that they do not know, and even `null`, for WGS84 without a word, but
read well-known text for what it is. A member `warning` tells people and programs that read no `crs`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
from django.utils.translation import gettext as _

from accounts.models import User
from assets.fields import Kind
from mapping.exports.points import definition
from mapping.exports.progress import Watcher
from mapping.exports.rows import Rows, X, Y, decimals, moments_as_text, open_rows
from mapping.exports.wanted import Wanted, named_in_full
from places.coordinates import BD09, CRS, GCJ02, WGS84


def write_features(wanted: Wanted, user: User, path: Path, progress: Watcher) -> int:
    """Write one feature collection; returns the number of features."""
    with open_rows(wanted, user) as rows, path.open("wb") as file:
        progress(0, rows.count)
        file.write(opening(wanted.layer.name, wanted.crs))
        first = True
        for features, number in _features(rows):
            file.write((b"\n" if first else b",\n") + b",\n".join(features))
            first = False
            progress(number)
        file.write(closing(rows.count))
    return rows.count


def write_lines(wanted: Wanted, user: User, path: Path, progress: Watcher) -> int:
    """Write a feature a line; returns the number of features."""
    with open_rows(wanted, user) as rows, path.open("wb") as file:
        progress(0, rows.count)
        for features, number in _features(rows):
            file.write(b"\n".join(features) + b"\n")
            progress(number)
    return rows.count


def opening(name: str, crs: CRS) -> bytes:
    """How a collection begins; the member `crs` is there unless it is plain RFC 7946."""
    members: dict[str, Any] = {"type": "FeatureCollection", "name": name}
    if crs != WGS84:
        members["crs"] = crs_member(crs)
    if crs in (GCJ02, BD09):
        warning = _("The coordinates are %(name)s, not WGS84: shown as WGS84 they lie some 500 m off.")
        members["warning"] = warning % {"name": named_in_full(crs)}
    return orjson.dumps(members)[:-1] + b',"features":['


def closing(returned: int, **members: Any) -> bytes:
    """How it ends: a file that was cut off has no such end."""
    return b"\n]," + orjson.dumps({"numberReturned": returned, **members})[1:] + b"\n"


def crs_member(crs: CRS) -> dict[str, Any]:
    """The member of GeoJSON 2008."""
    defined = definition(crs)
    number = defined.removeprefix("EPSG:")
    name = defined if number == defined else f"urn:ogc:def:crs:EPSG::{number}"
    return {"type": "name", "properties": {"name": name}}


def _features(rows: Rows) -> Iterator[tuple[list[bytes], int]]:
    wanted = rows.wanted
    headings = wanted.headings()
    for batch in rows.batches():
        columns = [
            _plain(field.kind, batch.column(place)).to_pylist() for place, field in enumerate(wanted.fields)
        ]
        places = decimals(wanted)
        x = np.round(batch.column(X).to_numpy(), places).tolist()
        y = np.round(batch.column(Y).to_numpy(), places).tolist()
        keys = _keys(rows, batch)
        yield (
            [
                orjson.dumps(
                    {
                        "type": "Feature",
                        **({} if key is None else {"id": key}),
                        "geometry": {"type": "Point", "coordinates": [east, north]},
                        "properties": dict(zip(headings, values, strict=True)),
                    }
                )
                for key, east, north, values in zip(keys, x, y, zip(*columns, strict=True), strict=True)
            ],
            batch.num_rows,
        )


def _keys(rows: Rows, batch: pa.RecordBatch) -> list[Any]:
    """The rows' keys, where that column was chosen."""
    key = rows.wanted.layer.key
    return batch.column(key).to_pylist() if key in batch.schema.names else [None] * batch.num_rows


def _plain(kind: Kind, column: pa.Array) -> pa.Array:
    return moments_as_text(column) if kind is Kind.MOMENT else column
