"""Who may come in: the first line of every page of this folder."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.permissions import require
from web.access import SignedInRequest

View = Callable[..., HttpResponseBase]


def office_only(verb: str, *methods: str) -> Callable[[View], View]:
    """Let in whoever may do `verb` anywhere; where they may is narrowed by the view. GET and HEAD unless told."""

    def decorate(view: View) -> View:
        @wraps(view)
        @never_cache
        @require_http_methods(methods or ("GET", "HEAD"))
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not isinstance(request.user, User):
                return redirect_to_login(request.get_full_path())
            require(request.user, verb)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


__all__ = ["SignedInRequest", "office_only"]
