"""End a responsibility: from a day on nobody has it, until somebody is appointed."""

from datetime import date

from accounts.permissions import MANAGE_RESPONSIBILITY
from assets.history import Actor, acting, authorise
from places.models import Responsibility
from work.responsibility.actions.checking import check_days, locked_row


def end_responsibility(actor: Actor, row: Responsibility, ends_on: date) -> Responsibility:
    """Give a row its last day, which still counts.

    Raises:
        PermissionDenied: the actor does not say who answers there.
        ValidationError: naming `ends_on` or `row`.
    """
    authorise(actor, MANAGE_RESPONSIBILITY, row)
    with acting(actor):
        current = locked_row(row)
        check_days(current.begins_on, ends_on)
        current.ends_on = ends_on
        current.save(update_fields=["ends_on"])
    return current
