"""Say who answers for something from a day on."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.permissions import MANAGE_RESPONSIBILITY
from assets.history import Actor, acting, authorise
from places.models import Responsibility, ResponsibilityBatch, ResponsibilityKind
from work.responsibility.actions.checking import (
    Named,
    Thing,
    check_alone,
    check_days,
    check_thing,
    holder_named,
    lock_thing,
)


def appoint(
    actor: Actor,
    thing: Thing,
    named: Named,
    begins_on: date,
    *,
    ends_on: date | None = None,
    document: str = "",
    batch: ResponsibilityBatch | None = None,
    beside_others: bool = False,
) -> Responsibility:
    """Enter a row.

    Args:
        batch: the import that enters it; whoever applies it saves it.
        beside_others: enter it though somebody else has it at the same time, as an import does that said so before.

    Raises:
        PermissionDenied: the actor does not say who answers there.
        ValidationError: naming the field.
    """
    authorise(actor, MANAGE_RESPONSIBILITY, thing)
    check_thing(thing)
    check_days(begins_on, ends_on)
    if len(document) > 200:
        raise ValidationError({"document": _("At most %(most)s characters.") % {"most": 200}})
    if thing.kind is ResponsibilityKind.UNIT and named.unit is None:
        raise ValidationError({"unit": _("A community is answered for by a unit: choose one.")})
    with acting(actor):
        lock_thing(thing)
        holder = holder_named(actor, named, batch=batch)
        if not beside_others:
            check_alone(thing, holder, begins_on, ends_on)
        return Responsibility.objects.create(
            **thing.columns,
            holder=holder,
            begins_on=begins_on,
            ends_on=ends_on,
            document=document.strip(),
            batch=batch,
        )
