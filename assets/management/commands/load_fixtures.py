"""`manage.py load_fixtures`: puts the lists and the gazetteer of `fixtures/` into the register.

Rows are found by their code. What is missing is added in one statement a table; what is there stays as the office has
edited it, unless `--update` asks for the names of the files again. With nothing to do it writes nothing, so it can run
at every start.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import models

from assets.history import Actor, acting
from assets.models import AssetType, CodeKind, ComponentState, Defect, Origin, StandardCode, Theme
from places.fixture_files import outline, points, rows_of, words
from places.models import Area, BoundaryStatus, Level, Road, Site, SiteKind

Row = dict[str, str]
EDITION = "GB/T 47678.5-2026"


@dataclass(frozen=True)
class Table:
    """One list: which file fills which model, the columns that identify a row, and those that name it."""

    file: str
    model: type[models.Model]
    make: Callable[[int, Row, "Related"], models.Model]
    key: tuple[str, ...] = ("code",)
    names: tuple[str, ...] = ("name_zh", "name_en")


class Command(BaseCommand):
    """Loads the lists and the gazetteer."""

    help = "Loads types, themes, defects, standard codes, areas, roads and sites; adds what is missing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--update", action="store_true", help="also restore the names of existing rows")

    def handle(self, *args: Any, update: bool, verbosity: int, **options: Any) -> None:
        """Load everything in one transaction."""
        with acting(Actor(None, Origin.COMMAND)):
            for table in TABLES:
                added = add_missing(table)
                renamed = restore_names(table) if update else 0
                if verbosity and (added or renamed):
                    self.stdout.write(f"{table.file}: {added} added, {renamed} renamed")


def add_missing(table: Table) -> int:
    """Add the rows whose key is not in the register yet; returns how many."""
    manager = table.model._default_manager
    present = set(manager.values_list(*table.key))
    rows = enumerate(rows_of(table.file), 1)
    missing = [(number, row) for number, row in rows if tuple(row[part] for part in table.key) not in present]
    # A longer code is part of a shorter one, which must be there first.
    missing.sort(key=_length_of_code)
    for _length, group in groupby(missing, key=_length_of_code):
        related = Related()
        manager.bulk_create([table.make(number, row, related) for number, row in group])
    return len(missing)


def _length_of_code(numbered: tuple[int, Row]) -> int:
    return len(numbered[1].get("code", ""))


def restore_names(table: Table) -> int:
    """Give existing rows the names of the file again; returns how many differed."""
    manager = table.model._default_manager
    present = {tuple(getattr(row, part) for part in table.key): row for row in manager.all()}
    differing = []
    for row in rows_of(table.file):
        existing = present[tuple(row[part] for part in table.key)]
        names = {name: words(row[name]) if name == "aliases" else row[name] for name in table.names}
        if any(getattr(existing, name) != value for name, value in names.items()):
            for name, value in names.items():
                setattr(existing, name, value)
            differing.append(existing)
    if differing:
        manager.bulk_update(differing, table.names)
    return len(differing)


class Related:
    """Finds the rows that others refer to, each table read once."""

    @cached_property
    def areas(self) -> dict[str, int]:
        """Primary key by area code."""
        return dict(Area.objects.values_list("code", "pk"))

    @cached_property
    def site_kinds(self) -> dict[str, int]:
        """Primary key by code of a site kind."""
        return dict(SiteKind.objects.values_list("code", "pk"))

    @cached_property
    def standard_codes(self) -> dict[tuple[str, str], int]:
        """Primary key by (kind, code) in the current edition."""
        codes = StandardCode.objects.filter(edition=EDITION).values_list("kind", "code", "pk")
        return {(kind, code): pk for kind, code, pk in codes}


def _entry(number: int, row: Row) -> dict[str, Any]:
    """What every dictionary has; steps of ten leave room between."""
    return {**{name: row[name] for name in ("code", "name_zh", "name_en")}, "order": number * 10}


def _standard_code(_number: int, row: Row, _related: Related) -> StandardCode:
    return StandardCode(**row)


def _component_state(_number: int, row: Row, _related: Related) -> ComponentState:
    return ComponentState(**row)


def _asset_type(number: int, row: Row, related: Related) -> AssetType:
    return AssetType(
        **_entry(number, row),
        family=row["family"],
        symbol=row["symbol"],
        fixed=row["fixed"] == "yes",
        component_id=related.standard_codes[CodeKind.COMPONENT, row["component"]],
        inspection_interval_days=int(row["inspection_interval_days"]),
        design_life_months=int(row["design_life_months"]),
    )


def _theme(number: int, row: Row, _related: Related) -> Theme:
    return Theme(**_entry(number, row))


def _defect(number: int, row: Row, related: Related) -> Defect:
    return Defect(
        **_entry(number, row),
        urgent=row["urgent"] == "yes",
        remedy=row["remedy"],
        event_id=related.standard_codes[CodeKind.EVENT, row["event"]],
    )


def _site_kind(number: int, row: Row, _related: Related) -> SiteKind:
    return SiteKind(**_entry(number, row), symbol=row["symbol"], view=row["view"])


def _area(_number: int, row: Row, related: Related) -> Area:
    area = Area(
        code=row["code"],
        level=Level[row["level"].upper()],
        name=row["name"],
        aliases=words(row["aliases"]),
        kind=row["kind"],
        parent_id=related.areas[row["parent"]] if row["parent"] else None,
        office=next(iter(points(row["office"])), None),
    )
    if area.level == Level.DISTRICT:
        area.boundary, area.boundary_source = outline(area.code)
        area.boundary_status = BoundaryStatus.APPROXIMATE
    return area


def _road(_number: int, row: Row, related: Related) -> Road:
    return Road(
        code=row["code"],
        name=row["name"],
        aliases=words(row["aliases"]),
        district_id=related.areas[row["district"]],
    )


def _site(_number: int, row: Row, related: Related) -> Site:
    (point,) = points(row["point"])
    return Site(code=row["code"], name=row["name"], kind_id=related.site_kinds[row["kind"]], point=point)


PLACE_NAMES = ("name", "aliases")
TABLES = (
    Table("standard_codes", StandardCode, _standard_code, key=("kind", "code", "edition")),
    Table(
        "component_states", ComponentState, _component_state, key=("lifecycle", "condition"), names=("state",)
    ),
    Table("asset_types", AssetType, _asset_type),
    Table("themes", Theme, _theme),
    Table("defects", Defect, _defect),
    Table("site_kinds", SiteKind, _site_kind),
    Table("areas", Area, _area, names=PLACE_NAMES),
    Table("roads", Road, _road, names=PLACE_NAMES),
    Table("sites", Site, _site, names=("name",)),
)
