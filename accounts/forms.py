"""The forms that ask for a password: Django's, behind the brake of `accounts/throttle.py`."""

from datetime import timedelta
from math import ceil
from typing import Any

from django.conf import settings
from django.contrib.auth.forms import AdminPasswordChangeForm, AuthenticationForm, PasswordChangeForm
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from accounts import throttle
from accounts.models import User


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
            raise _too_often(self.wait)
        cleaned = super().clean()
        throttle.forgive(username, address)
        return cleaned


class OwnPasswordForm(PasswordChangeForm):
    """The old password and the new one twice; guessing at the old one is braked like signing in."""

    wait: timedelta = timedelta(0)
    error_messages = {
        "password_mismatch": pgettext_lazy("password", "The two are not the same."),
        "password_incorrect": pgettext_lazy("password", "This is not your present password."),
    }

    def __init__(self, user: User, *args: Any, address: str = "", **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self._address = address
        self.fields["new_password1"].help_text = _(
            "At least %(count)s characters, not only digits, nothing that is easily guessed: no common password, "
            "nothing like your own name, no name of the district, the city or this product."
        ) % {"count": MinimumLengthValidator().min_length}

    def clean_old_password(self) -> str:
        """Check the brake, then the password.

        Raises:
            ValidationError: code `throttled` with the time to wait, or Django's `password_incorrect`.
        """
        username = self.user.get_username()
        self.wait = throttle.take_try(username, self._address)
        if self.wait:
            raise _too_often(self.wait)
        old = super().clean_old_password()
        throttle.forgive(username, self._address)
        return old

    def validate_password_for_user(self, user: User, password_field_name: str = "new_password1") -> None:
        """Say what is wrong with the new password beside it, not beside its repetition as Django does."""
        super().validate_password_for_user(user, "new_password1")

    def clean(self) -> dict:
        """Refuse what is no change.

        Raises:
            ValidationError: the new password is the old one.
        """
        cleaned = super().clean() or {}
        old, new = cleaned.get("old_password"), cleaned.get("new_password1")
        if old and old == new:
            self.add_error("new_password1", _("This is the password you have."))
        return cleaned


class PasswordForSomebodyForm(AdminPasswordChangeForm):
    """A password that an administrator sets for somebody, who has to choose one of their own with it."""

    def save(self, commit: bool = True) -> User:
        """Set the password and the mark."""
        self.user.must_change_password = True
        return super().save(commit)


def _too_often(wait: timedelta) -> ValidationError:
    return ValidationError(
        _("Too many attempts. Try again in %(wait)s.") % {"wait": _in_words(wait)}, code="throttled"
    )


def _in_words(wait: timedelta) -> str:
    seconds = ceil(wait.total_seconds())
    if seconds <= 90:
        return ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}
    minutes = ceil(seconds / 60)
    return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
