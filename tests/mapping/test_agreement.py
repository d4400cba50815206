"""Legend, list, tiles, export and OGC API take one filter and so agree: random registers under random filters."""

import json
import random
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.gis.geos import Point
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from accounts.permissions import READ
from assets.chosen_sql import chosen_here
from assets.fields import FILTERED
from assets.filters import read_filter
from assets.layers import ASSETS
from assets.models import Asset, Condition, Lifecycle, Maintenance
from mapping.tiles.grid import Tile
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
from tests.mapping.conftest import cell_total, tiles_around

pytestmark = pytest.mark.django_db

TYPES = ("notice_board", "mural", "unit_plaque")
PLACE = (116.97, 36.66, 117.03, 36.71)
ZOOMS = (0, 9, 12, 13, 14)

CODES = {
    "street": ["370105001", "370105002", "none"],
    "community": ["370105001008", "370105001009", "none"],
    "road": ["R-1", "none"],
    "site_kind": ["station", "none"],
    "family": ["psa", "signboard"],
    "type": list(TYPES),
    "theme": ["core_values", "minors", "none"],
    "condition": [condition.code for condition in Condition],
    "lifecycle": list(Lifecycle.values),
    "overdue": ["inspection", "maintenance"],
    "artwork": ["poster", "expired", "none"],
    "fixed": ["true", "false", "none"],
    "indoor": ["true", "false", "none"],
    "prominent": ["true", "false", "none"],
    "artwork_origin": ["central", "local", "none"],
    "artwork_logo": ["true", "false", "none"],
}


def queries() -> st.SearchStrategy[str]:
    """Query strings of up to four parameters."""
    parts = [
        st.lists(st.sampled_from(codes), min_size=1, max_size=3, unique=True).map(
            lambda codes, name=name: f"{name}={','.join(codes)}"
        )
        for name, codes in CODES.items()
    ]
    words = st.sampled_from(["宣传", "1", "宣传 2", "北园", "没有"]).map(lambda word: f"q={word}")
    # Some edges run exactly through tile borders and points.
    edges = st.sampled_from([116.97, 116.98, 116.99, 117.0, 117.0068359375, 117.03])
    boxes = st.tuples(edges, edges).filter(lambda pair: pair[0] < pair[1])
    return st.lists(
        st.one_of(*parts, words, boxes.map(lambda pair: f"bbox={pair[0]},36.6,{pair[1]},36.69")),
        max_size=4,
        unique_by=lambda part: part.partition("=")[0],
    ).map("&".join)


@pytest.fixture
def register(district: District) -> list[Asset]:
    """Assets of every sort, some on one spot, some exactly on the borders of tiles and cells."""
    chance = random.Random(1)
    today = timezone.localdate()
    types = [
        make_type(code, family="signboard" if code == "unit_plaque" else "psa", fixed=code != "notice_board")
        for code in TYPES
    ]
    make_theme("core_values")
    make_theme("minors")
    road, site, pole = make_road(code="R-1"), make_site(kind="station"), make_support()
    posters = [
        make_artwork("poster", origin="central", logo=True),
        make_artwork("old", valid_to=today - timedelta(days=3), logo=False),
        None,
    ]
    west, south, _east, _north = Tile(14, 13516, 6395).bounds()
    corners = [Point(west, south, srid=4326), Point(117.0, 36.68, srid=4326)]
    assets = []
    for number in range(60):
        spot = Point(chance.uniform(116.972, 117.028), chance.uniform(36.662, 36.708), srid=4326)
        lifecycle = chance.choice([*[Lifecycle.IN_USE] * 5, *Lifecycle])
        removed = {"removed_on": today, "removal_reason": "old"} if lifecycle == Lifecycle.REMOVED else {}
        on_pole = number % 10 == 0
        assets.append(
            make_asset(
                pole.point if on_pole else chance.choice([spot, spot, *corners]),
                support=pole if on_pole else None,
                name=f"宣传栏 {number}",
                type=chance.choice(types),
                condition=chance.choice(list(Condition)),
                lifecycle=lifecycle,
                themes=chance.sample(["core_values", "minors"], chance.randrange(3)),
                road=chance.choice([road, None]),
                site=chance.choice([site, None]),
                artwork=chance.choice(posters),
                indoor=chance.choice([True, False, None]),
                prominent=chance.choice([True, False, None]),
                next_inspection_due=today + timedelta(days=chance.randrange(-5, 5)),
                **removed,
            )
        )
    for asset in chance.sample(assets, 20):
        Maintenance.objects.create(
            asset=asset, kind="clean", due_on=today + timedelta(days=chance.randrange(-3, 3))
        )
    return assets


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=queries())
def test_they_agree(register: list[Asset], planner: User, query: str) -> None:
    """A dozen random filters in each run; many more are the slow one's below."""
    agree(register, planner, query)


@pytest.mark.slow
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=queries())
def test_they_agree_whatever_is_asked(register: list[Asset], planner: User, query: str) -> None:
    agree(register, planner, query)


def agree(register: list[Asset], planner: User, query: str) -> None:
    """Ask all of them, and compare."""
    client = Client()
    client.force_login(planner)
    legend = client.get(f"/api/legend?{query}").json()
    matched = legend["matched"]
    assert legend["total"] == sum(
        asset.lifecycle in (Lifecycle.IN_USE, Lifecycle.SUSPENDED) for asset in register
    )
    assert_legend_adds_up(legend["groups"], query, matched)

    listed, cursor = [], ""
    while cursor is not None:
        page = client.get(f"/api/assets?{query}&page_size=17{cursor and f'&cursor={cursor}'}").json()
        assert page["matched"] == matched
        listed += [row["code"] for row in page["results"]]
        cursor = page["next"]
    assert len(listed) == len(set(listed)) == matched

    for zoom in ZOOMS:
        shown = sum(
            cell_total(client.get(f"/tiles/assets/{z}/{x}/{y}.mvt?{query}").content)
            for z, x, y in tiles_around(zoom, *PLACE)
        )
        assert shown == matched, zoom

    exported = json.loads(client.get(f"/export/assets.geojson?{query}").getvalue())
    assert [feature["id"] for feature in exported["features"]] == sorted(listed)
    assert exported["numberReturned"] == matched

    live, address = [], f"/ogc/collections/assets/items?{query}&limit=17&f=json"
    while address:
        page = client.get(address.removeprefix("http://testserver")).json()
        assert page["numberMatched"] == matched
        live += [feature["id"] for feature in page["features"]]
        address = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")
    assert live == sorted(listed)


def assert_legend_adds_up(groups: dict, query: str, matched: int) -> None:
    """Rows of a group that is not filtered, or its chosen rows, add up to what the filter leaves."""
    parameters = dict(part.split("=") for part in query.split("&") if part)
    parameters.setdefault("lifecycle", "in_use,suspended")
    declared = [field.name for field in FILTERED]
    for name in ("street", "type", "condition", "site_kind", "family", "lifecycle", *declared):
        codes = parameters[name].split(",") if name in parameters else None
        rows = [row for row in groups[name] if codes is None or row["code"] in codes]
        assert sum(row["count"] for row in rows) == matched, name
    for name in ("street", "type", "community"):
        for row in groups[name]:
            assert sum(row["conditions"].values()) == row["count"]


def test_the_visible_assets_are_conditions_of_the_same_statement(
    district: District, owner: User, publicity: User
) -> None:
    """No list of ids in between, which the planner would make whole before it looks at anything else."""
    make_type("notice_board")
    asset_filter = read_filter(QueryDict("condition=damaged&type=notice_board"))
    for user in (owner, publicity):
        for sql, _params in (ASSETS.visible(user, READ), chosen_here(asset_filter.assets(user))):
            assert 'FROM "assets_asset"' not in sql
    assert ASSETS.visible(AnonymousUser(), READ) == ("false", ())
