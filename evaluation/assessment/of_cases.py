"""Rectification as the cases have it: the facts of a month for the formulas, and the bulletin's account of problems.

Everything is read as it stood at the end of the period, from the steps and the moves of dates, which are never changed:
what happens to a case afterwards belongs to the next month.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.db.models import Q
from django.utils import timezone

from accounts.models import Membership, Role
from cases.desk.pairs import Pair, first_pairs
from cases.models import Case, CaseStep, Clock, ClockKind, ClockMove, Source, State, Verb
from evaluation.assessment.formulas import (
    CaseFacts,
    Outcome,
    Rate,
    first_time_right_rate,
    in_time_rate,
    outcome,
    wrong_dispatch_rate,
)
from evaluation.assessment.measuring import Behind, ByFigure, Measured, Period
from evaluation.assessment.scheme import Scheme

WORST = 10
_PUT_RIGHT = (State.FIXED, State.CLOSED)
_GONE = (State.VOIDED, State.REJECTED, State.DUPLICATE)


@dataclass
class _Story:
    """The steps of one case up to the end of the period."""

    case: Case
    steps: list[CaseStep] = field(default_factory=list)

    @property
    def state(self) -> str:
        return self.steps[-1].state_after if self.steps else State.DRAFT

    @property
    def units(self) -> tuple[int, ...]:
        """The units it was dispatched to, in order."""
        return tuple(step.unit_id for step in self.steps if step.verb == Verb.DISPATCH and step.unit_id)

    @property
    def sent_back(self) -> int:
        """How often a check sent it to the same unit: it was not good enough, and no other unit got it next."""
        count, unit, unanswered = 0, None, False
        for step in self.steps:
            if step.verb == Verb.DISPATCH:
                count += unanswered and step.unit_id == unit
                unit, unanswered = step.unit_id, False
            elif step.verb == Verb.REJECT_FIX:
                count += unanswered
                unanswered = True
        return count + unanswered


def facts_of(period: Period) -> dict[str, list[CaseFacts]]:
    """The cases whose limit to put right lies in the period, by the code of their street."""
    clocks = _clocks_due(period)
    stories = _stories(period, [clock.case_id for clock, _due in clocks])
    own = _found_by_own(story.case for story in stories.values())
    found: dict[str, list[CaseFacts]] = defaultdict(list)
    for clock, due in clocks:
        story = stories.get(clock.case_id)
        if story is None or story.case.street is None or story.state in _GONE:
            continue
        ended = clock.ended_at if clock.ended_at and clock.ended_at < period.as_of else None
        held = story.steps[-1].at if story.state == State.ON_HOLD else None
        found[story.case.street.code].append(
            CaseFacts(
                code=story.case.code,
                own=story.case.pk in own,
                due_at=due,
                fixed_at=ended if story.state in _PUT_RIGHT else None,
                held_at=held,
                sent_back=story.sent_back,
            )
        )
    return found


def _clocks_due(period: Period) -> list[tuple[Clock, Any]]:
    """Of each case the last clock of its time to put right, where its date as it stood lies in the period."""
    of_district = Q(case__district=period.district, kind=ClockKind.HANDLE, started_at__lt=period.as_of)
    candidates = ClockMove.objects.filter(
        at__lt=period.as_of, due_at__gte=period.begin, due_at__lt=period.as_of, clock__kind=ClockKind.HANDLE
    )
    cases = candidates.filter(clock__case__district=period.district).values("clock__case")
    last: dict[int, Clock] = {}
    for clock in Clock.objects.filter(of_district, case__in=cases).order_by("started_at", "id"):
        last[clock.case_id] = clock
    dates: dict[int, Any] = {}
    moves = ClockMove.objects.filter(clock__in=[clock.pk for clock in last.values()], at__lt=period.as_of)
    for clock_id, due in moves.order_by("id").values_list("clock", "due_at"):
        dates[clock_id] = due
    return [
        (clock, dates[clock.pk])
        for clock in last.values()
        if clock.pk in dates and period.begin <= dates[clock.pk] < period.as_of
    ]


def _stories(period: Period, cases: Iterable[int]) -> dict[int, _Story]:
    rows = (
        Case.objects.filter(pk__in=list(cases))
        .select_related("street", "category", "reported_by")
        .defer("street__boundary")
    )
    stories = {case.pk: _Story(case) for case in rows}
    steps = CaseStep.objects.filter(case__in=stories, at__lt=period.as_of).order_by("id")
    for step in steps.only("case", "verb", "state_after", "at", "unit"):
        stories[step.case_id].steps.append(step)
    return stories


def _found_by_own(cases: Iterable[Case]) -> set[int]:
    """Those that the street's own people found: its editors and crews, and grid officers, who are a street's."""
    rows = list(cases)
    reporters = {case.reported_by_id for case in rows if case.reported_by_id}
    streets: dict[int, set[str]] = defaultdict(set)
    members = Membership.objects.filter(user__in=reporters, role__in=(Role.STREET_EDITOR, Role.CREW))
    for user, code in members.values_list("user", "area__code"):
        if code and len(code) >= 9:
            streets[user].add(code[:9])
    return {
        case.pk
        for case in rows
        if case.source == Source.GRID_OFFICER
        or (case.street is not None and case.street.code in streets.get(case.reported_by_id or 0, ()))
    }


def measure_cases(period: Period, scheme: Scheme) -> ByFigure:
    """In time, and right the first time, of each street."""
    weight = Fraction(scheme.own_late_weight)
    in_time: dict[str, Measured] = {}
    right: dict[str, Measured] = {}
    for street, facts in facts_of(period).items():
        facts = sorted(facts, key=lambda case_facts: case_facts.code)
        in_time[street] = Measured(in_time_rate(facts, weight), tuple(map(_timely, facts)))
        right[street] = Measured(first_time_right_rate(facts), tuple(map(_right, facts)))
    return {"in_time": in_time, "first_time_right": right}


def _timely(case: CaseFacts) -> Behind:
    told = {"due": _minute(case.due_at), "own": "yes" if case.own else ""}
    if case.fixed_at is not None:
        told["fixed"] = _minute(case.fixed_at)
    return Behind("case", case.code, "", outcome(case).value, told)


def _right(case: CaseFacts) -> Behind:
    if outcome(case) is Outcome.HELD:
        return Behind("case", case.code, "", Outcome.HELD.value)
    word = "sent_back" if case.sent_back else "right"
    return Behind("case", case.code, "", word, {"times": str(case.sent_back)} if case.sent_back else {})


def _minute(moment: Any) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def tell_of_cases(period: Period) -> Mapping[str, Any]:
    """What was found, by group; what is past its limit, by street; the sites with most problems, with pictures."""
    reported = (
        Case.objects.filter(
            district=period.district, reported_at__gte=period.begin, reported_at__lt=period.as_of
        )
        .exclude(state__in=_GONE)
        .select_related("category", "street", "site__kind", "asset__site__kind")
        .defer("street__boundary", "asset__footprint")
        .order_by("id")
    )
    rows = list(reported)
    return {
        "found": _found(rows),
        "dispatched_wrongly": _rate_told(_wrong_dispatches(period)),
        "problems": problems_told(rows),
        "worst": _worst(rows),
        "overdue": _overdue(period),
    }


def _found(rows: Sequence[Case]) -> dict[str, int]:
    return {
        "cases": len(rows),
        "sites": len({site.pk for case in rows if (site := _site_of(case)) is not None}),
        "assets": len({case.asset_id for case in rows if case.asset_id}),
    }


def _site_of(case: Case) -> Any:
    return case.site or (case.asset.site if case.asset is not None else None)


def problems_told(rows: Sequence[Case]) -> list[dict[str, Any]]:
    """By category, the most frequent first; both names, since a sheet is read in both languages."""
    counted = Counter(case.category_id for case in rows)
    named = {case.category_id: case.category for case in rows}
    ordered = sorted(counted, key=lambda key: (-counted[key], named[key].code))
    return [
        {
            "code": named[key].code,
            "name_zh": named[key].name_zh,
            "name_en": named[key].name_en,
            "cases": counted[key],
        }
        for key in ordered
    ]


def _worst(rows: Sequence[Case]) -> list[dict[str, Any]]:
    by_site: dict[int, list[Case]] = defaultdict(list)
    sites: dict[int, Any] = {}
    for case in rows:
        if (site := _site_of(case)) is not None:
            by_site[site.pk].append(case)
            sites[site.pk] = site
    ordered = sorted(by_site, key=lambda key: (-len(by_site[key]), sites[key].code))[:WORST]
    pairs = first_pairs([case for key in ordered for case in by_site[key]])
    return [_one_of_the_worst(sites[key], by_site[key], pairs) for key in ordered]


def _one_of_the_worst(site: Any, cases: Sequence[Case], pairs: Mapping[int, Pair]) -> dict[str, Any]:
    street = next((case.street for case in cases if case.street is not None), None)
    return {
        "code": site.code,
        "name": site.name,
        "kind": site.kind.name_zh,
        "street": street.code if street else "",
        "cases": len(cases),
        "groups": problems_told(cases)[:3],
        "pair": pair_told(cases, pairs),
    }


def pair_told(cases: Sequence[Case], pairs: Mapping[int, Pair]) -> dict[str, Any]:
    """The first of the cases that has photos from before and afterwards, else the first that has any."""
    with_photos = [case for case in cases if case.pk in pairs]
    shown = next((case for case in with_photos if pairs[case.pk].whole), None)
    shown = shown or next(iter(with_photos), None)
    if shown is None:
        return {}
    pair = pairs[shown.pk]
    return {
        "case": shown.code,
        **{
            stage: {
                "uid": str(photo.uid),
                "sha256": photo.sha256,
                "width": photo.width,
                "height": photo.height,
            }
            for stage, photo in (("before", pair.before), ("after", pair.after))
            if photo is not None
        },
    }


def _overdue(period: Period) -> list[dict[str, Any]]:
    """Streets with cases of the period that were past their limit and not put right at its end."""
    counted = {
        street: sum(outcome(case) is Outcome.LATE and case.fixed_at is None for case in facts)
        for street, facts in facts_of(period).items()
    }
    return [{"street": street, "cases": n} for street, n in sorted(counted.items()) if n]


def _wrong_dispatches(period: Period) -> Rate:
    steps = CaseStep.objects.filter(
        case__district=period.district, verb=Verb.DISPATCH, at__gte=period.begin, at__lt=period.as_of
    )
    units: dict[int, list[int]] = defaultdict(list)
    for case, unit in steps.order_by("id").values_list("case", "unit"):
        if unit is not None:
            units[case].append(unit)
    return wrong_dispatch_rate(units.values())


def _rate_told(found: Rate) -> dict[str, str]:
    return {"top": str(found.top), "n": str(found.n)}
