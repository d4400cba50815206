"""Small makers of rows for the tests: each gives a believable row, and takes what the test is about as arguments."""

import itertools
from datetime import date, timedelta
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.utils import timezone

from accounts.models import Membership, Role, User
from assets.models import Artwork, Asset, AssetType, Campaign, CodeKind, Family, StandardCode, Support, Theme
from places.models import (
    Area,
    BoundaryStatus,
    Holder,
    Level,
    Responsibility,
    ResponsibilityKind,
    Road,
    Site,
    SiteKind,
    Unit,
)

_numbers = itertools.count(1)
# The product issues serials from 1 on: what stands there already may have none that it issues beside it.
_FIRST_SERIAL = 500_000


def square(west: float, south: float, east: float, north: float) -> MultiPolygon:
    """A rectangle in WGS84 as a boundary."""
    return MultiPolygon(Polygon.from_bbox((west, south, east, north)), srid=4326)


def make_area(code: str, name: str = "", boundary: MultiPolygon | None = None, **values: Any) -> Area:
    """An area; its level and parent follow from the code."""
    level = {6: Level.DISTRICT, 9: Level.STREET, 12: Level.COMMUNITY, 15: Level.GRID}[len(code)]
    status = BoundaryStatus.APPROXIMATE if boundary else BoundaryStatus.NONE
    parent_length = {6: 0, 9: 6, 12: 9, 15: 12}[len(code)]
    values.setdefault("parent", Area.objects.filter(code=code[:parent_length]).first())
    return Area.objects.create(
        code=code,
        level=level,
        name=name or f"区域{code}",
        boundary=boundary,
        boundary_status=status,
        **values,
    )


def make_type(code: str = "notice_board", item: str = "03008", **values: Any) -> AssetType:
    """A type; asked again for the same code, the same type."""
    component, _made = StandardCode.objects.get_or_create(
        kind=CodeKind.COMPONENT, code=item, edition="GB/T 47678.5-2026", defaults={"name_zh": "宣传栏"}
    )
    defaults = {
        "name_zh": "宣传栏",
        "name_en": code.replace("_", " ").capitalize(),
        "family": Family.PSA,
        "symbol": "panel",
        "component": component,
        **values,
    }
    return AssetType.objects.get_or_create(code=code, defaults=defaults)[0]


def make_theme(code: str = "core_values", **values: Any) -> Theme:
    """A theme."""
    return Theme.objects.get_or_create(code=code, defaults={"name_zh": "主题", "name_en": code, **values})[0]


def make_user(role: str | None = Role.PUBLICITY, area: Area | None = None, **values: Any) -> User:
    """A user with one membership, or none with `role=None`; the password is `secret`."""
    username = values.pop("username", f"user{next(_numbers)}")
    user = User.objects.create(
        username=username, password=_hashed(values.pop("password", "secret")), **values
    )
    if role is not None:
        Membership.objects.create(user=user, role=role, area=area)
    return user


@cache
def _hashed(password: str) -> str:
    """Slow by design, so each password is hashed once."""
    return make_password(password)


def make_unit(name: str = "", **values: Any) -> Unit:
    """A unit."""
    return Unit.objects.create(name=name or f"单位{next(_numbers)}", **values)


def make_road(name: str = "北园大街", **values: Any) -> Road:
    """A road."""
    return Road.objects.create(code=values.pop("code", f"R{next(_numbers)}"), name=name, **values)


def make_site(name: str = "济南站", kind: str = "station", point: Point | None = None, **values: Any) -> Site:
    """A site of a kind."""
    site_kind, _made = SiteKind.objects.get_or_create(code=kind, defaults={"name_zh": kind, "name_en": kind})
    return Site.objects.create(
        code=values.pop("code", f"S{next(_numbers)}"),
        name=name,
        kind=site_kind,
        point=point or Point(116.9848, 36.67127, srid=4326),
        **values,
    )


def make_keeper(
    site: Site,
    unit: Unit | None = None,
    name: str = "",
    *,
    post: str = "",
    telephone: str = "",
    user: User | None = None,
    begins_on: date = date(2026, 1, 1),
    ends_on: date | None = None,
) -> Responsibility:
    """Somebody who keeps a site; a person has a post."""
    post = post or ("点位管理员" if name else "")
    holder, _made = Holder.objects.get_or_create(
        name=name, post=post, unit=unit, defaults={"telephone": telephone, "user": user}
    )
    return Responsibility.objects.create(
        kind=ResponsibilityKind.KEEPER, site=site, holder=holder, begins_on=begins_on, ends_on=ends_on
    )


def make_support(point: Point | None = None, **values: Any) -> Support:
    """A pole."""
    return Support.objects.create(
        kind=values.pop("kind", "pole"), point=point or Point(116.995, 36.685, srid=4326), **values
    )


def make_artwork(code: str = "", **values: Any) -> Artwork:
    """An approved artwork without end."""
    code = code or f"artwork-{next(_numbers)}"
    return Artwork.objects.create(
        code=code,
        title=values.pop("title", "讲文明树新风"),
        approval=values.pop("approval", "approved"),
        **values,
    )


def make_campaign(area: Area, code: str = "", **values: Any) -> Campaign:
    today = timezone.localdate()
    code = code or f"campaign-{Campaign.objects.count() + 1}"
    days = {"begins_on": today - timedelta(days=10), "ends_on": today + timedelta(days=10)}
    given = {"name_zh": f"专项行动{code}", "kind": "special_action", **days, **values}
    return Campaign.objects.create(code=code, area=area, **given)


def make_asset(point: Point | None = None, **values: Any) -> Asset:
    """An asset put straight into the table, with the areas its point falls in.

    Tests of actions call the action instead; this is for tests that need rows to look at.
    """
    number = next(_numbers)
    asset_type = values.pop("type", None) or make_type()
    support = values.get("support")
    point = point or (support.point if support else Point(116.995, 36.685, srid=4326))
    if "area" not in values:
        values.update(_areas_at(point))
    return Asset.objects.create(
        code=values.pop("code", f"370105{asset_type.component.code}{_serial(number):06d}"),
        type=asset_type,
        name=values.pop("name", f"北园大街 {number} 号宣传栏"),
        point=point,
        **values,
    )


def _serial(number: int) -> int:
    """The serial of an asset's id: never one that ends in 00, which an import takes for rounded by a spreadsheet."""
    return _FIRST_SERIAL + number // 99 * 100 + number % 99 + 1


def _areas_at(point: Point) -> dict[str, Area | None]:
    """The deepest area at a point and its ancestors, the plain way."""
    deepest = Area.objects.filter(boundary__covers=point).order_by("-level", "code").first()
    by_level = {
        area.level: area
        for area in Area.objects.filter(code__in=[deepest.code[:n] for n in (6, 9, 12)] if deepest else [])
    }
    return {
        "area": deepest,
        "district": by_level.get(Level.DISTRICT),
        "street": by_level.get(Level.STREET),
        "community": by_level.get(Level.COMMUNITY),
    }
