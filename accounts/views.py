"""Signing in and out."""

from math import ceil
from typing import Any

from django.conf import settings
from django.contrib.auth import views
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpResponse

from accounts.demonstration import ACCOUNTS
from accounts.forms import SignInForm


class SignIn(views.LoginView):
    """The sign-in page; in a demonstration it lists the accounts to try (`demo_accounts`)."""

    template_name = "registration/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the demonstration's accounts, or none."""
        accounts = ACCOUNTS if settings.DEMONSTRATION else ()
        return super().get_context_data(demo_accounts=accounts, **kwargs)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Show the form again; a refused try is a 429 that says when to come back."""
        response = super().form_invalid(form)
        if isinstance(form, SignInForm) and form.wait:
            response.status_code = 429
            response["Retry-After"] = str(ceil(form.wait.total_seconds()))
        return response
