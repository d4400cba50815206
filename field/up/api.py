"""What a phone sends: operations, and the photos they name."""

from datetime import datetime
from math import ceil
from typing import Any, Literal
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Path, Router, Schema

from field.api.access import (
    KILOBYTES_A_DAY,
    PHOTO_MEGABYTES_A_DAY,
    FieldRequest,
    take_of_the_day,
)
from field.api.problems import Refusal
from field.up.envelope import as_moment, loads
from field.up.receiving import MOST_OPERATIONS, Sender, receive
from field.up.uploads import LARGEST_PIECE, PieceRefused, read_piece, received_of, take_piece
from mapping.api.application import no_parameters
from web.problems import problem

LARGEST_BODY = 8 * 1024 * 1024

router = Router()


class AssetNow(Schema):
    """An asset as it is after an operation."""

    uid: UUID
    code: str
    version: int


class FirstResult(Schema):
    """What became of an operation."""

    op_id: UUID
    status: Literal["applied", "merged", "conflict", "rejected", "duplicate", "later"]
    reason: str | None
    message: str | None
    fields: list[str]
    asset: AssetNow | None
    photos_wanted: list[str]


class Result(FirstResult):
    """The answer to an operation; of a duplicate, with what became of the first."""

    first: FirstResult | None


class Results(Schema):
    """One result for each operation, in the order they came in."""

    server_time: datetime
    results: list[Result]


class Operations(Schema):
    """What a phone sends; each operation is read by itself, so that none spoils another."""

    device_time: datetime
    ops: list[dict[str, Any]]


_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": Operations.model_json_schema()}},
    }
}
_PIECE = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
    "parameters": [
        {"name": "Content-Range", "in": "header", "required": True, "schema": {"type": "string"}},
    ],
}


@router.post("/sync", response=Results, openapi_extra=_BODY)
def sync(request: FieldRequest) -> dict[str, Any]:
    """Take in at most 50 operations."""
    no_parameters(request)
    body = _json(_body(request, LARGEST_BODY))
    if not isinstance(body, dict) or not isinstance(body.get("ops"), list):
        raise Refusal(400, "unreadable", _("Send an object with a list “ops”."))
    if len(body["ops"]) > MOST_OPERATIONS:
        raise Refusal(413, "too_many", _("Send at most %(most)s at once.") % {"most": MOST_OPERATIONS})
    take_of_the_day(request.user, KILOBYTES_A_DAY, ceil(len(request.body) / 1024))
    sender = Sender(request.user, request.auth)
    results = receive(sender, body["ops"], as_moment(body.get("device_time")))
    return {"server_time": timezone.now(), "results": results}


class PhotoReceived(Schema):
    """How much of a photo is here."""

    sha256: str
    received: int
    complete: bool


_HASH = Path(..., pattern="^[0-9a-f]{64}$")


@router.put("/photos/{sha256}", response=PhotoReceived, openapi_extra=_PIECE)
def send_photo(request: FieldRequest, sha256: str = _HASH) -> dict[str, Any]:
    """Take a piece of a photo."""
    no_parameters(request)
    try:
        piece = read_piece(request.headers.get("Content-Range", ""), _body(request, LARGEST_PIECE))
        take_of_the_day(request.user, PHOTO_MEGABYTES_A_DAY, ceil(len(piece.data) / 1024**2))
        received = take_piece(request.user, sha256, piece)
    except PieceRefused as refused:
        raise Refusal(refused.status, refused.code, str(refused), received=refused.received) from refused
    return {"sha256": sha256, "received": received.received, "complete": received.complete}


@router.api_operation(["HEAD"], "/photos/{sha256}", include_in_schema=False)
def ask_for_photo(request: FieldRequest, sha256: str = _HASH) -> HttpResponse:
    """How much of a photo is here: 200 when all of it, else 404."""
    received = received_of(request.user, sha256)
    response = HttpResponse() if received.complete else problem(404)
    response["X-Received"] = str(received.received)
    return response


def _body(request: HttpRequest, most: int) -> bytes:
    try:
        length = int(request.headers.get("Content-Length") or 0)
        if length <= most:
            return request.body
    except (ValueError, RequestDataTooBig):
        pass
    raise Refusal(413, "too_large", _("At most %(most)s MB at once.") % {"most": most // 1024**2})


def _json(body: bytes) -> Any:
    try:
        return loads(body)
    except ValueError as error:
        raise Refusal(400, "unreadable", _("The content is not JSON in UTF-8.")) from error
