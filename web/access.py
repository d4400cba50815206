"""Who may come in: the first line of every view of this room.

Pages send a stranger to the sign-in page; addresses for programs answer 401. Reading needs a role; what a reader sees
is narrowed by `visible_to`. Programs come with a data token, as `Authorization: Bearer <token>` or, since QGIS and
Excel know only names and passwords, as Basic with the token as password.
"""

from collections.abc import Callable
from functools import wraps
from math import ceil
from typing import Any, TypeVar
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.forms import client_address
from accounts.models import TokenPurpose, User
from accounts.permissions import EDIT, EXPORT, PLAN_MAINTENANCE, READ, can, require
from accounts.throttle import take_token_try
from accounts.tokens import basic_token, bearer_token
from web.problems import PROGRAMS, is_for_programs, problem

View = TypeVar("View", bound=Callable[..., HttpResponseBase])

# Where a token opens anything: what programs read, and the photos that exports link to.
_FOR_TOKENS = (*PROGRAMS, "/ogc/", "/photos/")
# Where a program that came without one is asked for it; elsewhere a browser would ask its user.
_ASKED_FOR_PASSWORDS = ("/ogc/", "/export/")
_REALM = 'realm="tianqiao", charset="UTF-8"'


class SignedInRequest(HttpRequest):
    """A request of somebody who may read."""

    user: User


class TokenRefused(Exception):
    """An Authorization header that opens nothing; `wait` is in seconds, for a client that has tried too often."""

    def __init__(self, sentence: str, wait: int = 0) -> None:
        self.sentence = sentence
        self.wait = wait
        super().__init__(sentence)


def readers_only(verb: str = READ) -> Callable[[View], View]:
    """Let in whoever may do `verb` anywhere; answer GET and HEAD only."""
    return admitting(verb, "GET", "HEAD")


def admitting(verb: str, *methods: str) -> Callable[[View], View]:
    """Let in whoever may do `verb` anywhere; answer these methods only."""

    def decorate(view: View) -> View:
        @wraps(view)
        @require_http_methods(methods)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                reader = reader_of(request)
            except TokenRefused as refusal:
                return token_refused(request, refusal)
            if reader is None:
                return ask_to_sign_in(request)
            request.user = reader
            require(reader, verb)
            return view(request, *args, **kwargs)

        # What only reads needs no guard against forged orders, which would answer 403 where the method is wrong.
        return csrf_exempt(guarded) if {*methods} <= {"GET", "HEAD"} else guarded  # type: ignore[return-value]

    return decorate


def phones_too(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Stands before `readers_only`: a phone comes with its own token, and then it is its user who reads."""

    @wraps(view)
    def recognising(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        token = bearer_token(request, TokenPurpose.FIELD)
        if token is not None:
            request.user = token.user
        return view(request, *args, **kwargs)

    return recognising


def reader_of(request: HttpRequest) -> User | None:
    """Who asks: whoever is signed in, else the user of the data token; None for nobody.

    Raises:
        TokenRefused: the request carries a token that opens nothing, or carries it unencrypted.
    """
    if isinstance(request.user, User):
        return request.user
    scheme = request.headers.get("Authorization", "").partition(" ")[0].lower()
    if scheme not in ("bearer", "basic") or not request.path.startswith(_FOR_TOKENS):
        return None
    if not request.is_secure() and not settings.TOKENS_WITHOUT_TLS:
        raise TokenRefused(_("Tokens are taken over https only: use an address that begins with https://."))
    read = bearer_token if scheme == "bearer" else basic_token
    token = read(request, TokenPurpose.DATA)
    if token is not None:
        return token.user
    wait = take_token_try(client_address(request))
    if wait:
        raise TokenRefused(_("Too many wrong tokens from this address."), ceil(wait.total_seconds()))
    raise TokenRefused(_("This token does not exist, has ended, or is not this user's."))


def token_refused(request: HttpRequest, refusal: TokenRefused) -> HttpResponse:
    """The answer to a token that opens nothing: 401, or 429 with the time to wait."""
    response = problem(429 if refusal.wait else 401, refusal.sentence)
    if refusal.wait:
        response["Retry-After"] = str(refusal.wait)
    else:
        challenge(request, response)
    return response


def challenge(request: HttpRequest, response: HttpResponseBase) -> None:
    """Say in a 401 how a program signs in; a browser must not take it for a question to its user."""
    response["WWW-Authenticate"] = f"Bearer {_REALM}"
    if request.path.startswith(_ASKED_FOR_PASSWORDS) and not _is_browser(request):
        response["WWW-Authenticate"] = f"Basic {_REALM}"


def _is_browser(request: HttpRequest) -> bool:
    return "Sec-Fetch-Mode" in request.headers or "text/html" in request.headers.get("Accept", "")


def ask_to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """The answer to nobody: the sign-in page, or for programs a 401."""
    if is_for_programs(request):
        response = problem(401, _("Sign in to read this."))
        challenge(request, response)
        return response
    return HttpResponseRedirect(f"{resolve_url(settings.LOGIN_URL)}?next={quote(request.get_full_path())}")


def offered(request: HttpRequest) -> dict[str, bool]:
    """What a reader is offered, by pages and their scripts; every view and every action asks again."""
    verbs = {"plan": PLAN_MAINTENANCE, "export": EXPORT, "edit": EDIT}
    return {name: can(request.user, verb) for name, verb in verbs.items()}
