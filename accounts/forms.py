"""The sign-in form: Django's, behind the brake of `accounts/throttle.py`."""

from datetime import timedelta
from math import ceil

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import throttle


def client_address(request: HttpRequest) -> str:
    """Where a request comes from, as brakes count it; behind our own proxy, what it appended to X-Forwarded-For.

    `config.middleware.ProxyMiddleware` has taken that header away where it is not our proxy's.
    """
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_PROXY else ""
    address = forwarded.rsplit(",", 1)[-1].strip() or request.META.get("REMOTE_ADDR", "")
    return throttle.network_of(address)


class SignInForm(AuthenticationForm):
    """Name and password. The answer is the same whether the name, the password or neither exists."""

    wait: timedelta = timedelta(0)

    def clean(self) -> dict:
        """Check the brake, then the password.

        Raises:
            ValidationError: code `throttled` with the time to wait, or Django's `invalid_login`.
        """
        username = self.cleaned_data.get("username") or ""
        address = client_address(self.request) if self.request else ""
        self.wait = throttle.take_try(username, address)
        if self.wait:
            raise ValidationError(
                _("Too many attempts. Try again in %(wait)s.") % {"wait": _in_words(self.wait)},
                code="throttled",
            )
        cleaned = super().clean()
        throttle.forgive(username, address)
        return cleaned


def _in_words(wait: timedelta) -> str:
    seconds = ceil(wait.total_seconds())
    if seconds <= 90:
        return ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}
    minutes = ceil(seconds / 60)
    return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
