import pytest
from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import User
from assets.actions.move_asset import move_asset
from assets.history import Actor, events_of
from assets.models import Origin
from tests.conftest import District
from tests.factories import make_asset, make_support

WEST = Point(116.995, 36.690, srid=4326)
SOUTHWEST = Point(116.995, 36.675, srid=4326)
EAST = Point(117.010, 36.690, srid=4326)


def web(user: User) -> Actor:
    return Actor(user, Origin.WEB)


def test_an_asset_moves_into_the_areas_it_then_stands_in(district: District, owner: User) -> None:
    asset = make_asset(WEST)
    moved = move_asset(web(owner), asset, SOUTHWEST, position_accuracy=2)
    assert moved.point == SOUTHWEST
    assert (moved.community, moved.street) == (district.southwest, district.west)
    assert (moved.code, moved.version, moved.position_accuracy) == (asset.code, 2, 2)
    assert events_of(asset)[0].pgh_context.metadata["actor"] == "owner"


def test_an_editor_cannot_move_an_asset_out_of_the_street(owner: User) -> None:
    asset = make_asset(WEST)
    with pytest.raises(PermissionDenied):
        move_asset(web(owner), asset, EAST)
    asset.refresh_from_db()
    assert asset.point == WEST


def test_an_editor_cannot_pull_an_asset_into_the_street(colleague: User) -> None:
    asset = make_asset(WEST)
    with pytest.raises(PermissionDenied):
        move_asset(web(colleague), asset, EAST)


def test_the_check_looks_at_the_row_and_not_at_what_the_caller_holds(
    district: District, colleague: User
) -> None:
    asset = make_asset(WEST)
    asset.area = district.east
    with pytest.raises(PermissionDenied):
        move_asset(web(colleague), asset, EAST)


def test_publicity_staff_moves_across_streets(district: District, publicity: User) -> None:
    assert move_asset(web(publicity), make_asset(WEST), EAST).street == district.east


@pytest.mark.parametrize("name", ["viewer", "planner", "crew"])
def test_a_viewer_cannot_move_an_asset(name: str, request: pytest.FixtureRequest, district: District) -> None:
    with pytest.raises(PermissionDenied):
        move_asset(web(request.getfixturevalue(name)), make_asset(WEST), SOUTHWEST)


def test_what_hangs_on_a_support_is_not_moved_alone(publicity: User) -> None:
    asset = make_asset(support=make_support(WEST))
    with pytest.raises(ValidationError) as refused:
        move_asset(web(publicity), asset, EAST)
    assert list(refused.value.message_dict) == ["support"]


def test_a_removed_asset_stays_where_it_was(publicity: User) -> None:
    asset = make_asset(WEST, lifecycle="removed", removed_on="2026-01-01", removal_reason="gone")
    with pytest.raises(ValidationError):
        move_asset(web(publicity), asset, EAST)


def test_a_position_that_was_not_measured_is_refused(publicity: User) -> None:
    with pytest.raises(ValidationError):
        move_asset(web(publicity), make_asset(WEST), Point(0, 0, srid=4326))
