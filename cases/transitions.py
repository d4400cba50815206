"""The one table of what leads from which state to which, and who may do it (立案、派遣、处置、核查、结案).

Pages, API, worker and phone all ask here. A role comes in through its permissions (`accounts.permissions`), which hold
in an area; what somebody must be besides that — of the unit, not of it, a second person — is a standing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto

from accounts.permissions import (
    ACCEPT_FOR_STREET,
    ANSWER_CASE,
    APPROVE_CASE,
    DISPATCH_CASE,
    EXTEND_CASE,
    FILE_CASE,
    HOLD_CASE,
    MANAGE_RESPONSIBILITY,
    REPORT_FIXED,
    REPORT_PROBLEM,
    URGE_CASE,
    VERIFY_CASE,
    VOID_CASE,
)
from cases.models import OPEN_STATES, State, Verb


class Standing(Enum):
    """What somebody must be to a case, beside having a role there."""

    ANYBODY = auto()
    OF_THE_UNIT = auto()
    APART_FROM_THE_FIX = auto()  # neither the fixer, nor of the fixer's or the case's unit
    THE_REPORTER = auto()  # within seven days of closing
    A_SECOND_PERSON = auto()  # not who asked for it


@dataclass(frozen=True)
class Who:
    """A permission, with what else it takes."""

    permission: str
    standing: Standing = Standing.ANYBODY


@dataclass(frozen=True)
class Transition:
    """One verb: from which states, to which (None: the state stays), by whom."""

    before: frozenset[State]
    after: State | None
    who: tuple[Who, ...]


def _by(*permissions: str, standing: Standing = Standing.ANYBODY) -> tuple[Who, ...]:
    return tuple(Who(permission, standing) for permission in permissions)


def _from(*states: State) -> frozenset[State]:
    return frozenset(states)


_UNIT = _by(ANSWER_CASE, standing=Standing.OF_THE_UNIT)
_CHECKERS = _by(VERIFY_CASE, standing=Standing.APART_FROM_THE_FIX)
_OPEN = frozenset(OPEN_STATES)

TABLE: dict[Verb, Transition] = {
    Verb.REPORT: Transition(_from(State.DRAFT), State.REPORTED, _by(REPORT_PROBLEM)),
    Verb.REPORT_FIXED: Transition(_from(State.DRAFT), State.CLOSED, _by(REPORT_FIXED)),
    Verb.ADD_REPORT: Transition(_OPEN, None, _by(REPORT_PROBLEM)),
    Verb.FILE: Transition(_from(State.REPORTED), State.FILED, _by(FILE_CASE)),
    Verb.REJECT: Transition(_from(State.REPORTED), State.REJECTED, _by(FILE_CASE)),
    Verb.TAKE_UP: Transition(_from(State.REJECTED), State.REPORTED, _by(FILE_CASE)),
    Verb.MERGE: Transition(_from(State.REPORTED), State.DUPLICATE, _by(FILE_CASE)),
    Verb.RECLASSIFY: Transition(
        _from(State.FILED, State.DISPATCHED, State.IN_HAND, State.ON_HOLD), None, _by(FILE_CASE)
    ),
    Verb.DISPATCH: Transition(
        _from(State.FILED, State.DISPATCHED, State.IN_HAND), State.DISPATCHED, _by(DISPATCH_CASE)
    ),
    # No desk decides it: whoever answers has changed (`cases.actions.hand_over_case`), and every clock runs on.
    Verb.HAND_OVER: Transition(
        _from(State.DISPATCHED, State.IN_HAND, State.ON_HOLD), None, _by(MANAGE_RESPONSIBILITY)
    ),
    Verb.ACCEPT: Transition(_from(State.DISPATCHED), State.IN_HAND, (*_UNIT, *_by(ACCEPT_FOR_STREET))),
    Verb.RETURN: Transition(_from(State.DISPATCHED), State.FILED, _UNIT),
    Verb.ASK_HOLD: Transition(_from(State.IN_HAND), None, _UNIT),
    Verb.HOLD: Transition(
        _from(State.IN_HAND),
        State.ON_HOLD,
        _by(HOLD_CASE, APPROVE_CASE, standing=Standing.A_SECOND_PERSON),
    ),
    Verb.REFUSE_HOLD: Transition(_from(State.IN_HAND), None, _by(HOLD_CASE, APPROVE_CASE)),
    Verb.RESUME: Transition(_from(State.ON_HOLD), State.IN_HAND, (*_UNIT, *_by(HOLD_CASE))),
    Verb.ASK_EXTENSION: Transition(_from(State.IN_HAND), None, _UNIT),
    Verb.EXTEND: Transition(
        _from(State.IN_HAND),
        None,
        _by(EXTEND_CASE, APPROVE_CASE, standing=Standing.A_SECOND_PERSON),
    ),
    Verb.REFUSE_EXTENSION: Transition(_from(State.IN_HAND), None, _by(EXTEND_CASE, APPROVE_CASE)),
    Verb.FIX: Transition(_from(State.IN_HAND), State.FIXED, _UNIT),
    Verb.VERIFY: Transition(_from(State.FIXED), State.CLOSED, _CHECKERS),
    Verb.REJECT_FIX: Transition(_from(State.FIXED), State.IN_HAND, _CHECKERS),
    Verb.REOPEN: Transition(
        _from(State.CLOSED),
        State.IN_HAND,
        (*_by(VERIFY_CASE), *_by(REPORT_PROBLEM, standing=Standing.THE_REPORTER)),
    ),
    Verb.ASK_VOID: Transition(_OPEN, None, _by(VOID_CASE)),
    Verb.VOID: Transition(
        _OPEN, State.VOIDED, _by(VOID_CASE, APPROVE_CASE, standing=Standing.A_SECOND_PERSON)
    ),
    Verb.REFUSE_VOID: Transition(_OPEN, None, _by(VOID_CASE, APPROVE_CASE)),
    Verb.URGE: Transition(_OPEN, None, _by(URGE_CASE)),
    Verb.ANSWER_URGE: Transition(_from(State.DISPATCHED, State.IN_HAND, State.ON_HOLD), None, _UNIT),
}

# What answers what: a request is open until one of these names it.
REQUESTS: dict[Verb, Verb] = {
    Verb.HOLD: Verb.ASK_HOLD,
    Verb.REFUSE_HOLD: Verb.ASK_HOLD,
    Verb.EXTEND: Verb.ASK_EXTENSION,
    Verb.REFUSE_EXTENSION: Verb.ASK_EXTENSION,
    Verb.VOID: Verb.ASK_VOID,
    Verb.REFUSE_VOID: Verb.ASK_VOID,
}


def verbs_from(state: State) -> Iterable[Verb]:
    """The verbs that can be done to a case in a state, in the table's order."""
    return (verb for verb, transition in TABLE.items() if state in transition.before)
