"""/cases/patrols/teams/: the patrol teams, and entering or changing one. A telephone is shown to team and desk only."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Max, Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import MANAGE_PATROLS, READ_CASES, can, scope_of
from assets.history import Actor
from assets.models import Origin
from assets.paging import PARAMETER, Key, Keyset
from cases.actions.keep_team import keep_team
from cases.models import Patrol, Team
from cases.patrols.forms import TeamForm
from web.access import SignedInRequest, admitting, readers_only
from web.answers import show_page
from web.paging import only_parameters, ways

PAGE = 50
_BY_NAME = Keyset("teams", (Key("name", str), Key("pk", int)))


@readers_only(READ_CASES)
def teams_page(request: SignedInRequest) -> HttpResponse:
    """The teams of the reader's districts, with what their patrols come to."""
    only_parameters(request, PARAMETER)
    user = request.user
    seen = _seen_by(user)
    page = _BY_NAME.page_of(
        seen.select_related("area", "unit").defer("area__boundary"), request.GET.get(PARAMETER), PAGE
    )
    patrols = Patrol.objects.visible_to(user).filter(voided_at=None, team__in=[team.pk for team in page.rows])
    counted = patrols.order_by().values_list("team").annotate(n=Count("pk"), last=Max("started_at"))
    told = {key: (number, last) for key, number, last in counted}
    own = set(user.patrol_teams.values_list("pk", flat=True))
    context = {
        "rows": [
            {
                "team": team,
                "patrols": told.get(team.pk, (0, None))[0],
                "last": told.get(team.pk, (0, None))[1],
                "sees_phone": team.pk in own or can(user, MANAGE_PATROLS, team),
                "may_keep": can(user, MANAGE_PATROLS, team),
            }
            for team in page.rows
        ],
        "pages": ways(request, page.next),
        "matched": seen.count(),
        "may_keep": can(user, MANAGE_PATROLS),
    }
    return show_page(request, "cases/patrols/teams.html", context)


@admitting(MANAGE_PATROLS, "GET", "HEAD", "POST")
def team_page(request: SignedInRequest, uid: UUID | None = None) -> HttpResponse:
    """Enter a team, or change one."""
    team = None
    if uid is not None:
        team = _seen_by(request.user).select_related("area").filter(uid=uid).first()
        if team is None or not can(request.user, MANAGE_PATROLS, team):
            raise Http404
    if request.method != "POST":
        return _show(request, team, TeamForm(request.user, initial=_as_is(team)))
    form = TeamForm(request.user, request.POST)
    if form.is_valid():
        try:
            kept = keep_team(Actor(request.user, Origin.WEB), team, **form.cleaned_data)
        except ValidationError as error:
            for name, sentences in error.message_dict.items():
                form.add_error(name if name in form.fields else None, sentences)
        else:
            messages.success(request, _("Saved: %(name)s.") % {"name": kept})
            return HttpResponseRedirect(reverse("patrol-teams"))
    return _show(request, team, form, 422)


def _seen_by(user: User) -> Any:
    """Teams of the districts whose cases somebody reads, and one's own."""
    scope = scope_of(user, READ_CASES)
    if scope.is_everywhere:
        return Team.objects.all()
    return Team.objects.filter(Q(pk__in=user.patrol_teams.values("pk")) | scope.within("area__code"))


def _as_is(team: Team | None) -> dict[str, Any]:
    if team is None:
        return {"active": True}
    columns = ("name", "kind", "unit", "leader", "phone", "headcount", "confirms", "active")
    return {
        **{name: getattr(team, name) for name in columns},
        "area": team.area.code,
        "members": list(team.members.all()),
    }


def _show(request: SignedInRequest, team: Team | None, form: TeamForm, status: int = 200) -> HttpResponse:
    return show_page(request, "cases/patrols/team.html", {"team": team, "form": form}, status=status)
