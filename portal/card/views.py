"""/a/<code>: where a plate's QR code leads.

A crew comes to the phone page, other readers to the asset's page, and whoever else points a telephone at a plate gets
a plain card: what this is, its number, who looks after it. Nothing on the card is not also on the sign itself or in
the street; no photos, no history, no people.
"""

from math import ceil

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.forms import client_address
from accounts.permissions import INSPECT, PLAN_MAINTENANCE, can
from accounts.throttle import PUBLIC_CARDS, take
from assets.models import Asset, Lifecycle
from portal.models import Satisfied
from web.answers import private
from work.plates.qr import grouped


@require_safe
def plate(request: HttpRequest, code: str) -> HttpResponse:
    """Where somebody with this plate before them wants to go."""
    asset = _find(code)
    if asset is not None and Asset.objects.visible_to(request.user).filter(pk=asset.pk).exists():
        # Who inspects and does not plan works in the street, with a phone in hand.
        on_foot = can(request.user, INSPECT, asset) and not can(request.user, PLAN_MAINTENANCE)
        return HttpResponseRedirect(
            f"{reverse('field')}#/asset/{code}" if on_foot else reverse("asset", args=[code])
        )
    return _public(request, code, asset)


def _find(code: str) -> Asset | None:
    if not (len(code) == 17 and code.isascii() and code.isdigit()):
        return None
    found = Asset.objects.select_related("type", "street", "maintainer", "owner").filter(code=code)
    return found.defer("street__boundary", "footprint").first()


def _public(request: HttpRequest, code: str, asset: Asset | None) -> HttpResponse:
    wait = take(PUBLIC_CARDS, client_address(request))
    if wait:
        seconds = ceil(wait.total_seconds())
        response = render(request, "card/too_many.html", {"seconds": seconds}, status=429)
        response["Retry-After"] = str(seconds)
    elif asset is None or asset.lifecycle == Lifecycle.PLANNED:
        response = render(request, "card/card.html", {"digits": ""}, status=404)
    else:
        unit = asset.maintainer or asset.owner
        context = {
            "digits": grouped(code),
            "code": code,
            "name": asset.name or asset.type.name,
            "type": asset.type.name,
            "symbol": asset.type.symbol,
            "street": asset.street.name if asset.street else "",
            "unit": unit.name if unit else "",
            "removed": asset.lifecycle == Lifecycle.REMOVED,
            "hotline": settings.PUBLIC_HOTLINE,
            "answers": Satisfied.choices if settings.PUBLIC_REPORTS else [],
        }
        response = render(request, "card/card.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return private(response)
