"""The lamp of a case: how much of its time is left. It follows from the running clock and the time, in SQL and here."""

from datetime import datetime

from django.db.models import Case, CharField, Q, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

GREEN, AMBER, RED, HELD, NONE = "green", "amber", "red", "held", "none"
LAMPS: dict[str, Promise] = {
    RED: _("Late"),
    AMBER: _("Little time left"),
    GREEN: _("In time"),
    HELD: pgettext_lazy("lamp", "On hold"),
    NONE: _("No time runs"),
}


def lamp_condition(lamp: str, now: datetime) -> Q:
    """The cases that show a lamp, of those with their clock (`cases.filters.with_clock`)."""
    runs = Q(running_due__isnull=False, running_held__isnull=True)
    return {
        RED: runs & Q(running_due__lt=now),
        AMBER: runs & Q(running_due__gte=now, running_amber__lte=now),
        GREEN: runs & Q(running_amber__gt=now, running_due__gte=now),
        HELD: Q(running_held__isnull=False),
        NONE: Q(running_due__isnull=True),
    }[lamp]


def shown_lamp(now: datetime) -> Case:
    """The lamp of each of some cases with their clock, as a column."""
    whens = (When(lamp_condition(lamp, now), then=Value(lamp)) for lamp in LAMPS)
    return Case(*whens, default=Value(NONE), output_field=CharField())


def lamp_at(due: datetime | None, amber: datetime | None, held: datetime | None, now: datetime) -> str:
    """The lamp of a clock: the same rule for one that is in memory."""
    if due is None or amber is None:
        return NONE
    if held is not None:
        return HELD
    if due < now:
        return RED
    return AMBER if amber <= now else GREEN
