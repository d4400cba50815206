"""What the scripts ask while somebody points at the map: what is there, and what typed words mean."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from accounts.permissions import MOVE, READ, REGISTER, require
from assets.filter_parameters import FilterError
from assets.models import AssetType
from web.access import SignedInRequest, admitting
from web.answers import private
from web.problems import problem
from work.desk import answers
from work.desk.place import point_of, read_place, what_is_at
from work.desk.views import asset_or_404

_MOST_DIGITS = 18  # of what a key of the database can be


@admitting(READ, "GET", "HEAD")
def place_view(request: SignedInRequest) -> HttpResponse:
    """What is at `lon`, `lat`: for moving `asset` (with `alone`, off its support), or for a new one of `type`.

    `seen_support`: the faces of this support are no look-alikes of the new one.
    """
    asset = asset_or_404(request, request.GET["asset"]) if "asset" in request.GET else None
    require(request.user, MOVE if asset else REGISTER, asset)
    try:
        point = point_of(float(request.GET.get("lon", "")), float(request.GET.get("lat", "")))
    except ValueError:
        return problem(400, _("Give a position in longitude and latitude (WGS84)."))
    except ValidationError as error:
        return problem(400, " ".join(error.messages))
    number = _number(request, "type")
    return _told(
        what_is_at(
            request.user,
            point,
            asset=asset,
            alone="alone" in request.GET,
            asset_type=None if number is None else AssetType.objects.filter(pk=number).first(),
            seen_support=_number(request, "seen_support"),
        )
    )


def _number(request: SignedInRequest, name: str) -> int | None:
    """A parameter of the scripts that is a key; None when it is missing or cannot be one."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None


@admitting(REGISTER, "GET", "HEAD")
def position_view(request: SignedInRequest) -> HttpResponse:
    """What `text` means as a position, in the coordinate system `crs` or as words."""
    text, crs = request.GET.get("text", ""), request.GET.get("crs", "wgs84")
    try:
        return _told(read_place(request.user, text, crs))
    except FilterError as error:
        return answers.refused({"coordinates": [error.sentence]})
    except ValidationError as error:
        return answers.refused(answers.sentences_of(error))


def _told(what: dict) -> JsonResponse:
    answer = JsonResponse(what)
    return private(answer)
