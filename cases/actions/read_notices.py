"""Mark one's notices as read, and choose what one is told from now on."""

from collections.abc import Collection
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import READ
from assets.history import Actor, acting, authorise
from cases.models import NoticeChoice, NoticeKind


def read_notices(actor: Actor, *, at: datetime | None = None) -> int:
    """Mark all of one's own notices as read; how many were not. The moment stands in each and is never changed.

    Raises:
        PermissionDenied: nobody is signed in, or may read nothing.
    """
    reader = _reader(actor)
    with acting(actor):
        return reader.notices.filter(read_at=None).update(read_at=at or timezone.now())


def choose_notices(actor: Actor, kinds: Collection[str], *, by_email: bool) -> NoticeChoice:
    """Choose what one is told from now on, and whether by e-mail too.

    Raises:
        PermissionDenied: nobody is signed in, or may read nothing.
        ValidationError: naming `kinds`: there is no such kind.
    """
    reader = _reader(actor)
    for kind in kinds:
        if kind not in NoticeKind.values:
            raise ValidationError({"kinds": _("“%(value)s” does not exist.") % {"value": kind[:20]}})
    with acting(actor):
        choice, _new = NoticeChoice.objects.update_or_create(
            user=reader, defaults={"kinds": list(kinds), "by_email": by_email}
        )
    return choice


def _reader(actor: Actor) -> User:
    authorise(actor, READ)
    if actor.user is None:
        raise PermissionDenied
    return actor.user
