"""Rounds and visits: drawn and frozen, taken in once and whole, never edited, and what follows from them."""

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from assets.models import Condition
from cases.models import Case, Source
from evaluation.actions.choose_sites import draw_sites, take_every_site
from evaluation.actions.record_visit import Found, record_visit
from evaluation.actions.run_round import assign, close_round, open_round
from evaluation.actions.void_visit import void_visit
from evaluation.judging import judge
from evaluation.models import Answer, Choice, Observation, Visit
from evaluation.standing import own_of
from places.models import Holder, Responsibility
from tests.evaluation.conftest import COMMAND, NA, NO, YES, Stage, by
from tests.factories import make_asset, make_keeper, make_unit

pytestmark = pytest.mark.django_db


def test_the_same_seed_draws_the_same_sites_and_a_second_draw_needs_a_reason(stage: Stage) -> None:
    first, again = stage.plan(), stage.plan(name="又一次")
    drawn = draw_sites(by(stage.desk), first, 1, seed=20)
    assert drawn.drawn == draw_sites(by(stage.desk), again, 1, seed=20).drawn
    assert [stop.site.code for stop in first.stops.all()] == drawn.drawn
    with pytest.raises(ValidationError, match="say why"):
        draw_sites(by(stage.desk), first, 1)
    assert draw_sites(by(stage.desk), first, 1, reason="一个点位已拆除").reason
    with pytest.raises(PermissionDenied):
        draw_sites(by(stage.evaluator), first, 1, reason="x")


def test_a_sweep_takes_every_site(stage: Stage) -> None:
    round_ = stage.plan(choice=Choice.SWEEP)
    assert take_every_site(by(stage.desk), round_) == 4
    with pytest.raises(ValidationError, match="the other way"):
        draw_sites(by(stage.desk), round_, 1)


def test_the_sites_of_an_opened_round_are_frozen(stage: Stage) -> None:
    round_ = stage.open()
    with pytest.raises(ValidationError, match="has opened"):
        draw_sites(by(stage.desk), round_, 1, reason="x")
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        round_.stops.all().delete()
    # Who goes there may still change.
    assert assign(by(stage.desk), round_, list(round_.stops.all()), stage.second) == 4


def test_nobody_evaluates_what_their_own_unit_answers_for(stage: Stage) -> None:
    round_ = stage.open()
    unit = make_unit("车站管理处")
    stage.evaluator.units.add(unit)
    make_keeper(stage.sites[0], unit)
    with pytest.raises(ValidationError, match="your own unit"):
        stage.visit(round_, 0, YES, 2, YES)
    with pytest.raises(ValidationError, match="your own unit"):
        assign(by(stage.desk), round_, list(round_.stops.all()), stage.evaluator)
    with pytest.raises(ValidationError, match="does not evaluate here"):
        assign(by(stage.desk), round_, list(round_.stops.all()), stage.stranger)
    assert stage.visit(round_, 0, YES, 2, YES, who=stage.second).conforming == 3


def test_who_answers_is_asked_of_the_day_of_the_visit(stage: Stage) -> None:
    """What a phone sends late is judged by the day on which somebody stood there."""
    round_ = stage.open(raises_cases=False)
    today = timezone.localdate()
    make_keeper(
        stage.sites[0], None, "张三", user=stage.evaluator, begins_on=today - timedelta(days=5),
        ends_on=today - timedelta(days=1),
    )  # fmt: skip
    with pytest.raises(ValidationError, match="your own unit"):
        stage.visit(round_, 0, YES, 2, YES, ended_at=timezone.now() - timedelta(days=2))
    assert stage.visit(round_, 0, YES, 2, YES).conforming == 3


@pytest.mark.parametrize("kind, place", [("unit", "southwest"), ("leader", "west")])
def test_what_lies_in_an_area_is_its_units_own(stage: Stage, kind: str, place: str) -> None:
    unit = make_unit("宣传单位")
    holder = Holder.objects.create(unit=unit)
    area = getattr(stage.district, place)
    row = Responsibility.objects.create(kind=kind, area=area, holder=holder, begins_on=date(2026, 1, 1))
    stage.evaluator.units.add(unit)
    own = own_of(stage.evaluator)
    assert own.includes(stage.sites[0])
    assert own.includes(stage.sites[2]) is (kind == "leader")
    Responsibility.objects.filter(pk=row.pk).update(ends_on=date(2026, 2, 1))
    assert not own_of(stage.evaluator).includes(stage.sites[0])
    assert own_of(stage.evaluator, date(2026, 2, 1)).includes(stage.sites[0])
    assert own_of(stage.street).includes(stage.sites[0])


def test_a_visit_keeps_what_its_observations_come_to(stage: Stage) -> None:
    visit = stage.visit(stage.open(raises_cases=False), 0, NO, 1, NA)
    assert (visit.conforming, visit.failing, visit.critical, visit.answered) == (0, 2, 1, 2)
    counted = visit.observations.get(item__code="station-1")
    assert (counted.answer, counted.value) == (NO, Decimal(1))
    assert (visit.kind, visit.street) == (stage.sites[0].kind, stage.district.west)


def test_the_same_visit_sent_again_is_the_first(stage: Stage) -> None:
    round_ = stage.open(raises_cases=False)
    first = stage.visit(round_, 0, YES, 2, YES, uid=UUID(int=5))
    again = stage.visit(round_, 0, NO, 0, NO, uid=first.uid)
    assert again == first
    assert Observation.objects.count() == 3
    with pytest.raises(ValidationError, match="visited it in this round already"):
        stage.visit(round_, 0, YES, 2, YES)


def test_a_visit_is_never_edited_and_voided_once_with_a_reason(stage: Stage) -> None:
    round_ = stage.open(raises_cases=False)
    visit = stage.visit(round_, 0, YES, 2, YES)
    for change in ({"conforming": 1}, {"site": stage.sites[1]}):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            Visit.objects.filter(pk=visit.pk).update(**change)
    for write in (lambda: visit.observations.update(answer=NO), lambda: visit.observations.all().delete()):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            write()
    with pytest.raises(PermissionDenied):
        void_visit(by(stage.evaluator), visit, "错了")
    with pytest.raises(ValidationError, match="why"):
        void_visit(by(stage.desk), visit, " ")
    assert void_visit(by(stage.desk), visit, "走错了点位").voided_by == stage.desk
    with pytest.raises(ValidationError, match="already"):
        void_visit(by(stage.desk), visit, "再来")
    # Now it may be visited again.
    assert stage.visit(round_, 0, YES, 2, NO).failing == 1


def test_an_answered_item_stays_as_it_was(stage: Stage) -> None:
    stage.visit(stage.open(raises_cases=False), 0, YES, 2, YES)
    item = stage.edition.items.get(code="station-1")
    item.threshold = 9
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        item.save()
    unanswered = stage.edition.items.get(code="market-1")
    unanswered.text_zh = "改过"
    unanswered.save()


def test_each_failed_item_becomes_one_case_where_the_round_says_so(stage: Stage) -> None:
    visit = stage.visit(stage.open(), 0, YES, 1, NO)
    cases = list(Case.objects.order_by("pk"))
    assert [case.source for case in cases] == [Source.EVALUATION] * 2
    assert {case.site for case in cases} == {stage.sites[0]}
    assert cases[0].description == "测评项station-1 · found 1, wanted 2"
    assert set(visit.observations.exclude(case=None).values_list("case", flat=True)) == {c.pk for c in cases}
    stage.visit(stage.open(raises_cases=False), 1, NO, NO)
    assert Case.objects.count() == 2


def test_a_piece_that_is_not_there_becomes_missing_and_its_case_is_at_the_piece(stage: Stage) -> None:
    piece = make_asset()
    found = [
        Found("all-1", YES),
        Found("station-1", value=Decimal(1), catalogued=2, missing=(piece.uid,)),
        Found("station-2", YES),
    ]
    visit = record_visit(by(stage.evaluator), stage.open(), stage.sites[0], found)
    piece.refresh_from_db()
    assert piece.condition == Condition.MISSING
    assert Case.objects.get().asset == piece
    assert list(visit.observations.get(item__code="station-1").missing.all()) == [piece]


def test_only_an_open_round_takes_visits_and_a_late_phone_is_still_heard(stage: Stage) -> None:
    planned = stage.plan()
    draw_sites(COMMAND, planned, 10)
    with pytest.raises(ValidationError, match="not opened"):
        stage.visit(planned, 0, YES, 2, YES)
    with pytest.raises(ValidationError, match="opened already"):
        open_round(COMMAND, open_round(COMMAND, planned))
    before = timezone.now() - timedelta(minutes=1)
    close_round(COMMAND, planned)
    with pytest.raises(ValidationError, match="been closed"):
        stage.visit(planned, 0, YES, 2, YES)
    assert stage.visit(planned, 0, YES, 2, YES, ended_at=before).conforming == 3


@pytest.mark.parametrize(
    "found, told",
    [
        ([], "at least one"),
        ([Found("market-1", YES)], "no such item"),
        ([Found("all-1", YES), Found("all-1", NO)], "each once"),
        ([Found("all-1", value=Decimal(3))], "takes no number"),
        ([Found("all-1")], "Say whether"),
        ([Found("all-1", Answer.PARTLY)], "mostly conforms"),
        ([Found("station-1", value=Decimal(-1))], "From 0"),
        ([Found("station-1", value=Decimal(5), asked=3)], "More knew"),
    ],
)
def test_what_cannot_be_is_refused_by_name(stage: Stage, found: list[Found], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        record_visit(by(stage.evaluator), stage.open(), stage.sites[0], found)
    assert not Visit.objects.exists()


def test_who_has_not_the_role_evaluates_nothing(stage: Stage) -> None:
    round_ = stage.open(raises_cases=False)
    for somebody in (stage.street, stage.stranger):
        with pytest.raises(PermissionDenied):
            stage.visit(round_, 0, YES, 2, YES, who=somebody)


def test_the_server_judges_as_the_phone_does() -> None:
    for case in json.loads(Path(__file__).with_name("judging.json").read_text()):
        threshold = Decimal(str(case["threshold"])) if case["threshold"] is not None else None
        answer = judge(case["answer"], threshold, case["direction"], Decimal(str(case["value"])))
        assert answer == case["expected"], case


@given(value=st.integers(0, 50), threshold=st.integers(0, 50))
def test_a_value_on_the_threshold_conforms_on_either_side(value: int, threshold: int) -> None:
    least = judge("count", Decimal(threshold), "at_least", Decimal(value))
    most = judge("minutes", Decimal(threshold), "at_most", Decimal(value))
    assert (least == YES) == (value >= threshold)
    assert (most == YES) == (value <= threshold)
    assert judge("count", None, "at_least", Decimal(value)) is None
