"""What the administration pages of this room share: permission by role, and saving through actions.

Django saves a form in `save_model`, when it is too late for the form to be wrong. An action may still refuse there
(somebody else was quicker, the point lies in another street), so the page is then built once more with the refusal as
errors of its fields; what had been written is rolled back.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import ADMINISTER, can
from assets.actions.edit_asset import EditConflict
from assets.history import Actor
from assets.models import Origin
from places.admin import OurForms, WithRowHistory


def actor_of(request: HttpRequest) -> Actor:
    """Who acts through an administration page."""
    user: User | AnonymousUser = request.user
    return Actor(user if isinstance(user, User) else None, Origin.ADMIN)


class Refused(Exception):
    """An action said no; `errors` are its sentences by field."""

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        super().__init__(errors)
        self.errors = errors


@contextmanager
def refusals() -> Iterator[None]:
    """Turn whatever an action says no with into `Refused`."""
    try:
        yield
    except ValidationError as error:
        raise Refused(
            error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
        ) from error
    except PermissionDenied as error:
        raise Refused({NON_FIELD_ERRORS: [str(error) or _("Your role does not allow this here.")]}) from error
    except EditConflict as error:
        sentence = _("Somebody else changed this meanwhile, to: %(value)s")
        raise Refused(
            {name: [sentence % {"value": getattr(error.asset, name)}] for name in error.fields}
        ) from error


def add_errors(form: forms.BaseForm, errors: Mapping[str, list[str]]) -> None:
    """Put an action's sentences at a form's fields; those about other fields at its head."""
    for name, sentences in errors.items():
        form.add_error(name if name in form.fields else None, sentences)


class RefusableForm(forms.ModelForm):
    """A form that shows why an action refused what it sent."""

    refusal: Mapping[str, list[str]] = {}

    def clean(self) -> dict[str, Any]:
        """Add the refusal's sentences."""
        cleaned = super().clean() or {}
        add_errors(self, self.refusal)
        return cleaned


class CatalogueAdmin(WithRowHistory, OurForms):
    """Read by all who may administer, written by nobody unless a subclass says who; nothing is ever deleted."""

    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # one count for each filter entry

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Listed for all who may open the administration."""
        return can(request.user, ADMINISTER)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Which rows is for `get_queryset` to say."""
        return can(request.user, ADMINISTER)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Not by default."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not by default."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: rows here are the register's memory."""
        return False

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What was recorded; of rows that keep no history (postings, photos, batches, runs) their page is all."""
        if not hasattr(self.model, "events"):
            return self.change_view(request, object_id)
        return super().history_view(request, object_id, extra_context)


class ThroughActions(CatalogueAdmin):
    """An add or change form whose `save_model` calls an action inside `refusals()`."""

    form = RefusableForm

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Django's view; after a refusal once more, to show it."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Refused as refused:
            request.refusal = refused.errors  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        """The form, told of a refusal if there was one."""
        form = super().get_form(request, obj, change, **kwargs)
        form.refusal = getattr(request, "refusal", {})
        return form
