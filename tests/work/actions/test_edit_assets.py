"""One change for many assets: what is written, what is left alone and why, and that it is one batch with history."""

from datetime import date, timedelta

import pytest
from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import User
from assets.actions.edit_asset import edit_asset
from assets.actions.post_artwork import post_artwork
from assets.actions.revert_batch import preview_revert, revert_batch
from assets.history import Actor, events_of
from assets.models import (
    Asset,
    AssetQuerySet,
    BatchKind,
    Lifecycle,
    Maintenance,
    MaintenanceState,
    Origin,
    Posting,
)
from assets.sets.edits import BulkEdit, Step
from tests.conftest import District
from tests.factories import (
    make_artwork,
    make_asset,
    make_site,
    make_support,
    make_theme,
    make_type,
    make_unit,
)
from work.actions.edit_assets import edit_assets, preview_edit

WEST = Point(116.99, 36.675, srid=4326)
EAST = Point(117.01, 36.675, srid=4326)


def every() -> AssetQuerySet:
    return Asset.objects.order_by("pk")


@pytest.fixture
def actor(publicity: User) -> Actor:
    return Actor(publicity, Origin.WEB)


@pytest.fixture
def three(district: District) -> list[Asset]:
    return [make_asset(WEST, material="铁"), make_asset(WEST, material="钢"), make_asset(EAST, material="铁")]


def edit(actor: Actor, wanted: BulkEdit, **options: object) -> object:
    return edit_assets(actor, every(), wanted, title="t", **options)  # type: ignore[arg-type]


def test_every_asset_gets_the_values_in_one_batch_with_history(actor: Actor, three: list[Asset]) -> None:
    unit, site = make_unit(), make_site()
    edited = edit(actor, BulkEdit(values={"maintainer": unit, "site": site, "material": ""}))
    assert (edited.asked, edited.written, edited.refused) == (3, 3, {})
    assert edited.batch.kind == BatchKind.BULK_EDIT
    assert set(edited.batch.items.values_list("asset_id", flat=True)) == {asset.pk for asset in three}
    for asset in Asset.objects.all():
        assert (asset.maintainer, asset.site, asset.material, asset.version) == (unit, site, "", 2)
        context = events_of(asset)[0].pgh_context.metadata
        assert (context["batch"], context["actor"], context["origin"]) == (
            edited.batch.pk,
            "publicity",
            "web",
        )


def test_a_value_is_replaced_only_where_the_old_one_stands(actor: Actor, three: list[Asset]) -> None:
    edited = edit(actor, BulkEdit(replaced={"material": ("铁", "不锈钢")}))
    assert (edited.written, edited.unchanged) == (2, 1)
    assert list(every().values_list("material", flat=True)) == ["不锈钢", "钢", "不锈钢"]
    assert list(every().values_list("version", flat=True)) == [2, 1, 2]


def test_nothing_stands_for_an_empty_reference_too(actor: Actor, three: list[Asset]) -> None:
    kept, unit = make_unit(), make_unit()
    Asset.objects.filter(pk=three[0].pk).update(maintainer=kept)
    edit(actor, BulkEdit(replaced={"maintainer": (None, unit)}))
    assert set(every().values_list("maintainer", flat=True)) == {kept.pk, unit.pk}


def test_themes_are_added_and_taken_away_beside_those_that_are_there(
    actor: Actor, three: list[Asset]
) -> None:
    for code in ("core_values", "waste", "festival"):
        make_theme(code, name_zh=code)
    Asset.objects.filter(pk=three[0].pk).update(themes=["festival", "waste"])
    Asset.objects.filter(pk=three[1].pk).update(themes=["core_values"])
    edit(actor, BulkEdit(themes_added=["core_values"], themes_removed=["waste"]))
    assert list(every().values_list("themes", flat=True)) == [
        ["festival", "core_values"],
        ["core_values"],
        ["core_values"],
    ]
    assert list(every().values_list("version", flat=True)) == [3, 2, 2]


def test_another_type_gives_another_day_of_inspection(actor: Actor, three: list[Asset]) -> None:
    monthly = make_type("monthly", inspection_interval_days=30)
    edit(actor, BulkEdit(values={"type": monthly, "installed_on": date(2026, 5, 1)}))
    assert set(every().values_list("next_inspection_due", flat=True)) == {date(2026, 5, 31)}


def test_a_support_takes_them_to_where_it_stands(
    actor: Actor, three: list[Asset], district: District
) -> None:
    pole = make_support(EAST)
    edited = edit(actor, BulkEdit(support=pole))
    assert edited.written == 3
    for asset in every():
        assert (asset.support, asset.point, asset.street, asset.area) == (
            pole,
            EAST,
            district.east,
            district.east,
        )


def test_what_is_removed_comes_down_and_its_jobs_end(actor: Actor, three: list[Asset]) -> None:
    post_artwork(actor, three[0], make_artwork())
    job = Maintenance.objects.create(asset=three[0], kind="repair")
    yesterday = timezone.localdate() - timedelta(days=1)
    edit(actor, BulkEdit(step=Step.REMOVE, removed_on=yesterday, removal_reason=" 拆迁 "))
    for asset in every():
        assert (asset.lifecycle, asset.removed_on, asset.removal_reason) == ("removed", yesterday, "拆迁")
        assert asset.artwork is None
    job.refresh_from_db()
    assert job.state == MaintenanceState.CANCELLED
    # It came down on the day it went up, which was the day after.
    assert Posting.objects.get().taken_down_on == timezone.localdate()


def test_removing_again_leaves_day_and_reason(actor: Actor, three: list[Asset]) -> None:
    edit(actor, BulkEdit(step=Step.REMOVE, removal_reason="first"))
    make_asset(WEST)
    edited = edit(actor, BulkEdit(step=Step.REMOVE, removal_reason="second"))
    assert (edited.written, edited.unchanged) == (1, 3)
    assert sorted(every().values_list("removal_reason", flat=True)) == ["first"] * 3 + ["second"]


def test_suspending_leaves_out_what_is_planned_or_gone(actor: Actor, three: list[Asset]) -> None:
    make_asset(WEST, lifecycle=Lifecycle.PLANNED)
    make_asset(WEST, lifecycle=Lifecycle.REMOVED, removed_on="2026-01-01", removal_reason="x")
    edited = edit(actor, BulkEdit(step=Step.SUSPEND))
    assert (edited.written, edited.refused) == (3, {"not_in_use": 1, "removed": 1})
    assert len(edited.examples["removed"]) == 1


def test_opening_again_forgets_the_removal(actor: Actor, three: list[Asset]) -> None:
    edit(actor, BulkEdit(step=Step.REMOVE, removal_reason="x"))
    edit(actor, BulkEdit(step=Step.REOPEN))
    assert set(every().values_list("lifecycle", "removed_on", "removal_reason")) == {("in_use", None, "")}


def test_what_comes_down_takes_its_own_wording_along(actor: Actor, three: list[Asset]) -> None:
    artwork = make_artwork(wording="富强")
    post_artwork(actor, three[0], artwork)
    post_artwork(actor, three[1], artwork)
    Asset.objects.filter(pk=three[1].pk).update(wording="手写")
    edited = edit(actor, BulkEdit(take_down=True))
    assert (edited.written, edited.unchanged) == (2, 1)
    assert list(every().values_list("wording", "artwork")) == [
        ("", None),
        ("手写", None),
        ("", None),
    ]
    assert not Posting.objects.filter(taken_down_on=None).exists()


def test_each_asset_is_asked_for_permission(
    three: list[Asset], owner: User, colleague: User, stranger: User
) -> None:
    wanted = BulkEdit(values={"remarks": "x"})
    mine = preview_edit(Actor(owner, Origin.WEB), every(), wanted)
    assert (mine.written, mine.refused) == (2, {"not_yours": 1})
    theirs = preview_edit(Actor(colleague, Origin.WEB), every(), wanted)
    assert (theirs.written, theirs.refused) == (1, {"not_yours": 2})
    with pytest.raises(ValidationError):
        edit(Actor(stranger, Origin.WEB), wanted)
    edit(Actor(owner, Origin.WEB), wanted)
    assert list(every().values_list("remarks", flat=True)) == ["x", "x", ""]


def test_both_ends_of_a_move_are_asked_for(three: list[Asset], owner: User) -> None:
    told = preview_edit(Actor(owner, Origin.WEB), every(), BulkEdit(support=make_support(EAST)))
    assert (told.written, told.refused) == (0, {"not_yours": 3})


@pytest.mark.parametrize("name", ["crew", "planner", "viewer"])
def test_roles_without_the_right_change_nothing(
    three: list[Asset], name: str, request: pytest.FixtureRequest
) -> None:
    who = Actor(request.getfixturevalue(name), Origin.WEB)
    for act in (preview_edit, lambda *given: edit_assets(*given, title="t")):
        with pytest.raises(PermissionDenied):
            act(who, every(), BulkEdit(values={"remarks": "x"}))


@pytest.mark.parametrize(
    "wanted, field",
    [
        (BulkEdit(), "__all__"),
        (BulkEdit(values={"facing": 400}), "facing"),
        (BulkEdit(values={"width": 0}), "width"),
        (BulkEdit(values={"type": None}), "type"),
        (BulkEdit(values={"legacy_code": "1"}), "legacy_code"),
        (BulkEdit(values={"source_id": "1"}), "source_id"),
        (BulkEdit(replaced={"installed_on": (None, date(2999, 1, 1))}), "installed_on"),
        (BulkEdit(themes_added=["nonsense"]), "themes"),
        (BulkEdit(step=Step.REMOVE), "removal_reason"),
        (BulkEdit(step=Step.REMOVE, removal_reason="x", removed_on=date(2999, 1, 1)), "removed_on"),
    ],
)
def test_a_wrong_value_is_refused_by_name_and_nothing_written(
    actor: Actor, three: list[Asset], wanted: BulkEdit, field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        edit(actor, wanted)
    told = getattr(refused.value, "error_dict", {"__all__": []})
    assert list(told) == [field]
    assert set(every().values_list("version", flat=True)) == {1}


def test_a_preview_shows_what_changes_and_writes_nothing(actor: Actor, three: list[Asset]) -> None:
    told = preview_edit(actor, every(), BulkEdit(values={"material": "铁"}))
    assert (told.written, told.unchanged) == (1, 2)
    ((change,),) = [changed.differences for changed in told.sample]
    assert (change.name, change.before, change.after) == ("material", "钢", "铁")
    assert set(every().values_list("version", flat=True)) == {1}


def test_other_assets_than_somebody_looked_at_are_not_changed(actor: Actor, three: list[Asset]) -> None:
    with pytest.raises(ValidationError) as refused:
        edit(actor, BulkEdit(values={"remarks": "x"}), expected=2)
    assert "assets" in refused.value.message_dict
    assert set(every().values_list("version", flat=True)) == {1}


def test_an_edit_is_undone_but_for_what_was_changed_since(actor: Actor, three: list[Asset]) -> None:
    edited = edit(actor, BulkEdit(values={"material": "木"}, step=Step.SUSPEND))
    edit_asset(actor, three[1], {"remarks": "since"})
    told = preview_revert(actor, edited.batch)
    assert (told.restored, told.left) == (2, {"changed_since": 1})
    revert_batch(actor, edited.batch)
    assert list(every().values_list("material", "lifecycle")) == [
        ("铁", "in_use"),
        ("木", "suspended"),
        ("铁", "in_use"),
    ]


def test_undoing_a_move_to_a_support_puts_everything_back(
    actor: Actor, three: list[Asset], district: District
) -> None:
    edited = edit(actor, BulkEdit(support=make_support(EAST)))
    revert_batch(actor, edited.batch)
    assert list(every().values_list("support", "street")) == [
        (None, district.west.pk),
        (None, district.west.pk),
        (None, district.east.pk),
    ]
    assert three[0].point == Asset.objects.get(pk=three[0].pk).point
