"""POST /api/field/sync: assets that somebody found on the way."""

import pytest

from accounts.models import User
from assets.models import Asset
from field.models import ReviewItem
from tests.factories import make_support
from tests.field.conftest import Phone, phone_of

pytestmark = pytest.mark.django_db


def test_an_asset_is_registered_under_the_phones_uuid(phone: Phone, board: Asset) -> None:
    op = phone.create(
        name="新的",
        wording="讲文明",
        themes=["core_values"],
        position={"lon": 116.985, "lat": 36.675, "accuracy": 6},
    )
    (result,) = phone.send(op)
    assert result["status"] == "applied"
    asset = Asset.objects.get(uid=op["asset"])
    assert result["asset"] == {"uid": op["asset"], "code": asset.code, "version": asset.version}
    assert (asset.name, asset.themes, asset.position_accuracy) == ("新的", ["core_values"], 6)
    assert (asset.street.code, asset.area.code) == ("370105001", "370105001008")  # type: ignore[union-attr]


def test_sent_twice_it_is_one_asset(phone: Phone, board: Asset) -> None:
    op = phone.create()
    assert [result["status"] for result in phone.send(op, op)] == ["applied", "duplicate"]
    assert Asset.objects.count() == 2


def test_a_uuid_is_registered_once(phone: Phone, board: Asset) -> None:
    op = phone.create()
    other = {**phone.create(), "asset": str(board.uid)}
    results = phone.send(op, {**phone.create(), "asset": op["asset"]}, other)
    assert [result["status"] for result in results] == ["applied", "rejected", "rejected"]


def test_a_face_is_hung_on_its_pole(phone: Phone, board: Asset) -> None:
    pole = make_support()
    op = phone.create(support=pole.pk, position=None)
    phone.send(op)
    assert Asset.objects.get(uid=op["asset"]).support == pole


def test_recorded_elsewhere_than_it_stands(phone: Phone, board: Asset) -> None:
    op = {**phone.create(), "position": {"lon": 117.0, "lat": 36.68, "accuracy": 5}}
    assert [result["status"] for result in phone.send(op)] == ["applied"]
    assert ReviewItem.objects.get().kind == "far"


@pytest.mark.parametrize(
    "fields, named",
    [
        ({"type": "nothing"}, "type"),
        ({"position": None}, "position"),
        ({"position": {"lon": 200, "lat": 36}}, "position"),
        ({"support": 10**30}, "support"),
        ({"support": 77}, "support"),
        ({"lifecycle": "planned"}, "lifecycle"),
    ],
)
def test_what_is_wrong_is_named(phone: Phone, board: Asset, fields: dict, named: str) -> None:
    (result,) = phone.send(phone.create(**fields))
    assert (result["status"], result["reason"]) == ("rejected", "invalid")
    assert named in result["message"]


def test_nobody_registers_in_a_street_that_is_not_theirs(
    board: Asset, colleague: User, stranger: User
) -> None:
    for user in (colleague, stranger):
        phone = phone_of(user)
        (result,) = phone.send(phone.create())
        assert (result["status"], result["reason"]) == ("rejected", "not_permitted")
    assert Asset.objects.count() == 1
