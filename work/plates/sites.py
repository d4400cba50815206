"""/labels/sites/: plates for sites, whose codes open the cards that residents answer on."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import EXPORT, scope_of
from assets.dictionaries import Dictionaries, dictionaries, read_generation
from assets.filter_parameters import AreaCodes, FilterError, Reference, SiteKindCodes
from assets.filter_values import read_codes
from assets.paging import PARAMETER, Key, Keyset
from places.models import Level, Site
from web.access import SignedInRequest, readers_only
from web.answers import show_page
from web.paging import only_parameters
from work.plates.layouts import LAYOUTS, MOST_PLATES
from work.plates.qr import qr_svg
from work.plates.sheets import USUAL_LAYOUT, address_of, is_local, layout_called, places_used, sheets_of

_BY_CODE = Keyset("site", (Key("code", str),))
_DIGITS_OF_A_STREET = 9


@readers_only(EXPORT)
def site_labels(request: SignedInRequest) -> HttpResponse:
    """A part of the sites' plates, ready to print, and the way to the next part."""
    only_parameters(request, "street", "site_kind", "layout", "skip", PARAMETER)
    lists = dictionaries(read_generation())
    layout = layout_called(request.GET.get("layout", USUAL_LAYOUT))
    skip = places_used(request.GET.get("skip", "0"), layout)
    asked = {name: request.GET[name] for name in ("street", "site_kind") if request.GET.get(name)}
    sites = _sites(request.user).filter(*_conditions(asked, lists))
    cursor = request.GET.get(PARAMETER)
    matched = sites.count()
    before = matched - _BY_CODE.continued(sites, cursor).count()
    named = sites.select_related("kind", "area").only("code", "name", "kind", "area__code")
    page = _BY_CODE.page_of(named, cursor, MOST_PLATES - skip)
    plates = [_plate(request, site, lists) for site in page.rows]

    def way(**parameters: str) -> str:
        return "?" + urlencode({**asked, **{name: value for name, value in parameters.items() if value}})

    start = address_of(request, "site-card", "")
    context: dict[str, Any] = {
        "section": "labels",
        "layout": layout,
        "layouts": [(offered, way(layout=offered.code)) for offered in LAYOUTS.values()],
        "sheets": sheets_of(plates, layout, skip),
        "matched": matched,
        "from": before + 1 if plates else 0,
        "to": before + len(plates),
        "next": way(layout=layout.code, cursor=page.next) if page.next else "",
        "first": way(layout=layout.code) if cursor is not None else "",
        "skip": skip,
        "kept": [*asked.items(), ("layout", layout.code)],
        "asked": asked,
        "streets": lists.areas_at(Level.STREET).values(),
        "kinds": lists.site_kinds.values(),
        "address": start,
        "local": is_local(start),
        "closed": not settings.PUBLIC_REPORTS,
    }
    return show_page(request, "plates/sites.html", context)


def _sites(user: User) -> QuerySet[Site]:
    """Sites of the areas from which somebody may take things away."""
    scope = scope_of(user, EXPORT)
    return Site.objects.filter(scope.within("area__code"))


def _conditions(asked: dict[str, str], lists: Dictionaries) -> list[Q]:
    """What the parameters leave; they read as in every filter."""
    reference = Reference(lists, timezone.localdate())
    conditions = []
    for name, text in asked.items():
        try:
            codes = read_codes(text)
        except ValidationError as error:
            raise FilterError(name, " ".join(error.messages)) from None
        if name == "site_kind":
            conditions.append(SiteKindCodes("kind_id", field_name=name).condition(codes, reference))
            continue
        AreaCodes(Level.STREET, field_name=name).condition(
            codes, reference
        )  # which refuses what is no street
        within = Q(pk__in=[])
        for code in codes:
            within |= Q(area__code__startswith=code)
        conditions.append(within)
    return conditions


def _plate(request: HttpRequest, site: Site, lists: Dictionaries) -> dict[str, Any]:
    address = address_of(request, "site-card", site.code)
    street = lists.areas_at(Level.STREET).get(site.scope_code[:_DIGITS_OF_A_STREET])
    return {
        "qr": qr_svg(address),
        "digits": site.code,
        "name": site.name,
        "type": site.kind.name,
        "street": street.name if street else "",
        "address": address.split("://", 1)[-1],
    }
