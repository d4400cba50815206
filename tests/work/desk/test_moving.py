"""Moving from the panel: to a point, onto a support, with a support, and not over somebody else's move."""

from typing import Any

import pytest
from django.contrib.gis.geos import Point

from accounts.models import User
from assets.actions.move_asset import move_asset
from assets.history import Actor
from assets.models import Asset, Origin, Support
from tests.factories import make_support
from tests.mapping.conftest import Town

pytestmark = pytest.mark.django_db


def to(asset: Asset, lon: float, lat: float, **more: Any) -> dict[str, Any]:
    """The form, begun when the asset stood where it stands now."""
    return {"lon": lon, "lat": lat, "seen_lon": asset.point.x, "seen_lat": asset.point.y, **more}


def test_an_asset_is_moved_with_its_accuracy(town: Town, desk, owner: User) -> None:
    somebody = desk(owner, town.board)
    assert somebody.open("move").status_code == 200
    answer = somebody.send("move", **to(town.board, 116.9861, 36.6891, position_accuracy="3"))
    assert answer.status_code == 200, answer.content.decode()
    town.board.refresh_from_db()
    assert town.board.point.coords == (116.9861, 36.6891)
    assert town.board.position_accuracy == 3
    assert town.board.community is not None
    assert town.board.community.code == "370105001009"


def test_nobody_moves_out_of_their_street(town: Town, desk, owner: User) -> None:
    answer = desk(owner, town.board).send("move", **to(town.board, 117.01, 36.68))
    assert answer.status_code == 403
    assert Asset.objects.get(pk=town.board.pk).point == town.board.point


def test_what_somebody_else_moved_meanwhile_is_not_moved_again(
    town: Town, desk, owner: User, publicity: User
) -> None:
    form = to(town.board, 116.9861, 36.6891)
    there = Point(116.9862, 36.6753, srid=4326)
    move_asset(Actor(publicity, Origin.WEB), town.board, there)
    answer = desk(owner, town.board).send("move", **form)
    assert answer.status_code == 409
    told = answer.json()
    assert (told["lon"], told["lat"]) == there.coords
    assert Asset.objects.get(pk=town.board.pk).point.coords == there.coords
    again = {**form, "seen_lon": told["lon"], "seen_lat": told["lat"]}
    assert desk(owner, town.board).send("move", **again).status_code == 200


def test_an_asset_is_hung_on_a_support_that_stands_there(town: Town, desk, owner: User) -> None:
    pole = make_support(Point(116.9871, 36.6753, srid=4326))
    answer = desk(owner, town.board).send("move", **to(town.board, 116.9871, 36.6753, support=pole.pk))
    assert answer.status_code == 200, answer.content.decode()
    town.board.refresh_from_db()
    assert town.board.support == pole
    assert town.board.point == pole.point


def test_nobody_hangs_it_on_a_support_in_another_street(town: Town, desk, owner: User) -> None:
    theirs = town.faces[0].support
    assert theirs is not None
    answer = desk(owner, town.board).send("move", **to(town.board, 116.9871, 36.6753, support=theirs.pk))
    assert answer.status_code == 403
    assert Asset.objects.get(pk=town.board.pk).support is None


def test_what_hangs_on_a_support_moves_with_all_that_hangs_there(town: Town, desk, colleague: User) -> None:
    face, other = town.faces
    Support.objects.update(area=face.area)
    form = desk(colleague, face).open("move").content.decode()
    assert "with all 2 assets on it" in form
    assert desk(colleague, face).send("move", **to(face, 117.0121, 36.6821)).status_code == 200
    other.refresh_from_db()
    assert other.point.coords == (117.0121, 36.6821)


def test_one_face_is_taken_off_its_support_or_hung_on_another(town: Town, desk, colleague: User) -> None:
    face, other = town.faces
    assert face.support is not None
    pole = make_support(Point(117.0131, 36.6811, srid=4326), area=face.area)
    answer = desk(colleague, face).send(
        "move", **to(face, 117.0121, 36.6821, alone="on", position_accuracy="2")
    )
    assert answer.status_code == 200, answer.content.decode()
    face.refresh_from_db()
    assert (face.support, face.point.coords, face.position_accuracy) == (None, (117.0121, 36.6821), 2)
    assert Asset.objects.get(pk=other.pk).support is not None
    assert (
        desk(colleague, other).send("move", **to(other, 117.0131, 36.6811, support=pole.pk)).status_code
        == 200
    )
    other.refresh_from_db()
    assert other.support == pole
    # Taken back, it hangs where it hung.
    assert desk(colleague, face).send("undo", version=face.version).status_code == 200
    assert Asset.objects.get(pk=face.pk).support is not None


def test_a_face_leaves_its_support_for_no_other_street(town: Town, desk, colleague: User) -> None:
    face = town.faces[0]
    assert desk(colleague, face).send("move", **to(face, 116.99, 36.68, alone="on")).status_code == 403
    assert Asset.objects.get(pk=face.pk).support is not None


def test_a_removed_asset_is_not_moved(town: Town, desk, owner: User) -> None:
    answer = desk(owner, town.removed).send("move", **to(town.removed, 116.9871, 36.6753))
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "wrong", [{"lon": ""}, {"lon": "x"}, {"lon": "nan"}, {"lat": "91"}, {"support": "9999999"}]
)
def test_a_place_that_is_none_is_said_at_the_coordinates(
    town: Town, desk, owner: User, wrong: dict[str, str]
) -> None:
    answer = desk(owner, town.board).send("move", **{**to(town.board, 116.9861, 36.6891), **wrong})
    assert answer.status_code == 422
    assert answer.json()["errors"]
