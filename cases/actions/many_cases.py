"""The same verb for many cases: planned first, case by case, with what would be refused and why; then carried out.

The plan asks the same questions as the action of one case, without writing. What it lets through is still asked again
by that action, in a transaction of its own: an order for hundreds keeps nobody waiting, and one that is interrupted can
be given again, since what is done is then refused by its state.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from assets.history import Actor
from cases.actions.dispatch_case import check_unit, dispatch_case
from cases.actions.file_case import check_other, merge_case
from cases.actions.stepping import Relation, check_state, may, together, why_not
from cases.actions.urge_case import urge_case
from cases.models import Case, CaseBatch, Verb
from cases.proposing import Answering, answering_for, propose
from places.models import Unit

MOST = 500
VERBS = (Verb.DISPATCH, Verb.URGE, Verb.MERGE)


@dataclass(frozen=True)
class Order:
    """What is to be done to each case.

    Args:
        unit: to whom it is dispatched; to each case's proposed unit when not given.
        given: what else the verb's action takes: `why`, `person`; `reason`, `answer_by`; nothing.
        other: what the cases are merged with.
    """

    verb: Verb
    given: dict[str, Any]
    unit: Unit | None = None
    other: Case | None = None


@dataclass(frozen=True)
class Planned:
    """One case of an order: why it would be refused (empty when it would not), and what would be done."""

    case: Case
    refused: str = ""
    unit: Unit | None = None
    why: str = ""
    person: str = ""


def plan_many(user: User, order: Order, cases: Iterable[Case]) -> list[Planned]:
    """What would come of an order; one question to the database for all cases that come with all they name."""
    listed = list(cases)
    answering = answering_for(listed) if order.verb is Verb.DISPATCH and order.unit is None else {}
    return [_plan(user, order, case, answering) for case in listed]


def do_many(
    actor: Actor, order: Order, planned: Sequence[Planned], *, query: str = ""
) -> tuple[CaseBatch, list[Case]]:
    """Carry an order out, case by case; returns the batch, which keeps what was refused, and what was done.

    Raises:
        ValidationError: naming `cases`: too many at once.
    """
    if len(planned) > MOST:
        raise ValidationError({"cases": _("At most %(most)s cases at once.") % {"most": MOST}})
    batch = CaseBatch.objects.create(verb=order.verb, actor=actor.user, query=query)
    done, refused = [], []
    with together(batch):
        for plan in planned:
            try:
                if plan.refused:
                    raise ValidationError(plan.refused)
                done.append(_ACTS[order.verb](actor, order, plan))
            except ValidationError as error:
                refused.append([plan.case.code, " ".join(error.messages)])
            except PermissionDenied as error:
                refused.append([plan.case.code, str(error)])
    batch.refused = refused
    batch.save(update_fields=["refused"])
    return batch, done


def _plan(user: User, order: Order, case: Case, answering: Answering) -> Planned:
    if not may(user, order.verb, case, Relation(user, case)):
        return Planned(case, why_not(user, order.verb, case))
    try:
        check_state(order.verb, case)
        if order.verb is Verb.DISPATCH:
            return _plan_dispatch(order, case, answering)
        if order.verb is Verb.MERGE:
            assert order.other is not None
            check_other(case, order.other)
    except ValidationError as error:
        return Planned(case, " ".join(error.messages))
    return Planned(case)


def _plan_dispatch(order: Order, case: Case, answering: Answering) -> Planned:
    unit, why = order.unit, str(order.given.get("why", ""))
    person = str(order.given.get("person", ""))
    if unit is None:
        found = propose(case, answering)
        if found is None:
            return Planned(case, _("Nobody is named who answers here: choose a unit."))
        unit, why, person = found.unit, found.why, person or found.person
    try:
        check_unit(case, unit, person)
    except ValidationError as error:
        return Planned(case, " ".join(error.messages), unit, why)
    return Planned(case, "", unit, why, person)


def _dispatch(actor: Actor, order: Order, plan: Planned) -> Case:
    assert plan.unit is not None
    return dispatch_case(actor, plan.case, plan.unit, plan.why, person=plan.person)


def _urge(actor: Actor, order: Order, plan: Planned) -> Case:
    return urge_case(actor, plan.case, **order.given).case


def _merge(actor: Actor, order: Order, plan: Planned) -> Case:
    assert order.other is not None
    return merge_case(actor, plan.case, order.other)


_ACTS: dict[Verb, Callable[[Actor, Order, Planned], Case]] = {
    Verb.DISPATCH: _dispatch,
    Verb.URGE: _urge,
    Verb.MERGE: _merge,
}
