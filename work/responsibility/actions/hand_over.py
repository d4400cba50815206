"""Hand a responsibility over: one row ends, another begins the day after, and open cases move along."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import MANAGE_RESPONSIBILITY
from assets.history import Actor, acting, authorise
from places.models import Responsibility, ResponsibilityKind
from work.responsibility.actions.checking import (
    Named,
    Thing,
    check_alone,
    check_days,
    holder_named,
    lock_thing,
    locked_row,
)
from work.responsibility.followers import follow


@dataclass(frozen=True)
class HandedOver:
    """The row that ended, the one that began, and how many open cases moved."""

    ended: Responsibility
    begun: Responsibility
    moved: int


def hand_over(
    actor: Actor, row: Responsibility, successor: Named, from_day: date, *, document: str = ""
) -> HandedOver:
    """Give a responsibility to a successor from a day on, today or before: open cases move with it at once.

    Raises:
        PermissionDenied: the actor does not say who answers there.
        ValidationError: naming the field; nothing was written then.
    """
    authorise(actor, MANAGE_RESPONSIBILITY, row)
    check_days(from_day, None)
    if from_day > timezone.localdate():
        raise ValidationError({"from_day": _("Hand it over on that day: open cases move then.")})
    thing = Thing.of(row)
    if thing.kind is ResponsibilityKind.UNIT and successor.unit is None:
        raise ValidationError({"unit": _("A community is answered for by a unit: choose one.")})
    if len(document) > 200:
        raise ValidationError({"document": _("At most %(most)s characters.") % {"most": 200}})
    with acting(actor):
        lock_thing(thing)
        ended = locked_row(row)
        if from_day <= ended.begins_on:
            raise ValidationError(
                {
                    "from_day": _("It was taken on %(day)s: hand it over on a later day.")
                    % {"day": ended.begins_on.isoformat()}
                }
            )
        if ended.ends_on is not None and ended.ends_on < from_day - timedelta(days=1):
            raise ValidationError(
                {
                    "from_day": _("It has ended on %(day)s: appoint somebody instead.")
                    % {"day": ended.ends_on.isoformat()}
                }
            )
        holder = holder_named(actor, successor)
        if holder.pk == ended.holder_id:
            raise ValidationError({"name": _("They answer for it already.")})
        until = ended.ends_on
        ended.ends_on = from_day - timedelta(days=1)
        ended.save(update_fields=["ends_on"])
        until = until if until is not None and until >= from_day else None
        check_alone(thing, holder, from_day, until, but=ended)
        begun = Responsibility.objects.create(
            **thing.columns,
            holder=holder,
            begins_on=from_day,
            ends_on=until,
            document=document.strip(),
        )
        moved = follow(actor, ended, holder)
    return HandedOver(ended, begun, moved)
