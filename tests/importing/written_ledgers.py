"""Ledgers for the tests of importing: written as files, and imported through the same core as the command's."""

import csv
import itertools
from pathlib import Path
from typing import Any

from assets.history import Actor
from assets.models import Origin
from importing.actions.apply_import import apply_import, preview_import
from importing.options import ImportOptions
from importing.preparing import prepare
from importing.reading import read_table
from importing.reading.layout import Layout
from importing.report import Report
from importing.staging import staged
from places.coordinates import WGS84

CASES = next(
    (cases for folder in Path(__file__).parents if (cases := folder / "shared" / "data" / "cases").exists()),
    Path("shared"),
)
"""Files that once came in wrongly, where they are at hand."""
COMMAND = Actor(None, Origin.COMMAND)
IN_THE_WEST = (116.99, 36.68)  # of the small district in conftest
IN_THE_EAST = (117.01, 36.68)
BEYOND = (117.05, 36.68)

COLUMNS, LINES = (
    45,
    66,
)  # 18 m by 22 m apart, so many places fit into the west; a test that needs more says where

_places = itertools.count()


def place_in_the_west(number: int) -> tuple[float, float]:
    """Longitude and latitude of a place, each beside the one before it, the first beside the last.

    Two rows about one asset then never lie far apart, which the import would doubt: to and fro through all columns
    but the first, and back through that one.
    """
    there, number = (COLUMNS - 1) * LINES, number % (COLUMNS * LINES)
    if number < there:
        line, step = divmod(number, COLUMNS - 1)
        column = step + 1 if line % 2 == 0 else COLUMNS - 1 - step
    else:
        line, column = LINES - 1 - (number - there), 0
    return IN_THE_WEST[0] + column * 0.0002, IN_THE_WEST[1] + line * 0.0002


def row(**cells: Any) -> dict[str, Any]:
    """A row that would come in as it is: headers are field names, the place one of its own in the west."""
    longitude, latitude = place_in_the_west(next(_places))
    return {
        "source_id": "",
        "name": "北园大街 1 号宣传栏",
        "type": "宣传栏",
        "lon": longitude,
        "lat": latitude,
        **cells,
    }


def write_ledger(
    folder: Path, *rows: dict[str, Any], name: str = "ledger.csv", encoding: str = "utf-8"
) -> Path:
    """A CSV file of these rows; a column that a row lacks is empty."""
    path = folder / name
    headers = list(dict.fromkeys(header for cells in rows for header in cells))
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, headers)
        writer.writeheader()
        writer.writerows(rows)
    return path


def import_file(
    path: Path,
    actor: Actor = COMMAND,
    *,
    dry_run: bool = False,
    skip_bad: bool = False,
    layer: str | None = None,
    **options: Any,
) -> Report:
    """What `manage.py import_assets` does, without its words."""
    options.setdefault("source", "office")
    options.setdefault("crs", WGS84)
    prepared = prepare(read_table(path, layout=Layout(layer=layer)), ImportOptions(**options))
    with staged(prepared):
        if dry_run:
            return preview_import(actor, prepared)
        return apply_import(actor, prepared, title=path.name, skip_bad=skip_bad)


def codes(report: Report) -> dict[int, list[str]]:
    """The codes said about each row."""
    codes: dict[int, list[str]] = {}
    for verdict in report.verdicts:
        codes.setdefault(verdict.row, []).append(verdict.code)
    return codes
