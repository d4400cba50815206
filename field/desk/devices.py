"""/fieldwork/devices/: the phones of the people one answers for, and ending the token of one that was lost."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, Max, OuterRef, Subquery
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import SUPERVISE_CREWS
from field.actions.revoke_device import revoke_device
from field.desk.access import SignedInRequest, office_only
from field.models import Operation
from field.permission import supervised_devices

_PAGE = 100


@office_only(SUPERVISE_CREWS)
def devices(request: SignedInRequest) -> HttpResponse:
    """Phones, those in use first."""
    last = Operation.objects.filter(token=OuterRef("pk")).values("token")
    last_sent = last.annotate(last=Max("received_at")).values("last")
    found = (
        supervised_devices(request.user)
        .select_related("user")
        .annotate(last_sent=Subquery(last_sent))
        .order_by(F("revoked_at").desc(nulls_first=True), "-last_used_at", "-pk")
    )
    page = Paginator(found, _PAGE).get_page(request.GET.get("page"))
    context = {"section": "fieldwork", "tab": "devices", "page": page, "now": timezone.now()}
    return render(request, "desk/devices.html", context)


@office_only(SUPERVISE_CREWS, "POST")
def revoke(request: SignedInRequest, uid: UUID) -> HttpResponseRedirect:
    """End a phone's token."""
    token = supervised_devices(request.user).filter(uid=uid).first()
    if token is None:
        raise Http404
    revoke_device(request.user, token)
    messages.success(request, _("The phone can no longer send or fetch. What it holds unsent stays on it."))
    return HttpResponseRedirect(reverse("fieldwork-devices"))
