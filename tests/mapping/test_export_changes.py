"""/export/changes.geojson: what changed since a cursor; removed assets as such; no commit missed."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from assets.actions.remove_asset import remove_asset
from assets.history import Actor
from assets.models import Asset, Origin
from tests.mapping.conftest import Town

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "/export/changes.geojson"


@pytest.fixture
def feed_now(client: Client, planner: User) -> Any:
    """The feed, whatever still runs."""
    client.force_login(planner)

    def ask(query: str = "") -> tuple[dict[str, dict[str, Any]], str]:
        response = client.get(f"{ADDRESS}?{query}")
        assert response.status_code == 200, response.content
        collection = json.loads(response.getvalue())
        assert collection["numberReturned"] == len(collection["features"])
        cursor = collection["updated_since"]
        [stated] = parse_qs(urlsplit(response["Link"].split(">")[0]).query)["updated_since"]
        assert stated == cursor
        return {feature["id"]: feature for feature in collection["features"]}, cursor

    return ask


@pytest.fixture
def feed(feed_now: Any, settle: Callable[[], None]) -> Any:
    """The feed, once all that was written is settled."""

    def ask(query: str = "") -> tuple[dict[str, dict[str, Any]], str]:
        settle()
        answer: tuple[dict[str, dict[str, Any]], str] = feed_now(query)
        return answer

    return ask


def changes(features: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {code: feature["properties"]["change"] for code, feature in features.items()}


def test_it_begins_with_the_whole_set(town: Town, feed: Any) -> None:
    features, _cursor = feed()
    assert changes(features) == {asset.code: "changed" for asset in town.shown}


def test_nothing_new_is_nothing(town: Town, feed: Any) -> None:
    _features, cursor = feed()
    assert feed(f"updated_since={cursor}")[0] == {}


def test_a_change_comes_once_with_all_its_columns(town: Town, feed: Any) -> None:
    _features, cursor = feed()
    Asset.objects.filter(pk=town.board.pk).update(wording="文明健康 有你有我")
    features, later = feed(f"updated_since={cursor}")
    assert changes(features) == {town.board.code: "changed"}
    assert features[town.board.code]["properties"]["wording"] == "文明健康 有你有我"
    assert features[town.board.code]["geometry"]["coordinates"] == [116.9851, 36.6753]
    assert feed(f"updated_since={later}")[0] == {}


def test_a_removed_asset_is_told_as_such(town: Town, feed: Any, publicity: User) -> None:
    _features, cursor = feed()
    remove_asset(Actor(publicity, Origin.WEB), town.board, reason="道路改造")
    features, _later = feed(f"updated_since={cursor}")
    assert changes(features) == {town.board.code: "removed"}
    properties = features[town.board.code]["properties"]
    assert (properties["lifecycle"], properties["removal_reason"]) == ("removed", "道路改造")
    assert properties["removed_on"] == f"{timezone.localdate()}"


def test_what_leaves_the_filtered_set_is_told(town: Town, feed: Any) -> None:
    query = "street=370105001"
    _features, cursor = feed(query)
    Asset.objects.filter(pk=town.mural.pk).update(street=None, community=None)
    features, _later = feed(f"{query}&updated_since={cursor}")
    assert changes(features) == {town.mural.code: "left"}
    assert features[town.mural.code]["geometry"] is None
    assert set(features[town.mural.code]["properties"]) == {"code", "change"}


def test_what_leaves_for_another_district_is_told_and_nothing_of_it(
    town: Town, feed: Any, client: Client, stranger: User
) -> None:
    _features, cursor = feed()
    other = town.foreign
    Asset.objects.filter(pk=town.board.pk).update(
        area=other.area, street=other.street, district=other.district, community=None
    )
    features, _later = feed(f"updated_since={cursor}")
    assert changes(features) == {town.board.code: "left"}


def test_another_districts_changes_are_not_told(town: Town, feed: Any) -> None:
    _features, cursor = feed()
    Asset.objects.filter(pk=town.foreign.pk).update(wording="新")
    assert feed(f"updated_since={cursor}")[0] == {}


def test_a_commit_that_comes_late_is_not_missed(town: Town, feed: Any, feed_now: Any) -> None:
    """A long import writes first and commits last; what others wrote meanwhile waits with it, and nothing is lost."""
    _features, cursor = feed()
    slow = connection.copy()
    try:
        slow.set_autocommit(False)
        with slow.cursor() as writing:
            writing.execute("UPDATE assets_asset SET wording = '慢' WHERE id = %s", [town.board.pk])
        Asset.objects.filter(pk=town.mural.pk).update(wording="快")
        meanwhile, between = feed_now(f"updated_since={cursor}")
        assert town.board.code not in meanwhile
        slow.commit()
    finally:
        slow.close()
    later, _cursor = feed(f"updated_since={between}")
    assert set(meanwhile) | set(later) == {town.board.code, town.mural.code}
    assert changes(later)[town.board.code] == "changed"


def test_a_time_will_do_to_begin_with(town: Town, feed: Any) -> None:
    moment = (timezone.now() + timedelta(seconds=1)).isoformat().replace("+", "%2B")
    assert feed(f"updated_since={moment}")[0] == {}
    earlier = (timezone.now() - timedelta(hours=1)).isoformat().replace("+", "%2B")
    features, _cursor = feed(f"updated_since={earlier}")
    assert changes(features)[town.removed.code] == "removed"


def test_columns_can_be_chosen_and_a_line_is_a_feature(
    town: Town, client: Client, planner: User, settle: Callable[[], None]
) -> None:
    client.force_login(planner)
    settle()
    lines = client.get("/export/changes.geojsonl?columns=code,name").getvalue().decode().splitlines()
    assert len(lines) == 6
    assert set(json.loads(lines[0])["properties"]) == {"change", "code", "name"}
    for name in ("crs", "titles"):
        assert client.get(f"{ADDRESS}?{name}=wgs84").json()["parameter"] == name
    assert client.get("/export/changes.csv").status_code == 404
    with transaction.atomic():
        assert client.head(ADDRESS).status_code == 200
