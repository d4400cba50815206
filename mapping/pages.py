"""The pages: one page with map and list, the panel of an asset or a support, alone or inside it."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie

from assets.filter_parameters import FilterError
from assets.filters import AssetFilter, read_filter
from assets.models import Asset, Support
from mapping.page_config import map_page_config
from mapping.panel import MOST_ON_A_SPOT, asset_context, find_asset, spot_context, support_context
from mapping.panel_slots import extensions_for
from web.access import SignedInRequest, readers_only
from web.answers import show_page


def home(request: HttpRequest) -> HttpResponse:
    """Where signing in leads; who is not signed in is asked to on the way."""
    return HttpResponseRedirect(resolve_url(settings.LOGIN_REDIRECT_URL))


@readers_only()
@ensure_csrf_cookie
def map_page(request: SignedInRequest) -> HttpResponse:
    """Map and list under the filter of the query string."""
    return _page(request, read_filter(request.GET), {})


@readers_only()
@ensure_csrf_cookie
def asset_page(request: SignedInRequest, code: str) -> HttpResponse:
    """The same page with an asset's panel open."""
    asset_filter = read_filter(request.GET)
    return _page(request, asset_filter, asset_context(_asset(request, code), request.user))


@readers_only()
def asset_panel(request: SignedInRequest, code: str) -> HttpResponse:
    """An asset's panel alone."""
    return _fragment(request, "mapping/asset_panel.html", asset_context(_asset(request, code), request.user))


@readers_only()
def support_panel(request: SignedInRequest, number: int) -> HttpResponse:
    """The faces on one support."""
    support = Support.objects.filter(pk=number).first()
    context = support_context(support, request.user) if support else None
    if context is None:
        raise Http404
    return _fragment(request, "mapping/support_panel.html", context)


@readers_only()
def spot_panel(request: SignedInRequest, codes: str) -> HttpResponse:
    """The assets that are drawn on one spot, to choose from."""
    wanted_codes = set(codes.split(","))
    if len(wanted_codes) > MOST_ON_A_SPOT:
        raise FilterError("codes", _("At most %(most)s at a time.") % {"most": MOST_ON_A_SPOT})
    context = spot_context(wanted_codes, request.user)
    if context is None:
        raise Http404
    return _fragment(request, "mapping/spot_panel.html", context)


def _asset(request: SignedInRequest, code: str) -> Asset:
    asset = find_asset(code, request.user)
    if asset is None:
        raise Http404
    return asset


def _page(request: SignedInRequest, asset_filter: AssetFilter, context: dict[str, Any]) -> HttpResponse:
    page = {
        "page_config": map_page_config(request, asset_filter),
        "styles": [extension.style for extension in extensions_for(request)],
    }
    return show_page(request, "mapping/map.html", {**page, **context})


def _fragment(request: SignedInRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return show_page(request, template, context)
