"""Who is signed in, in a cookie that the phone page reads without a network: nothing but the person's number.

The phone page starts from its own storage and would go on as whoever used it last. This tells it at once when somebody
else has signed in since (field/static/field/js/phone/hand_over.js). It opens nothing; the session does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase

from accounts.models import User

COOKIE = "person"
_PERSON = "_person_signed_in"


@receiver(user_logged_in)
def _signed_in(request: HttpRequest | None, user: User, **_: Any) -> None:
    if request is not None:
        setattr(request, _PERSON, str(user.pk))


@receiver(user_logged_out)
def _signed_out(request: HttpRequest | None, **_: Any) -> None:
    if request is not None:
        setattr(request, _PERSON, "")


class SignedInCookieMiddleware:
    """Writes the cookie into the answer in which somebody signs in, and takes it away when they sign out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and say who has signed in or out meanwhile."""
        response = self._get_response(request)
        person = getattr(request, _PERSON, None)
        if person:
            response.set_cookie(
                COOKIE,
                person,
                max_age=settings.SESSION_COOKIE_AGE,
                secure=bool(settings.SESSION_COOKIE_SECURE),
                samesite="Lax",
                httponly=False,
            )
        elif person == "":
            response.delete_cookie(COOKIE, samesite="Lax")
        return response
