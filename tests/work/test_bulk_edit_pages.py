"""/edit/: what a filter leaves is changed alike, seen beforehand, undone afterwards."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from assets.actions.edit_asset import edit_asset
from assets.history import Actor
from assets.models import Asset, BackgroundRun, Batch, BatchKind, Origin, RunState
from tests.factories import make_support, make_unit
from tests.mapping.conftest import Town
from work.actions import order_edit
from work.tasks import run_editing, run_undoing_edit

pytestmark = pytest.mark.django_db

Looking = Callable[[User | None], Client]
ADDRESS = "/edit/?street=370105001"


@pytest.fixture
def office(owner: User, as_user: Looking) -> Client:
    return english(as_user(owner))


def english(client: Client) -> Client:
    client.cookies["django_language"] = "en"
    return client


def setting(material: str = "铝", **more: object) -> dict[str, object]:
    return {"material-do": "set", "material-new": material, **more}


def apply(client: Client, values: dict[str, object], expected: int, address: str = ADDRESS) -> Batch:
    response = client.post(address, {**values, "do": "apply", "expected": expected})
    assert response.status_code == 302, unescape(response.content.decode())
    batch = Batch.objects.order_by("pk").last()
    assert batch is not None
    assert response["Location"] == f"/edit/batches/{batch.pk}/"
    return batch


def test_the_form_says_which_assets_it_is_about(town: Town, office: Client) -> None:
    content = office.get(ADDRESS).content.decode()
    assert "无影山街道" in content
    assert "The filter leaves 2 assets." in content
    assert "No filter is set" in office.get("/edit/").content.decode()


def test_a_preview_counts_shows_and_writes_nothing(town: Town, office: Client) -> None:
    content = unescape(office.post("/edit/", setting()).content.decode())
    assert 'data-written="2"' in content
    assert "in areas where you may not do this" in content
    assert "北园大街 419 号宣传栏" in content
    assert "铝" in content
    assert not Batch.objects.exists()


def test_what_was_previewed_is_changed_in_one_batch(town: Town, office: Client) -> None:
    batch = apply(office, setting(), 2)
    assert (batch.kind, batch.report["written"], batch.actor.username) == (BatchKind.BULK_EDIT, 2, "owner")
    assert set(Asset.objects.filter(material="铝")) == {town.board, town.mural}
    content = unescape(office.get(f"/edit/batches/{batch.pk}/").content.decode())
    assert "2 assets changed." in content
    assert "→ 铝" in content


def test_a_form_sent_twice_changes_once(town: Town, office: Client) -> None:
    values = setting(order=str(uuid4()))
    batch = apply(office, values, 2)
    assert apply(office, values, 2) == batch


def test_other_assets_than_were_previewed_are_not_changed(town: Town, office: Client) -> None:
    response = office.post(ADDRESS, {**setting(), "do": "apply", "expected": "7"})
    assert response.status_code == 422
    assert "instead of 7" in response.content.decode()
    assert not Batch.objects.exists()


@pytest.mark.parametrize(
    "values, sentence",
    [
        ({}, "Say what is to be changed."),
        ({"material-do": "set"}, "Give a value, or choose to clear it."),
        ({"facing-do": "set", "facing-new": "400"}, "A bearing lies between 0 and 359 degrees."),
        ({"faces-do": "set", "faces-new": "viele"}, "Enter a whole number."),
        ({"faces-do": "clear"}, "Select a valid choice."),
        ({"installed_on-do": "set", "installed_on-new": "2999-01-01"}, "The day lies in the future."),
        ({"support": "999999"}, "There is no support with this number."),
        ({"support": "99999999999999999999"}, "There is no support with this number."),
        ({"step": "remove"}, "Say why it was removed."),
        ({"step": "explode"}, "Select a valid choice."),
        ({"type-do": "set", "type-new": "\0"}, "field-problem"),
        ({"material-do": "set", "material-new": "a\0b"}, "Null characters are not allowed."),
        ({"themes-do": "add", "themes-new": ["nonsense"]}, "Select a valid choice."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    town: Town, office: Client, values: dict[str, object], sentence: str
) -> None:
    response = office.post(ADDRESS, values)
    assert response.status_code == 422
    assert sentence in unescape(response.content.decode())


def test_going_back_keeps_what_was_typed(town: Town, office: Client) -> None:
    response = office.post(ADDRESS, {**setting(), "do": "back"})
    assert response.status_code == 200
    assert 'value="铝"' in response.content.decode()


def test_every_kind_of_change_goes_through_the_form(town: Town, office: Client) -> None:
    unit, pole = make_unit(), make_support(town.board.point)
    values = {
        "maintainer-do": "replace",
        "maintainer-new": str(unit.pk),
        "illuminated-do": "set",
        "illuminated-new": "yes",
        "themes-do": "take",
        "themes-new": ["core_values"],
        "wording-do": "clear",
        "support": str(pole.pk),
        "step": "suspend",
        "take_down": "on",
    }
    apply(office, values, 2)
    for asset in Asset.objects.filter(pk__in=[town.board.pk, town.mural.pk]):
        assert (asset.maintainer, asset.illuminated, asset.wording) == (unit, True, "")
        assert (asset.support, asset.point, asset.lifecycle) == (pole, pole.point, "suspended")
        assert "core_values" not in asset.themes
        assert asset.artwork is None


def test_removing_asks_for_a_reason_and_takes_a_day(town: Town, office: Client) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    apply(office, {"step": "remove", "removal_reason": "拆迁", "removed_on": yesterday.isoformat()}, 2)
    removed = Asset.objects.filter(removal_reason="拆迁")
    assert set(removed.values_list("lifecycle", "removed_on")) == {("removed", yesterday)}


def test_undoing_says_what_was_changed_since_and_leaves_it(town: Town, office: Client, owner: User) -> None:
    batch = apply(office, setting(), 2)
    edit_asset(Actor(owner, Origin.WEB), town.mural, {"remarks": "later on"})
    content = unescape(office.get(f"/edit/batches/{batch.pk}/undo").content.decode())
    assert 'data-written="1"' in content
    assert "later on" in content
    assert "鹊华烟雨" in content
    response = office.post(f"/edit/batches/{batch.pk}/undo", follow=True)
    assert "1 asset is as it was before." in response.content.decode()
    assert list(Asset.objects.filter(material="铝")) == [town.mural]
    assert "Undone on" in office.get(f"/edit/batches/{batch.pk}/").content.decode()


def test_what_was_changed_since_is_undone_when_asked_for(town: Town, office: Client, owner: User) -> None:
    batch = apply(office, setting(), 2)
    edit_asset(Actor(owner, Origin.WEB), town.mural, {"remarks": "later on"})
    office.post(f"/edit/batches/{batch.pk}/undo", {"changed_too": "yes"})
    assert not Asset.objects.filter(material="铝").exists()
    town.mural.refresh_from_db()
    assert town.mural.remarks == "later on"


def test_an_undoing_can_be_undone(town: Town, office: Client) -> None:
    batch = apply(office, setting(), 2)
    office.post(f"/edit/batches/{batch.pk}/undo")
    undoing = Batch.objects.get(kind=BatchKind.REVERT)
    office.post(f"/edit/batches/{undoing.pk}/undo")
    assert Asset.objects.filter(material="铝").count() == 2
    response = office.post(f"/edit/batches/{undoing.pk}/undo")
    assert response.status_code == 422
    assert "nothing left to undo" in response.content.decode()


@pytest.mark.parametrize("name", ["viewer", "planner", "crew"])
def test_who_may_not_edit_is_not_let_in(
    town: Town, as_user: Looking, office: Client, name: str, request: pytest.FixtureRequest
) -> None:
    batch = apply(office, setting(), 2)
    client = as_user(request.getfixturevalue(name))
    for address in ("/edit/", f"/edit/batches/{batch.pk}/", f"/edit/batches/{batch.pk}/undo"):
        assert client.get(address).status_code == 403
    assert client.post("/edit/", {**setting("x"), "do": "apply", "expected": 2}).status_code == 403


def test_a_stranger_learns_of_no_batch_and_nobody_is_asked_to_sign_in(
    town: Town, as_user: Looking, office: Client, stranger: User
) -> None:
    batch = apply(office, setting(), 2)
    theirs = as_user(stranger)
    assert theirs.get(f"/edit/batches/{batch.pk}/").status_code == 404
    assert theirs.post(f"/edit/batches/{batch.pk}/undo").status_code == 404
    assert "北园大街" not in theirs.post("/edit/", setting()).content.decode()
    assert as_user(None).get("/edit/").status_code == 302


def test_a_colleague_sees_the_batch_and_cannot_undo_what_is_not_theirs(
    town: Town, as_user: Looking, office: Client, colleague: User
) -> None:
    batch = apply(office, setting(), 2)
    theirs = english(as_user(colleague))
    assert theirs.get(f"/edit/batches/{batch.pk}/").status_code == 200
    assert 'data-written="0"' in theirs.get(f"/edit/batches/{batch.pk}/undo").content.decode()
    assert theirs.post(f"/edit/batches/{batch.pk}/undo").status_code == 422
    assert Asset.objects.filter(material="铝").count() == 2


def test_other_batches_are_no_bulk_edits(town: Town, office: Client) -> None:
    batch = Batch.objects.create(kind=BatchKind.JOBS, title="jobs", origin=Origin.WEB)
    assert office.get(f"/edit/batches/{batch.pk}/").status_code == 404
    assert office.get("/edit/batches/99999999999999999999/").status_code == 404


def test_a_filter_that_cannot_be_read_is_named(town: Town, office: Client) -> None:
    assert office.get("/edit/?colour=red").status_code == 400


def test_many_are_changed_and_put_back_by_the_worker(
    town: Town, office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order_edit, "MOST_AT_ONCE", 1)
    response = office.post(ADDRESS, {**setting(), "do": "apply", "expected": 2})
    run = BackgroundRun.objects.get()
    assert response["Location"] == f"/edit/runs/{run.uid}/"
    page = office.get(response["Location"]).content.decode()
    assert f'data-run="/api/runs/{run.uid}"' in page
    assert "2 assets" in page
    run_editing.func(run.pk)
    batch = Batch.objects.get()
    assert office.get(response["Location"])["Location"] == f"/edit/batches/{batch.pk}/"
    assert Asset.objects.filter(material="铝").count() == 2

    response = office.post(f"/edit/batches/{batch.pk}/undo")
    run = BackgroundRun.objects.get(kind=order_edit.UNDO_EDIT)
    assert office.post(f"/edit/batches/{batch.pk}/undo")["Location"] == response["Location"]
    run_undoing_edit.func(run.pk)
    assert not Asset.objects.filter(material="铝").exists()
    assert office.get(response["Location"]).status_code == 302


def test_what_the_worker_refuses_is_said(
    town: Town, office: Client, monkeypatch: pytest.MonkeyPatch, as_user: Looking, colleague: User
) -> None:
    monkeypatch.setattr(order_edit, "MOST_AT_ONCE", 1)
    address = office.post(ADDRESS, {**setting(), "do": "apply", "expected": 5})["Location"]
    run = BackgroundRun.objects.get()
    run_editing.func(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.DONE
    assert "instead of 5" in office.get(address).content.decode()
    assert as_user(colleague).get(address).status_code == 404


def test_the_pages_take_few_queries(
    town: Town, office: Client, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    batch = apply(office, setting(), 2)
    with django_assert_max_num_queries(30):  # type: ignore[attr-defined]
        office.get(ADDRESS)
    with django_assert_max_num_queries(40):  # type: ignore[attr-defined]
        office.post(ADDRESS, setting("木"))
    with django_assert_max_num_queries(45):  # type: ignore[attr-defined]
        office.get(f"/edit/batches/{batch.pk}/undo")
