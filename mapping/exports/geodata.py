"""FlatGeobuf, KML and Shapefile, through GDAL (pyogrio), which takes Arrow batches as they are."""

from __future__ import annotations

import csv
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyogrio.raw import write_arrow

from accounts.models import User
from assets.fields import SHORT_NAMES, Field, Kind
from assets.xml_text import in_cdata
from mapping.exports.kml_style import style_kml
from mapping.exports.points import definition, wkb_points
from mapping.exports.progress import Watcher
from mapping.exports.rows import Rows, X, Y, as_text, open_rows
from mapping.exports.wanted import Wanted, named_in_full

GEOMETRY = "geometry"
Texts = Callable[[Field, pa.RecordBatch, pa.Array], pa.Array]
_LONGEST_TEXT_BYTES = 254
_CUT = "…"


def write_flatgeobuf(wanted: Wanted, user: User, path: Path, progress: Watcher) -> int:
    """Write the file with its spatial index; returns the number of rows."""
    with open_rows(wanted, user) as rows:
        progress(0, rows.count)
        write_layer(rows, path, "FlatGeobuf", wanted.headings(), progress, title=_title(wanted))
    return rows.count


def write_kml(wanted: Wanted, user: User, path: Path, progress: Watcher) -> int:
    """Write the file; the name of a placemark is the asset's. Returns the number of rows."""
    names = [field.name for field in wanted.fields]
    placemark = next((name for name in ("name", "asset_name") if name in names), None)
    headings = ["Name" if field.name == placemark else wanted.heading(field) for field in wanted.fields]
    with open_rows(wanted, user) as rows:
        progress(0, rows.count)
        conditions = _Conditions()
        write_layer(rows, path, "LIBKML", headings, progress, text_moments=True, texts=conditions.in_xml)
    style_kml(path, conditions.found, wanted)
    return rows.count


def write_shapefile(wanted: Wanted, user: User, path: Path, progress: Watcher) -> int:
    """Write the files of a shapefile into one ZIP; returns the number of rows.

    A text longer than the 254 bytes that a shapefile holds ends in "…", and stands in full in a text file beside.
    """
    names = [SHORT_NAMES.get(field.name, field.name) for field in wanted.fields]
    with TemporaryDirectory(prefix="export-") as folder, open_rows(wanted, user) as rows:
        progress(0, rows.count)
        longer = _LongTexts(wanted)
        write_layer(
            rows,
            Path(folder) / f"{wanted.stem}.shp",
            "ESRI Shapefile",
            names,
            progress,
            text_moments=True,
            texts=longer.cut,
            encoding="UTF-8",
        )
        longer.write(Path(folder) / f"{wanted.stem}.long-texts.txt")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for part in sorted(Path(folder).iterdir()):
                archive.write(part, part.name)
    return rows.count


def write_layer(
    rows: Rows,
    path: Path,
    driver: str,
    headings: Sequence[str],
    progress: Watcher,
    *,
    layer: str | None = None,
    title: str = "",
    text_moments: bool = False,
    texts: Texts | None = None,
    encoding: str | None = None,
    made_with: Mapping[str, str] | None = None,
) -> None:
    """Write rows as points with columns under these headings, as GDAL takes them.

    text_moments: write moments as text, for formats that have none.
    texts: called with (field, batch, column) for each column of texts; gives the column to write.
    made_with: what the driver is told when it makes the file.
    """
    wanted = rows.wanted
    prepare = _Preparation(wanted, text_moments=text_moments, texts=texts)
    sample = prepare(rows.empty())
    schema = pa.schema(
        [pa.field(name, kind) for name, kind in zip([*headings, GEOMETRY], sample.schema.types, strict=True)]
    )

    def batches() -> Iterator[pa.RecordBatch]:
        for batch in rows.batches():
            yield pa.RecordBatch.from_arrays(prepare(batch).columns, schema=schema)
            progress(batch.num_rows)

    options: dict[str, Any] = {"layer_metadata": {"TITLE": title}} if title else {}
    with warnings.catch_warnings():
        # That a name was shortened, or a text is long, is told by us and in the documentation.
        warnings.simplefilter("ignore")
        write_arrow(
            pa.RecordBatchReader.from_batches(schema, batches()),
            str(path),
            layer=layer or wanted.stem,
            driver=driver,
            geometry_name=GEOMETRY,
            geometry_type="Point",
            crs=definition(wanted.crs),
            encoding=encoding,
            dataset_options=dict(made_with or {}),
            **options,
        )


class _Preparation:
    """Batches as GDAL takes them: lists joined, positions as WKB."""

    def __init__(self, wanted: Wanted, *, text_moments: bool, texts: Texts | None) -> None:
        self.fields = wanted.fields
        self.text_moments = text_moments
        self.texts = texts

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        columns = [self._column(field, batch) for field in self.fields]
        points = wkb_points(batch.column(X).to_numpy(), batch.column(Y).to_numpy())
        names = [*(field.name for field in self.fields), GEOMETRY]
        return pa.RecordBatch.from_arrays([*columns, points], names=names)

    def _column(self, field: Field, batch: pa.RecordBatch) -> pa.Array:
        column = batch.column(field.name)
        if field.kind is Kind.LIST or (field.kind is Kind.MOMENT and self.text_moments):
            column = as_text(field, column)
        if self.texts is not None and pa.types.is_string(column.type):
            column = self.texts(field, batch, column)
        return column


class _Conditions:
    """The assets' conditions, remembered while their rows go by on their way into XML."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def in_xml(self, field: Field, _batch: pa.RecordBatch, column: pa.Array) -> pa.Array:
        """The column as XML can hold it; most hold nothing that it could not."""
        texts = column.to_pylist()
        if field.name == "condition":
            self.found += texts
        changed = [text if text is None else in_cdata(text) for text in texts]
        return column if changed == texts else pa.array(changed, type=pa.string())


class _LongTexts:
    """Texts that a shapefile has no room for."""

    def __init__(self, wanted: Wanted) -> None:
        self.key = wanted.layer.key
        self.found: list[tuple[str, str, str]] = []

    def cut(self, field: Field, batch: pa.RecordBatch, column: pa.Array) -> pa.Array:
        """The column with its long texts cut between two characters."""
        long = pc.greater(pc.binary_length(column), _LONGEST_TEXT_BYTES)
        if not pc.any(long).as_py():
            return column
        texts = column.to_pylist()
        keys = batch.column(self.key).to_pylist() if self.key in batch.schema.names else [""] * len(texts)
        for place in pc.indices_nonzero(pc.fill_null(long, False)).to_pylist():
            self.found.append((str(keys[place]), field.name, texts[place]))
            room = _LONGEST_TEXT_BYTES - len(_CUT.encode())
            texts[place] = texts[place].encode()[:room].decode(errors="ignore") + _CUT
        return pa.array(texts, type=pa.string())

    def write(self, path: Path) -> None:
        """Tab-separated: key, column, text; no file when there is nothing to tell."""
        if not self.found:
            return
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, delimiter="\t")
            writer.writerow((self.key, "column", "text"))
            writer.writerows(self.found)


def _title(wanted: Wanted) -> str:
    return f"{wanted.layer.name} ({named_in_full(wanted.crs)})"
