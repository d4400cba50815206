"""/labels/: plates for what a filter leaves, on sheets or a roll, exact in millimetres."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from accounts.permissions import EXPORT
from assets.filters import read_filter
from assets.models import Asset
from assets.paging import Key, Keyset
from web.access import SignedInRequest, readers_only
from web.answers import show_page
from work.jobs.planning import given_words
from work.plates.layouts import LAYOUTS, MOST_PLATES
from work.plates.qr import grouped, qr_svg
from work.plates.sheets import USUAL_LAYOUT, address_of, is_local, layout_called, places_used, sheets_of

_BY_CODE = Keyset("code", (Key("code", str),))


@readers_only(EXPORT)
def labels(request: SignedInRequest) -> HttpResponse:
    """A part of the plates, ready to print, and the way to the next part."""
    asset_filter = read_filter(request.GET, extra=("layout", "cursor", "skip"))
    layout = layout_called(request.GET.get("layout", USUAL_LAYOUT))
    skip = places_used(request.GET.get("skip", "0"), layout)
    cursor = request.GET.get("cursor")
    assets = asset_filter.filter_queryset(Asset.objects.writable_by(request.user, EXPORT))
    matched = assets.count()
    before = matched - _BY_CODE.continued(assets, cursor).count()
    named = assets.select_related("type", "street").only("code", "name", "type", "street__name")
    page = _BY_CODE.page_of(named, cursor, MOST_PLATES - skip)
    plates = [_plate(request, asset) for asset in page.rows]
    query = asset_filter.query_string

    def way(**parameters: str) -> str:
        more = urlencode({name: value for name, value in parameters.items() if value})
        return "?" + "&".join(part for part in (query, more) if part)

    start = address_of(request, "plate", "")
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
        "kept": [
            *((name, asset_filter.data[name]) for name in asset_filter.values if name in asset_filter.data),
            ("layout", layout.code),
        ],
        "query": query,
        "words": given_words(asset_filter),
        "address": start,
        "local": is_local(start),
    }
    return show_page(request, "plates/labels.html", context)


def _plate(request: HttpRequest, asset: Asset) -> dict[str, Any]:
    address = address_of(request, "plate", asset.code)
    return {
        "qr": qr_svg(address),
        "digits": grouped(asset.code),
        "name": asset.name or asset.type.name,
        "type": asset.type.name,
        "street": asset.street.name if asset.street else "",
        "address": address.split("://", 1)[-1],
    }
