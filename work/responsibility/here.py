"""/responsibility/here/: who answered here on that day, at an asset, a site, a road, a community or a street."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import READ, scope_of
from assets.answering import told_at
from assets.filter_parameters import FilterError
from assets.models import Asset
from places.answering import Spot
from places.models import Area, Level, Road, Site
from web.access import SignedInRequest, readers_only
from web.paging import only_parameters
from work.responsibility.showing import show
from work.responsibility.views import day_asked

_WHERE = ("asset", "site", "road", "area")


@readers_only()
def here_page(request: SignedInRequest) -> HttpResponse:
    """Who answered at one thing, on a day that may be chosen."""
    only_parameters(request, *_WHERE, "on")
    given = [name for name in _WHERE if request.GET.get(name)]
    if len(given) != 1:
        raise FilterError("asset", _("Name one of these: %(names)s.") % {"names": ", ".join(_WHERE)})
    name = given[0]
    code = request.GET[name]
    title, back, spot = _found(request.user, name, code)
    day = day_asked(request)
    context = {
        "title": title,
        "back": back,
        "rows": told_at(request.user, spot, day),
        "day": day,
        "today": day == timezone.localdate(),
        "name": name,
        "code": code,
    }
    return show(request, "here", context)


def _found(user: User, name: str, code: str) -> tuple[str, str, Spot]:
    """Title, page and places of what an address names.

    Raises:
        FilterError: there is no such thing that the reader can see.
    """
    wrong = FilterError(name, _("“%(value)s” does not exist.") % {"value": code[:80]})
    if "\0" in code or len(code) > 40:
        raise wrong
    scope = scope_of(user, READ)
    if name == "asset":
        asset = Asset.objects.visible_to(user).select_related("type").filter(code=code).first()
        if asset is None:
            raise wrong
        return (
            asset.name or str(asset.type),
            reverse("asset", args=[code]),
            Spot.of(asset, asset.building),
        )
    thing: Any = None
    if name == "site":
        thing = Site.objects.select_related("area__parent").filter(code=code).first()
    elif name == "road":
        thing = Road.objects.select_related("district").filter(code=code).first()
    else:
        thing = Area.objects.select_related("parent").filter(code=code).first()
    at = (
        thing.district.code
        if name == "road" and thing and thing.district
        else getattr(thing, "scope_code", "")
    )
    if thing is None or not scope.covers(at):
        raise wrong
    return str(thing), reverse("map"), _spot_of(thing)


def _spot_of(thing: Any) -> Spot:
    if isinstance(thing, Road):
        return Spot(road=thing.pk)
    site = thing.pk if isinstance(thing, Site) else None
    area = thing.area if isinstance(thing, Site) else thing
    of_level: dict[int, int] = {}
    while area is not None:
        of_level[area.level] = area.pk
        area = area.parent
    return Spot(street=of_level.get(Level.STREET), community=of_level.get(Level.COMMUNITY), site=site)
