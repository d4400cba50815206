"""/fieldwork/devices/: the phones of the people one answers for, and ending the token of one that was lost."""

from datetime import UTC, datetime
from uuid import UUID

from django.contrib import messages
from django.db.models import Max, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import SUPERVISE_CREWS
from assets.paging import PARAMETER, Key, Keyset
from field.actions.revoke_device import revoke_device
from field.desk.access import SignedInRequest, office_only
from field.models import Operation
from field.permission import supervised_devices
from web.paging import only_parameters, ways

_PAGE = 100
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_IN_USE_FIRST = Keyset(
    "use",
    (
        Key("ended", datetime, descending=True),
        Key("used", datetime, descending=True),
        Key("pk", int, descending=True),
    ),
)


@office_only(SUPERVISE_CREWS)
def devices(request: SignedInRequest) -> HttpResponse:
    """Phones, those in use first."""
    only_parameters(request, PARAMETER)
    last = Operation.objects.filter(token=OuterRef("pk")).values("token")
    last_sent = last.annotate(last=Max("received_at")).values("last")
    found = (
        supervised_devices(request.user)
        .select_related("user")
        .annotate(
            last_sent=Subquery(last_sent),
            ended=Coalesce("revoked_at", Value(_NEVER)),
            used=Coalesce("last_used_at", "created_at"),
        )
    )
    page = _IN_USE_FIRST.page_of(found, request.GET.get(PARAMETER), _PAGE)
    context = {
        "section": "fieldwork",
        "tab": "devices",
        "tokens": page.rows,
        "pages": ways(request, page.next),
        "now": timezone.now(),
    }
    return render(request, "field/desk/devices.html", context)


@office_only(SUPERVISE_CREWS, "POST")
def revoke(request: SignedInRequest, uid: UUID) -> HttpResponseRedirect:
    """End a phone's token."""
    token = supervised_devices(request.user).filter(uid=uid).first()
    if token is None:
        raise Http404
    revoke_device(request.user, token)
    messages.success(request, _("The phone can no longer send or fetch. What it holds unsent stays on it."))
    return HttpResponseRedirect(reverse("fieldwork-devices"))
