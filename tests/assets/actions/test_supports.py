"""Supports: register, edit and move them with everything on them."""

import pytest
from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import User
from assets.actions.edit_support import edit_support
from assets.actions.move_support import move_support
from assets.actions.register_support import register_support
from assets.history import Actor, events_of
from assets.models import Origin, SupportKind
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
