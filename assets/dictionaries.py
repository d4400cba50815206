"""The lists that filters, legends and search read on every request, held in memory under their generation.

Codes in addresses become primary keys here, so that no query joins a dictionary to filter by it. A process keeps one
`Dictionaries`; it is read anew when a commit changes places or lists (see `places.generation`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from threading import Lock
from typing import Any
from unicodedata import normalize

from django.db import connection
from django.db.models import F, Func
from django.db.models.fields import FloatField

from assets.models import AssetType, Defect, Theme
from places.generation import current
from places.models import Area, BoundaryStatus, Level, Road, SiteKind, Topic

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class Generation:
    """What is known to have been committed: equal generations mean equal answers."""

    assets: int
    places: int
    lists: int
    database: str
    own: str = ""

    @property
    def key(self) -> str:
        """All of it, for cache keys and ETags."""
        return f"{self.database}.{self.assets}.{self.places}.{self.lists}{self.own}"

    @property
    def lists_key(self) -> str:
        """The part that `Dictionaries` depend on."""
        return f"{self.database}.{self.places}.{self.lists}{self.own}"


def read_generation() -> Generation:
    """The present generation. Read it before the data it stands for: then an answer is never older than its key."""
    assets, places, lists = current(Topic.ASSETS, Topic.PLACES, Topic.DICTIONARY)
    own = _own_changes() if connection.in_atomic_block else ""
    return Generation(assets, places, lists, _database_identity(connection.settings_dict["NAME"]), own)


def _own_changes() -> str:
    """A transaction sees its own writes before the marks can tell: how many rows it has written so far."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_current_xact_id_if_assigned()::text, "
            "(SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables)"
        )
        transaction, rows = cursor.fetchone()
    return f".{transaction}.{rows}" if transaction else ""


@lru_cache(maxsize=4)
def _database_identity(name: str) -> str:
    """Tells a database from another that took its place: generations begin anew there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT left(md5(oid::text || (SELECT min(applied)::text FROM django_migrations)), 8)"
            " FROM pg_database WHERE datname = current_database()"
        )
        return str(cursor.fetchone()[0])


@dataclass(frozen=True)
class KnownArea:
    """A district, street or community."""

    id: int
    code: str
    level: Level
    name: str
    aliases: tuple[str, ...]
    bounds: Bounds | None
    approximate: bool


@dataclass(frozen=True)
class KnownRoad:
    """A road with every name it goes by."""

    id: int
    code: str
    name: str
    aliases: tuple[str, ...]
    bounds: Bounds | None


@dataclass(frozen=True)
class Dictionaries:
    """Areas, roads, types, themes, defects and site kinds, each by code, in their own order."""

    areas: dict[str, KnownArea]
    roads: dict[str, KnownRoad]
    types: dict[str, AssetType]
    themes: dict[str, Theme]
    defects: dict[str, Defect]
    site_kinds: dict[str, SiteKind]

    def areas_at(self, level: Level) -> dict[str, KnownArea]:
        """The areas of one level, by code."""
        return self._by_level[level]

    @cached_property
    def _by_level(self) -> dict[Level, dict[str, KnownArea]]:
        return {
            level: {code: area for code, area in self.areas.items() if area.level == level} for level in Level
        }

    def roads_named(self, text: str) -> list[int]:
        """Primary keys of the roads in whose name or alias a folded text occurs."""
        return [
            road.id
            for road in self.roads.values()
            if any(text in fold(name) for name in (road.name, *road.aliases))
        ]


def fold(text: str) -> str:
    """Text as it is compared: full-width and half-width, large and small letters are one (as in the search index)."""
    return normalize("NFKC", text).lower()


_lock = Lock()
_held: tuple[str, Dictionaries] | None = None


def dictionaries(generation: Generation) -> Dictionaries:
    """The lists of a generation, read once and then held."""
    global _held
    held = _held
    if held is not None and held[0] == generation.lists_key:
        return held[1]
    with _lock:
        read = _read()
        _held = (generation.lists_key, read)
    return read


def forget() -> None:
    """Read the lists anew next time, whatever the generation says (for tests, whose generations begin anew)."""
    global _held
    _held = None


def _read() -> Dictionaries:
    return Dictionaries(
        areas={area.code: area for area in _read_areas()},
        roads={road.code: road for road in _read_roads()},
        types={entry.code: entry for entry in AssetType.objects.select_related("component")},
        themes={entry.code: entry for entry in Theme.objects.all()},
        defects={entry.code: entry for entry in Defect.objects.all()},
        site_kinds={entry.code: entry for entry in SiteKind.objects.all()},
    )


def _edge(column: str, edge: str) -> Func:
    return Func(F(column), function=f"ST_{edge}", output_field=FloatField())


def _bounds(row: Mapping[str, Any]) -> Bounds | None:
    if row["west"] is None:
        return None
    return (row["west"], row["south"], row["east"], row["north"])


def _read_areas() -> Iterable[KnownArea]:
    rows = (
        Area.objects.filter(level__lte=Level.COMMUNITY)
        .order_by("level", "code")
        .annotate(
            west=_edge("boundary", "XMin"),
            south=_edge("boundary", "YMin"),
            east=_edge("boundary", "XMax"),
            north=_edge("boundary", "YMax"),
        )
        .values("id", "code", "level", "name", "aliases", "boundary_status", "west", "south", "east", "north")
    )
    for row in rows:
        yield KnownArea(
            id=row["id"],
            code=row["code"],
            level=Level(row["level"]),
            name=row["name"],
            aliases=tuple(row["aliases"]),
            bounds=_bounds(row),
            approximate=row["boundary_status"] == BoundaryStatus.APPROXIMATE,
        )


def _read_roads() -> Iterable[KnownRoad]:
    rows = (
        Road.objects.order_by("code")
        .annotate(
            west=_edge("line", "XMin"),
            south=_edge("line", "YMin"),
            east=_edge("line", "XMax"),
            north=_edge("line", "YMax"),
        )
        .values("id", "code", "name", "aliases", "west", "south", "east", "north")
    )
    for row in rows:
        yield KnownRoad(row["id"], row["code"], row["name"], tuple(row["aliases"]), _bounds(row))
