"""GB/T 47678.5: the standard's 18 attributes in its order and lengths, and beside them the rows that lack something.

The attributes with their lengths and whether they are mandatory are data (`fixtures/component_attributes.csv`); so is
what 管理部件状态 follows from (the table of component states, edited in the administration). A row that lacks a
mandatory attribute, or has one that is too long, is left out of the form and listed with what is wrong: nothing is cut
to fit.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from assets.fields import Field, Kind, Output
from assets.layers import ASSETS, Layer
from mapping.exports.delimited import CsvFile, defused
from mapping.exports.progress import Watcher
from mapping.exports.rows import open_rows
from mapping.exports.wanted import KEYS, Wanted
from places.fixture_files import rows_of
from places.models import Level

MANDATORY = "M"
_CONDITION = next(field.sql for field in ASSETS.fields if field.name == "condition")
_STATE = f"""(
    SELECT state.state FROM assets_componentstate state
    WHERE state.lifecycle = asset.lifecycle AND state.condition IN ('', {_CONDITION})
    ORDER BY state.condition DESC LIMIT 1)"""  # noqa: S608 -- constants
_HERE = f"AT TIME ZONE '{settings.TIME_ZONE}'"
_SQL = {
    "GLBJBSM": "asset.code",
    "GLBJMC": "component.name_zh",
    "ZGBMDM": "supervisor.credit_code",
    "ZGBMMC": "supervisor.name",
    "QSDWDM": "owner.credit_code",
    "QSDWMC": "owner.name",
    "YHDWDM": "maintainer.credit_code",
    "YHDWMC": "maintainer.name",
    "SZDYWGBSM": f"CASE WHEN area.level = {Level.GRID.value} THEN area.code END",
    "GLBJZT": _STATE,
    "CSRQ": f"to_char(coalesce(asset.installed_on, (asset.created_at {_HERE})::date), 'YYYYMMDD')",
    "BGRQ": f"CASE WHEN asset.version > 1 THEN to_char(asset.updated_at {_HERE}, 'YYYYMMDD') END",
    "SJLY": "asset.data_source",
    "BZ": "asset.remarks",
    "SZJDDM": "street.code",
    "SZJDMC": "street.name",
    "SZSQDM": "community.code",
    "SZSQMC": "community.name",
}


@dataclass(frozen=True)
class Attribute:
    """One attribute of the standard."""

    code: str
    zh: str
    en: str
    length: int
    mandatory: bool

    def name(self, language: str) -> str:
        """Its name in "zh" or "en"."""
        return self.en if language == "en" else self.zh


@cache
def attributes() -> tuple[Attribute, ...]:
    """The attributes, in the standard's order."""
    return tuple(
        Attribute(row["code"], row["name_zh"], row["name_en"], int(row["length"]), row["need"] == MANDATORY)
        for row in rows_of("component_attributes")
    )


@cache
def form() -> Layer:
    """The form as a layer: the attributes of each asset."""
    fields = tuple(
        Field(attribute.code, attribute.zh, Kind.TEXT, _SQL[attribute.code], frozenset({Output.FILE}))  # type: ignore[arg-type]
        for attribute in attributes()
    )
    return replace(ASSETS, name="gbt47678", title="GB/T 47678.5", fields=fields, key="GLBJBSM")  # type: ignore[arg-type]


def write_form(wanted: Wanted, user: User, path: Path, progress: Watcher) -> int:
    """Write the complete rows; returns their number."""
    with TemporaryDirectory(prefix="export-") as folder:
        return _write(wanted, user, path, Path(folder) / "incomplete.csv", progress)[0]


def write_incomplete(wanted: Wanted, user: User, path: Path, progress: Watcher) -> int:
    """Write the other rows with what is wrong; returns their number."""
    with TemporaryDirectory(prefix="export-") as folder:
        return _write(wanted, user, Path(folder) / "form.csv", path, progress)[1]


def write_both(wanted: Wanted, user: User, path: Path, progress: Watcher) -> int:
    """Write both files into one ZIP; returns the number of rows in them."""
    with TemporaryDirectory(prefix="export-") as folder:
        parts = (Path(folder) / "assets.gbt47678.csv", Path(folder) / "assets.gbt47678-incomplete.csv")
        complete, incomplete = _write(wanted, user, parts[0], parts[1], progress)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for part in parts:
                archive.write(part, part.name)
    return complete + incomplete


def _write(
    wanted: Wanted, user: User, complete: Path, incomplete: Path, progress: Watcher
) -> tuple[int, int]:
    layer = form()
    codes = [attribute.code for attribute in attributes()]
    standard = replace(wanted, layer=layer, fields=layer.fields, titles=KEYS)
    with override("en" if wanted.language == "en" else "zh-hans"):
        problem = _("What is wrong")
    written = [0, 0]
    with (
        open_rows(standard, user) as rows,
        CsvFile(complete, codes) as good,
        CsvFile(incomplete, [problem, *codes]) as bad,
    ):
        progress(0, rows.count)
        for batch in rows.batches():
            columns = [batch.column(code) for code in codes]
            problems = _problems(columns, wanted.language)
            fine = pc.equal(problems, "")
            safe = pa.RecordBatch.from_arrays([problems, *map(defused, columns)], names=[problem, *codes])
            good.write(safe.filter(fine).columns[1:])
            bad.write(safe.filter(pc.invert(fine)).columns)
            passed = pc.sum(fine).as_py() or 0
            written[0] += passed
            written[1] += batch.num_rows - passed
            progress(batch.num_rows)
    return written[0], written[1]


def _problems(columns: list[pa.Array], language: str) -> pa.Array:
    """What is wrong with each row, in words; "" where nothing is. Rows alike are put into words once."""
    faults = np.zeros(len(columns[0]), dtype=np.int64)
    for place, (attribute, column) in enumerate(zip(attributes(), columns, strict=True)):
        length = pc.fill_null(pc.utf8_length(column), 0).to_numpy(zero_copy_only=False)
        if attribute.mandatory:
            faults |= (length == 0).astype(np.int64) << (2 * place)
        faults |= (length > attribute.length).astype(np.int64) << (2 * place + 1)
    kinds, place_of = np.unique(faults, return_inverse=True)
    with override("en" if language == "en" else "zh-hans"):
        words = pa.array([_in_words(int(kind), language) for kind in kinds], type=pa.string())
    return words.take(pa.array(place_of))


def _in_words(faults: int, language: str) -> str:
    sentences = []
    for place, attribute in enumerate(attributes()):
        if faults >> (2 * place) & 1:
            sentences.append(_("%(attribute)s is missing") % {"attribute": attribute.name(language)})
        if faults >> (2 * place + 1) & 1:
            sentences.append(
                _("%(attribute)s has more than %(most)s characters")
                % {"attribute": attribute.name(language), "most": attribute.length}
            )
    return "; ".join(sentences) if language == "en" else "；".join(sentences)
