"""A handful of assets to look at, and ways to look: as somebody, at tiles."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from math import asinh, floor, pi, radians, tan
from typing import Any

import mapbox_vector_tile
import pytest
from django.contrib.gis.geos import Point
from django.test import Client
from django.utils import timezone

from accounts.models import User
from assets.models import Asset, Condition, Lifecycle, MaintenanceKind
from assets.models.maintenance import Maintenance
from tests.conftest import District
from tests.factories import (
    make_artwork,
    make_asset,
    make_road,
    make_site,
    make_support,
    make_theme,
    make_type,
)


@dataclass
class Town:
    """What stands in the small district."""

    board: Asset  # west, southwest community; good; inspection overdue; 北园大街; theme core_values
    mural: Asset  # west, northwest community; damaged; job overdue; expired artwork; at a station
    plaque: Asset  # east; not inspected; suspended; a signboard
    faces: list[Asset]  # two flags on one pole in the east, severe and missing
    removed: Asset
    planned: Asset
    outside: Asset  # in no known area, with a code of the district
    foreign: Asset  # in the other district
    shown: list[Asset] = field(default_factory=list)  # what the district's people see by default


@pytest.fixture
def town(district: District) -> Town:
    """One asset of every sort."""
    today = timezone.localdate()
    road = make_road("北园大街", code="370105R003", aliases=["北圆大街"], district=district.district)
    panel = make_type("notice_board", name_zh="宣传栏", symbol="panel")
    wall = make_type("mural", item="03006", name_zh="墙体彩绘", symbol="wall")
    plaque = make_type("unit_plaque", item="03007", name_zh="单位牌匾", symbol="plaque", family="signboard")
    flag = make_type("lamp_banner", item="03006", name_zh="灯杆道旗", symbol="flag")
    make_theme("core_values")
    make_theme("waste_sorting")
    station = make_site("济南站", kind="station")
    expired = make_artwork("poster-2025", title="我们的节日", valid_to=today - timedelta(days=1))
    pole = make_support(Point(117.011, 36.681, srid=4326))
    board = make_asset(
        Point(116.9851, 36.6753, srid=4326),
        type=panel,
        name="北园大街 419 号宣传栏",
        wording="讲文明树新风",
        address="北园大街 419 号",
        road=road,
        themes=["core_values"],
        condition=Condition.GOOD,
        condition_at=timezone.now() - timedelta(days=100),
        next_inspection_due=today - timedelta(days=6),
    )
    mural = make_asset(
        Point(116.9912, 36.6921, srid=4326),
        type=wall,
        name="鹊华烟雨",
        themes=["core_values", "waste_sorting"],
        condition=Condition.DAMAGED,
        artwork=expired,
        site=station,
        large=True,
    )
    Maintenance.objects.create(
        asset=mural, kind=MaintenanceKind.REPAINT, due_on=today - timedelta(days=2), description="补画"
    )
    signboard = make_asset(
        Point(117.0051, 36.6782, srid=4326), type=plaque, name="", lifecycle=Lifecycle.SUSPENDED
    )
    faces = [
        make_asset(support=pole, type=flag, name=f"道旗{side}", condition=condition)
        for side, condition in (("东", Condition.SEVERE), ("西", Condition.MISSING))
    ]
    removed = make_asset(
        Point(116.9951, 36.6753, srid=4326),
        type=panel,
        name="拆除的展板",
        lifecycle=Lifecycle.REMOVED,
        removed_on=today,
        removal_reason="道路改造",
    )
    planned = make_asset(
        Point(116.9961, 36.6753, srid=4326), type=panel, name="计划中的展板", lifecycle=Lifecycle.PLANNED
    )
    outside = make_asset(Point(116.9, 36.9, srid=4326), type=panel, name="区外宣传栏")
    foreign = make_asset(
        Point(117.15, 36.68, srid=4326), type=panel, code="37099903008000001", name="邻区宣传栏"
    )
    shown = [board, mural, signboard, *faces, outside]
    return Town(board, mural, signboard, faces, removed, planned, outside, foreign, shown)


@pytest.fixture
def as_user() -> Callable[[User | None], Client]:
    """A client signed in as somebody, or as nobody."""

    def client_of(user: User | None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user)
        return client

    return client_of


@pytest.fixture
def reader(viewer: User, as_user: Callable[[User | None], Client]) -> Client:
    """A viewer of the district, looking."""
    return as_user(viewer)


def decoded(body: bytes) -> dict[str, Any]:
    """A tile's layers, y downwards as it is written."""
    tile: dict[str, Any] = mapbox_vector_tile.decode(body, default_options={"y_coord_down": True})
    return tile


def cell_total(body: bytes) -> int:
    """How many assets a tile's cells or symbols stand for."""
    if not body:
        return 0
    layers = decoded(body)
    if "cells" in layers:
        return sum(feature["properties"]["n"] for feature in layers["cells"]["features"])
    return len(layers.get("assets", {"features": []})["features"])


def tiles_around(z: int, west: float, south: float, east: float, north: float) -> list[tuple[int, int, int]]:
    """Every tile of a zoom that touches a rectangle of WGS84 degrees."""

    def column(lon: float) -> int:
        return floor((lon + 180) / 360 * (1 << z))

    def row(lat: float) -> int:
        return floor((1 - asinh(tan(radians(lat))) / pi) / 2 * (1 << z))

    return [
        (z, x, y) for x in range(column(west), column(east) + 1) for y in range(row(north), row(south) + 1)
    ]
