"""/wall/<token>/: what a screen shows without anybody signing in; and /walls/, where addresses are made and ended."""

from typing import Any
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.permissions import SHOW_ON_WALLS, scope_of
from accounts.tokens import digest_of
from assets.history import Actor
from assets.models import Origin
from places.models import Area, Level
from reports.actions.make_wall import end_wall, make_wall
from reports.models import Wall
from reports.wall.scenes import scenes_of
from reports.wall.slots import file_of
from web.access import SignedInRequest, admitting, readers_only
from web.answers import private, show_page
from web.problems import problem

# Several screens of one district, or one that is switched on and off, ask the database once.
_KEPT_SECONDS = 30
GONE = 410


@require_safe
def wall_page(request: HttpRequest, token: str) -> HttpResponse:
    """The screen's page; what it shows it fetches itself, again and again."""
    wall = _wall_of(token)
    context = {"wall": wall, "token": token}
    return _quiet(render(request, "reports/wall.html", context, status=GONE if wall.revoked_at else 200))


@require_safe
def wall_now(request: HttpRequest, token: str) -> HttpResponse:
    """What it shows now; 410 once it has been ended, and then it asks no more."""
    wall = _wall_of(token)
    if wall.revoked_at is not None:
        return _quiet(problem(GONE, _("This wall was ended.")))
    key = f"wall:{wall.pk}:{get_language()}"
    told = cache.get(key)
    if told is None:
        told = scenes_of(wall, token)
        cache.set(key, told, _KEPT_SECONDS)
    return _quiet(JsonResponse(told))


@require_safe
def wall_photo(request: HttpRequest, token: str, copy: UUID) -> HttpResponseBase:
    """A covered copy that stands in an approved pair of the wall's district."""
    wall = _wall_of(token)
    path = None if wall.revoked_at else file_of(wall.district.code, copy)
    if path is None:
        raise Http404
    try:
        response = FileResponse(path.open("rb"), content_type="image/jpeg")
    except FileNotFoundError:
        raise Http404 from None
    response["Cache-Control"] = "private, max-age=600"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _wall_of(token: str) -> Wall:
    """The wall of an address; nobody guesses at 256 bits, so no brake is needed."""
    wall = Wall.objects.select_related("district").filter(digest=digest_of(token)).first()
    if wall is None:
        raise Http404
    return wall


def _quiet(response: HttpResponse) -> HttpResponse:
    """Kept by nobody, found by no search, and the address told to no other page."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return private(response)


# --- The office's side ----------------------------------------------------------------------------------------------


@readers_only(SHOW_ON_WALLS)
def walls_page(request: SignedInRequest) -> HttpResponse:
    """The walls of one's districts, those that show something first."""
    return _list(request, {})


@admitting(SHOW_ON_WALLS, "POST")
def make(request: SignedInRequest) -> HttpResponse:
    """Make a wall and show its address, this once."""
    district = _districts(request.user).filter(code=request.POST.get("district", "")[:15]).first()
    if district is None:
        return _list(request, {"wrong": {"district": [_("Choose a district.")]}}, 422)
    try:
        wall, secret = make_wall(Actor(request.user, Origin.WEB), district, request.POST.get("name", ""))
    except ValidationError as error:
        return _list(request, {"wrong": error.message_dict, "name": request.POST.get("name", "")}, 422)
    base = settings.PUBLIC_URL or request.build_absolute_uri("/")
    address = urljoin(base, reverse("wall", args=[secret]))
    return show_page(request, "reports/wall_made.html", {"wall": wall, "address": address, "tab": "walls"})


@admitting(SHOW_ON_WALLS, "POST")
def end(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """End a wall."""
    wall = (
        Wall.objects.select_related("district").filter(uid=uid, district__in=_districts(request.user)).first()
    )
    if wall is None:
        raise Http404
    if end_wall(Actor(request.user, Origin.WEB), wall):
        messages.success(request, _("“%(wall)s” shows nothing any more.") % {"wall": wall})
    return HttpResponseRedirect(reverse("walls"))


def _list(request: SignedInRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    districts = _districts(request.user)
    walls = Wall.objects.filter(district__in=districts).select_related("district", "made_by", "revoked_by")
    shown = {
        "walls": walls.defer("district__boundary").order_by("revoked_at", "-pk"),
        "districts": districts.defer("boundary"),
        "tab": "walls",
        **context,
    }
    return show_page(request, "reports/walls.html", shown, status=status)


def _districts(user: User) -> Any:
    scope = scope_of(user, SHOW_ON_WALLS)
    districts = Area.objects.filter(level=Level.DISTRICT).order_by("code")
    return districts if scope.is_everywhere else districts.filter(code__in=scope.prefixes)
