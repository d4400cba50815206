"""/labels/: plates for what a filter leaves, on sheets or a roll, exact in millimetres."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import EXPORT
from assets.filter_parameters import FilterError
from assets.filters import read_filter
from assets.models import Asset
from assets.paging import Key, Keyset
from web.access import SignedInRequest, readers_only
from web.answers import show_page
from work.jobs.planning import given_words
from work.plates.layouts import LAYOUTS, MOST_PLATES, Layout
from work.plates.qr import grouped, qr_svg

USUAL_LAYOUT = "a4-3x8"
_SOME_CODE = "-"
_BY_CODE = Keyset("code", (Key("code", str),))


@readers_only(EXPORT)
def labels(request: SignedInRequest) -> HttpResponse:
    """A part of the plates, ready to print, and the way to the next part."""
    chosen = read_filter(request.GET, extra=("layout", "cursor", "skip"))
    layout = _layout(request.GET.get("layout", USUAL_LAYOUT))
    skip = _skip(request.GET.get("skip", "0"), layout)
    cursor = request.GET.get("cursor")
    assets = chosen.filter_queryset(Asset.objects.writable_by(request.user, EXPORT))
    matched = assets.count()
    before = matched - _BY_CODE.continued(assets, cursor).count()
    named = assets.select_related("type", "street").only("code", "name", "type", "street__name")
    page = _BY_CODE.page_of(named, cursor, MOST_PLATES - skip)
    plates = [_plate(request, asset) for asset in page.rows]
    query = chosen.query_string

    def way(**parameters: str) -> str:
        more = urlencode({name: value for name, value in parameters.items() if value})
        return "?" + "&".join(part for part in (query, more) if part)

    context: dict[str, Any] = {
        "section": "labels",
        "layout": layout,
        "layouts": [(each, way(layout=each.code)) for each in LAYOUTS.values()],
        "sheets": _sheets(plates, layout, skip),
        "matched": matched,
        "from": before + 1 if plates else 0,
        "to": before + len(plates),
        "next": way(layout=layout.code, cursor=page.next) if page.next else "",
        "first": way(layout=layout.code) if cursor is not None else "",
        "skip": skip,
        "kept": [
            *((name, chosen.data[name]) for name in chosen.values if name in chosen.data),
            ("layout", layout.code),
        ],
        "query": query,
        "words": given_words(chosen),
        "address": plate_address(request, ""),
        "local": urlsplit(plate_address(request, "")).hostname in ("localhost", "127.0.0.1", "::1"),
    }
    return show_page(request, "plates/labels.html", context)


def plate_address(request: HttpRequest, code: str) -> str:
    """What a QR code says; its tail is the component id. `PUBLIC_URL` is where the district's server is reached."""
    base = settings.PUBLIC_URL or request.build_absolute_uri("/")
    path = reverse("plate", args=[code or _SOME_CODE]).removesuffix(_SOME_CODE)
    return base.rstrip("/") + path


def _plate(request: HttpRequest, asset: Asset) -> dict[str, Any]:
    address = plate_address(request, asset.code)
    return {
        "qr": qr_svg(address),
        "digits": grouped(asset.code),
        "name": asset.name or asset.type.name,
        "type": asset.type.name,
        "street": asset.street.name if asset.street else "",
        "address": address.split("://", 1)[-1],
    }


def _sheets(plates: list[dict[str, Any]], layout: Layout, skip: int) -> list[list[dict[str, Any] | None]]:
    """The plates by sheet; the first sheet may have been used in part."""
    places: list[dict[str, Any] | None] = [*([None] * skip), *plates]
    return (
        [places[at : at + layout.per_sheet] for at in range(0, len(places), layout.per_sheet)]
        if plates
        else []
    )


def _layout(code: str) -> Layout:
    if code not in LAYOUTS:
        raise FilterError("layout", _("“%(value)s” does not exist.") % {"value": code[:80]})
    return LAYOUTS[code]


def _skip(text: str, layout: Layout) -> int:
    """How many places of the first sheet are used already."""
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and int(text) < layout.per_sheet):
        raise FilterError(
            "skip", _("Between 0 and %(most)s for this paper.") % {"most": layout.per_sheet - 1}
        )
    return int(text)
