"""Phones and their tokens, and who somebody is in the field."""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Schema, Status

from accounts.models import AccessToken, TokenPurpose, User
from accounts.permissions import can
from field.actions.issue_device import issue_device
from field.actions.revoke_device import revoke_device
from field.api.access import ABILITIES, FieldRequest, FieldToken
from mapping.api.application import SignedIn, no_parameters

router = Router()
# The token, or the page before it has one.
TOKEN_OR_SESSION = [FieldToken(), SignedIn(csrf=True)]


class NewDevice(Schema):
    """A phone that wants a token."""

    label: str = ""
    phone: UUID | None = None


class Person(Schema):
    """A user, as a phone shows them."""

    id: int
    username: str
    name: str


class IssuedDevice(Schema):
    """A new token. It is shown this once."""

    token: str
    uid: UUID
    user: Person
    expires_at: datetime


class Device(Schema):
    """A phone that was given a token."""

    uid: UUID
    label: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime
    revoked_at: datetime | None
    this: bool


class Devices(Schema):
    """One's own phones, the newest first."""

    devices: list[Device]


class HeldRole(Schema):
    """A role in an area; without one it holds everywhere."""

    role: str
    area: str | None
    area_name: str | None


class NamedUnit(Schema):
    """A unit one belongs to."""

    id: int
    name: str


class ThisDevice(Schema):
    """The phone that asks."""

    uid: UUID
    label: str
    expires_at: datetime


class Me(Schema):
    """Who somebody is in the field."""

    user: Person
    roles: list[HeldRole]
    can: dict[str, bool]
    units: list[NamedUnit]
    device: ThisDevice
    server_time: datetime


@router.post("/devices", auth=SignedIn(csrf=True), response={201: IssuedDevice})
def issue(request: HttpRequest, wanted: NewDevice) -> Any:
    """A token for this phone, for whoever is signed in."""
    no_parameters(request)
    user = cast(User, request.user)
    token, secret = issue_device(user, wanted.label)
    return Status(
        201,
        {"token": secret, "uid": token.uid, "user": _person(user), "expires_at": token.expires_at},
    )


@router.get("/signed-in", auth=SignedIn(csrf=False), response=Person)
def signed_in(request: HttpRequest) -> dict[str, Any]:
    """Who is signed in in this browser: whoever holds a phone may have changed since it got its token."""
    no_parameters(request)
    return _person(cast(User, request.user))


@router.get("/devices", auth=TOKEN_OR_SESSION, response=Devices)
def devices(request: HttpRequest) -> dict[str, Any]:
    """One's own phones."""
    no_parameters(request)
    this = _token_of(request)
    own = AccessToken.objects.filter(user=cast(User, request.user), purpose=TokenPurpose.FIELD)
    return {
        "devices": [
            {
                "uid": token.uid,
                "label": token.label,
                "created_at": token.created_at,
                "last_used_at": token.last_used_at,
                "expires_at": token.expires_at,
                "revoked_at": token.revoked_at,
                "this": this is not None and token.pk == this.pk,
            }
            for token in own
        ]
    }


@router.delete("/devices/{uid}", auth=TOKEN_OR_SESSION, response={204: None})
def revoke(request: HttpRequest, uid: UUID) -> Any:
    """End the token of one of one's own phones."""
    no_parameters(request)
    user = cast(User, request.user)
    token = AccessToken.objects.filter(uid=uid, user=user, purpose=TokenPurpose.FIELD).first()
    if token is None:
        raise Http404
    revoke_device(user, token)
    return HttpResponse(status=204)


@router.get("/me", response=Me)
def me(request: FieldRequest) -> dict[str, Any]:
    """Who one is, and what one may do."""
    no_parameters(request)
    user, token = request.user, request.auth
    roles = user.memberships.select_related("area").order_by("pk")
    return {
        "user": _person(user),
        "roles": [
            {
                "role": held.role,
                "area": held.area.code if held.area else None,
                "area_name": held.area.name if held.area else None,
            }
            for held in roles
        ],
        "can": {name: can(user, verb) for name, verb in ABILITIES.items()},
        "units": [{"id": unit.pk, "name": unit.name} for unit in user.units.all()],
        "device": {"uid": token.uid, "label": token.label, "expires_at": token.expires_at},
        "server_time": timezone.now(),
    }


def _person(user: User) -> dict[str, Any]:
    return {"id": user.pk, "username": user.username, "name": str(user)}


def _token_of(request: HttpRequest) -> AccessToken | None:
    auth = getattr(request, "auth", None)
    return auth if isinstance(auth, AccessToken) else None
