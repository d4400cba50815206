"""POST /api/field/sync: corrections, and what happens when two people correct the same thing."""

from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone

from accounts.models import User
from assets.actions.edit_asset import edit_asset
from assets.history import Actor, events_of
from assets.models import Asset, Condition, Lifecycle, Origin
from field.models import Operation, ReviewItem
from tests.factories import make_asset, make_support, make_type
from tests.field.conftest import Phone, phone_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(editors_phone: Phone) -> Phone:
    return editors_phone


def at_the_office(asset: Asset, **changes: Any) -> Asset:
    return edit_asset(Actor(None, Origin.COMMAND), asset, changes)


def test_a_correction_is_written(phone: Phone, board: Asset, owner: User) -> None:
    make_type("mural", item="03006")
    changes = {
        "name": "北园大街宣传栏",
        "wording": "",
        "themes": ["core_values"],
        "address": "北园大街 419 号",
        "facing": 90,
        "illuminated": True,
        "large": True,
        "type": "mural",
        "position": {"lon": 116.991, "lat": 36.681, "accuracy": 4},
    }
    (result,) = phone.send(phone.edit(board, changes))
    assert (result["status"], result["reason"]) == ("applied", None)
    board.refresh_from_db()
    assert (board.name, board.wording, board.themes, board.facing) == (
        "北园大街宣传栏",
        "",
        ["core_values"],
        90,
    )
    assert (board.illuminated, board.large, board.type.code) == (True, True, "mural")
    assert (board.point.x, board.position_accuracy) == (pytest.approx(116.991), 4)
    assert result["asset"]["version"] == board.version
    assert events_of(board)[0].pgh_context.metadata["user"] == owner.pk
    assert events_of(board)[0].pgh_context.metadata["origin"] == "phone"


def test_null_clears_a_field(phone: Phone, board: Asset) -> None:
    at_the_office(board, facing=10, illuminated=False, remarks="旧")
    board.refresh_from_db()
    phone.send(phone.edit(board, {"facing": None, "illuminated": None, "remarks": None, "themes": None}))
    board.refresh_from_db()
    assert (board.facing, board.illuminated, board.remarks, board.themes) == (None, None, "", [])


def test_others_changed_other_fields(phone: Phone, board: Asset) -> None:
    op = phone.edit(board, {"wording": "新的"})
    at_the_office(board, name="别的名字")
    (result,) = phone.send(op)
    assert result["status"] == "merged"
    board.refresh_from_db()
    assert (board.name, board.wording) == ("别的名字", "新的")


def test_an_inspection_in_between_is_no_change_of_others(phone: Phone, board: Asset) -> None:
    op = phone.edit(board, {"wording": "新的"})
    phone.send(phone.inspect(board, "severe"))
    assert [result["status"] for result in phone.send(op)] == ["applied"]


def test_others_changed_the_same_field(phone: Phone, board: Asset) -> None:
    op = phone.edit(board, {"wording": "手机的", "address": "新地址"})
    at_the_office(board, wording="办公室的")
    (result,) = phone.send(op)
    assert (result["status"], result["reason"]) == ("conflict", "same_field")
    board.refresh_from_db()
    assert (board.wording, board.address) == ("办公室的", "")
    item = ReviewItem.objects.get()
    assert item.values["wording"] == {"base": "旧的", "server": "办公室的", "phone": "手机的"}
    assert item.values["address"] == {"base": "", "server": "", "phone": "新地址"}


def test_others_changed_it_to_the_same(phone: Phone, board: Asset) -> None:
    op = phone.edit(board, {"wording": "一样"})
    at_the_office(board, wording="一样")
    assert [result["status"] for result in phone.send(op)] == ["merged"]


def test_others_moved_it(phone: Phone, board: Asset) -> None:
    op = phone.edit(board, {"position": {"lon": 116.992, "lat": 36.68}})
    other = phone_of(phone.user)
    assert [
        r["status"] for r in other.send(other.edit(board, {"position": {"lon": 116.993, "lat": 36.68}}))
    ] == ["applied"]
    (result,) = phone.send(op)
    assert (result["status"], result["reason"]) == ("conflict", "same_field")
    assert ReviewItem.objects.get().values["position"]["server"] == {"lon": 116.993, "lat": 36.68}


def test_a_phone_does_not_conflict_with_itself(phone: Phone, board: Asset) -> None:
    first = phone.edit(board, {"wording": "一"})
    second = phone.edit(board, {"wording": "二"})
    assert [result["status"] for result in phone.send(first, second)] == ["applied", "applied"]
    board.refresh_from_db()
    assert board.wording == "二"


def test_what_a_phone_did_first_does_not_undo_what_it_did_later(phone: Phone, board: Asset) -> None:
    first = phone.edit(board, {"wording": "一", "address": "甲"})
    second = phone.edit(board, {"wording": "二"})
    assert [result["status"] for result in phone.send(second, first)] == ["applied", "applied"]
    third = phone.edit(board, {"wording": "三"})
    third["seq"] = 0
    assert [result["reason"] for result in phone.send(third)] == ["superseded"]
    board.refresh_from_db()
    assert (board.wording, board.address) == ("二", "甲")
    assert [result["status"] for result in phone.send(phone.edit(board, {"wording": "四"}))] == ["applied"]


def test_two_phones_of_one_person_are_two(phone: Phone, board: Asset) -> None:
    other = phone_of(phone.user)
    first, two = phone.edit(board, {"wording": "一"}), other.edit(board, {"wording": "二"})
    assert [phone.send(first)[0]["status"], other.send(two)[0]["status"]] == ["applied", "conflict"]


@pytest.mark.parametrize("base_version", [None, 0, 99])
def test_a_version_nobody_knows_is_no_licence_to_overwrite(
    phone: Phone, board: Asset, base_version: int | None
) -> None:
    (result,) = phone.send(phone.edit(board, {"wording": "新的"}, base_version=base_version))
    assert result["status"] == "conflict"
    (same,) = phone.send(phone.edit(board, {"wording": "旧的"}, base_version=base_version))
    assert same["status"] == "applied"


def test_what_was_made_on_this_phone_is_corrected_without_a_version(phone: Phone, board: Asset) -> None:
    creation = phone.create(name="新")
    correction = phone.edit(creation["asset"], {"name": "更新"}, base_version=None)
    assert [result["status"] for result in phone.send(creation, correction)] == ["applied", "applied"]
    assert Asset.objects.get(uid=creation["asset"]).name == "更新"


def test_a_removed_asset_is_the_offices_to_decide(phone: Phone, board: Asset) -> None:
    op = phone.edit(board, {"wording": "新的"})
    Asset.objects.filter(pk=board.pk).update(
        lifecycle=Lifecycle.REMOVED, removed_on=timezone.localdate(), removal_reason="拆除"
    )
    (result,) = phone.send(op)
    assert (result["status"], result["reason"]) == ("conflict", "asset_removed")


def test_who_may_not_edit_proposes(board: Asset, crew: User) -> None:
    phone = phone_of(crew)
    (result,) = phone.send(phone.edit(board, {"wording": "新的"}))
    assert (result["status"], result["reason"]) == ("conflict", "needs_approval")
    board.refresh_from_db()
    assert board.wording == "旧的"
    assert ReviewItem.objects.get().kind == "proposal"


def test_who_has_no_business_there_is_refused(board: Asset, colleague: User, stranger: User) -> None:
    for user in (colleague, stranger):
        phone = phone_of(user)
        (result,) = phone.send(phone.edit(board, {"wording": "新的"}))
        assert (result["status"], result["reason"]) == ("rejected", "not_permitted")


def test_nobody_moves_something_into_a_street_that_is_not_theirs(phone: Phone, board: Asset) -> None:
    (result,) = phone.send(phone.edit(board, {"wording": "新", "position": {"lon": 117.01, "lat": 36.68}}))
    assert (result["status"], result["reason"]) == ("rejected", "not_permitted")
    board.refresh_from_db()
    assert board.wording == "旧的"


def test_a_face_takes_its_pole_and_the_other_faces_along(phone: Phone, board: Asset) -> None:
    pole = make_support(Point(116.99, 36.68, srid=4326), area=board.area)
    faces = [make_asset(support=pole) for _side in range(2)]
    (result,) = phone.send(phone.edit(faces[0], {"position": {"lon": 116.992, "lat": 36.682}}))
    assert result["status"] == "applied"
    for face in faces:
        face.refresh_from_db()
        assert face.point.x == pytest.approx(116.992)


@pytest.mark.parametrize(
    "fields, named",
    [
        ({}, "fields"),
        ({"wording": 7}, "wording"),
        ({"wording": "很" * 10_001}, "wording"),
        ({"name": "很" * 201}, "name"),
        ({"themes": ["nowhere"]}, "themes"),
        ({"themes": "core_values"}, "themes"),
        ({"facing": 360}, "facing"),
        ({"facing": "90"}, "facing"),
        ({"illuminated": "yes"}, "illuminated"),
        ({"type": "a\x00b"}, "type"),
        ({"type": None}, "type"),
        ({"position": None}, "position"),
        ({"position": {"lon": 0, "lat": 0}}, "position"),
        ({"lifecycle": "removed"}, "lifecycle"),
        ({"code": "37010503008000001"}, "code"),
        ({"x\x00" * 100: 1}, "x"),
    ],
)
def test_what_cannot_be_written_is_named(phone: Phone, board: Asset, fields: dict, named: str) -> None:
    (result,) = phone.send(phone.edit(board, fields))
    assert (result["status"], result["reason"]) == ("rejected", "invalid")
    assert result["message"].casefold().startswith(named)
    board.refresh_from_db()
    assert (board.wording, board.condition) == ("旧的", Condition.UNKNOWN)


def test_the_answer_of_an_edit_says_which_fields(phone: Phone, board: Asset) -> None:
    (result,) = phone.send(phone.edit(board, {"wording": "新", "address": "乙"}))
    assert sorted(result["fields"]) == ["address", "wording"]
    assert Operation.objects.get().version_before == board.version
