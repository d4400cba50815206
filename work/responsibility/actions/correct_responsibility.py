"""Correct what was entered wrongly about a responsibility: who, the days, the document. What it is for stays."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.permissions import MANAGE_RESPONSIBILITY
from assets.history import Actor, acting, authorise
from places.models import Responsibility, ResponsibilityKind
from work.responsibility.actions.checking import (
    Named,
    Thing,
    check_alone,
    check_days,
    forget_emptied,
    holder_named,
    lock_thing,
    locked_row,
)


def correct_responsibility(
    actor: Actor,
    row: Responsibility,
    named: Named,
    begins_on: date,
    *,
    ends_on: date | None = None,
    document: str = "",
) -> Responsibility:
    """Write what should have been entered; a change of office is a handover instead.

    Where it stays with the same holder, a telephone or an account that is left empty is taken away.

    Raises:
        PermissionDenied: the actor does not say who answers there.
        ValidationError: naming the field.
    """
    authorise(actor, MANAGE_RESPONSIBILITY, row)
    check_days(begins_on, ends_on)
    if len(document) > 200:
        raise ValidationError({"document": _("At most %(most)s characters.") % {"most": 200}})
    thing = Thing.of(row)
    if thing.kind is ResponsibilityKind.UNIT and named.unit is None:
        raise ValidationError({"unit": _("A community is answered for by a unit: choose one.")})
    with acting(actor):
        lock_thing(thing)
        current = locked_row(row)
        holder = holder_named(actor, named)
        if holder.pk == current.holder_id:
            forget_emptied(actor, holder, named)
        check_alone(thing, holder, begins_on, ends_on, but=current)
        current.holder, current.begins_on, current.ends_on = holder, begins_on, ends_on
        current.document = document.strip()
        current.save(update_fields=["holder", "begins_on", "ends_on", "document"])
    return current
