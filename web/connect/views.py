"""/connect/: how a planner's programs read live: recipes to copy, and the tokens that these need.

A token's secret is shown once, in the answer to the request that made it, and kept nowhere, not even in the session.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST

from accounts.actions.issue_data_token import LONGEST_LABEL, issue_data_token
from accounts.actions.revoke_data_token import revoke_data_token
from accounts.models import AccessToken, TokenPurpose, User
from accounts.permissions import EXPORT, require
from web.access import SignedInRequest, ask_to_sign_in, readers_only
from web.answers import show_page


def _posted(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """A form's way in: POST with its CSRF token, by somebody who is signed in."""

    @wraps(view)
    @require_POST
    @csrf_protect
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not isinstance(request.user, User):
            return ask_to_sign_in(request)
        return view(request, *args, **kwargs)

    return guarded


def connect(request: HttpRequest) -> HttpResponseBase:
    """The page; posted to, it makes a token. One address for both, so that the answer can be loaded anew."""
    return _make_token(request) if request.method == "POST" else _shown(cast(SignedInRequest, request))


@readers_only(EXPORT)
def _shown(request: SignedInRequest) -> HttpResponse:
    """Recipes and tokens."""
    return _page(request)


@_posted
def _make_token(request: SignedInRequest) -> HttpResponse:
    """Make a token and show its secret, in the recipes too."""
    try:
        token, secret = issue_data_token(request.user, request.POST.get("label", ""))
    except ValidationError as error:
        return _page(request, status=400, fault=" ".join(error.messages), label=request.POST.get("label", ""))
    return _page(request, status=201, made=token, secret=secret)


@_posted
def end_token(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """Revoke one of one's own tokens."""
    if revoke_data_token(request.user, uid) is None:
        raise Http404
    return HttpResponseRedirect(f"{reverse('connect')}#tokens")


def _page(request: SignedInRequest, *, status: int = 200, secret: str = "", **context: Any) -> HttpResponse:
    require(request.user, EXPORT)
    root = request.build_absolute_uri("/").rstrip("/")
    shown = {
        "root": root,
        "ogc": root + reverse("ogc"),
        "username": request.user.username,
        # A word that nobody takes for a secret, until there is one.
        "token": secret or _("YOUR-TOKEN"),
        "secret": secret,
        "tokens": _tokens(request.user),
        "longest_label": LONGEST_LABEL,
        **context,
    }
    return show_page(request, "connect/connect.html", shown, status=status)


def _tokens(user: User) -> list[AccessToken]:
    """A user's data tokens that still open something, and those that ended in the last month, newest first."""
    recently = timezone.now() - timedelta(days=30)
    tokens = AccessToken.objects.filter(user=user, purpose=TokenPurpose.DATA).order_by("-id")
    return list(tokens.filter(expires_at__gt=recently).exclude(revoked_at__lt=recently))
