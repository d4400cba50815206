"""Any verbs in any order: a case's state is that of its rows, its date that of its moves, and no clock runs on hold."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.actions.dispatch_case import accept_case, dispatch_case, return_case
from cases.actions.extend_case import ask_extension, extend_case, refuse_extension
from cases.actions.file_case import file_case, reclassify, reject_case, take_up_case
from cases.actions.fix_case import fix_case, reject_fix, reopen_case, verify_fix
from cases.actions.hold_case import ask_hold, hold_case, refuse_hold, resume_case
from cases.actions.report_problem import report_problem
from cases.actions.urge_case import answer_urge, urge_case
from cases.actions.void_case import ask_void, void_case
from cases.calendars import the_calendar
from cases.clocks import term_of
from cases.deadlines import Deadline
from cases.models import OPEN_STATES, Case, ClockKind, Source, State
from tests.cases.conftest import COMMAND, Scene, make_category, moment, photo

pytestmark = pytest.mark.django_db

VERBS = {
    "file": 3,
    "reject": 1,
    "take_up": 1,
    "reclassify": 1,
    "dispatch": 3,
    "dispatch_other": 1,
    "accept": 3,
    "return": 1,
    "ask_hold": 3,
    "hold": 3,
    "refuse_hold": 1,
    "resume": 3,
    "ask_extension": 2,
    "extend": 2,
    "refuse_extension": 1,
    "fix": 3,
    "verify": 1,
    "reject_fix": 2,
    "reopen": 2,
    "ask_void": 1,
    "void": 1,
    "urge": 1,
    "answer_urge": 1,
}
# Weighted towards what carries a case on, so that far states are reached.
STEPS = st.tuples(
    st.sampled_from([verb for verb, weight in VERBS.items() for _ in range(weight)]),
    st.integers(0, 40 * 60).map(lambda minutes: timedelta(minutes=minutes)),
    st.booleans(),
)


def act(scene: Scene, case: Case, verb: str, at) -> None:  # type: ignore[no-untyped-def]
    later = at + timedelta(days=9)
    {
        "file": lambda: file_case(COMMAND, case, at=at),
        "reject": lambda: reject_case(COMMAND, case, "why", at=at),
        "take_up": lambda: take_up_case(COMMAND, case, "why", at=at),
        "reclassify": lambda: reclassify(COMMAND, case, urgent=not case.urgent, reason="why", at=at),
        "dispatch": lambda: dispatch_case(COMMAND, case, scene.unit, "why", at=at),
        "dispatch_other": lambda: dispatch_case(COMMAND, case, scene.other_unit, "why", at=at),
        "accept": lambda: accept_case(COMMAND, case, at=at),
        "return": lambda: return_case(COMMAND, case, "why", "whose", at=at),
        "ask_hold": lambda: ask_hold(COMMAND, case, "why", later, at=at),
        "hold": lambda: hold_case(COMMAND, case, until=later, at=at),
        "refuse_hold": lambda: refuse_hold(COMMAND, case, "why", at=at),
        "resume": lambda: resume_case(COMMAND, case, at=at),
        "ask_extension": lambda: ask_extension(COMMAND, case, "why", Decimal(1), at=at),
        "extend": lambda: extend_case(COMMAND, case, at=at),
        "refuse_extension": lambda: refuse_extension(COMMAND, case, "why", at=at),
        "fix": lambda: fix_case(COMMAND, case, [photo(2)], at=at),
        "verify": lambda: verify_fix(COMMAND, case, seen=True, at=at),
        "reject_fix": lambda: reject_fix(COMMAND, case, "why", seen=True, at=at),
        "reopen": lambda: reopen_case(COMMAND, case, "why", at=at),
        "ask_void": lambda: ask_void(COMMAND, case, "why", at=at),
        "void": lambda: void_case(COMMAND, case, at=at),
        "urge": lambda: urge_case(COMMAND, case, "why", answer_by=later, at=at),
        "answer_urge": lambda: answer_urge(COMMAND, case, "answer", at=at),
    }[verb]()


def hold_true(case: Case) -> None:
    """What is true of every case at every time."""
    case.refresh_from_db()
    steps = list(case.steps.order_by("id"))
    assert case.state == steps[-1].state_after
    assert [step.state_before for step in steps] == [State.DRAFT, *(step.state_after for step in steps[:-1])]
    assert [step.at for step in steps] == sorted(step.at for step in steps)
    clocks = list(case.clocks.order_by("id"))
    open_ones = [clock for clock in clocks if clock.ended_at is None]
    running = {clock.kind for clock in open_ones if clock.held_at is None}
    expected = {
        State.REPORTED: {ClockKind.FILE},
        State.FILED: running & {ClockKind.HANDLE},  # after a return its time goes on
        State.DISPATCHED: {ClockKind.HANDLE, ClockKind.ACCEPT},
        State.IN_HAND: {ClockKind.HANDLE},
        State.FIXED: {ClockKind.CHECK},
    }.get(State(case.state), set())
    assert running == expected
    assert bool([clock for clock in open_ones if clock.held_at]) is (case.state == State.ON_HOLD)
    if case.state not in OPEN_STATES:
        assert not open_ones
    calendar = the_calendar()
    for clock in clocks:
        moves = list(clock.moves.order_by("id"))
        assert clock.due_at == moves[-1].due_at == Deadline.of(term_of(clock), calendar).at
        assert [move.due_before for move in moves] == [None, *(move.due_at for move in moves[:-1])]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(STEPS, min_size=4, max_size=14),
    limit=st.sampled_from(["2 working_days", "3 clock_hours", "6 working_hours"]),
)
def test_no_sequence_of_verbs_makes_a_case_that_differs_from_its_rows(
    scene: Scene, steps: list[tuple[str, timedelta, bool]], limit: str
) -> None:
    with transaction.atomic():
        at = moment("2026-02-11 16:00")  # the Spring Festival is near
        category = make_category("machine", limit)
        case = report_problem(COMMAND, category, Source.PATROL, asset=scene.asset, at=at)
        for verb, after, twice in steps:
            at += after
            for _ in range(1 + twice):
                try:
                    with transaction.atomic():
                        act(scene, case, verb, at)
                except ValidationError:
                    pass
            hold_true(case)
        transaction.set_rollback(True)
