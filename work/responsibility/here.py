"""/responsibility/here/: who answers here, now or on another day, who did before, and what nobody answers for.

The page of a site, a road, a community or a street; of an asset, and of whatever else stands somewhere, it asks the
places around. Rooms further left register what they have (`offer_where`), as cases do.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import MANAGE_RESPONSIBILITY, READ, can, scope_of
from assets.answering import lies_at, told_to
from assets.filter_parameters import FilterError
from assets.models import Asset
from places.answering import NEAREST_FIRST, Spot
from places.models import Area, Level, Responsibility, ResponsibilityKind, Road, Site
from places.models.responsibility import scope_of_place
from web.access import SignedInRequest, readers_only
from web.paging import only_parameters
from work.responsibility.showing import show
from work.responsibility.views import day_asked

_DAY = timedelta(days=1)
MOST_SHOWN = 200


@dataclass(frozen=True)
class Where:
    """Something that stands somewhere: its name, where its own page is, its places, and what is known of it.

    Args:
        back: the address of its page, and what that is called.
    """

    title: str
    back: tuple[str, str]
    spot: Spot
    facts: list[tuple[str, str]] = field(default_factory=list)


Finder = Callable[[User, str], Where | None]


@dataclass(frozen=True)
class Nobody:
    """A kind that nobody has on the day: since when, until when, and where somebody is appointed (or nothing)."""

    kind: str
    since: date | None
    until: date | None
    appoint: str


@readers_only()
def here_page(request: SignedInRequest) -> HttpResponse:
    """Who answered at one thing, on a day that may be chosen."""
    only_parameters(request, *_finders, "on")
    given = [name for name in _finders if request.GET.get(name)]
    if len(given) != 1:
        raise FilterError("asset", _("Name one of these: %(names)s.") % {"names": ", ".join(_finders)})
    name = given[0]
    code = request.GET[name]
    where = None if "\0" in code or len(code) > 40 else _finders[name](request.user, code)
    if where is None:
        raise FilterError(name, _("“%(value)s” does not exist.") % {"value": code[:80]})
    day = day_asked(request)
    scope = scope_of(request.user, READ)
    found = Responsibility.objects.standing().filter(where.spot.condition()).told()
    rows = sorted((row for row in found if scope.covers(lies_at(row))), key=_nearest_first)
    held = [row for row in rows if row.holds_on(day)]
    # The latest first; what is far back is on the pages by place and by person.
    other = sorted(
        (row for row in rows if not row.holds_on(day)), key=lambda row: row.begins_on, reverse=True
    )
    context = {
        "where": where,
        "rows": [told_to(request.user, row) for row in held],
        "nobody": _nobody(request.user, where.spot, rows, day),
        "other": [told_to(request.user, row) for row in other[:MOST_SHOWN]],
        "day": day,
        "today": day == timezone.localdate(),
        "name": name,
        "code": code,
    }
    return show(request, "here", context)


def _nearest_first(row: Responsibility) -> tuple[int, date, int]:
    return NEAREST_FIRST.index(ResponsibilityKind(row.kind)), row.begins_on, row.pk


def _nobody(user: User, spot: Spot, rows: list[Responsibility], day: date) -> list[Nobody]:
    """The kinds that somebody should have here and nobody has on a day; a stairwell need not have a head."""
    found = []
    for kind, model, key in (
        (ResponsibilityKind.KEEPER, Site, spot.site),
        (ResponsibilityKind.CHIEF, Road, spot.road),
        (ResponsibilityKind.UNIT, Area, spot.community),
        (ResponsibilityKind.LEADER, Area, spot.street),
    ):
        of_kind = [row for row in rows if row.kind == kind]
        if key is None or any(row.holds_on(day) for row in of_kind):
            continue
        last = max((row.ends_on for row in of_kind if row.ends_on and row.ends_on < day), default=None)
        following = min((row.begins_on for row in of_kind if row.begins_on > day), default=None)
        place = (
            model._default_manager.select_related(*_OF[model]).defer(*_HEAVY[model]).filter(pk=key).first()
        )
        may = place is not None and scope_of(user, MANAGE_RESPONSIBILITY).covers(scope_of_place(kind, place))
        found.append(
            Nobody(
                f"{kind.label} · {place}",
                last + _DAY if last else None,
                following - _DAY if following else None,
                reverse("appoint", query={"kind": kind.value, "place": place.code})
                if may and place and can(user, MANAGE_RESPONSIBILITY)
                else "",
            )
        )
    return found


# What says where a place lies, and the shapes that nobody looks at here.
_OF: dict[Any, tuple[str, ...]] = {Site: ("area",), Road: ("district",), Area: ("parent",)}
_HEAVY: dict[Any, tuple[str, ...]] = {
    Site: ("outline", "area__boundary"),
    Road: ("line", "district__boundary"),
    Area: ("boundary", "parent__boundary"),
}


# --- What can be asked about ------------------------------------------------------------------------------------------


def _asset(user: User, code: str) -> Where | None:
    asset = Asset.objects.visible_to(user).select_related("type").filter(code=code).first()
    if asset is None:
        return None
    back = reverse("asset", args=[code])
    title = asset.name or str(asset.type)
    return Where(title, (back, _("Show on the map")), Spot.of(asset, asset.building), [(_("Code"), code)])


def _site(user: User, code: str) -> Where | None:
    site = Site.objects.select_related("kind", "area__parent").filter(code=code).first()
    if site is None or not scope_of(user, READ).covers(site.scope_code):
        return None
    street, community = _levels(site.area)
    facts = [
        (_("Kind"), str(site.kind)),
        (_("Area"), str(site.area or "")),
        (_("Address"), site.address),
        (_("Code"), site.code),
    ]
    spot = Spot(street=street, community=community, site=site.pk)
    return Where(site.name, _to_the_map(), spot, [fact for fact in facts if fact[1]])


def _road(user: User, code: str) -> Where | None:
    road = Road.objects.select_related("district").filter(code=code).first()
    if road is None or not scope_of(user, READ).covers(road.district.code if road.district else ""):
        return None
    return Where(str(road), _to_the_map(), Spot(road=road.pk), [(_("Code"), road.code)])


def _area(user: User, code: str) -> Where | None:
    area = Area.objects.select_related("parent").filter(code=code).first()
    if area is None or not scope_of(user, READ).covers(area.code):
        return None
    street, community = _levels(area)
    facts = [(_("Part of"), str(area.parent or "")), (_("Code"), area.code)]
    spot = Spot(street=street, community=community)
    return Where(str(area), _to_the_map(), spot, [fact for fact in facts if fact[1]])


def _to_the_map() -> tuple[str, str]:
    return reverse("map"), _("Back to the map")


def _levels(area: Area | None) -> tuple[int | None, int | None]:
    """The keys of street and community of an area."""
    of_level: dict[int, int] = {}
    while area is not None:
        of_level[area.level] = area.pk
        area = area.parent
    return of_level.get(Level.STREET), of_level.get(Level.COMMUNITY)


_finders: dict[str, Finder] = {"asset": _asset, "site": _site, "road": _road, "area": _area}


def offer_where(name: str, finder: Finder) -> None:
    """Have something asked about as `?name=`: the finder says what it is, None where the reader can see none."""
    _finders[name] = finder
