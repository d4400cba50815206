"""Say that somebody has looked at what an old column said: entered as a row meanwhile, or not true any more."""

from django.utils import timezone

from accounts.permissions import MANAGE_RESPONSIBILITY
from assets.history import Actor, acting, authorise
from places.models import FormerAnswer


def settle_former(actor: Actor, former: FormerAnswer) -> FormerAnswer:
    """Take it off the list; it stays in the database. Settled already, it stays as it is.

    Raises:
        PermissionDenied: the actor does not say who answers there.
    """
    authorise(actor, MANAGE_RESPONSIBILITY, former)
    with acting(actor):
        current = FormerAnswer.objects.select_for_update(of=("self",)).get(pk=former.pk)
        if current.settled_at is None:
            current.settled_at, current.settled_by = timezone.now(), actor.user
            current.save(update_fields=["settled_at", "settled_by"])
    return current
