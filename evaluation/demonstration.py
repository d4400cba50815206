"""The demonstration's evaluations: the draft edition, two past rounds of about 80 sites, and one under way.

The same sites, seed and moment give the same. Past rounds are mock rounds, so that no old findings wait at the desk;
the one under way is the demonstration evaluator's, whose phone shows its sites.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np
from django.db import transaction
from django.utils import timezone
from PIL import Image, ImageDraw

from accounts.models import User
from assets.history import Actor, acting
from assets.models import Origin
from assets.photos import StoredPhoto, keep_drawing
from cases.models import CaseCategory
from evaluation.actions.choose_sites import candidates, draw_sites
from evaluation.actions.keep_edition import import_edition
from evaluation.actions.plan_round import plan_round
from evaluation.actions.record_visit import Found, items_for, record_visit
from evaluation.actions.run_round import assign, open_round
from evaluation.models import (
    Answer,
    AnswerKind,
    By,
    Direction,
    EvaluationItem,
    ObservationPhoto,
    Round,
    RoundSite,
    StandardEdition,
)
from evaluation.standing import own_of
from places.fixture_files import FOLDER
from places.models import Area, SiteKind

DISTRICT = "370105"
DRAFT = "draft_evaluation_items.csv"
CODE = "draft_2026"
NAME = "实地测评手册（草案 2026）"
SOURCE = "各城市公开的点位标准，自行归纳；国家手册未公开"
SITES_IN_A_ROUND = 80
ANSWERED_AT_A_SITE = 15
_ITSELF = Actor(None, Origin.COMMAND)
_NOTES = ("画面褪色", "数量不足", "被小广告覆盖", "位置不醒目", "内容未更新")


class NoSites(Exception):
    """There are no sites or no accounts of the demonstration."""


def make_evaluations(seed: int, now: datetime) -> int:
    """Make the edition and the rounds; returns how many observations there are then.

    Raises:
        NoSites: there is nothing to evaluate, or nobody who does.
    """
    district = Area.objects.filter(code=DISTRICT).first()
    evaluator = User.objects.filter(username="evaluator", is_active=True).first()
    desk = User.objects.filter(username="publicity", is_active=True).first()
    if district is None or evaluator is None or desk is None or not district.code:
        raise NoSites
    edition = StandardEdition.objects.filter(code=CODE).first() or draft_edition()
    rng = np.random.default_rng([seed, 47])
    photos = _pictures()
    count = 0
    # Each visit is its evaluator's in history, so there is no one author around all of them.
    with transaction.atomic():
        for back, name, by in (
            (62, "九月模拟测评（演示）", By.OWN),
            (33, "十月第三方测评（演示）", By.OUTSIDE),
        ):
            round_ = _round(edition, district, name, now - timedelta(days=back), by, seed + back)
            count += _visit_all(
                round_, (evaluator, desk), now - timedelta(days=back), rng, photos, 0.78 + 0.002 * (62 - back)
            )
            with acting(_ITSELF):
                Round.objects.filter(pk=round_.pk).update(
                    opened_at=now - timedelta(days=back + 1), closed_at=now - timedelta(days=back - 6)
                )
        current = _round(edition, district, "本月测评（演示）", now - timedelta(days=2), By.OWN, seed + 5)
        own = own_of(evaluator)
        stops = [stop for stop in _stops(current) if not own.includes(stop.site)]
        assign(_ITSELF, current, stops[:20], evaluator)
        open_round(_ITSELF, current)
    return count


def draft_edition() -> StandardEdition:
    """The draft of the handbook, as it comes with the product."""
    category = CaseCategory.objects.filter(code="coverage_gap").first() or CaseCategory.objects.first()
    edition, _read = import_edition(
        _ITSELF, FOLDER / DRAFT, DRAFT, CODE, NAME, source=SOURCE, category=category, draft=True
    )
    with acting(_ITSELF):
        edition.items.filter(text_zh__contains="文字无错").update(critical=True)
    return edition


def _round(edition: StandardEdition, district: Area, name: str, at: datetime, by: By, seed: int) -> Round:
    round_ = plan_round(
        _ITSELF,
        name,
        edition,
        district,
        at.date(),
        (at + timedelta(days=7)).date(),
        by=by,
        raises_cases=name.startswith("本月"),
        publicity_only=True,
        announced=False,
        remarks="点位与数字均为演示所造",
    )
    kinds = _kinds_for(round_)
    if not kinds:
        raise NoSites
    draw_sites(_ITSELF, round_, 1, kinds, seed=seed)
    return round_


def _kinds_for(round_: Round) -> list[SiteKind]:
    """So many kinds of site that one of each in each street makes about eighty."""
    groups: dict[str, set[str]] = {}
    for site in candidates(round_):
        groups.setdefault(site.kind, set()).add(site.street)
    codes: list[str] = []
    total = 0
    for kind, streets in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])):
        if total >= SITES_IN_A_ROUND:
            break
        codes.append(kind)
        total += len(streets)
    return list(SiteKind.objects.filter(code__in=codes))


def _stops(round_: Round) -> list[RoundSite]:
    stops = round_.stops.select_related("site__area", "kind").defer("site__outline", "site__area__boundary")
    return list(stops.order_by("place"))


def _visit_all(
    round_: Round,
    people: Sequence[User],
    at: datetime,
    rng: np.random.Generator,
    photos: Sequence[StoredPhoto],
    good: float,
) -> int:
    stops = _stops(round_)[:SITES_IN_A_ROUND]
    open_round(_ITSELF, round_)
    count = 0
    shots: list[ObservationPhoto] = []
    own = {person.pk: own_of(person, timezone.localdate(at)) for person in people}
    for place, stop in enumerate(stops):
        person = people[0 if place % 4 else 1]
        actor = Actor(person, Origin.PHONE) if not own[person.pk].includes(stop.site) else _ITSELF
        found = [
            _found(item, rng, good, answered=number < ANSWERED_AT_A_SITE)
            for number, item in enumerate(items_for(round_, stop.kind_id))
        ]
        ended = at + timedelta(minutes=int(rng.integers(10, 60)) + 25 * place)
        visit = record_visit(
            actor,
            round_,
            stop.site,
            found,
            began_at=ended - timedelta(minutes=int(rng.integers(8, 24))),
            ended_at=ended,
            position=stop.site.point,
        )
        count += visit.answered
        failed = visit.observations.filter(answer=Answer.NO)
        for row in failed:
            shot = photos[int(rng.integers(len(photos)))]
            shots.append(
                ObservationPhoto(
                    observation=row,
                    sha256=shot.sha256,
                    width=shot.width,
                    height=shot.height,
                    taken_at=ended,
                    drawn=True,
                )
            )
    ObservationPhoto.objects.bulk_create(shots)
    return count


def _found(item: EvaluationItem, rng: np.random.Generator, good: float, *, answered: bool) -> Found:
    if not answered:
        return Found(item.code, Answer.NOT_APPLICABLE)
    conforms = bool(rng.random() < (0.97 if item.critical else good))
    note = "" if conforms else _NOTES[int(rng.integers(len(_NOTES)))]
    if item.answer == AnswerKind.CONFORM or item.threshold is None:
        return Found(item.code, Answer.YES if conforms else Answer.NO, note=note)
    least = item.direction == Direction.AT_LEAST
    more = Decimal(int(rng.integers(0, 3)))
    value = item.threshold + more if conforms == least else max(Decimal(0), item.threshold - more - 1)
    if item.answer == AnswerKind.ASK:
        value = min(value, Decimal(item.asked or 10))
    return Found(item.code, value=value, asked=item.asked, catalogued=int(value + more), note=note)


def _pictures() -> list[StoredPhoto]:
    """A few drawn pictures, which many findings share."""
    stored = []
    for place, colour in enumerate(("#8a5a44", "#6a7b8c", "#7d6b91")):
        picture = Image.new("RGB", (720, 540), "#dfe4e8")
        draw = ImageDraw.Draw(picture)
        draw.rectangle((0, 430, 720, 540), fill="#a3adb8")
        draw.rectangle((120, 110, 600, 350), fill=colour)
        draw.line((120 + 90 * place, 110, 420 + 60 * place, 350), fill="#efe9dc", width=14)
        stored.append(keep_drawing(picture))
    return stored
