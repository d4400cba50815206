"""GET /api/field/changes: a copy that follows the catalogue, whatever commits when."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.db import connection, transaction

from accounts.models import User
from assets.actions.edit_asset import edit_asset
from assets.actions.move_asset import move_asset
from assets.actions.remove_asset import remove_asset
from assets.history import Actor
from assets.models import Asset, Maintenance, MaintenanceKind, Origin, Photo, Theme
from field.down import changes, pack
from places.models import Area
from tests.factories import make_asset, make_theme
from tests.field.conftest import Phone

# What has not been committed is never served, so these tests commit.
pytestmark = pytest.mark.django_db(transaction=True)

COMMAND = Actor(None, Origin.COMMAND)


class Copy:
    """What a phone holds of an area, kept up to date by the feed."""

    def __init__(self, phone: Phone, areas: str = "370105001") -> None:
        self.phone, self.areas = phone, areas
        body = phone.get("pack", areas=areas).json()
        self.cursor = body["cursor"]
        self.assets = {asset["uid"]: asset for asset in body["assets"]}
        self.jobs = body["jobs"]
        self.pages: list[dict[str, Any]] = []

    def follow(self) -> list[dict[str, Any]]:
        self.pages = []
        more = True
        while more:
            answer = self.phone.get("changes", since=self.cursor, areas=self.areas)
            assert answer.status_code == 200, answer.content
            page = answer.json()
            self.pages.append(page)
            for uid in page["gone"]:
                self.assets.pop(uid, None)
            self.assets |= {asset["uid"]: asset for asset in page["assets"]}
            for photo in page["photos"]:
                self.assets[photo["asset"]]["photo"] = photo["photo"]
            if page["jobs"] is not None:
                self.jobs = page["jobs"]
            self.cursor, more = page["cursor"], page["more"]
        return self.pages

    @property
    def is_true(self) -> bool:
        fresh = Copy(self.phone, self.areas)
        return fresh.assets == self.assets and fresh.jobs == self.jobs


@pytest.fixture(autouse=True)
def transactions_of_this_database_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """The feed waits for every transaction of the server; other tests' databases on it are not of interest here."""

    def settled_here() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(min(backend_xid::text::bigint), "
                "pg_snapshot_xmax(pg_current_snapshot())::text::bigint) "
                "FROM pg_stat_activity WHERE datname = current_database() AND backend_xid IS NOT NULL"
            )
            return int(cursor.fetchone()[0])

    for module in (changes, pack):
        monkeypatch.setattr(module, "settled_transaction", settled_here)


@pytest.fixture
def copy(phone: Phone, board: Asset) -> Copy:
    return Copy(phone)


@pytest.fixture
def elsewhere() -> Iterator[Any]:
    """A second connection to the database, for what happens at the same time."""
    other = connection.copy()
    yield other
    other.close()


def test_nothing_has_changed(copy: Copy) -> None:
    (page,) = copy.follow()
    assert (page["assets"], page["gone"], page["photos"]) == ([], [], [])
    assert (page["jobs"], page["lists"], page["places"], page["more"]) == (None, None, None, False)


def test_changed_made_moved_away_and_removed(copy: Copy, board: Asset) -> None:
    removed, leaving = (
        make_asset(Point(116.99, 36.68, srid=4326)),
        make_asset(Point(116.99, 36.68, srid=4326)),
    )
    elsewhere = make_asset(Point(117.01, 36.68, srid=4326))
    copy.follow()
    assert copy.is_true
    edit_asset(COMMAND, board, {"wording": "新的"})
    made = make_asset(Point(116.985, 36.675, srid=4326))
    remove_asset(COMMAND, removed, reason="拆除")
    move_asset(COMMAND, leaving, Point(117.01, 36.68, srid=4326))
    edit_asset(COMMAND, elsewhere, {"wording": "别处"})
    (page,) = copy.follow()
    assert {asset["uid"] for asset in page["assets"]} == {str(board.uid), str(made.uid)}
    # What was never in these areas is nobody's business here.
    assert set(page["gone"]) == {str(removed.uid), str(leaving.uid)}
    assert copy.is_true


def test_what_commits_late_is_not_missed(copy: Copy, board: Asset, elsewhere: Any) -> None:
    slow = make_asset(Point(116.99, 36.68, srid=4326))
    copy.follow()
    with elsewhere.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("UPDATE assets_asset SET wording = '慢' WHERE id = %s", [slow.pk])
        edit_asset(COMMAND, board, {"wording": "快"})
        copy.follow()
        cursor.execute("COMMIT")
    copy.follow()
    assert copy.assets[str(slow.uid)]["wording"] == "慢"
    assert copy.assets[str(board.uid)]["wording"] == "快"
    assert copy.is_true


def test_a_large_transaction_comes_in_pages(
    copy: Copy, monkeypatch: pytest.MonkeyPatch, board: Asset
) -> None:
    monkeypatch.setattr(changes, "PAGE", 3)
    with transaction.atomic():
        many = [make_asset(Point(116.99, 36.68, srid=4326)) for _row in range(7)]
    answer = copy.phone.get("changes", since=copy.cursor, areas=copy.areas).json()
    assert answer["more"] is True
    # In between something changes again.
    edit_asset(COMMAND, many[0], {"wording": "又改了"})
    copy.follow()
    assert len(copy.pages) == 3
    assert len(copy.assets) == 8
    copy.follow()
    assert copy.is_true


def test_photos_lists_places_and_jobs(copy: Copy, board: Asset, district: Any) -> None:
    photo = Photo.objects.create(asset=board, sha256="a" * 64, width=1, height=1)
    (page,) = copy.follow()
    assert page["photos"] == [{"asset": str(board.uid), "photo": f"/photos/{photo.uid}/thumb"}]
    make_theme("waste_sorting")
    Theme.objects.filter(code="core_values").update(name_zh="价值观")
    (page,) = copy.follow()
    assert [theme["code"] for theme in page["lists"]["themes"]] == ["core_values", "waste_sorting"]
    assert page["places"] is None
    Area.objects.filter(code="370105001008").update(name="改名社区")
    (page,) = copy.follow()
    assert "改名社区" in {feature["properties"]["name"] for feature in page["places"]["areas"]["features"]}
    job = Maintenance.objects.create(asset=board, kind=MaintenanceKind.REPAIR)
    (page,) = copy.follow()
    assert [row["id"] for row in page["jobs"]] == [job.pk]
    Maintenance.objects.filter(pk=job.pk).update(state="cancelled")
    (page,) = copy.follow()
    assert page["jobs"] == []
    assert copy.follow()[0]["jobs"] is None


def test_the_same_page_twice_is_harmless(copy: Copy, board: Asset) -> None:
    edit_asset(COMMAND, board, {"wording": "新的"})
    before = copy.cursor
    copy.follow()
    copy.cursor = before
    copy.follow()
    assert copy.is_true


def test_a_cursor_that_cannot_be_continued(copy: Copy) -> None:
    ahead = changes.Cursor.read(copy.cursor, _generation(), ["370105001"])
    future = changes.replace(ahead, since=2**60).text
    for since in ("", "x", "!!", "e30", "bnVsbA", copy.cursor[:-4], future, "中文", "a" * 5000):
        answer = copy.phone.get("changes", since=since, areas="370105001")
        assert (answer.status_code, answer.json().get("code")) == (410, "cursor_lost"), since
    other = copy.phone.get("changes", since=copy.cursor, areas="370105002")
    assert other.status_code == 410


def test_areas_that_are_no_longer_ours(copy: Copy, crew: User, district: Any) -> None:
    crew.memberships.update(area=district.other_district)
    answer = copy.phone.get("changes", since=copy.cursor, areas="370105001")
    assert (answer.status_code, answer.json()["parameter"]) == (400, "areas")


def test_changes_take_few_queries(copy: Copy, board: Asset, django_assert_max_num_queries: Callable) -> None:
    edit_asset(COMMAND, board, {"wording": "新的"})
    copy.follow()
    edit_asset(COMMAND, board, {"wording": "更新"})
    with django_assert_max_num_queries(14):
        copy.follow()


def _generation() -> Any:
    from assets.dictionaries import read_generation

    return read_generation()
