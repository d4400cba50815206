"""The administration site: who may open it, how they sign in, and under whose name its changes are recorded.

Django's own login form would be a second, unthrottled way in, so it leads to the product's sign-in page. Every request
runs inside a history context (actor, origin `admin`); the actions open theirs within it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

import pghistory
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, FieldError, PermissionDenied
from django.db import DataError, ProgrammingError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.permissions import ADMINISTER, can

_View = TypeVar("_View", bound=Callable[..., HttpResponseBase])

# Sentences of Django's own administration pages that Django has no Chinese for; ours then has.
DJANGO_LACKS = (
    gettext_noop("Model name"),
    gettext_noop("Add link"),
    gettext_noop("Change or view list link"),
    gettext_noop("After you’ve created a user, you’ll be able to edit more user options."),
)

ORIGIN = "admin"  # as in assets.models.Origin, which this room may not import


def _read(view: _View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    """A page, made whole before it is sent, so that a filter the database cannot compute is refused and no fault.

    Raises:
        BadRequest: a value in the address is none of its column's.
    """
    try:
        with transaction.atomic():
            response = view(request, *args, **kwargs)
            if isinstance(response, SimpleTemplateResponse):
                response.render()
            return response
    except (DataError, ProgrammingError, FieldError, OverflowError) as error:
        raise BadRequest from error


class AdministrationSite(admin.AdminSite):
    """Django's admin site under the product's roles."""

    site_title = gettext_lazy("Administration")
    site_header = gettext_lazy("Administration")
    index_title = gettext_lazy("Catalogue, places, lists and accounts")
    site_url = reverse_lazy("map")  # type: ignore[assignment]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The rooms, each room's lists in the order of use (`menu_order` of their admin class)."""
        rooms = super().get_app_list(request, app_label)
        for room in rooms:
            room["models"].sort(key=lambda entry: getattr(self._registry[entry["model"]], "menu_order", 100))
        return rooms

    def has_permission(self, request: HttpRequest) -> bool:
        """Open to the roles that may administer something; each page then asks for its own verb."""
        return can(request.user, ADMINISTER)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send to the one sign-in page; who is signed in already and still not allowed is told so."""
        if request.user.is_authenticated:
            raise PermissionDenied(_("Your role does not allow this."))
        return redirect_to_login(request.GET.get("next", reverse("admin:index")), settings.LOGIN_URL)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The product's own page; Django's would know neither the brake nor who has to change it."""
        return HttpResponseRedirect(reverse("own-password"))

    def admin_view(self, view: _View, cacheable: bool = False) -> _View:
        """Wrap a view so that what it writes is recorded as the reader's own."""

        @wraps(view)
        def recorded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = request.user
            with pghistory.context(origin=ORIGIN, actor=str(user), user=user.pk):
                if request.method in ("GET", "HEAD"):
                    return _read(view, request, *args, **kwargs)
                return view(request, *args, **kwargs)

        return super().admin_view(cast(_View, recorded), cacheable)
