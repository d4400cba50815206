"""Lifecycle: suspend, reopen, remove."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import User
from assets.actions.plan_maintenance import plan_maintenance
from assets.actions.post_artwork import post_artwork
from assets.actions.remove_asset import remove_asset
from assets.actions.reopen_asset import reopen_asset
from assets.actions.suspend_asset import suspend_asset
from assets.history import Actor, events_of
from assets.models import Asset, MaintenanceKind, Origin
from tests.factories import make_artwork, make_asset


def web(user: User) -> Actor:
    return Actor(user, Origin.WEB)


@pytest.fixture
def asset(district: object) -> Asset:
    return make_asset()


def test_a_removed_asset_keeps_its_row_with_day_and_reason(asset: Asset, owner: User) -> None:
    removed = remove_asset(web(owner), asset, reason=" 道路拓宽 ")
    assert (removed.lifecycle, removed.removal_reason) == ("removed", "道路拓宽")
    assert removed.removed_on == timezone.localdate()
    assert events_of(asset)[0].pgh_context.metadata["actor"] == "owner"


def test_removing_takes_down_what_hung_and_cancels_open_jobs(asset: Asset, owner: User) -> None:
    posting = post_artwork(web(owner), asset, make_artwork())
    job = plan_maintenance(web(owner), asset, MaintenanceKind.CLEAN)
    remove_asset(web(owner), asset, reason="gone")
    posting.refresh_from_db()
    job.refresh_from_db()
    asset.refresh_from_db()
    assert posting.taken_down_on == timezone.localdate()
    assert asset.artwork is None
    assert job.state == "cancelled"


@pytest.mark.parametrize(
    "reason, days, field",
    [("", 0, "removal_reason"), ("why", 1, "removed_on"), ("x" * 201, 0, "removal_reason")],
)
def test_a_removal_has_a_reason_and_a_day_that_has_come(
    asset: Asset, owner: User, reason: str, days: int, field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        remove_asset(web(owner), asset, reason=reason, removed_on=timezone.localdate() + timedelta(days=days))
    assert list(refused.value.message_dict) == [field]


def test_what_is_removed_is_not_removed_again(asset: Asset, owner: User) -> None:
    remove_asset(web(owner), asset, reason="gone")
    with pytest.raises(ValidationError):
        remove_asset(web(owner), asset, reason="gone")


@pytest.mark.parametrize("name", ["viewer", "planner", "crew", "colleague", "stranger"])
def test_who_may_not_remove_here_cannot(asset: Asset, name: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(PermissionDenied):
        remove_asset(web(request.getfixturevalue(name)), asset, reason="why not")


def test_a_suspended_asset_is_reopened(asset: Asset, owner: User) -> None:
    assert suspend_asset(web(owner), asset).lifecycle == "suspended"
    with pytest.raises(ValidationError):
        suspend_asset(web(owner), asset)
    assert reopen_asset(web(owner), asset).lifecycle == "in_use"
    with pytest.raises(ValidationError):
        reopen_asset(web(owner), asset)


def test_a_removal_by_mistake_is_reopened(asset: Asset, owner: User) -> None:
    remove_asset(web(owner), asset, reason="gone")
    reopened = reopen_asset(web(owner), asset)
    assert (reopened.lifecycle, reopened.removed_on, reopened.removal_reason) == ("in_use", None, "")


@pytest.mark.parametrize("action", [suspend_asset, reopen_asset])
@pytest.mark.parametrize("name", ["viewer", "planner", "crew", "colleague", "stranger"])
def test_who_may_not_edit_here_neither_suspends_nor_reopens(
    asset: Asset, name: str, action: object, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(PermissionDenied):
        action(web(request.getfixturevalue(name)), asset)  # type: ignore[operator]
