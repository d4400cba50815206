"""What a phone fetches: areas to choose from, their pack, what has changed."""

import gzip
from typing import Any, Literal

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from ninja import Router, Schema

from assets.dictionaries import dictionaries, read_generation
from assets.filter_parameters import FilterError
from field.api.access import FieldRequest
from field.api.problems import Refusal
from field.down.areas import areas_to_take, chosen_areas
from field.down.changes import changes as changes_since
from field.down.cursor import Cursor, CursorLost
from field.down.evaluations import evaluations_for
from field.down.pack import pack as pack_of
from field.down.patrols import patrols_for
from field.down.rows import Reach, lists, nearest
from field.up.envelope import read_position
from mapping.api.application import no_parameters

_WORTH_COMPRESSING = 1_000
_MOST_NEAR = 60

router = Router()


class AreaToTake(Schema):
    """A street or community; `bytes` is about what its pack weighs on the way."""

    code: str
    level: Literal["street", "community"]
    name: str
    parent: str | None
    assets: int
    jobs: int
    bytes: int
    bbox: list[float] | None


class AreasToTake(Schema):
    """What can be downloaded."""

    areas: list[AreaToTake]


@router.get("/areas", response=AreasToTake)
def areas(request: FieldRequest) -> dict[str, Any]:
    """The streets and communities one may take along."""
    no_parameters(request)
    return {"areas": areas_to_take(request.user, dictionaries(read_generation()))}


@router.get("/pack", response={200: dict[str, Any]})
def pack(request: FieldRequest, areas: str) -> HttpResponse:
    """Everything in some areas (docs/field-sync.md)."""
    no_parameters(request, "areas")
    generation = read_generation()
    code_lists = dictionaries(generation)
    reach = Reach(request.user, chosen_areas(areas, request.user, code_lists))
    return _document(request, pack_of(reach, code_lists, generation))


@router.get("/changes", response={200: dict[str, Any]})
def changes(request: FieldRequest, since: str, areas: str) -> HttpResponse:
    """What has changed in some areas since a cursor (docs/field-sync.md)."""
    no_parameters(request, "since", "areas")
    generation = read_generation()
    code_lists = dictionaries(generation)
    reach = Reach(request.user, chosen_areas(areas, request.user, code_lists))
    try:
        cursor = Cursor.read(since, generation, [area.code for area in reach.areas])
        return _document(request, changes_since(reach, cursor, code_lists, generation))
    except CursorLost as lost:
        raise Refusal(
            410, "cursor_lost", _("These changes cannot be continued: fetch the pack again.")
        ) from lost


@router.get("/patrols", response={200: dict[str, Any]})
def patrols(request: FieldRequest, areas: str = "") -> HttpResponse:
    """The patrols of one's teams, categories of problems, and open cases there (docs/field-sync.md)."""
    no_parameters(request, "areas")
    code_lists = dictionaries(read_generation())
    named_areas = chosen_areas(areas, request.user, code_lists) if areas else []
    return _document(request, orjson.dumps(patrols_for(request.user, named_areas)))


@router.get("/evaluations", response={200: dict[str, Any]})
def evaluations(request: FieldRequest) -> HttpResponse:
    """One's own sites of open rounds, with their forms and what the catalogue has there (docs/field-sync.md)."""
    no_parameters(request)
    return _document(request, orjson.dumps(evaluations_for(request.user)))


@router.get("/near", response={200: dict[str, Any]})
def near(request: FieldRequest, lon: float, lat: float) -> HttpResponse:
    """What stands around a place, for a phone that has downloaded nothing yet; with the lists it needs."""
    no_parameters(request, "lon", "lat")
    place, _accuracy = read_position({"lon": lon, "lat": lat})
    if place is None:
        raise FilterError("lon", _("Give longitude and latitude in degrees."))
    code_lists = dictionaries(read_generation())
    body = {"assets": nearest(request.user, place, _MOST_NEAR).json, "lists": lists(code_lists)}
    return _document(request, orjson.dumps(body))


def _document(request: HttpRequest, body: bytes) -> HttpResponse:
    compress = len(body) >= _WORTH_COMPRESSING and "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(
        gzip.compress(body, 6, mtime=0) if compress else body, content_type="application/json"
    )
    if compress:
        response["Content-Encoding"] = "gzip"
    response["Cache-Control"] = "private, no-store"
    patch_vary_headers(response, ("Accept-Encoding",))
    return response
