"""Hand open cases over when whoever answers for their place has changed: nobody was wrong, and every clock runs on.

Unlike dispatching again this begins no new time and counts as no wrong dispatch. `OpenCases` is what the handover of a
responsibility asks (`work.responsibility.followers`).
"""

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from assets.history import Actor, acting
from cases.actions.job_of_case import give_job, locked_with_job
from cases.actions.stepping import check, required_text, take_step
from cases.models import Case, State, Verb
from places.models import Holder, Responsibility, ResponsibilityKind, Unit

# What is filed has no unit yet; what is put right stays with those who did it, and is checked against them.
MOVED = (State.DISPATCHED, State.IN_HAND, State.ON_HOLD)
_PLACE = {
    ResponsibilityKind.LEADER: "street",
    ResponsibilityKind.UNIT: "community",
    ResponsibilityKind.CHIEF: "road",
    ResponsibilityKind.KEEPER: "site",
    ResponsibilityKind.STAIRWELL: "community",
}


def hand_over_case(
    actor: Actor, case: Case, unit: Unit, reason: str, *, person: str = "", at: datetime | None = None
) -> Case:
    """Give an open case to the unit that answers now; its state and its clocks stay as they are.

    Raises:
        PermissionDenied: the actor does not say who answers here.
        ValidationError: naming `state`, `reason` or `at`.
    """
    moment = at or timezone.now()
    with acting(actor):
        current = locked_with_job(case)
        check(actor, Verb.HAND_OVER, current, moment)
        why = required_text("reason", reason)
        before = current.unit
        current.unit, current.person = unit, (person.strip() or unit.contact_person)[:40]
        current.save(update_fields=["unit", "person"])
        give_job(actor, current, before)
        take_step(actor, current, Verb.HAND_OVER, moment, reason=why, unit=unit, person=current.person)
    return current


class OpenCases:
    """The cases that go with a responsibility: those that its unit has because of it."""

    def going_with(self, row: Responsibility) -> int:
        """How many would move to a successor of another unit."""
        return _of(row).count()

    def follow(self, actor: Actor, row: Responsibility, successor: Holder) -> int:
        """Move them, inside the handover's transaction; returns how many."""
        if successor.unit is None or successor.unit == row.holder.unit:
            return 0
        cases = list(_of(row).order_by("pk"))
        for case in cases:
            reason = _("%(what)s: answered by %(who)s now.") % {"what": row, "who": successor}
            hand_over_case(actor, case, successor.unit, reason, person=successor.post)
        return len(cases)


def _of(row: Responsibility) -> "QuerySet[Case]":
    """Open cases in the row's place with the former holder's unit, but for those on what that unit maintains itself."""
    before = row.holder.unit
    column = _PLACE.get(ResponsibilityKind(row.kind))
    if before is None or column is None:
        return Case.objects.none()
    cases = Case.objects.filter(unit=before, state__in=MOVED, **{column: row.place})
    if row.kind == ResponsibilityKind.STAIRWELL:
        cases = cases.filter(asset__building=row.building)
    return cases.exclude(asset__maintainer=before)
