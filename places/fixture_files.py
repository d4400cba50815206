"""Reads the files of `fixtures/`: lists a register starts with (see fixtures/README.md).

Cells hold plain text; lists are separated by `|`, positions are `longitude latitude` in WGS84.
"""

import csv
from pathlib import Path
from typing import cast

from django.conf import settings
from django.contrib.gis.gdal import DataSource
from django.contrib.gis.geos import MultiPolygon, Point, Polygon

FOLDER = Path(settings.BASE_DIR) / "fixtures"


def rows_of(name: str) -> list[dict[str, str]]:
    """The rows of `fixtures/<name>.csv`, in the file's order."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def words(cell: str) -> list[str]:
    """The parts of a cell that holds a list."""
    return [word for part in cell.split("|") if (word := part.strip())]


def points(cell: str) -> list[Point]:
    """The positions in a cell, WGS84."""
    return [Point(float(x), float(y), srid=4326) for x, y in (word.split() for word in words(cell))]


def outline(code: str) -> tuple[MultiPolygon, str]:
    """The simplified outline of a district (WGS84), and the sentence that credits its source."""
    (feature,) = DataSource(str(FOLDER / f"outline_{code}.geojson"))[0]
    shape = feature.geom.geos
    return MultiPolygon(
        shape if isinstance(shape, Polygon) else list(cast(MultiPolygon, shape)), srid=4326
    ), feature.get("source")
