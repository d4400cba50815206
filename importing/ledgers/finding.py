"""The ledger behind an address, for whoever may see it; for everybody else there is none."""

import uuid

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, QueryDict
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


def form(request: HttpRequest) -> QueryDict:
    """What a form says.

    Raises:
        BadRequest: it holds NULs, which no form sends and no database keeps.
    """
    if any("\0" in text for values in request.POST.lists() for text in (values[0], *values[1])):
        raise BadRequest(_("The form cannot be read."))
    return request.POST
