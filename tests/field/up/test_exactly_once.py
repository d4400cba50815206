"""Whatever is lost, repeated, reordered or interrupted on the way: every operation has its effect exactly once.

A small model of the catalogue is told what arrives at the server, in the order in which it arrives, and must agree with
the server in every answer and in every value at the end. Phones number what they do, see only the answers that reach
them, and send again whatever was not confirmed, in any order.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.contrib.gis.geos import Point
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from accounts.models import Role, User
from assets import dictionaries
from assets.actions.edit_asset import edit_asset
from assets.history import Actor
from assets.models import Asset, Condition, Inspection, Maintenance, MaintenanceKind, Origin, Photo
from assets.models.maintenance import OPEN_STATES
from field.api import access
from field.models import Operation, PhotoUpload
from field.up import receiving
from tests.conftest import District
from tests.factories import make_asset, make_type, make_user
from tests.field.conftest import UNISSUED, Phone, jpeg, named, phone_of, sha256_of

PHONES = 3
FIELDS = ("name", "wording", "address")
CONDITIONS = ("good", "minor", "damaged", "severe", "missing")
done_so_far: Counter[str] = Counter()


class PowerCut(BaseException):
    """The server goes down in the middle of a request."""


# --- The model --------------------------------------------------------------------------------------------------------


@dataclass
class ModelAsset:
    """What an asset must look like: its values, and by which phone (None: the office) each version changed what."""

    values: dict[str, str]
    born: int
    changes: list[tuple[int, str | None, set[str]]] = field(default_factory=list)
    written: dict[tuple[str, str], int] = field(default_factory=dict)  # (phone, field) → seq
    born_on: str | None = None
    inspections: int = 0


@dataclass
class ModelJob:
    """What a job must look like."""

    state: str = "assigned"
    touched: dict[str, int] = field(default_factory=dict)  # phone → seq


class Model:
    """The catalogue in a hundred lines: each operation counts when it first arrives."""

    def __init__(self) -> None:
        self.assets: dict[str, ModelAsset] = {}
        self.jobs: dict[int, ModelJob] = defaultdict(ModelJob)
        self.answers: dict[str, tuple[str, str | None]] = {}
        self.waiting: list[dict[str, Any]] = []

    def arrive(self, op: dict[str, Any]) -> None:
        if op["op_id"] in self.answers:
            return
        if op["kind"] == "create":
            self._create(op)
        elif op["kind"].startswith("job"):
            self.answers[op["op_id"]] = self._job(op)
        elif op["asset"] not in self.assets:
            self.answers[op["op_id"]] = ("conflict", "unknown_asset")
            self.waiting.append(op)
        else:
            self._do(op)

    def office_edit(self, uid: str, name: str, value: str, version: int) -> None:
        asset = self.assets[uid]
        asset.values[name] = value
        asset.changes.append((version, None, {name}))

    def _create(self, op: dict[str, Any]) -> None:
        values = {name: op["fields"].get(name, "") for name in FIELDS}
        self.assets[op["asset"]] = ModelAsset(values, born=1, born_on=op["phone"])
        self.answers[op["op_id"]] = ("applied", None)
        ready = [waiting for waiting in self.waiting if waiting["asset"] == op["asset"]]
        self.waiting = [waiting for waiting in self.waiting if waiting["asset"] != op["asset"]]
        for waiting in sorted(ready, key=lambda operation: (operation["phone"], operation["seq"])):
            self._do(waiting)

    def _do(self, op: dict[str, Any]) -> None:
        if op["kind"] == "inspect":
            self.assets[op["asset"]].inspections += 1
            self.answers[op["op_id"]] = ("applied", None)
        else:
            self.answers[op["op_id"]] = self._edit(op)

    def _edit(self, op: dict[str, Any]) -> tuple[str, str | None]:
        asset, phone, seq = self.assets[op["asset"]], op["phone"], op["seq"]
        left = {
            name: value for name, value in op["fields"].items() if asset.written.get((phone, name), 0) < seq
        }
        if not left:
            return ("applied", "superseded")
        base = op["base_version"]
        if base is None and asset.born_on == phone:
            base = asset.born
        others = {
            name
            for version, by, names in asset.changes
            for name in names
            if base is None or (version > base and by != phone)
        }
        if any(name in others and asset.values[name] != value for name, value in left.items()):
            return ("conflict", "same_field")
        changed = {name for name, value in left.items() if asset.values[name] != value}
        asset.values |= left
        for name in left:
            asset.written[phone, name] = seq
        if changed:
            version = Operation.objects.get(op_id=op["op_id"]).version_after
            assert version is not None
            asset.changes.append((version, phone, changed))
        return ("merged" if others else "applied", None)

    def _job(self, op: dict[str, Any]) -> tuple[str, str | None]:
        job, phone = self.jobs[op["job"]], op["phone"]
        is_open = job.state in OPEN_STATES
        if op["kind"] == "job_done":
            if not is_open:
                return ("conflict", "job_closed")
            job.state = "done"
        elif not is_open:
            return ("applied", "job_closed")
        elif job.touched.get(phone, 0) > op["seq"]:
            return ("applied", "superseded")
        elif (op["kind"] == "job_start") == (job.state == "in_progress"):
            job.touched[phone] = max(job.touched.get(phone, 0), op["seq"])
            return ("applied", "already_done")
        else:
            job.state = "in_progress" if op["kind"] == "job_start" else "planned"
        job.touched[phone] = max(job.touched.get(phone, 0), op["seq"])
        return ("applied", None)


# --- Phones, the way between, and the server --------------------------------------------------------------------------


class Way(RuleBasedStateMachine):
    """Phones that work, and a way on which anything can happen."""

    users: list[User]

    def __init__(self) -> None:
        super().__init__()
        self._undo = transaction.atomic()
        self._undo.__enter__()
        self.model = Model()
        # The same steps meet the same ids, or a failure could not be repeated.
        ids = Random(1)
        self.phones: list[Phone] = [phone_of(user) for user in self.users]
        for phone in self.phones:
            phone.new_uuid = lambda: UUID(int=ids.getrandbits(128))
            phone.id = phone.new_uuid()
        self.queue: list[list[dict[str, Any]]] = [[] for _phone in self.phones]
        self.seen: list[dict[str, int]] = [{} for _phone in self.phones]
        self.photos: dict[str, bytes] = {}
        self.unsent_photos: list[list[str]] = [[] for _phone in self.phones]
        self.all: dict[str, dict[str, Any]] = {}
        self.jobs: list[int] = []
        for number in range(3):
            asset = make_asset(
                Point(116.99, 36.68, srid=4326),
                name=f"牌{number}",
                code=UNISSUED % number,
                uid=UUID(int=number),
            )
            self.model.assets[str(asset.uid)] = ModelAsset(
                {name: getattr(asset, name) for name in FIELDS}, born=asset.version
            )
            job = Maintenance.objects.create(asset=asset, kind=MaintenanceKind.REPAIR)
            self.jobs.append(job.pk)
            self.model.jobs[job.pk] = ModelJob("planned")
        for number in range(PHONES):
            self._look(number)

    def teardown(self) -> None:
        try:
            self._finish()
        finally:
            transaction.set_rollback(True)
            self._undo.__exit__(None, None, None)

    # --- What people do

    def _look(self, number: int) -> None:
        versions = Asset.objects.filter(uid__in=self.model.assets).values_list("uid", "version")
        self.seen[number] = {str(uid): version for uid, version in versions}

    def _record(self, number: int, op: dict[str, Any]) -> None:
        clock = timedelta(days=(-20_000, 0, 25_000)[number])
        op["at"] = (timezone.now() + clock - timedelta(minutes=len(self.all))).isoformat()
        self.queue[number].append(op)
        self.all[op["op_id"]] = op
        done_so_far[op["kind"]] += 1
        for photo in op["photos"]:
            self.unsent_photos[number].append(photo["sha256"])

    @rule(number=st.integers(0, PHONES - 1))
    def look(self, number: int) -> None:
        """A phone fetches what has changed."""
        self._look(number)

    @rule(
        number=st.integers(0, PHONES - 1),
        which=st.integers(0, 9),
        condition=st.sampled_from(CONDITIONS),
        with_photo=st.booleans(),
    )
    def inspect(self, number: int, which: int, condition: str, with_photo: bool) -> None:
        phone = self.phones[number]
        photos = []
        if with_photo:
            n = len(self.photos)
            data = jpeg(f"rgb({n * 37 % 256},{n * 101 % 256},{n * 197 % 256})", size=8)
            self.photos[sha256_of(data)] = data
            photos = [named(data)]
        uid, _version = self._state_of(number, which)
        self._record(number, phone.inspect(uid, condition, photos=photos))

    @rule(
        number=st.integers(0, PHONES - 1),
        which=st.integers(0, 3),
        edits=st.lists(
            st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(["甲", "乙", ""]), min_size=1),
            min_size=1,
            max_size=3,
        ),
    )
    def edit(self, number: int, which: int, edits: list[dict[str, str]]) -> None:
        uid, version = self._state_of(number, which)
        for fields in edits:
            self._record(number, self.phones[number].edit(uid, fields, base_version=version))

    @rule(number=st.integers(0, PHONES - 1))
    def create(self, number: int) -> None:
        op = self.phones[number].create(name=f"新{len(self.all)}")
        self._record(number, op)

    @rule(
        number=st.integers(0, PHONES - 1),
        which=st.integers(0, 2),
        kinds=st.lists(st.sampled_from(["job_start", "job_pause"]), min_size=1, max_size=3),
        done=st.sampled_from([False, False, False, True]),
    )
    def work_on_job(self, number: int, which: int, kinds: list[str], done: bool) -> None:
        for kind in [*kinds, "job_done"] if done else kinds:
            self._record(number, self.phones[number].op(kind, job=self.jobs[which]))

    @rule(which=st.integers(0, 3), name=st.sampled_from(FIELDS), value=st.sampled_from(["甲", "丙"]))
    def office_edits(self, which: int, name: str, value: str) -> None:
        uids = sorted(self.model.assets)
        uid = uids[which % len(uids)]
        asset = Asset.objects.get(uid=uid)
        changed = edit_asset(Actor(None, Origin.COMMAND), asset, {name: value})
        if changed.version != asset.version:
            self.model.office_edit(uid, name, value, changed.version)

    def _state_of(self, number: int, which: int) -> tuple[str, int | None]:
        """An asset that the phone knows: fetched, or made on it."""
        made = [
            op["asset"]
            for op in self.all.values()
            if op["kind"] == "create" and op["phone"] == str(self.phones[number].id)
        ]
        uids = sorted({*self.seen[number], *made})
        uid = uids[which % len(uids)]
        return uid, self.seen[number].get(uid)

    # --- What happens on the way

    @rule(
        number=st.integers(0, PHONES - 1),
        order=st.randoms(use_true_random=False),
        most=st.integers(1, 8),
        fate=st.sampled_from(["arrives", "request lost", "answer lost", "arrives twice", "power cut"]),
        cut=st.integers(0, 7),
    )
    def send(self, number: int, order: Any, most: int, fate: str, cut: int) -> None:
        batch = list(self.queue[number])
        order.shuffle(batch)
        batch = batch[:most]
        if not batch or fate == "request lost":
            return
        if fate == "power cut":
            with _power_cut_after(cut), pytest.raises(PowerCut) if cut < self._fresh(batch) else _nothing():
                self.phones[number].send(*batch)
            self._arrived(batch)
            return
        results = self.phones[number].send(*batch)
        self._arrived(batch)
        self._agree(batch, results)
        if fate == "arrives twice":
            again = self.phones[number].send(*batch)
            assert {result["status"] for result in again} == {"duplicate"}
            self._agree(batch, again)
        if fate != "answer lost":
            confirmed = {op["op_id"] for op in batch}
            self.queue[number] = [op for op in self.queue[number] if op["op_id"] not in confirmed]

    @rule(
        number=st.integers(0, PHONES - 1),
        fate=st.sampled_from(["arrives", "answer lost", "half", "torn", "wrong bytes"]),
    )
    def send_photo(self, number: int, fate: str) -> None:
        if not self.unsent_photos[number]:
            return
        sha256 = self.unsent_photos[number].pop(0)
        phone, data = self.phones[number], self.photos[sha256]
        start = int(phone.head_photo(sha256)["X-Received"])
        if fate == "wrong bytes" and start == 0:
            phone.put_photo(bytes(len(data)), sha256=sha256)
        elif fate == "half":
            phone.put_photo(data, start=start, end=(start + len(data)) // 2 + 1)
        elif fate == "torn":
            phone.put_photo(data, start=min(start + 7, len(data) - 1))
        else:
            answer = phone.put_photo(data, start=start) if start < len(data) else phone.put_photo(data)
            if fate == "arrives" and answer.status_code == 200 and answer.json()["complete"]:
                return
        self.unsent_photos[number].append(sha256)

    @rule()
    def server_restarts(self) -> None:
        """Whatever a process keeps in memory is gone."""
        dictionaries.forget()
        cache.clear()

    def _fresh(self, batch: list[dict[str, Any]]) -> int:
        return sum(op["op_id"] not in self.model.answers for op in batch)

    def _arrived(self, batch: list[dict[str, Any]]) -> None:
        """Tell the model what the server has taken in, in its order."""
        taken_in = {str(op_id) for op_id in Operation.objects.values_list("op_id", flat=True)}
        for op in batch:
            if op["op_id"] in taken_in:
                self.model.arrive(op)

    def _agree(self, batch: list[dict[str, Any]], results: list[dict[str, Any]]) -> None:
        for op, result in zip(batch, results, strict=True):
            told = result["first"] or result
            assert op["op_id"] == result["op_id"]
            # A later operation of the batch may have released it: what holds in the end is compared there.
            if told["reason"] != "unknown_asset":
                assert (told["status"], told["reason"]) == self.model.answers[op["op_id"]], op

    # --- What must be true

    @invariant()
    def nothing_twice(self) -> None:
        assert Operation.objects.count() == len(self.model.answers)
        expected = sum(asset.inspections for asset in self.model.assets.values())
        assert Inspection.objects.count() == expected

    def _finish(self) -> None:
        """At last everything arrives; from the first phone in the wrong order."""
        self.queue[0].reverse()
        for number, phone in enumerate(self.phones):
            while self.queue[number]:
                batch, self.queue[number] = self.queue[number][:50], self.queue[number][50:]
                results = phone.send(*batch)
                self._arrived(batch)
                self._agree(batch, results)
            for sha256 in dict.fromkeys(self.unsent_photos[number]):
                data = self.photos[sha256]
                start = int(phone.head_photo(sha256)["X-Received"])
                if start < len(data):
                    assert phone.put_photo(data, start=start).json()["complete"], sha256
                assert phone.head_photo(sha256).status_code == 200
        self._compare()

    def _compare(self) -> None:
        stored = {
            str(op_id): (status, reason or None)
            for op_id, status, reason in Operation.objects.values_list("op_id", "status", "reason")
        }
        assert stored == self.model.answers
        assert set(stored) == set(self.all)
        assert not self.model.waiting
        for asset in Asset.objects.all():
            expected = self.model.assets.pop(str(asset.uid))
            assert {name: getattr(asset, name) for name in FIELDS} == expected.values
            facts = list(asset.inspections.order_by("-effective_at", "-id"))
            assert len(facts) == expected.inspections
            assert asset.condition == (facts[0].condition if facts else Condition.UNKNOWN)
        assert not self.model.assets
        for job in Maintenance.objects.all():
            assert job.state == self.model.jobs[job.pk].state
        photographed = Counter(photo["sha256"] for op in self.all.values() for photo in op["photos"])
        assert Photo.objects.count() == PhotoUpload.objects.count() == len(photographed)
        assert all(photo.inspection is not None for photo in Photo.objects.all())


@contextmanager
def _power_cut_after(operations: int) -> Iterator[None]:
    """The server goes down when that many operations have been written: those stay, the next one leaves nothing."""
    ask = receiving.ask_the_office
    left = operations

    def ask_and_go_down(*arguments: Any, **named_arguments: Any) -> None:
        nonlocal left
        ask(*arguments, **named_arguments)
        if left == 0:
            raise PowerCut
        left -= 1

    receiving.ask_the_office = ask_and_go_down
    try:
        yield
    finally:
        receiving.ask_the_office = ask


@contextmanager
def _nothing() -> Iterator[None]:
    yield


@pytest.fixture
def machine(district: District, monkeypatch: pytest.MonkeyPatch) -> type[Way]:
    """The way, with three people of the district."""
    make_type()
    monkeypatch.setattr(access, "PER_PHONE", access.Bucket("phone", 10**6, timedelta(milliseconds=1)))
    people = [make_user(Role.PUBLICITY, district.district) for _phone in range(PHONES)]
    return type("Way", (Way,), {"users": people})


# Making a failing run shorter takes minutes here; its seed and its steps are printed anyway.
FAST = (Phase.explicit, Phase.reuse, Phase.generate)
QUIET = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)


@pytest.mark.django_db
def test_every_operation_counts_exactly_once(machine: type[Way]) -> None:
    """The same ten ways each time; ever new ones, and longer ones, are the slow one's below."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=10,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            phases=FAST,
            suppress_health_check=QUIET,
        ),
    )


@pytest.mark.slow
@pytest.mark.django_db
def test_ten_thousand_operations_count_exactly_once(machine: type[Way]) -> None:
    done_so_far.clear()
    while done_so_far.total() < 10_000:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=60,
                stateful_step_count=120,
                deadline=None,
                phases=FAST,
                suppress_health_check=QUIET,
                database=None,
            ),
        )
    assert done_so_far.total() >= 10_000
