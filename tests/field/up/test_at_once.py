"""What arrives at the same moment by several connections: applied once, and nothing falls between two of them."""

from datetime import timedelta

import pytest
from django.db import connection

from assets.models import Asset, Inspection, Photo
from field.api import access
from field.models import Operation
from tests.at_once import at_once
from tests.factories import make_asset, make_support
from tests.field.conftest import Phone, jpeg, named

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_brake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "PER_PHONE", access.Bucket("phone", 10**6, timedelta(milliseconds=1)))


def twin(phone: Phone) -> Phone:
    """The same phone, sending by another connection."""
    return Phone(phone.user, phone.secret, phone.id, phone.count)


def test_simultaneous_repeats_are_one(phone: Phone, board: Asset) -> None:
    ops = [phone.inspect(board), phone.create(), phone.edit(board, {"name": "新"})]
    answers = at_once(*(lambda: twin(phone).send(*ops) for _n in range(6)))
    for number in range(len(ops)):
        statuses = sorted(answer[number]["status"] for answer in answers)
        assert statuses.count("duplicate") == 5
    assert (Inspection.objects.count(), Operation.objects.count(), Asset.objects.count()) == (1, 3, 2)


def test_many_phones_at_one_pole(phone: Phone, board: Asset) -> None:
    pole = make_support()
    faces = [make_asset(support=pole) for _side in range(3)]
    uids = [str(face.uid) for face in faces]

    def reports(first: int) -> list[str]:
        sender = twin(phone)
        order = uids[first:] + uids[:first]
        results = sender.send(*(sender.inspect(order[0], fields={"also": order[1:]}) for _n in range(5)))
        return [result["status"] for result in results]

    answers = at_once(*(lambda first=n % 3: reports(first) for n in range(6)))
    assert {status for statuses in answers for status in statuses} == {"applied"}
    assert Inspection.objects.count() == 6 * 5 * 3


def test_an_asset_and_what_was_seen_of_it_cross_on_the_way(phone: Phone, board: Asset) -> None:
    for _round in range(8):
        creation = phone.create()
        seen = phone.inspect(creation["asset"], "minor")
        at_once(lambda op=creation: twin(phone).send(op), lambda op=seen: twin(phone).send(op))
    assert Inspection.objects.count() == 8
    assert set(Operation.objects.values_list("status", flat=True)) == {"applied"}


def test_a_record_and_its_photo_cross_on_the_way(phone: Phone, board: Asset) -> None:
    for number in range(6):
        data = jpeg(f"rgb({number * 40},0,0)")
        phone.send(phone.inspect(board, photos=[named(data)]))
        other = make_asset()
        op = phone.inspect(other, photos=[named(data)])
        at_once(lambda data=data: twin(phone).put_photo(data), lambda op=op: twin(phone).send(op))
    assert Photo.objects.count() == 12


def test_the_same_piece_twice_at_once(phone: Phone, board: Asset) -> None:
    data = jpeg(size=200)
    phone.send(phone.inspect(board, photos=[named(data)]))
    answers = at_once(*(lambda: twin(phone).put_photo(data) for _n in range(4)))
    assert {answer.status_code for answer in answers} == {200}
    assert Photo.objects.count() == 1


def test_who_waits_too_long_comes_again(phone: Phone, board: Asset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("field.up.receiving._PATIENCE", "50ms")
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT 1 FROM assets_asset WHERE id = %s FOR UPDATE", [board.pk])
        op = phone.inspect(board)
        fine = phone.create()
        results = phone.send(op, fine)
        cursor.execute("ROLLBACK")
    other.close()
    assert [result["status"] for result in results] == ["later", "applied"]
    assert [result["status"] for result in phone.send(op)] == ["applied"]
