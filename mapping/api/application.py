"""The API itself: who may come in, how answers are written, what is said when something goes wrong.

Addresses are in the other files of this folder, a router each; `mapping.api` puts them together.
"""

from typing import Any

import orjson
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.renderers import BaseRenderer
from ninja.security import HttpBasicAuth, HttpBearer, SessionAuth

from accounts.models import User
from accounts.permissions import READ, require
from assets.filter_parameters import FilterError
from web.access import TokenRefused, challenge, reader_of, token_refused
from web.answers import private
from web.problems import problem


class SignedIn(SessionAuth):
    """Django's session, for whoever has a role that reads."""

    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:
        """The user, or None (401).

        Raises:
            PermissionDenied: signed in, but without any role.
        """
        if not isinstance(request.user, User):
            return None
        require(request.user, READ)
        return request.user


class DataToken(HttpBearer):
    """A data token of /connect/."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        """The token's user, or None (401).

        Raises:
            PermissionDenied: the user has no role any more.
            TokenRefused: the token opens nothing.
        """
        return _token_user(request)


class TokenAsPassword(HttpBasicAuth):
    """A data token as the password of its user's name."""

    def authenticate(self, request: HttpRequest, username: str, password: str) -> User | None:
        """As `DataToken`."""
        return _token_user(request)


def _token_user(request: HttpRequest) -> User | None:
    reader = reader_of(request)
    if reader is not None:
        request.user = reader
        require(reader, READ)
    return reader


# What any address may answer beside what it is for.
_REFUSALS = {
    400: "A parameter is unknown or its value cannot be read; `parameter` names it.",
    401: "Nobody is signed in, or the token opens nothing.",
    403: "The account has no role that reads, or none that may do this.",
    404: "There is nothing here, or the account cannot see it.",
    429: "Too many wrong tokens from this address; `Retry-After` says when to come back.",
}
_PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "Problem details (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "parameter": {"type": "string"},
    },
}


class Compact(BaseRenderer):
    """JSON in UTF-8: Chinese stays Chinese, and short."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        """The body."""
        return orjson.dumps(data)


class PrivateAPI(NinjaAPI):
    """Answers that nobody keeps: they are a reader's own, and live."""

    def create_response(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """An answer of any status."""
        response = super().create_response(*args, **kwargs)
        return private(response)

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The description, with the refusals that every address shares."""
        schema = super().get_openapi_schema(**options)
        schema.setdefault("components", {}).setdefault("schemas", {})["Problem"] = _PROBLEM
        content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        for methods in schema["paths"].values():
            for operation in methods.values():
                for status, description in _REFUSALS.items():
                    refusal = {"description": description, "content": content}
                    operation["responses"].setdefault(status, refusal)
        return schema


api = PrivateAPI(
    title="Publicity asset map of Tianqiao",
    version="1",
    description="What the map shows, for programs; every filter parameter is that of every other address.",
    auth=[SignedIn(csrf=False), DataToken(), TokenAsPassword()],
    renderer=Compact(),
    docs_url=None,
    openapi_url="/openapi.json",
    docs_decorator=lambda view: csrf_exempt(require_safe(view)),
    urls_namespace="api",
)


def no_parameters(request: HttpRequest, *but: str) -> None:
    """Refuse parameters that an address does not take.

    Raises:
        FilterError: naming the first.
    """
    for name in request.GET:
        if name not in but:
            raise FilterError(name, _("There is no such parameter."))


def check_page_size(size: int, most: int) -> None:
    """Refuse a page of no rows, or of more than an address gives at once.

    Raises:
        FilterError: naming `page_size`.
    """
    if not 1 <= size <= most:
        raise FilterError("page_size", _("Between 1 and %(most)s.") % {"most": most})


# --- Problems -------------------------------------------------------------------------------------------------------


@api.exception_handler(FilterError)
def _filter_problem(request: HttpRequest, error: FilterError) -> HttpResponse:
    return problem(400, error.sentence, parameter=error.parameter)


@api.exception_handler(ValidationError)
def _parameter_problem(request: HttpRequest, error: ValidationError) -> HttpResponse:
    first = error.errors[0]
    return problem(400, str(first["msg"]), parameter=str(first["loc"][-1]))


@api.exception_handler(AuthenticationError)
def _sign_in_problem(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    response = problem(401, _("Sign in to read this."))
    challenge(request, response)
    return response


@api.exception_handler(TokenRefused)
def _token_problem(request: HttpRequest, error: TokenRefused) -> HttpResponse:
    return token_refused(request, error)


@api.exception_handler(PermissionDenied)
def _permission_problem(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    return problem(403, str(error))


@api.exception_handler(Http404)
def _missing_problem(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(404, str(error) or _("There is nothing here, or your account cannot see it."))


@api.exception_handler(HttpError)
def _http_problem(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(error.status_code, str(error))
