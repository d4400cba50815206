"""Supports: register, edit and move them with everything on them; hang assets on them and take them off."""

import pytest
from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import User
from assets.actions.edit_support import edit_support
from assets.actions.hang_on_support import hang_on_support
from assets.actions.move_support import move_support
from assets.actions.register_support import register_support
from assets.actions.take_off_support import take_off_support
from assets.history import Actor, events_of
from assets.models import Asset, Lifecycle, Origin, Support, SupportKind
from tests.conftest import District
from tests.factories import make_asset, make_support

WEST = Point(116.995, 36.690, srid=4326)
SOUTHWEST = Point(116.995, 36.675, srid=4326)
EAST = Point(117.010, 36.690, srid=4326)


def web(user: User) -> Actor:
    return Actor(user, Origin.WEB)


def test_a_support_is_registered_in_its_area(district: District, owner: User) -> None:
    support = register_support(web(owner), SupportKind.POLE, WEST, name=" 灯杆 7 ")
    assert (support.name, support.area) == ("灯杆 7", district.northwest)


def test_a_support_is_not_registered_in_another_street(colleague: User) -> None:
    with pytest.raises(PermissionDenied):
        register_support(web(colleague), SupportKind.POLE, WEST)


def test_a_support_is_of_a_known_kind(owner: User) -> None:
    with pytest.raises(ValidationError) as refused:
        register_support(web(owner), "balloon", WEST)  # type: ignore[arg-type]
    assert "kind" in refused.value.message_dict


def test_a_support_is_edited_where_one_may(district: District, owner: User, colleague: User) -> None:
    support = make_support(WEST, area=district.northwest)
    assert edit_support(web(owner), support, kind=SupportKind.WALL, name="墙").kind == "wall"
    with pytest.raises(PermissionDenied):
        edit_support(web(colleague), support, kind=SupportKind.POLE, name="")


def test_all_faces_move_with_their_support(district: District, owner: User) -> None:
    support = make_support(WEST, area=district.northwest)
    faces = [make_asset(support=support) for _ in range(3)]
    alone = make_asset(WEST)
    move_support(web(owner), support, SOUTHWEST)
    for face in faces:
        face.refresh_from_db()
        assert face.point == SOUTHWEST
        assert face.community == district.southwest
        assert face.street == district.west
        assert events_of(face)[0].pgh_context.metadata["actor"] == "owner"
    support.refresh_from_db()
    assert (support.point, support.area) == (SOUTHWEST, district.southwest)
    alone.refresh_from_db()
    assert alone.point == WEST


def test_within_one_area_each_face_gets_one_version(district: District, owner: User) -> None:
    support = make_support(WEST, area=district.northwest)
    face = make_asset(support=support)
    move_support(web(owner), support, Point(116.996, 36.691, srid=4326))
    face.refresh_from_db()
    assert face.version == 2


def test_a_support_is_not_moved_into_another_street(district: District, owner: User) -> None:
    support = make_support(WEST, area=district.northwest)
    face = make_asset(support=support)
    with pytest.raises(PermissionDenied):
        move_support(web(owner), support, EAST)
    face.refresh_from_db()
    assert face.point == WEST


def test_the_right_is_asked_for_every_face(district: District, owner: User) -> None:
    support = make_support(WEST, area=district.northwest)
    make_asset(support=support, area=district.east)
    with pytest.raises(PermissionDenied):
        move_support(web(owner), support, SOUTHWEST)


# --- A support that knows no area ------------------------------------------------------------------------------------

OUTSIDE = Point(115.0, 35.0, srid=4326)


def test_a_support_without_its_area_is_moved_by_whoever_may_where_it_stands(
    district: District, owner: User, colleague: User
) -> None:
    support = make_support(WEST)
    face = make_asset(support=support)
    assert support.area is None
    with pytest.raises(PermissionDenied):
        move_support(web(colleague), support, EAST)
    assert edit_support(web(owner), support, kind=SupportKind.WALL, name="墙").kind == "wall"
    moved = move_support(web(owner), support, SOUTHWEST)
    assert moved.area == district.southwest
    face.refresh_from_db()
    assert face.point == SOUTHWEST


def test_a_support_outside_every_area_is_moved_by_whoever_writes_in_the_whole_district(
    district: District, owner: User, publicity: User, stranger: User
) -> None:
    support = make_support(OUTSIDE)
    for user in (owner, stranger):
        with pytest.raises(PermissionDenied):
            move_support(web(user), support, WEST)
        with pytest.raises(PermissionDenied):
            edit_support(web(user), support, kind=SupportKind.WALL, name="")
    assert edit_support(web(publicity), support, kind=SupportKind.WALL, name="").kind == "wall"
    assert move_support(web(publicity), support, WEST).area == district.northwest


def test_what_hangs_on_a_support_without_its_area_still_asks_for_every_face(
    district: District, owner: User
) -> None:
    support = make_support(WEST)
    make_asset(support=support, area=district.east)
    with pytest.raises(PermissionDenied):
        move_support(web(owner), support, SOUTHWEST)


# --- Hanging on, taking off ------------------------------------------------------------------------------------------


@pytest.fixture
def pole(district: District) -> Support:
    return make_support(SOUTHWEST, area=district.southwest)


def state_of(asset: Asset) -> tuple:
    asset.refresh_from_db()
    return asset.support, asset.point.coords, asset.version


def test_an_asset_hung_on_a_support_shares_its_point_and_areas(
    district: District, pole: Support, owner: User
) -> None:
    asset = make_asset(WEST)
    hung = hang_on_support(web(owner), asset, pole, position_accuracy=2)
    assert (hung.support, hung.point, hung.position_accuracy) == (pole, SOUTHWEST, 2)
    assert (hung.community, hung.street, hung.version) == (district.southwest, district.west, 2)
    assert events_of(asset)[0].pgh_context.metadata["actor"] == "owner"
    # From now on it goes where the support goes.
    move_support(web(owner), pole, WEST)
    asset.refresh_from_db()
    assert (asset.point, asset.community) == (WEST, district.northwest)


def test_an_asset_hung_on_another_support_leaves_the_first(pole: Support, owner: User) -> None:
    first = make_support(WEST)
    asset, other = make_asset(support=first), make_asset(support=first)
    hang_on_support(web(owner), asset, pole)
    assert state_of(asset)[0] == pole
    assert state_of(other)[0] == first


def test_an_asset_hangs_where_its_support_stands_now(district: District, pole: Support, owner: User) -> None:
    held = Support.objects.get(pk=pole.pk)
    move_support(web(owner), pole, WEST)
    assert hang_on_support(web(owner), make_asset(SOUTHWEST), held).point == WEST


@pytest.mark.parametrize("name", ["colleague", "crew", "planner", "viewer", "stranger"])
def test_whoever_may_not_move_hangs_nothing_and_takes_nothing_off(
    name: str, request: pytest.FixtureRequest, district: District, pole: Support
) -> None:
    user = request.getfixturevalue(name)
    asset, face = make_asset(WEST), make_asset(support=pole)
    before = state_of(asset), state_of(face)
    with pytest.raises(PermissionDenied):
        hang_on_support(web(user), asset, pole)
    with pytest.raises(PermissionDenied):
        take_off_support(web(user), face, SOUTHWEST)
    assert (state_of(asset), state_of(face)) == before


def test_nothing_is_hung_into_or_out_of_another_street(
    district: District, pole: Support, owner: User, colleague: User
) -> None:
    theirs = make_support(EAST, area=district.east)
    for user, asset, support in (
        (owner, make_asset(WEST), theirs),
        (colleague, make_asset(WEST), theirs),
        (colleague, make_asset(EAST), pole),
    ):
        before = state_of(asset)
        with pytest.raises(PermissionDenied):
            hang_on_support(web(user), asset, support)
        assert state_of(asset) == before


def test_a_face_taken_off_stands_for_itself_and_the_others_stay(
    district: District, pole: Support, owner: User
) -> None:
    face, other = make_asset(support=pole), make_asset(support=pole)
    taken = take_off_support(web(owner), face, WEST, position_accuracy=5)
    assert (taken.support, taken.point, taken.position_accuracy) == (None, WEST, 5)
    assert taken.community == district.northwest
    assert state_of(other)[:2] == (pole, SOUTHWEST.coords)
    move_support(web(owner), pole, Point(116.996, 36.676, srid=4326))
    assert state_of(face)[1] == WEST.coords


def test_a_face_is_not_taken_off_into_another_street(pole: Support, owner: User) -> None:
    face = make_asset(support=pole)
    with pytest.raises(PermissionDenied):
        take_off_support(web(owner), face, EAST)
    assert state_of(face)[0] == pole


@pytest.mark.parametrize(
    "write, field",
    [
        (lambda actor, alone, face, pole: hang_on_support(actor, face, pole), "support"),
        (lambda actor, alone, face, pole: take_off_support(actor, alone, WEST), "support"),
        (
            lambda actor, alone, face, pole: hang_on_support(actor, alone, pole, position_accuracy=-1),
            "position_accuracy",
        ),
        (
            lambda actor, alone, face, pole: take_off_support(actor, face, WEST, position_accuracy=-1),
            "position_accuracy",
        ),
        (
            lambda actor, alone, face, pole: take_off_support(actor, face, Point(0, 0, srid=4326)),
            "point",
        ),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(pole: Support, owner: User, write, field: str) -> None:
    alone, face = make_asset(WEST), make_asset(support=pole)
    before = state_of(alone), state_of(face)
    with pytest.raises(ValidationError) as refused:
        write(web(owner), alone, face, pole)
    assert set(refused.value.message_dict) == {field}
    assert (state_of(alone), state_of(face)) == before


def test_what_is_removed_is_neither_hung_nor_taken_off(pole: Support, owner: User) -> None:
    gone = {"lifecycle": Lifecycle.REMOVED, "removed_on": "2026-01-01", "removal_reason": "拆除"}
    alone, face = make_asset(WEST, **gone), make_asset(support=pole, **gone)
    for write in (
        lambda: hang_on_support(web(owner), alone, pole),
        lambda: take_off_support(web(owner), face, WEST),
    ):
        with pytest.raises(ValidationError) as refused:
            write()
        assert set(refused.value.message_dict) == {"lifecycle"}
