"""The API itself: who may come in, how answers are written, what is said when something goes wrong.

Addresses are in the other files of this folder, a router each; `mapping.api` puts them together.
"""

from typing import Any

import orjson
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.renderers import BaseRenderer
from ninja.security import SessionAuth

from accounts.models import User
from accounts.permissions import READ, require
from assets.filters import FilterError
from mapping.problems import problem


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
        response["Cache-Control"] = "private, no-store"
        return response


api = PrivateAPI(
    title="Publicity asset map of Tianqiao",
    version="1",
    description="What the map shows, for programs; every filter parameter is that of every other address.",
    auth=SignedIn(csrf=False),
    renderer=Compact(),
    docs_url=None,
    openapi_url="/openapi.json",
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
    return problem(401, _("Sign in to read this."))


@api.exception_handler(PermissionDenied)
def _permission_problem(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    return problem(403, str(error))


@api.exception_handler(Http404)
def _missing_problem(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(404, str(error) or _("There is nothing here, or your account cannot see it."))


@api.exception_handler(HttpError)
def _http_problem(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(error.status_code, str(error))
