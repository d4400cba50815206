"""What is at a point, before anything is written there: the areas it lies in, supports to snap to, and look-alikes.

And what somebody means by "there": coordinates in any system, or words that the search finds.
"""

import math
from typing import Any

import numpy as np
from django.contrib.gis.geos import Point, Polygon
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import MOVE, REGISTER, can
from assets.dictionaries import dictionaries, read_generation
from assets.models import Asset, AssetType, Condition, Lifecycle, Support
from assets.placing import Placement, check_point, placement_at, standing
from assets.search import suggestions
from importing.values.coordinates import parse_coordinate_pair
from places.coordinates import (
    BD09,
    CGCS2000,
    CGCS2000_GK_117E,
    CGCS2000_GK_ZONE_39,
    CRS,
    GCJ02,
    WGS84,
    UnknownCRSError,
    parse_crs,
    to_wgs84,
)
from places.distance import metres_between

OFFERED_CRS = (WGS84, GCJ02, BD09, CGCS2000, CGCS2000_GK_117E, CGCS2000_GK_ZONE_39)
SUPPORTS_WITHIN_M = 20
# So near, somebody who points at the map most likely means the support.
SNAPS_WITHIN_M = 5
LOOK_ALIKES_WITHIN_M = 25  # as on the phone
MOST_LISTED = 5
_METRES_A_DEGREE = 111_320
_DIGITS = 7
SEPARATOR = " · "


def point_of(lon: float, lat: float) -> Point:
    """A WGS84 point as it is stored.

    Raises:
        ValidationError: naming `coordinates`: it cannot be a position.
    """
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise ValidationError({"coordinates": _("Give a position in longitude and latitude (WGS84).")})
    point = Point(round(lon, _DIGITS), round(lat, _DIGITS), srid=4326)
    try:
        check_point(point)
    except ValidationError as error:
        raise ValidationError({"coordinates": error.messages}) from error
    return point


def what_is_at(
    user: User,
    point: Point,
    *,
    asset: Asset | None = None,
    alone: bool = False,
    asset_type: AssetType | None = None,
    seen_support: int | None = None,
) -> dict[str, Any]:
    """The areas of a point, whether the user may write there, supports near, and for a new asset its look-alikes.

    Args:
        asset: the one that is to be moved there; None for a new one.
        alone: without the support it hangs on, and what else hangs there.
        asset_type: of a new one.
        seen_support: whose faces somebody registers one after the other; they are no look-alikes.
    """
    placement = placement_at(point)
    allowed = can(user, MOVE if asset else REGISTER, placement)
    answer: dict[str, Any] = {
        "lon": point.x,
        "lat": point.y,
        "place": words_of(placement),
        "allowed": allowed,
        "refusal": ""
        if allowed
        else _("Your role does not allow this here: %(place)s.") % {"place": words_of(placement)},
        "supports": [],
        "alike": [],
    }
    if asset is None:
        answer["supports"] = supports_near(user, point, REGISTER)
        answer["alike"] = look_alikes(user, point, asset_type, seen_support)
        return answer
    answer["metres"] = round(metres_between(asset.point, point), 1)
    answer["crosses"] = _crossing(asset, placement)
    if asset.support_id is None or alone:
        near = supports_near(user, point, MOVE)
        answer["supports"] = [support for support in near if support["id"] != asset.support_id]
    return answer


def words_of(placement: Placement) -> str:
    """Street and community, by name."""
    named = [str(area) for area in (placement.street, placement.community) if area]
    return SEPARATOR.join(named) or (str(placement.district) if placement.district else _("Area unknown"))


def _crossing(asset: Asset, there: Placement) -> str:
    """What is said before an asset gets into other areas; empty when it stays in its own."""
    if (asset.street_id, asset.community_id) == (
        there.street.pk if there.street else None,
        there.community.pk if there.community else None,
    ):
        return ""
    here = Placement(asset.area, asset.district, asset.street, asset.community)
    return _("It leaves %(here)s and will lie in %(there)s.") % {
        "here": words_of(here),
        "there": words_of(there),
    }


def _box(point: Point, metres: float) -> Polygon:
    lat = metres / _METRES_A_DEGREE
    lon = lat / max(0.01, math.cos(math.radians(point.y)))
    box = Polygon.from_bbox((point.x - lon, point.y - lat, point.x + lon, point.y + lat))
    box.srid = 4326
    return box


def supports_near(user: User, point: Point, verb: str) -> list[dict[str, Any]]:
    """Supports at which the user may do `verb`, nearest first; `snaps` where the point most likely means it."""
    near = Support.objects.filter(point__bboverlaps=_box(point, SUPPORTS_WITHIN_M)).select_related("area")
    found = sorted(
        ((metres_between(support.point, point), support) for support in near),
        key=lambda pair: (pair[0], pair[1].pk),
    )
    kept = [
        (metres, support)
        for metres, support in found
        if metres <= SUPPORTS_WITHIN_M and can(user, verb, standing(support))
    ]
    return [
        {
            "id": support.pk,
            "title": str(support),
            "kind": str(support.get_kind_display()),
            "lon": support.point.x,
            "lat": support.point.y,
            "metres": round(metres, 1),
            "snaps": metres <= SNAPS_WITHIN_M,
        }
        for metres, support in kept[:MOST_LISTED]
    ]


def look_alikes(
    user: User, point: Point, asset_type: AssetType | None, seen_support: int | None = None
) -> list[dict[str, Any]]:
    """Assets so near that the new one may be on record already: of its type, or of any while none is chosen.

    What hangs on `seen_support` is left out.
    """
    near = (
        Asset.objects.visible_to(user)
        .filter(point__bboverlaps=_box(point, LOOK_ALIKES_WITHIN_M))
        .exclude(lifecycle=Lifecycle.REMOVED)
        .select_related("type")
    )
    if asset_type is not None:
        near = near.filter(type=asset_type)
    if seen_support is not None:
        near = near.exclude(support_id=seen_support)
    found = sorted(
        ((metres_between(asset.point, point), asset) for asset in near),
        key=lambda pair: (pair[0], pair[1].code),
    )
    return [
        {
            "code": asset.code,
            "url": reverse("asset", args=[asset.code]),
            "title": asset.name or asset.type.name,
            "type": asset.type.name,
            "symbol": asset.type.symbol,
            "condition": Condition(asset.condition).code,
            "support": asset.support_id,
            "metres": round(metres, 1),
        }
        for metres, asset in found[:MOST_LISTED]
        if metres <= LOOK_ALIKES_WITHIN_M
    ]


def read_place(user: User, text: str, crs: str) -> dict[str, Any]:
    """A position from coordinates (`lon`, `lat`), or else what the search finds under these words (`found`).

    Raises:
        ValidationError: naming `coordinates` or `crs`.
        FilterError: naming `q`: no words that can be searched for.
    """
    pair = parse_coordinate_pair(np.array([text.strip()], dtype=object))
    x, y = float(pair.x[0]), float(pair.y[0])
    if math.isnan(x) or math.isnan(y):
        found = suggestions(text, user, dictionaries(read_generation()))
        placed = [
            {key: place[key] for key in ("kind", "title", "subtitle", "lon", "lat")}
            for place in found
            if place["lon"]
        ]
        if not placed:
            raise ValidationError(
                {
                    "coordinates": _(
                        "Neither coordinates nor a place that is known. For example 117.0012, 36.6789."
                    )
                }
            )
        return {"found": placed}
    try:
        system = parse_crs(crs)
    except UnknownCRSError as error:
        raise ValidationError({"crs": str(error)}) from error
    if _is_swapped(x, y, system):
        x, y = y, x
    lon, lat = to_wgs84(np.array([x]), np.array([y]), system)
    point = point_of(float(lon[0]), float(lat[0]))
    return {"lon": point.x, "lat": point.y}


def _is_swapped(x: float, y: float, system: CRS) -> bool:
    """Whether the first number can only be a latitude or, as in Chinese survey files, a northing."""
    if system.degrees:
        return abs(y) > 90 >= abs(x)
    # Northings of China; eastings are below a million or, with the zone's number, above ten.
    return 2_000_000 < x < 6_000_000 and not 2_000_000 < y < 6_000_000
