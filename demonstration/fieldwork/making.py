"""Two weeks of field work, from the phones to what the office has decided since: all or nothing."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.contrib.gis.db.models.functions import GeometryDistance
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from assets.actions.change_maintenance_state import change_maintenance_state
from assets.actions.edit_asset import edit_asset
from assets.actions.move_asset import move_asset
from assets.actions.remove_asset import remove_asset
from assets.history import Actor
from assets.models import Asset, Condition, Maintenance, MaintenanceState, Origin
from demonstration.accounts import DISTRICT, EDITORS_STREET, join_units
from demonstration.district.wear import FOUND_BY_CONDITION
from demonstration.fieldwork import invention, walks
from demonstration.fieldwork.invention import PEOPLE, Person
from demonstration.fieldwork.phones import DemonstrationPhone, hand_out, lose, mark_as_drawn
from field.actions.accept_record import accept_record
from field.actions.dismiss_record import dismiss_record
from field.actions.settle_edit import settle_edit
from field.models import Operation, ReviewItem, ReviewKind

DAYS = 14
# Photos are most of the work: so many of a day's records have one.
PHOTOS_A_DAY = 1
JOBS_A_DAY = 2


class NoDemonstration(Exception):
    """The demonstration's accounts or assets are not there."""


@dataclass(frozen=True)
class Made:
    """What was made."""

    operations: int
    photos: int
    open_items: int


def make(seed: int, now: datetime) -> Made:
    """Let the demonstration's people work for two weeks, up to `now`.

    The same seed, moment and register give the same work.

    Raises:
        NoDemonstration: an account is missing, or there is nothing in its streets.
    """
    with transaction.atomic():
        join_units()
        Fortnight(seed, now).live()
        photos = mark_as_drawn()
    return Made(Operation.objects.count(), photos, ReviewItem.objects.open().count())


class Fortnight:
    """One run of `make`."""

    def __init__(self, seed: int, now: datetime) -> None:
        self.seed, self.now = seed, now
        self.today = timezone.localdate(now)
        names = [person.username for person in PEOPLE]
        self.users = {user.username: user for user in User.objects.filter(username__in=[*names, "publicity"])}
        self.streets = walks.Streets(DISTRICT)
        if len(self.users) <= len(names) or EDITORS_STREET not in self.streets.busiest:
            raise NoDemonstration
        self.office = self.users["publicity"]
        self.phones: dict[str, list[DemonstrationPhone]] = {}
        self.ends: dict[str, list[walks.Stop]] = {person.username: [] for person in PEOPLE}

    def live(self) -> None:
        """Everything, in the order in which it happened."""
        self._hand_out_phones()
        for ago in range(DAYS, -1, -1):
            day = self.today - timedelta(days=ago)
            self._end_lost_phones(day, ago)
            for number, person in enumerate(PEOPLE):
                if day.weekday() in person.weekdays:
                    self._work(person, day, ago, np.random.default_rng([self.seed, number, day.toordinal()]))
        self._meet(np.random.default_rng([self.seed, 100]))
        self._decide()

    # --- Ordinary days --------------------------------------------------------------------------------------------

    def _hand_out_phones(self) -> None:
        for number, person in enumerate(PEOPLE):
            user = self.users[person.username]
            self.phones[person.username] = [
                hand_out(user, phone, self.now, np.random.default_rng([self.seed, 200, number, place]))
                for place, phone in enumerate(person.phones)
            ]
        username, forgotten, last = invention.FORGOTTEN
        drawer = hand_out(self.users[username], forgotten, self.now, np.random.default_rng([self.seed, 300]))
        drawer.used(self.now - timedelta(days=last))

    def _work(self, person: Person, day: date, ago: int, rng: np.random.Generator) -> None:
        phone = self._phone_of(person, ago, rng)
        street = person.street or self.streets.busiest[int(rng.integers(len(self.streets.busiest)))]
        first, last = person.records
        assets = self.streets.near(street, int(rng.integers(first, last + 1)), rng)
        stops = [stop for stop in walks.day_of(day, assets, rng) if stop.at < self.now]
        with_photo = set(rng.permutation(len(stops))[:PHOTOS_A_DAY].tolist())
        for place, stop in enumerate(stops):
            self._look(phone, stop, rng, photo=place in with_photo)
        if stops and person.street:
            self._correct(phone, stops[-1], rng)
        elif stops:
            self._do_jobs(phone, street, stops[-1], rng)
            if rng.random() < 0.3:
                self._find(phone, stops[-1], rng)
        if stops:
            phone.send(min(self.now, stops[-1].at + timedelta(hours=3)))
            self.ends[person.username].append(stops[-1])

    def _end_lost_phones(self, day: date, ago: int) -> None:
        for person in PEOPLE:
            for phone, invented in zip(self.phones[person.username], person.phones, strict=True):
                if invented.lost == ago:
                    lose(phone, self.office, walks.morning(day))

    def _phone_of(self, person: Person, ago: int, rng: np.random.Generator) -> DemonstrationPhone:
        """One of the phones that are not lost yet."""
        in_hand = [
            phone
            for phone, invented in zip(self.phones[person.username], person.phones, strict=True)
            if invented.lost is None or ago > invented.lost
        ]
        return in_hand[int(rng.integers(len(in_hand)))]

    def _look(
        self, phone: DemonstrationPhone, stop: walks.Stop, rng: np.random.Generator, *, photo: bool
    ) -> None:
        condition = Condition(stop.asset.condition)
        if condition == Condition.UNKNOWN or (condition == Condition.GOOD and rng.random() > invention.STAYS):
            shares = [share for _condition, share in invention.FOUND_ANEW]
            condition, _share = invention.FOUND_ANEW[int(rng.choice(len(shares), p=shares))]
        possible = FOUND_BY_CONDITION.get(condition, ())
        defects = [possible[int(rng.integers(len(possible)))]] if possible else []
        notes = invention.NOTES[condition]
        note = notes[int(rng.integers(len(notes)))] if rng.random() < invention.NOTE_SHARE else ""
        place = phone.spot(stop.asset.point)
        phone.inspect(stop.asset, condition, stop.at, place=place, defects=defects, note=note, photo=photo)

    def _do_jobs(
        self, phone: DemonstrationPhone, street: str, after: walks.Stop, rng: np.random.Generator
    ) -> None:
        """Finish the nearest jobs that one's own crew had begun, or one elsewhere; begin one in the last days."""
        at = after.at
        begun = self._jobs_of(phone, MaintenanceState.IN_PROGRESS, after).filter(started_at__lt=at)
        here = begun.filter(asset__street__code=street)[:JOBS_A_DAY]
        for number, job in enumerate(here or begun[:1]):
            at += timedelta(minutes=int(rng.integers(25, 70)))
            if at > self.now:
                return
            cost = f"{float(np.exp(rng.normal(5.1, 0.6))):.2f}"
            note = invention.JOB_NOTES[int(rng.integers(len(invention.JOB_NOTES)))]
            place = phone.spot(job.asset.point)
            phone.finish(job, at, place=place, cost=cost, note=note, photo=number == 0)
        if (self.now - at).days < 3:
            # A job is begun when the server hears of it; further back that would come after its end.
            waiting = self._jobs_of(phone, MaintenanceState.ASSIGNED, after)
            for job in waiting.filter(asset__street__code=street)[:1]:
                phone.write("job_start", at, place=phone.spot(job.asset.point), job=job)

    def _jobs_of(
        self, phone: DemonstrationPhone, state: MaintenanceState, after: walks.Stop
    ) -> QuerySet[Maintenance]:
        """Jobs of the holder's crews that had been planned the day before, the nearest first."""
        return (
            Maintenance.objects.filter(
                crew__in=phone.user.units.all(), state=state, created_at__lt=after.at - timedelta(days=1)
            )
            .select_related("asset__type")
            .order_by(GeometryDistance("asset__point", after.asset.point), "pk")
        )

    def _find(self, phone: DemonstrationPhone, after: walks.Stop, rng: np.random.Generator) -> None:
        """Something new on the way back."""
        asset_type, name, wording, themes = invention.FOUND[int(rng.integers(len(invention.FOUND)))]
        place = walks.shifted(after.asset.point, *rng.uniform(12, 60, 2).tolist())
        at = min(self.now, after.at + timedelta(minutes=6))
        values = {"type": asset_type, "name": name, "wording": wording, "themes": list(themes)}
        phone.create(values, at, place=place, near=after.asset)

    def _correct(self, phone: DemonstrationPhone, at: walks.Stop, rng: np.random.Generator) -> None:
        """What somebody who may edit puts right on the spot."""
        fields = invention.CORRECTIONS[int(rng.integers(len(invention.CORRECTIONS)))]
        self._edit(phone, at.asset, fields, min(self.now, at.at + timedelta(minutes=2)))

    # --- Where two meet, and what goes wrong ------------------------------------------------------------------------

    def _meet(self, rng: np.random.Generator) -> None:
        """What the rules hold, flag or refuse, of the last days; in a small register as much as there is room for."""
        with suppress(walks.TooFew):
            self._meetings(rng)
        for name in ("beiyuan", "crew", "crew2"):
            self.phones[name][-1].send(self.now)

    def _meetings(self, rng: np.random.Generator) -> None:
        editor, crew, other = (self.phones[name][-1] for name in ("beiyuan", "crew", "crew2"))
        office = Actor(self.office, Origin.WEB)
        for desk, spot in (*invention.CONFLICTS, invention.SIDE_BY_SIDE):
            stop = self._after_work("beiyuan", rng)
            self._edit(editor, stop.asset, spot, stop.at)
            edit_asset(office, stop.asset, desk)
        moved = self._after_work("beiyuan", rng)
        was = moved.asset.point
        self._edit(editor, moved.asset, {"position": _at(walks.shifted(was, 21, -9))}, moved.at)
        move_asset(office, moved.asset, walks.shifted(was, -6, 14))
        for username, fields in invention.PROPOSALS:
            stop = self._after_work(username, rng)
            self._edit(self.phones[username][-1], stop.asset, fields, stop.at)
        for metres, phone in zip(invention.SEEN_FROM_AFAR, (crew, other, crew, other), strict=True):
            stop = self._after_work(phone.user.username, rng)
            phone.inspect(stop.asset, Condition.GOOD, stop.at, place=phone.spot(stop.asset.point, metres))
        gone = self._after_work("crew", rng)
        crew.inspect(gone.asset, Condition.MISSING, gone.at, place=crew.spot(gone.asset.point), photo=True)
        remove_asset(office, gone.asset, reason=invention.REMOVAL_REASON)
        self._close_a_job(crew, self._after_work("crew", rng))
        # Recorded on another phone, which has not been online since.
        absent = self._after_work("crew2", rng)
        fields = {"condition": Condition.GOOD.code, "note": "新装展板，已检查"}
        place = other.spot(absent.asset.point)
        other.write("inspect", absent.at, place=place, asset=other.new_uuid(), fields=fields)
        self._cross_the_boundary(editor, self._after_work("beiyuan", rng))
        old = self._after_work("crew2", rng)
        place, defects = other.spot(old.asset.point), [invention.OLD_DEFECT]
        other.inspect(old.asset, Condition.DAMAGED, old.at, place=place, defects=defects)

    def _after_work(self, username: str, rng: np.random.Generator) -> walks.Stop:
        """One more notice board near the end of somebody's way on one of their last days."""
        ends = self.ends[username][-4:]
        if not ends:
            raise walks.TooFew
        end = ends[int(rng.integers(len(ends)))]
        at = end.at + timedelta(minutes=float(rng.uniform(4, 45)))
        return walks.Stop(self.streets.board_near(end.asset), min(self.now, at))

    def _close_a_job(self, phone: DemonstrationPhone, after: walks.Stop) -> None:
        """The crew finishes what the office has cancelled meanwhile."""
        own = self._jobs_of(phone, MaintenanceState.ASSIGNED, after)
        job = own.filter(asset__street=after.asset.street).first() or own.first()
        if job is None:
            return
        place = phone.spot(job.asset.point)
        phone.finish(job, after.at, place=place, cost="260.00", note="已更换面板", photo=True)
        office = Actor(self.office, Origin.WEB)
        change_maintenance_state(office, job, MaintenanceState.CANCELLED, note=invention.CANCELLED_BECAUSE)

    def _cross_the_boundary(self, phone: DemonstrationPhone, after: walks.Stop) -> None:
        """A street's own editor records in the next street, which only the district's office may."""
        asset = self.streets.across_the_boundary(after.asset)
        place = phone.spot(asset.point)
        phone.inspect(
            asset, Condition.DAMAGED, after.at, place=place, defects=["broken"], note="路对面，顺手检查"
        )
        further = walks.onwards(after.asset.point, asset.point, 30)
        values = {"type": "notice_board", "name": "街道交界处宣传栏", "themes": ["civility"]}
        at = min(self.now, after.at + timedelta(minutes=3))
        phone.create(values, at, place=further, near=asset)

    def _edit(self, phone: DemonstrationPhone, asset: Asset, fields: dict[str, Any], at: datetime) -> None:
        place = phone.spot(asset.point)
        phone.write("edit", at, place=place, asset=asset, base_version=asset.version, fields=dict(fields))

    def _decide(self) -> None:
        """What the office has already looked at, of what there is."""
        items = ReviewItem.objects.open().order_by("pk")
        if far := items.filter(kind=ReviewKind.FAR).first():
            accept_record(self.office, far, reason="已电话核实，补录")
        if proposal := items.filter(kind=ReviewKind.PROPOSAL).first():
            dismiss_record(self.office, proposal, "台账为准，现场画面待更换")
        if conflict := items.filter(kind=ReviewKind.CONFLICT).first():
            settle_edit(self.office, conflict, list(conflict.values), reason="以现场为准")


def _at(point: Any) -> dict[str, float]:
    return {"lon": point.x, "lat": point.y, "accuracy": 5.0}
