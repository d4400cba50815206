"""Loads the demonstration into an empty register: set-based, inside one history context, all or nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from time import perf_counter
from typing import cast

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiLineString, MultiPolygon, Point
from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import User
from assets.history import Actor, acting
from assets.models import Artwork, Asset, AssetType, Batch, BatchKind, Origin
from assets.sets.writing import ignore_no_trigger
from demonstration.accounts import join_units, make_accounts
from demonstration.district import geography, staging
from demonstration.district.choosing import DrawnAssets, Keys, extra
from demonstration.district.geography import DISTRICT, Cell, Geography
from demonstration.district.invention import (
    CITY_MANAGEMENT,
    COMPANY,
    CREWS,
    MAINTAINERS,
    OFFICE,
    PUBLICITY,
    InventedArtwork,
    artworks,
    credit_code,
)
from demonstration.district.neighbours import INVENTED, Neighbour, neighbours
from demonstration.district.pictures import add_photos
from demonstration.district.placing import stand
from demonstration.district.register import District, build
from places.models import Area, BoundaryStatus, Level, Road, Site, SiteKind, Unit
from places.resolving import Resolver

ASSETS_A_DISTRICT = 51_000
CHUNK = 10_200
# Inspections go in before their assets (the foreign key is checked after each chunk): the trigger that derives an
# asset's condition from them then finds nothing to lock and to rewrite, and the asset comes with the condition it
# would have derived. A test compares the two.
ORDER = ("assets_inspection", "assets_asset", "assets_posting", "assets_maintenance")
# No history is written of these rows being made, so they may come by a plain COPY, which would lose its context.
MADE_WITHOUT_HISTORY = ("assets_inspection", "assets_posting")

Progress = Callable[[int], object]


class NotEmpty(Exception):
    """There are assets already."""


@dataclass
class Loaded:
    """What was loaded."""

    in_use: int
    rows: dict[str, int]
    database_seconds: float  # spent on putting assets and what belongs to them into the database


def load(
    count: int, seed: int, today: date, *, accounts: bool, photos: int, progress: Progress = lambda done: None
) -> Loaded:
    """Fill the register with `count` assets in use, and some planned and removed ones beside them.

    The same count, seed and day give the same demonstration.

    Raises:
        NotEmpty: the register has assets already; nothing is changed.
    """
    with acting(Actor(None, Origin.COMMAND)):
        _have_register_alone()
        batch = Batch.objects.create(
            kind=BatchKind.DEMONSTRATION,
            title=_("Demonstration, %(count)s assets, seed %(seed)s") % {"count": count, "seed": seed},
            origin=Origin.COMMAND,
            report={"assets": count, "seed": seed, "today": today.isoformat()},
        )
        with acting(Actor(None, Origin.COMMAND), batch=batch):
            loaded = Loader(count, seed, today, accounts, photos, progress).load()
    with connection.cursor() as cursor:
        cursor.execute("SELECT assets_refresh_statistics()")
    return loaded


def _have_register_alone() -> None:
    """Make sure that nothing is in the register, and that nobody puts anything in before we are done."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE assets_asset IN SHARE ROW EXCLUSIVE MODE")
        ignore_no_trigger(cursor)
    if Asset.objects.exists():
        raise NotEmpty(_("The register has assets already: the demonstration goes into an empty one only."))


class Loader:
    """One run of `load`."""

    def __init__(
        self, count: int, seed: int, today: date, accounts: bool, photos: int, progress: Progress
    ) -> None:
        self.count, self.seed, self.today, self.progress = count, seed, today, progress
        self.accounts, self.photos = accounts, photos
        self.rows: dict[str, int] = {}
        self.database_seconds = 0.0

    def load(self) -> Loaded:
        """Everything, district by district."""
        home = geography.invent(np.random.default_rng([self.seed, 0]))
        works = artworks(self.today)
        self._draw_places(home)
        if self.accounts:
            make_accounts()
        self.artworks = self._make_artworks(works)
        self.units = self._make_units(home)
        number = max(1, round(self.count / ASSETS_A_DISTRICT))
        shares = [self.count // number + (index < self.count % number) for index in range(number)]
        others = neighbours(home, number - 1)
        for index, (share, neighbour) in enumerate(zip(shares, [None, *others], strict=True)):
            rng = np.random.default_rng([self.seed, 1, index])
            self._load_district(home, works, share, neighbour, rng)
        if self.photos:
            rng = np.random.default_rng([self.seed, 2])
            self._count("assets_photo", add_photos(self.photos, rng))
        return Loaded(self.count, self.rows, self.database_seconds)

    def _load_district(
        self,
        home: Geography,
        works: list[InventedArtwork],
        share: int,
        neighbour: Neighbour | None,
        rng: np.random.Generator,
    ) -> None:
        if neighbour is not None:
            neighbour.make()
        code = neighbour.code if neighbour else DISTRICT
        standing = stand(home, share + extra(share), rng)
        resolver = Resolver(Area.objects.filter(code__startswith=code))
        keys = self._keys(code)
        assets = DrawnAssets(
            home,
            standing,
            works,
            keys,
            resolver,
            self.today,
            rng,
            code=code,
            shift=neighbour.shift if neighbour else (0.0, 0.0),
            in_use=share,
        )
        district = build(assets)
        began = perf_counter()
        self._insert(district)
        self.database_seconds += perf_counter() - began

    def _insert(self, district: District) -> None:
        self._count("assets_support", staging.insert("assets_support", district.tables["assets_support"]))
        for assets, part in district.chunks(CHUNK):
            with connection.cursor() as cursor:
                # What the triggers planned when the tables were empty is wrong by now.
                cursor.execute("DISCARD PLANS")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
                for table in ORDER:
                    put = staging.copy if table in MADE_WITHOUT_HISTORY else staging.insert
                    self._count(table, put(table, part[table]))
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            self.progress(assets)

    def _count(self, table: str, rows: int) -> None:
        self.rows[table] = self.rows.get(table, 0) + rows

    def _draw_places(self, home: Geography) -> None:
        """Give areas and roads their invented shapes, where they have none, and add the invented sites."""
        areas = {area.code: area for area in Area.objects.filter(level__gte=Level.STREET, boundary=None)}
        drawn = []
        for cell in (*home.streets.values(), *home.communities.values()):
            if area := areas.get(cell.code):
                _draw(area, cell, home)
                drawn.append(area)
        Area.objects.bulk_update(drawn, ["boundary", "boundary_status", "boundary_source"], batch_size=100)
        self._make_grid(home, {area.code: area for area in drawn if area.level == Level.COMMUNITY})
        roads = list(Road.objects.filter(code__in=home.roads, line=None))
        for road in roads:
            real_or_invented = home.roads[road.code]
            road.line = cast(MultiLineString, _geos(home.degrees(real_or_invented.lines)))
            road.approximate = not real_or_invented.real
        Road.objects.bulk_update(roads, ["line", "approximate"])
        self._make_sites(home)

    def _make_grid(self, home: Geography, communities: dict[str, Area]) -> None:
        """Grid cells within communities of invented shape; those with a real one keep what they have."""
        made = []
        for cell in home.grid.values():
            if community := communities.get(cell.code[:-3]):
                area = Area(code=cell.code, level=Level.GRID, name=cell.name, parent=community)
                _draw(area, cell, home)
                made.append(area)
        Area.objects.bulk_create(made, batch_size=100, ignore_conflicts=True)

    def _make_sites(self, home: Geography) -> None:
        kinds = dict(SiteKind.objects.values_list("code", "pk"))
        resolver = Resolver()
        degrees = np.round(home.plane.degrees(np.array([place.at for place in home.places])), 7)
        placements = resolver.resolve(degrees[:, 0], degrees[:, 1])
        sites_without_area = {site.code: site for site in Site.objects.filter(area=None)}
        located, made = [], []
        for place, (longitude, latitude), placement in zip(home.places, degrees, placements, strict=True):
            if site := sites_without_area.get(place.code):
                site.area_id = placement.area
                located.append(site)
            elif place.invented:
                made.append(
                    Site(
                        code=place.code,
                        name=place.name,
                        kind_id=kinds[place.kind],
                        area_id=placement.area,
                        point=Point(longitude, latitude, srid=4326),
                        approximate=True,
                    )
                )
        Site.objects.bulk_update(located, ["area"])
        Site.objects.bulk_create(made)

    def _make_artworks(self, works: list[InventedArtwork]) -> dict[str, int]:
        Artwork.objects.bulk_create(
            Artwork(
                code=work.code,
                title=work.title,
                wording=work.wording,
                themes=list(work.themes),
                approval=work.approval,
                origin=work.origin,
                logo=work.logo,
                valid_from=work.valid_from,
                valid_to=work.valid_to,
            )
            for work in works
        )
        return dict(Artwork.objects.values_list("code", "pk"))

    def _make_units(self, home: Geography) -> dict[str, int]:
        """The units by name; offices also by `office <street code>`."""
        numbers = iter(range(1, 1000))
        offices = {
            code: Unit(
                name=f"{cell.name}办事处（演示）",
                short_name=f"{cell.name}办",
                credit_code=credit_code(OFFICE, next(numbers)),
            )
            for code, cell in home.streets.items()
        }
        leading = {
            key: Unit(name=name, short_name=short, credit_code=credit_code(OFFICE, next(numbers)))
            for key, name, short in (
                ("publicity", PUBLICITY, "区委宣传部"),
                ("city management", CITY_MANAGEMENT, "区城管局"),
            )
        }
        working = [
            Unit(
                name=unit.name,
                short_name=unit.short_name,
                # A crew is part of somebody, and has none of its own.
                credit_code=None if unit.is_crew else credit_code(COMPANY, next(numbers)),
                is_crew=unit.is_crew,
                contact_person=unit.contact,
                contact_phone=unit.phone,
            )
            for unit in (*MAINTAINERS, *CREWS)
        ]
        Unit.objects.bulk_create([*leading.values(), *offices.values(), *working])
        join_units()
        return {
            **{unit.name: unit.pk for unit in working},
            **{name: unit.pk for name, unit in leading.items()},
            **{f"office {code}": unit.pk for code, unit in offices.items()},
        }

    def _keys(self, code: str) -> Keys:
        """What rows of one district refer to; its places go by the codes they have in the home district."""
        inspector = User.objects.filter(username="crew").values_list("pk", flat=True).first()
        types = {entry.code: entry for entry in AssetType.objects.select_related("component")}
        at_home = len(DISTRICT)
        return Keys(
            types=types,
            components={name: entry.component.code for name, entry in types.items()},
            artworks=self.artworks,
            units=self.units,
            roads={
                DISTRICT + found[at_home:]: pk
                for found, pk in Road.objects.filter(code__startswith=code).values_list("code", "pk")
            },
            sites={
                DISTRICT + found[at_home:]: pk
                for found, pk in Site.objects.filter(code__startswith=code).values_list("code", "pk")
            },
            streets={
                DISTRICT + found[at_home:]: pk
                for found, pk in Area.objects.filter(code__startswith=code, level=Level.STREET).values_list(
                    "code", "pk"
                )
            },
            inspector=inspector,
        )


def _draw(area: Area, cell: Cell, home: Geography) -> None:
    area.boundary = MultiPolygon(*cast(MultiPolygon, _geos(home.degrees(cell.shape))), srid=4326)
    area.boundary_status = BoundaryStatus.APPROXIMATE
    area.boundary_source = INVENTED


def _geos(shape: shapely.Geometry) -> GEOSGeometry:
    return GEOSGeometry(memoryview(shapely.to_wkb(shape)), srid=4326)
