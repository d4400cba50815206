"""POST /api/field/sync: inspections, and what holds for every operation."""

import hashlib
import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from assets.actions.plan_maintenance import plan_maintenance
from assets.history import Actor
from assets.models import Asset, Condition, Defect, Inspection, Lifecycle, MaintenanceKind, Origin
from field.models import Operation, ReviewItem
from tests.factories import make_asset, make_support
from tests.field.conftest import Phone, phone_of

pytestmark = pytest.mark.django_db


def test_an_inspection_is_recorded(phone: Phone, board: Asset, crew: User) -> None:
    Defect.objects.create(code="fading", name_zh="褪色", name_en="Fading")
    (result,) = phone.send(
        phone.inspect(board, "damaged", fields={"defects": ["fading"], "note": "褪色 🎏"}, base_version=None)
    )
    assert (result["status"], result["reason"], result["first"]) == ("applied", None, None)
    board.refresh_from_db()
    assert result["asset"] == {"uid": str(board.uid), "code": board.code, "version": board.version}
    inspection = Inspection.objects.get()
    assert (inspection.condition, inspection.defects, inspection.note) == (
        Condition.DAMAGED,
        ["fading"],
        "褪色 🎏",
    )
    assert (inspection.inspector, inspection.origin) == (crew, "phone")
    assert board.condition == Condition.DAMAGED


def test_a_repeat_is_answered_with_the_first_answer(phone: Phone, board: Asset) -> None:
    op = phone.inspect(board)
    (first,) = phone.send(op)
    (again,) = phone.send(op)
    assert again["status"] == "duplicate"
    first.pop("first")
    assert again["first"] == first
    assert Inspection.objects.count() == 1


def test_five_hundred_repeats_are_one_record(phone: Phone, board: Asset) -> None:
    op = phone.inspect(board)
    for _post in range(10):
        statuses = [result["status"] for result in phone.send(*[op] * 50)]
    assert set(statuses) == {"duplicate"}
    assert (Inspection.objects.count(), Operation.objects.count()) == (1, 1)


def test_one_bad_operation_does_not_hold_up_the_others(phone: Phone, board: Asset) -> None:
    poison = [
        None,
        "text",
        {},
        {"op_id": 7, "fields": []},
        phone.inspect(board, "splendid"),
        phone.inspect(board, fields={"defects": ["nowhere"]}),
        phone.inspect(board, fields={"defects": [["a"]]}),
        phone.inspect(board, fields={"note": "很" * 5000}),
        phone.inspect(board, fields={"note": {"a": 1}}),
        phone.inspect(board, fields={"colour": "red"}),
        phone.inspect(None),
        phone.inspect("no-uuid"),
        phone.op("dance", asset=board),
        phone.inspect(board, photos=[{"sha256": "../../etc/passwd"}]),
        phone.inspect(board, photos="all of them"),
        phone.op("job_done", job=10**30),
        phone.op("job_done", job=10**9),
        phone.op("edit", asset=board, fields={"position": {"lon": "x", "lat": None}}),
    ]
    results = phone.send(phone.inspect(board), *poison, phone.inspect(board, "minor"))
    assert results[0]["status"] == results[-1]["status"] == "applied"
    assert {result["status"] for result in results[1:-1]} == {"rejected"}
    assert all(result["reason"] in ("invalid", "unknown_kind", "unknown_job") for result in results[1:-1])
    assert all(result["message"] for result in results[1:-1])
    assert Inspection.objects.count() == 2
    assert Operation.objects.count() == len(poison) + 2
    assert ReviewItem.objects.filter(kind="rejected").count() == len(poison)


def test_the_words_that_came_are_kept(phone: Phone, board: Asset) -> None:
    note = "a\x00b\ud800 🎏 " + "很" * 5000
    op = phone.inspect(board, fields={"note": note})
    (result,) = phone.send(op)
    assert (result["status"], result["reason"]) == ("rejected", "invalid")
    assert "note" in result["message"]
    assert json.loads(Operation.objects.get().raw) == op


def test_nul_and_halves_of_characters_are_dropped(phone: Phone, board: Asset) -> None:
    (result,) = phone.send(phone.inspect(board, fields={"note": "裂\x00了\ud83d\r\n🎏\x07"}))
    assert result["status"] == "applied"
    assert Inspection.objects.get().note == "裂了\n🎏"


@pytest.mark.parametrize("year", [1970, 2099])
def test_a_wrong_clock_still_tells_how_long_ago(phone: Phone, board: Asset, year: int) -> None:
    clock = datetime(year, 1, 1, 12, tzinfo=UTC)
    phone.send(
        phone.inspect(board, at=(clock - timedelta(hours=3)).isoformat()),
        device_time=clock,
    )
    seen = Inspection.objects.get().effective_at
    assert abs(timezone.now() - timedelta(hours=3) - seen) < timedelta(minutes=1)


@pytest.mark.parametrize(
    "at",
    [
        "1970-01-01T00:00:03Z",
        "2099-01-01T00:00:00Z",
        "9999-12-31T23:59:59-12:00",
        "0001-01-01T00:00:00+14:00",
        "yesterday",
        "2026-11-01T00:00:00",
        1764000000,
        None,
        {},
    ],
)
def test_a_senseless_time_means_when_it_arrived(phone: Phone, board: Asset, at: object) -> None:
    (result,) = phone.send(phone.inspect(board, at=at))
    assert result["status"] == "applied"
    assert timezone.now() - Inspection.objects.get().effective_at < timedelta(minutes=1)


def test_a_late_arrival_does_not_hide_what_was_seen_later(phone: Phone, board: Asset) -> None:
    earlier = phone.inspect(board, "severe", at=(timezone.now() - timedelta(hours=5)).isoformat())
    later = phone.inspect(board, "good")
    phone.send(later)
    phone.send(earlier)
    board.refresh_from_db()
    assert board.condition == Condition.GOOD


def test_a_record_from_far_away_is_kept_and_flagged(phone: Phone, board: Asset) -> None:
    near, far, blurred = (
        {"lon": 116.99, "lat": 36.681, "accuracy": 8},
        {"lon": 116.99, "lat": 36.69, "accuracy": 8},
        {"lon": 116.99, "lat": 36.69, "accuracy": 1500},
    )
    results = phone.send(*(phone.inspect(board, position=position) for position in (near, far, blurred)))
    assert [result["status"] for result in results] == ["applied"] * 3
    item = ReviewItem.objects.get()
    assert (item.kind, round(item.operation.distance or 0)) == ("far", 1112)


def test_the_other_faces_of_a_pole_look_the_same(phone: Phone, board: Asset) -> None:
    pole = make_support()
    faces = [make_asset(support=pole) for _side in range(3)]
    (result,) = phone.send(
        phone.inspect(faces[0], "severe", fields={"also": [str(face.uid) for face in faces[1:]]})
    )
    assert result["status"] == "applied"
    assert Inspection.objects.filter(asset__in=faces, condition=Condition.SEVERE).count() == 3


def test_what_was_removed_meanwhile_is_recorded_and_asked_about(phone: Phone, board: Asset) -> None:
    Asset.objects.filter(pk=board.pk).update(
        lifecycle=Lifecycle.REMOVED, removed_on=timezone.localdate(), removal_reason="拆除"
    )
    (result,) = phone.send(phone.inspect(board))
    assert result["status"] == "applied"
    assert [item.kind for item in ReviewItem.objects.all()] == ["removed"]


def test_a_role_that_does_not_reach_there_is_refused(board: Asset, colleague: User, stranger: User) -> None:
    for user in (colleague, stranger):
        phone = phone_of(user)
        (result,) = phone.send(phone.inspect(board))
        assert (result["status"], result["reason"]) == ("rejected", "not_permitted")
    assert not Inspection.objects.exists()


def test_somebody_elses_work_is_refused_and_can_still_come_from_its_owner(
    phone: Phone, board: Asset, owner: User
) -> None:
    op = phone.inspect(board)
    (refused,) = phone_of(owner).send(op)
    assert (refused["status"], refused["reason"]) == ("rejected", "other_user")
    assert [result["status"] for result in phone.send(op)] == ["applied"]
    assert Inspection.objects.get().inspector == phone.user


def test_what_arrives_before_its_asset_waits_for_it(phone: Phone, district: object, board: Asset) -> None:
    creation = phone.create(name="新的")
    first = phone.inspect(creation["asset"], "minor")
    second = phone.inspect(board, "damaged", fields={"also": [creation["asset"]]})
    third = phone.edit(creation["asset"], {"name": "更正"})
    held = phone.send(third, second, first)
    assert {(result["status"], result["reason"]) for result in held} == {("conflict", "unknown_asset")}
    (created,) = phone.send(creation)
    assert created["status"] == "applied"
    asset = Asset.objects.get(uid=creation["asset"])
    assert [inspection.condition for inspection in asset.inspections.order_by("id")] == [
        Condition.MINOR,
        Condition.DAMAGED,
    ]
    again = phone.send(first, second)
    assert [result["first"]["status"] for result in again] == ["applied", "applied"]
    assert ReviewItem.objects.open().exclude(kind="proposal").count() == 0


def test_a_fault_of_ours_loses_nothing(phone: Phone, board: Asset, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object, **_named: object) -> None:
        raise RuntimeError("a mistake of the programmer")

    monkeypatch.setattr("field.up.applying.inspections.record_inspection", fail)
    results = phone.send(phone.inspect(board), phone.op("dance"))
    assert [result["reason"] for result in results] == ["server_fault", "unknown_kind"]
    assert "programmer" not in results[0]["message"]
    assert Operation.objects.count() == 2


def test_a_busy_database_makes_the_phone_come_again(
    phone: Phone, board: Asset, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    def wait(*_arguments: object, **_named: object) -> None:
        raise OperationalError("canceling statement due to lock timeout")

    op = phone.inspect(board)
    with monkeypatch.context() as patch:
        patch.setattr("field.up.applying.inspections.record_inspection", wait)
        results = phone.send(op, phone.op("dance"))
    assert [result["status"] for result in results] == ["later", "rejected"]
    assert [result["status"] for result in phone.send(op)] == ["applied"]


@pytest.mark.parametrize(
    "body, status, code",
    [
        ("", 400, "unreadable"),
        ("[]", 400, "unreadable"),
        ("{}", 400, "unreadable"),
        ('{"ops": 7}', 400, "unreadable"),
        ("[" * 100_000, 400, "unreadable"),
        (b"\xff\xfe", 400, "unreadable"),
        (json.dumps({"ops": [{}] * 51}), 413, "too_many"),
        (" " * (8 * 1024 * 1024 + 1), 413, "too_large"),
    ],
)
def test_an_unreadable_request_is_refused_as_a_whole(
    phone: Phone, body: str | bytes, status: int, code: str
) -> None:
    answer = phone.post_text(body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"


def test_endless_numbers_and_infinities_spoil_only_themselves(phone: Phone, board: Asset) -> None:
    good = json.dumps(phone.inspect(board))
    bad = '{{"op_id": "{}", "kind": "inspect", "seq": {}, "position": {{"lon": 1e999, "lat": NaN}}}}'.format(
        uuid.uuid4(),
        "9" * 6000,
    )
    answer = phone.post_text(f'{{"ops": [{bad}, {good}]}}')
    assert [result["status"] for result in answer.json()["results"]] == ["rejected", "applied"]


def test_an_operation_that_is_too_large_is_kept_too(phone: Phone, board: Asset) -> None:
    (result,) = phone.send(phone.inspect(board, fields={"note": "很" * 100_000}))
    assert (result["status"], result["reason"]) == ("rejected", "too_large")
    assert len(Operation.objects.get().raw) > 500_000


def test_of_what_nobody_can_apply_a_digest_is_kept(phone: Phone, board: Asset) -> None:
    unknown = phone.op("dance", asset=board, fields={"steps": "左右" * 1000})
    results = phone.send(unknown, "text", {"op_id": str(uuid.uuid4()), "secret": "x" * 5000})
    assert {result["status"] for result in results} == {"rejected"}
    kept = [json.loads(operation.raw) for operation in Operation.objects.order_by("pk")]
    assert [set(digest) for digest in kept] == [{"bytes", "sha256"}] * 3
    text = json.dumps(unknown)
    assert kept[0] == {"bytes": len(text), "sha256": hashlib.sha256(text.encode()).hexdigest()}
    assert phone.send(unknown)[0]["status"] == "duplicate"
    assert all(operation.inspection_uids() for operation in Operation.objects.filter(kind="dance"))


def test_a_look_from_the_phone_does_the_job_to_inspect(phone: Phone, board: Asset, publicity: User) -> None:
    job = plan_maintenance(Actor(publicity, Origin.WEB), board, MaintenanceKind.INSPECT)
    (result,) = phone.send(phone.inspect(board, "damaged"))
    assert result["status"] == "applied"
    job.refresh_from_db()
    assert (job.state, job.resulting_condition) == ("done", Condition.DAMAGED)
    assert job.completed_at == Inspection.objects.get().effective_at


def test_a_look_from_before_the_job_was_planned_does_not(phone: Phone, board: Asset, publicity: User) -> None:
    job = plan_maintenance(Actor(publicity, Origin.WEB), board, MaintenanceKind.INSPECT)
    phone.send(phone.inspect(board, "damaged", at=(timezone.now() - timedelta(hours=3)).isoformat()))
    job.refresh_from_db()
    assert job.state == "planned"
