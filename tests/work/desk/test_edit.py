"""Editing in place: what was touched is written, what others wrote stays, and a conflict shows both values."""

import pytest

from accounts.models import User
from assets.actions.edit_asset import edit_asset
from assets.editing import EDITABLE_FIELDS
from assets.field_groups import DRAWN, GROUPS
from assets.history import Actor
from assets.models import Asset, Origin
from tests.factories import make_unit
from tests.mapping.conftest import Town

pytestmark = pytest.mark.django_db


def test_every_field_that_may_be_edited_stands_in_one_group() -> None:
    grouped = [name for group in GROUPS for name in group.fields]
    assert sorted([*grouped, *DRAWN]) == sorted(EDITABLE_FIELDS)


def test_a_group_is_changed_and_history_says_who(town: Town, desk, owner: User) -> None:
    answer = desk(owner, town.board).edit("place", address="北园大街 421 号")
    assert answer.status_code == 200, answer.content.decode()
    assert answer.json()["said"] == "Saved."
    town.board.refresh_from_db()
    assert town.board.address == "北园大街 421 号"
    assert town.board.road is not None
    assert "北园大街 419 号 → 北园大街 421 号" in desk(owner, town.board).panel()


def test_a_field_can_be_emptied_and_a_unit_chosen(town: Town, desk, owner: User) -> None:
    unit = make_unit("天桥城管")
    assert desk(owner, town.board).edit("place", address="").status_code == 200
    assert desk(owner, town.board).edit("answers", owner=str(unit.pk)).status_code == 200
    town.board.refresh_from_db()
    assert town.board.address == ""
    assert town.board.owner == unit


def test_what_nobody_touched_is_not_written(town: Town, desk, owner: User) -> None:
    version = town.board.version
    answer = desk(owner, town.board).edit("content")
    assert answer.json()["said"] == "Nothing was changed."
    assert Asset.objects.get(pk=town.board.pk).version == version


def test_what_somebody_else_wrote_in_another_field_stays(
    town: Town, desk, owner: User, publicity: User
) -> None:
    seen = town.board.version
    edit_asset(Actor(publicity, Origin.WEB), town.board, {"address": "他人改的地址"})
    answer = desk(owner, town.board).edit(
        "place", shown={"address": "北园大街 419 号", "base_version": str(seen)}, building="3 号楼"
    )
    assert answer.status_code == 200, answer.content.decode()
    town.board.refresh_from_db()
    assert (town.board.address, town.board.building) == ("他人改的地址", "3 号楼")


def test_a_conflict_shows_both_values_and_who_wrote_the_other(
    town: Town, desk, owner: User, publicity: User
) -> None:
    seen = town.board.version
    edit_asset(Actor(publicity, Origin.WEB), town.board, {"address": "他人的"})
    shown = {"address": "北园大街 419 号", "base_version": str(seen)}
    answer = desk(owner, town.board).edit("place", shown=shown, address="我的")
    assert answer.status_code == 409
    told = answer.json()
    [conflict] = told["conflicts"]
    assert conflict["name"] == "address"
    assert (conflict["mine"], conflict["theirs"], conflict["value"]) == ("我的", "他人的", "他人的")
    assert "publicity" in conflict["by"]
    # Saved once more, by somebody who has seen the other value, mine stays.
    again = {**shown, "base_version": str(told["version"])}
    assert desk(owner, town.board).edit("place", shown=again, address="我的").status_code == 200
    town.board.refresh_from_db()
    assert town.board.address == "我的"


def test_a_refusal_names_the_fields_and_writes_nothing(town: Town, desk, owner: User) -> None:
    answer = desk(owner, town.board).edit("make", width="-2", facing="400")
    assert answer.status_code == 422
    told = answer.json()
    assert answer["Content-Type"] == "application/problem+json"
    assert told["errors"]
    assert set(told["errors"]) <= {"width", "facing"}
    town.board.refresh_from_db()
    assert town.board.width is None


def test_a_form_that_does_not_say_what_it_showed_is_refused(town: Town, desk, owner: User) -> None:
    answer = desk(owner, town.board).send("edit", "?group=place", address="x")
    assert answer.status_code == 422


def test_a_group_that_does_not_exist_is_named(town: Town, desk, owner: User) -> None:
    answer = desk(owner, town.board).open("edit", "?group=nothing")
    assert answer.status_code == 400
    assert "nothing" in answer.json()["detail"]


def test_the_whole_form_takes_a_bounded_number_of_queries(
    town: Town, desk, owner: User, django_assert_max_num_queries
) -> None:
    somebody = desk(owner, town.board)
    somebody.open("edit")
    with django_assert_max_num_queries(16):
        assert somebody.open("edit").status_code == 200
