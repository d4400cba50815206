"""Which passwords are refused beyond what Django refuses, and who has to choose one of their own first.

Guesses at a district's map begin with the names everybody knows: the district's, the city's, the product's. They are
found in other letters too: full-width, upper case, digits for letters, Pinyin or characters.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.contrib.auth.signals import user_logged_in
from django.core.exceptions import PermissionDenied, ValidationError
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from places.models import Area, Level

NAMES = (
    *("tianqiao", "jinan", "shandong", "publicity", "signage", "xuanchuan", "gongyi", "guanggao", "wenming"),
    *("天桥", "济南", "山东", "宣传", "公益", "广告", "文明"),
)
_LOOK_ALIKE = str.maketrans("013457@$!|", "oieastasii")
_SHORTEST_NAME = 2
_MUST_CHANGE = "must_change_password"
# What remains reachable: choosing the password, leaving, the language, and what pages are made of.
_OPEN_NAMES = ("own-password", "sign-out", "sign-in", "set_language", "javascript-catalog", "healthz")


class LongEnough(MinimumLengthValidator):
    """Django's rule of length in words that are translated: its own sentence is not in its Chinese catalogue."""

    def get_error_message(self) -> str:
        """What is said of a shorter one."""
        return _("This password is too short: it needs at least %(count)s characters.") % {
            "count": self.min_length
        }


class NoPlaceNames:
    """A validator: no password with the product's or a district's name in it."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Check.

        Raises:
            ValidationError: code `password_has_name`, naming what was found.
        """
        self._refuse(password, (*NAMES, *self._names_of_districts()))

    def _refuse(self, password: str, names: Iterable[str]) -> None:
        plain = unicodedata.normalize("NFKC", password).casefold()
        for name in names:
            if name in plain or name in plain.translate(_LOOK_ALIKE):
                raise ValidationError(
                    _("A password must not contain “%(name)s”: that is what is guessed first.")
                    % {"name": name},
                    code="password_has_name",
                )

    def get_help_text(self) -> str:
        """What the form says beforehand."""
        return _("No names of the district, the city or this product.")

    def _names_of_districts(self) -> set[str]:
        """The districts' own names, without the word for “district”."""
        names = Area.objects.filter(level=Level.DISTRICT).values_list("name", flat=True)
        stems = {name.casefold().rstrip("区县市") for name in names}
        return {stem for stem in stems if len(stem) >= _SHORTEST_NAME}


@receiver(user_logged_in)
def _note_who_must_change(request: HttpRequest | None, user: User, **_: Any) -> None:
    if request is not None and user.must_change_password:
        request.session[_MUST_CHANGE] = True


def has_chosen(request: HttpRequest) -> None:
    """The session's person has a password of their own now."""
    request.session.pop(_MUST_CHANGE, None)


class OwnPasswordMiddleware:
    """Opens nothing but the password's page to whoever signed in with a password that somebody else set.

    The mark is in the session, which every answer reads anyway: a password set by somebody else ends the sessions that
    were there, so everybody it concerns signs in anew.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, lead a reader to the page, or refuse.

        Raises:
            PermissionDenied: something else than a page was asked for.
        """
        session = getattr(request, "session", None)
        if session is None or not self._is_marked(session) or request.path in self._open_addresses():
            return self._get_response(request)
        if request.method in ("GET", "HEAD") and "text/html" in request.headers.get("Accept", ""):
            return HttpResponseRedirect(reverse("own-password"))
        raise PermissionDenied(_("Choose a password of your own first."))

    def _is_marked(self, session: Any) -> bool:
        """Whether the mark is set; a look that found nothing makes no answer depend on the cookie (`Vary`)."""
        accessed = session.accessed
        is_marked = bool(session.get(_MUST_CHANGE))
        if not is_marked:
            session.accessed = accessed
        return is_marked

    def _open_addresses(self) -> set[str]:
        return {reverse(name) for name in _OPEN_NAMES}
