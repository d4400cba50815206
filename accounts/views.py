"""Signing in and out, and one's own password."""

from datetime import timedelta
from math import ceil
from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash, views
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from accounts.actions.change_own_password import change_own_password
from accounts.forms import OwnPasswordForm, SignInForm, client_address
from accounts.passwords import has_chosen
from accounts.to_try import accounts_to_try


class SignIn(views.LoginView):
    """The sign-in page; in a demonstration it lists the accounts to try (`demo_accounts`)."""

    template_name = "registration/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the demonstration's accounts, or none."""
        return super().get_context_data(demo_accounts=accounts_to_try(), **kwargs)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Show the form again; a refused try is a 429 that says when to come back."""
        response = super().form_invalid(form)
        return _braked(response, form.wait) if isinstance(form, SignInForm) else response


class OwnPassword(LoginRequiredMixin, views.PasswordChangeView):
    """Everybody's own password; the page that a first sign-in leads to."""

    template_name = "registration/own_password.html"
    form_class = OwnPasswordForm
    success_url = reverse_lazy("own-password")

    def get_form_kwargs(self) -> dict[str, Any]:
        """With the address, for the brake."""
        return {**super().get_form_kwargs(), "address": client_address(self.request)}

    def form_valid(self, form: Any) -> HttpResponse:
        """Set the password, keep this session and say so."""
        user = form.user
        change_own_password(user, form.cleaned_data["new_password1"])
        update_session_auth_hash(self.request, user)
        has_chosen(self.request)
        messages.success(
            self.request,
            _("The password is changed. Other browsers, phones and programs have to sign in anew."),
        )
        return HttpResponseRedirect(self.get_success_url())

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show the form again; a refused try is a 429 that says when to come back."""
        return _braked(super().form_invalid(form), form.wait)


def _braked(response: HttpResponse, wait: timedelta) -> HttpResponse:
    if wait:
        response.status_code = 429
        response["Retry-After"] = str(ceil(wait.total_seconds()))
    return response
