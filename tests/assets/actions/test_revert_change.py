import pytest
from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import User
from assets.actions.edit_asset import edit_asset
from assets.actions.move_asset import move_asset
from assets.actions.post_artwork import post_artwork
from assets.actions.record_inspection import record_inspection
from assets.actions.register_asset import register_asset
from assets.actions.remove_asset import remove_asset
from assets.actions.revert_change import revert_change
from assets.history import Actor, events_of
from assets.models import Asset, Condition, Origin
from tests.conftest import District
from tests.factories import make_artwork, make_asset, make_type

WEST = Point(116.995, 36.690, srid=4326)
SOUTHWEST = Point(116.995, 36.675, srid=4326)


def web(user: User) -> Actor:
    return Actor(user, Origin.WEB)


@pytest.fixture
def asset(district: object) -> Asset:
    return make_asset(WEST, name="before", remarks="old")


def test_an_edit_is_undone_as_a_new_change(asset: Asset, owner: User, publicity: User) -> None:
    edit_asset(web(owner), asset, {"name": "after", "remarks": "new"})
    undone = revert_change(web(publicity), asset, 2)
    assert (undone.name, undone.remarks, undone.version) == ("before", "old", 3)
    newest = events_of(asset)[0]
    assert (newest.version, newest.pgh_context.metadata["actor"]) == (3, "publicity")


def test_an_undoing_is_undone_too(asset: Asset, owner: User) -> None:
    edit_asset(web(owner), asset, {"name": "after"})
    revert_change(web(owner), asset, 2)
    assert revert_change(web(owner), asset, 3).name == "after"


def test_later_changes_of_other_fields_stay(asset: Asset, owner: User) -> None:
    edit_asset(web(owner), asset, {"name": "after"})
    edit_asset(web(owner), asset, {"remarks": "later"})
    undone = revert_change(web(owner), asset, 2)
    assert (undone.name, undone.remarks) == ("before", "later")


def test_what_was_changed_again_since_is_not_overwritten(asset: Asset, owner: User) -> None:
    edit_asset(web(owner), asset, {"name": "after"})
    edit_asset(web(owner), asset, {"name": "later"})
    with pytest.raises(ValidationError) as refused:
        revert_change(web(owner), asset, 2)
    assert list(refused.value.message_dict) == ["name"]


def test_a_move_is_undone_with_its_areas(district: District, asset: Asset, owner: User) -> None:
    move_asset(web(owner), asset, SOUTHWEST)
    undone = revert_change(web(owner), asset, 2)
    assert undone.point == WEST
    assert undone.community == district.northwest


def test_a_removal_is_undone(asset: Asset, owner: User) -> None:
    remove_asset(web(owner), asset, reason="gone")
    undone = revert_change(web(owner), asset, 2)
    assert (undone.lifecycle, undone.removed_on, undone.removal_reason) == ("in_use", None, "")


def test_a_registration_is_undone_by_removing(owner: User) -> None:
    asset = register_asset(web(owner), make_type(), WEST)
    undone = revert_change(web(owner), asset, 1)
    assert (undone.lifecycle, undone.code) == ("removed", asset.code)


def test_a_posting_is_undone_by_hanging_the_former_artwork(asset: Asset, owner: User) -> None:
    former, latter = make_artwork(wording="former"), make_artwork(wording="latter")
    post_artwork(web(owner), asset, former)
    post_artwork(web(owner), asset, latter)
    undone = revert_change(web(owner), asset, 3)
    assert (undone.artwork, undone.wording) == (former, "former")
    assert asset.postings.get(taken_down_on__isnull=True).artwork == former


def test_a_condition_is_undone_by_voiding_instead(asset: Asset, owner: User) -> None:
    record_inspection(web(owner), asset, Condition.GOOD)
    with pytest.raises(ValidationError) as refused:
        revert_change(web(owner), asset, 2)
    assert list(refused.value.message_dict) == ["version"]


def test_a_version_nobody_recorded_is_refused(asset: Asset, owner: User) -> None:
    with pytest.raises(ValidationError):
        revert_change(web(owner), asset, 99)


@pytest.mark.parametrize("name", ["viewer", "planner", "crew", "colleague", "stranger"])
def test_who_may_not_edit_here_cannot_undo(
    asset: Asset, owner: User, name: str, request: pytest.FixtureRequest
) -> None:
    edit_asset(web(owner), asset, {"name": "after"})
    with pytest.raises(PermissionDenied):
        revert_change(web(request.getfixturevalue(name)), asset, 2)
