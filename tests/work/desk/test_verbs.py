"""Condition with photos, artworks, lifecycle and taking back, from the panel."""

import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import User
from assets.actions.edit_asset import edit_asset
from assets.actions.record_inspection import record_inspection
from assets.history import Actor
from assets.models import Asset, Condition, Inspection, Lifecycle, Origin
from assets.models.lists import Defect
from tests.factories import make_artwork
from tests.mapping.conftest import Town
from tests.mapping.pictures import jpeg

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def faded(db: None) -> Defect:
    return Defect.objects.create(code="faded", name_zh="褪色", name_en="Faded")


def picture(name: str = "one.jpg", colour: str = "red") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, jpeg(colour), "image/jpeg")


def test_a_condition_is_recorded_with_its_defects_and_photos(
    town: Town, desk, owner: User, faded: Defect
) -> None:
    somebody = desk(owner, town.board)
    assert "Faded" in somebody.open("inspect").content.decode()
    answer = somebody.send(
        "inspect",
        uid=str(uuid.uuid4()),
        condition="3",
        defects=["faded"],
        note="边角脱落",
        photos=[picture(), picture("two.jpg", "blue")],
    )
    assert answer.status_code == 200, answer.content.decode()
    assert answer.json()["said"] == "Recorded: Damaged"
    inspection = town.board.inspections.get()
    assert (inspection.condition, inspection.defects, inspection.inspector) == (3, ["faded"], owner)
    assert inspection.photos.count() == 2
    town.board.refresh_from_db()
    assert town.board.condition == Condition.DAMAGED


def inspect_on(somebody, day: object, condition: str = "3"):
    """Record a condition, seen on a day."""
    return somebody.send("inspect", uid=str(uuid.uuid4()), condition=condition, seen_on=str(day))


def test_a_condition_seen_on_an_earlier_day_counts_from_that_day(town: Town, desk, owner: User) -> None:
    day = timezone.localdate() - timedelta(days=3)
    assert inspect_on(desk(owner, town.board), day).status_code == 200
    seen = timezone.localtime(town.board.inspections.get().effective_at)
    # As a ledger's day does: from its first moment.
    assert (seen.date(), seen.hour, seen.minute) == (day, 0, 0)
    town.board.refresh_from_db()
    assert town.board.condition == Condition.DAMAGED


def test_what_was_seen_earlier_leaves_a_newer_condition_alone(town: Town, desk, owner: User) -> None:
    today = timezone.localdate()
    somebody = desk(owner, town.board)
    assert inspect_on(somebody, today, "1").status_code == 200
    assert inspect_on(somebody, today - timedelta(days=1), "4").status_code == 200
    town.board.refresh_from_db()
    assert town.board.condition == Condition.GOOD
    assert town.board.inspections.count() == 2


@pytest.mark.parametrize("days", [-1, 401, 40_000])
def test_nothing_is_seen_in_the_future_nor_before_it_was_put_up(
    town: Town, desk, owner: User, days: int
) -> None:
    today = timezone.localdate()
    Asset.objects.filter(pk=town.board.pk).update(
        installed_on=None if days > 1000 else today - timedelta(days=400)
    )
    answer = inspect_on(desk(owner, town.board), today - timedelta(days=days))
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"seen_on"}
    assert not town.board.inspections.exists()


@pytest.mark.parametrize("day", ["yesterday", "0001-01-01", "9999-12-31", "2026-02-30"])
def test_a_day_that_is_none_is_said_at_its_field(town: Town, desk, owner: User, day: str) -> None:
    answer = inspect_on(desk(owner, town.board), day)
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"seen_on"}


def test_the_same_form_sent_twice_is_one_record(town: Town, desk, owner: User) -> None:
    uid = str(uuid.uuid4())
    for _attempt in range(2):
        answer = desk(owner, town.board).send("inspect", uid=uid, condition="1", photos=[picture()])
        assert answer.status_code == 200
    assert town.board.inspections.count() == 1
    assert town.board.photos.count() == 1


def test_a_file_that_is_no_photo_is_named_and_nothing_is_recorded(town: Town, desk, owner: User) -> None:
    broken = SimpleUploadedFile("list.jpg", b"no picture at all", "image/jpeg")
    answer = desk(owner, town.board).send(
        "inspect", uid=str(uuid.uuid4()), condition="3", photos=[picture(), broken]
    )
    assert answer.status_code == 422
    [sentence] = answer.json()["errors"]["photos"]
    assert sentence.startswith("list.jpg: ")
    assert not Inspection.objects.exists()
    assert not town.board.photos.exists()


def test_a_condition_has_to_be_said(town: Town, desk, owner: User) -> None:
    answer = desk(owner, town.board).send("inspect", uid=str(uuid.uuid4()))
    assert answer.json()["errors"] == {"condition": ["Say which condition you saw."]}


def test_only_what_may_hang_is_offered_and_is_hung(town: Town, desk, owner: User) -> None:
    new = make_artwork("new", title="新画面", wording="垃圾分类")
    make_artwork("draft", title="草稿画面", approval="draft")
    somebody = desk(owner, town.board)
    form = somebody.open("post").content.decode()
    assert "新画面" in form
    assert "草稿画面" not in form
    assert town.mural.artwork is not None
    assert town.mural.artwork.title not in form
    today = timezone.localdate().isoformat()
    assert somebody.send("post", artwork="new", posted_on=today).status_code == 200
    town.board.refresh_from_db()
    assert (town.board.artwork, town.board.wording) == (new, "垃圾分类")
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    assert "taken_down_on" in somebody.send("take-down", taken_down_on=tomorrow).json()["errors"]
    assert somebody.send("take-down", taken_down_on=today).status_code == 200
    town.board.refresh_from_db()
    assert town.board.artwork is None
    # Of one day the later stands above, and nothing stands before what was registered on that day.
    told = somebody.panel()
    assert told.index("Taken down: 新画面") < told.index("Posted: 新画面") < told.index("Registered")


def test_an_asset_is_suspended_brought_back_removed_and_brought_back(town: Town, desk, owner: User) -> None:
    somebody = desk(owner, town.board)

    def lifecycle() -> str:
        return Asset.objects.get(pk=town.board.pk).lifecycle

    assert somebody.send("suspend").status_code == 200
    assert lifecycle() == Lifecycle.SUSPENDED
    assert somebody.send("suspend").status_code == 422
    assert somebody.send("reopen").status_code == 200
    today = timezone.localdate().isoformat()
    assert "removal_reason" in somebody.send("remove", removed_on=today).json()["errors"]
    assert somebody.send("remove", removal_reason="道路改造", removed_on=today).status_code == 200
    assert lifecycle() == Lifecycle.REMOVED
    assert somebody.send("reopen").status_code == 200
    assert lifecycle() == Lifecycle.IN_USE


def test_a_change_is_taken_back_from_the_timeline(town: Town, desk, owner: User) -> None:
    edited = edit_asset(Actor(owner, Origin.WEB), town.board, {"address": "写错的"})
    somebody = desk(owner, town.board)
    way = f"/undo?version={edited.version}"
    assert way in somebody.panel()
    form = somebody.open("undo", f"?version={edited.version}").content.decode()
    assert "写错的 → <b>北园大街 419 号</b>" in form
    assert somebody.send("undo", version=edited.version).status_code == 200
    town.board.refresh_from_db()
    assert town.board.address == "北园大街 419 号"
    # Taken back already, it says so instead of doing anything.
    assert somebody.send("undo", version=edited.version).status_code == 422


def test_an_inspection_is_voided_from_the_timeline(town: Town, desk, owner: User) -> None:
    wrong = record_inspection(Actor(owner, Origin.WEB), town.board, Condition.MISSING)
    somebody = desk(owner, town.board)
    assert f"/void?inspection={wrong.pk}" in somebody.panel()
    assert somebody.send("void", inspection=wrong.pk).json()["errors"].keys() == {"void_reason"}
    assert somebody.send("void", inspection=wrong.pk, void_reason="看错了").status_code == 200
    assert f"/void?inspection={wrong.pk}" not in somebody.panel()


def test_an_inspection_of_another_asset_cannot_be_reached_through_mine(
    town: Town, desk, owner: User, publicity: User
) -> None:
    theirs = record_inspection(Actor(publicity, Origin.WEB), town.plaque, Condition.MISSING)
    answer = desk(owner, town.board).send("void", inspection=theirs.pk, void_reason="x")
    assert answer.status_code == 422
    theirs.refresh_from_db()
    assert theirs.voided_at is None
