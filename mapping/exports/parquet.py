"""GeoParquet 1.1: typed columns, WKB points, and the metadata that says which system they are in.

Written by pyarrow, since the GDAL that comes with pyogrio has no Parquet driver.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
from pyarrow import parquet

from accounts.models import User
from mapping.exports.points import projjson, wkb_points
from mapping.exports.progress import Watcher
from mapping.exports.rows import X, Y, open_rows
from mapping.exports.wanted import Wanted
from places.coordinates import WGS84

GEOMETRY = "geometry"


def write_parquet(wanted: Wanted, user: User, path: Path, progress: Watcher) -> int:
    """Write the file; returns the number of rows."""
    names = [*wanted.headings(), GEOMETRY]
    low, high = np.full(2, np.inf), np.full(2, -np.inf)
    with open_rows(wanted, user) as rows:
        progress(0, rows.count)
        types = rows.empty().schema.types[:-2]
        schema = pa.schema(list(zip(names, [*types, pa.binary()], strict=True)))
        with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
            for batch in rows.batches():
                x, y = batch.column(X).to_numpy(), batch.column(Y).to_numpy()
                low = np.minimum(low, [x.min(), y.min()])
                high = np.maximum(high, [x.max(), y.max()])
                writer.write_batch(
                    pa.RecordBatch.from_arrays([*batch.columns[:-2], wkb_points(x, y)], schema=schema)
                )
                progress(batch.num_rows)
            box = [*low.tolist(), *high.tolist()] if rows.count else None
            writer.add_key_value_metadata({"geo": orjson.dumps(_metadata(wanted, box)).decode()})
    return rows.count


def _metadata(wanted: Wanted, box: list[float] | None) -> dict[str, Any]:
    column: dict[str, Any] = {"encoding": "WKB", "geometry_types": ["Point"]}
    if wanted.crs != WGS84:  # without the member it is OGC:CRS84
        column["crs"] = projjson(wanted.crs)
    if box is not None:
        column["bbox"] = box
    return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
