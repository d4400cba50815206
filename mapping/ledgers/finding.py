"""The ledger behind an address, for whoever may see it; for everybody else there is none."""

import uuid

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from assets.history import Actor
from assets.models import Ledger, Origin


def find_ledger(request: HttpRequest, uid: uuid.UUID) -> Ledger:
    """The ledger, with what its page shows of others.

    Raises:
        Http404: there is none, or it is of an office in which the reader may not import.
    """
    found = (
        Ledger.objects.visible_to(request.user)
        .select_related("run", "uploaded_by", "imported_by", "batch", "undone", "photos_run")
        .filter(uid=uid)
        .first()
    )
    if found is None:
        raise Http404(_("There is no such import, or it is of another office."))
    return found


def actor_of(request: HttpRequest) -> Actor:
    """Who acts, by this way in."""
    assert isinstance(request.user, User)
    return Actor(request.user, Origin.WEB)
