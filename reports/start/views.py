"""/start/: where signing in leads. What needs its reader today, then the district or their part of it in figures."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import EXPORT, can
from assets.dictionaries import dictionaries, read_generation
from places.models import Level
from reports.start.asking import Mine, figures_of, is_outside, leads_nothing, mine, needs_of
from reports.start.assets import street_assets
from reports.start.streets import street_rows
from web.access import SignedInRequest, readers_only
from web.answers import show_page


@readers_only()
def start_page(request: SignedInRequest) -> HttpResponse:
    """By role: crews and patrols go on to the phone's page."""
    user = request.user
    if is_outside(user):
        return HttpResponseRedirect(reverse("field"))
    part = mine(user)
    assets = street_assets(user, part.query)
    context = {
        "needs": needs_of(user, part, assets),
        "figures": figures_of(user, part, assets),
        "streets": street_rows(user, assets, part.query),
        "counted_at": assets.counted_at,
        "part": part,
        "part_names": _names_of(part),
        "leads_nothing": leads_nothing(user),
        "today": timezone.localdate(),
        "may_export": can(user, EXPORT),
        "tab": "start",
    }
    return show_page(request, "reports/start.html", context)


def _names_of(part: Mine) -> list[str]:
    """What a reader's part is called, in the order of its codes."""
    level = Level.STREET if part.parameter == "street" else Level.COMMUNITY
    areas = dictionaries(read_generation()).areas_at(level)
    return [areas[code].name for code in part.code.split(",") if code in areas]
