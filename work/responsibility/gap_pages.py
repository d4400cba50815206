"""The page of gaps, and the same on the map: what nobody answers for, in red."""

import json
from typing import Any

from django.contrib.gis.db.models.functions import AsGeoJSON
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import MANAGE_RESPONSIBILITY, can
from assets.answering import told_to
from assets.filter_parameters import FilterError
from assets.paging import PARAMETER, Key, Keyset
from places.models import Area, Site
from web.access import SignedInRequest, readers_only
from web.answers import private
from web.paging import only_parameters, ways
from work.responsibility.former import unsettled
from work.responsibility.gaps import GAPS_BY_NAME, Gap, found, gap_counts
from work.responsibility.showing import show

PAGE = 100
_BY_CODE = Keyset("gaps", (Key("code", str), Key("pk", int)))
_BY_DAY = Keyset("gap_rows", (Key("pk", int),))
# What the map draws, a feature each; more would be no gap but an empty list.
MOST_DRAWN = 3_000
_DECIMALS = 5  # about a metre


@readers_only()
def gaps_page(request: SignedInRequest) -> HttpResponse:
    """Every kind of gap with its number, and the list of one."""
    only_parameters(request, "gap", PARAMETER)
    counts = gap_counts(request.user)
    asked = request.GET.get("gap", "")
    if asked and asked not in GAPS_BY_NAME:
        raise FilterError("gap", _("“%(value)s” does not exist.") % {"value": asked[:80]})
    name = asked or next((gap_count.name for gap_count in counts if gap_count.count), counts[0].name)
    gap = GAPS_BY_NAME[name]
    order = _BY_CODE if gap.kind else _BY_DAY
    page = order.page_of(found(gap, request.user), request.GET.get(PARAMETER), PAGE)
    context = {
        "counts": counts,
        "gap": gap,
        "things": [_thing(gap, thing) for thing in page.rows] if gap.kind else [],
        "rows": [] if gap.kind else [told_to(request.user, row) for row in page.rows],
        "matched": next(gap_count.count for gap_count in counts if gap_count.name == name),
        "none": not any(gap_count.count for gap_count in counts),
        "pages": ways(request, page.next),
        "may_keep": can(request.user, MANAGE_RESPONSIBILITY),
        "former": unsettled(request.user).count(),
    }
    return show(request, "gaps", context)


def _thing(gap: Gap, thing: Any) -> dict[str, Any]:
    assert gap.kind is not None
    return {
        "thing": thing,
        "within": _within(thing),
        "appoint": reverse("appoint", query={"kind": gap.kind.value, "place": thing.code}),
    }


def _within(thing: Any) -> str:
    if isinstance(thing, Area):
        return str(thing.parent or "")
    if isinstance(thing, Site):
        return " · ".join(str(part) for part in (thing.kind, thing.area) if part)
    return thing.department if hasattr(thing, "department") else ""


@readers_only()
def gaps_layer(request: SignedInRequest) -> HttpResponse:
    """Streets, communities, roads and sites that nobody answers for, as GeoJSON for the map."""
    only_parameters(request)
    features: list[dict[str, Any]] = []
    for name, geometry in (
        ("streets", "boundary"),
        ("communities", "boundary"),
        ("roads", "line"),
        ("sites", "point"),
    ):
        gap = GAPS_BY_NAME[name]
        assert gap.kind is not None
        rows = found(gap, request.user).filter(**{f"{geometry}__isnull": False})
        drawn = rows.order_by("code").values_list("code", "name", AsGeoJSON(F(geometry), precision=_DECIMALS))
        for code, title, shape in drawn[: MOST_DRAWN - len(features)]:
            features.append(
                {
                    "type": "Feature",
                    "geometry": json.loads(shape),
                    "properties": {"gap": name, "code": code, "name": title, "title": str(gap.title)},
                }
            )
    body = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    return private(HttpResponse(body, content_type="application/geo+json"))


def told_to_the_map(request: HttpRequest) -> dict[str, Any]:
    """What the map page's script begins from."""
    return {"layer": reverse("gaps-layer"), "page": reverse("gaps")}
