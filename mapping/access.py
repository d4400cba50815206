"""Who may come in: the first line of every view of this room.

Pages send a stranger to the sign-in page; addresses for programs answer 401. Reading needs a role; what a reader sees
is narrowed by `visible_to`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.permissions import EXPORT, PLAN_MAINTENANCE, READ, can, require
from mapping.problems import is_for_programs, problem

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class SignedInRequest(HttpRequest):
    """A request of somebody who may read."""

    user: User


def readers_only(verb: str = READ) -> Callable[[View], View]:
    """Let in whoever may do `verb` anywhere; answer GET and HEAD only."""

    return _guard(verb, require_safe)


def doers_only(verb: str) -> Callable[[View], View]:
    """Let in whoever may do `verb` anywhere; answer GET, HEAD and POST. Where they may is for the action to say."""
    return _guard(verb, require_http_methods(["GET", "HEAD", "POST"]))


def _guard(verb: str, methods: Callable[..., Any]) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        @methods
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _ask_to_sign_in(request)
            require(request.user, verb)
            return view(request, *args, **kwargs)

        return guarded  # type: ignore[return-value]

    return decorate


def _ask_to_sign_in(request: HttpRequest) -> HttpResponseBase:
    if is_for_programs(request):
        return problem(401, _("Sign in to read this."))
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?next={quote(request.get_full_path())}")


def offered(request: HttpRequest) -> dict[str, bool]:
    """What a reader is offered, by pages and their scripts; every view and every action asks again."""
    return {"plan": can(request.user, PLAN_MAINTENANCE), "export": can(request.user, EXPORT)}
