"""Buttons on an administration page that do one thing to one row: a verb, a small form, an action.

Each verb has a page of its own (`…/<id>/do/<verb>/`), which asks for what the action needs and shows why it refused.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.permissions import Placed, can
from assets.admin.base import CatalogueAdmin, Refused, actor_of, add_errors, refusals
from assets.history import Actor


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class NoQuestions(forms.Form):
    """For verbs that need nothing but a yes."""


@dataclass(frozen=True)
class ObjectVerb:
    """One thing that can be done to one row."""

    slug: str
    title: str | Promise
    permission: str
    run: Callable[[Actor, Any, dict[str, Any]], Any]
    form: type[forms.Form] = NoQuestions
    applies: Callable[[Any], bool] = lambda row: True


class WithVerbs(CatalogueAdmin):
    """Offers `verbs` on the page of a row, to those who may."""

    change_form_template = "admin/object_with_verbs.html"
    verbs: Sequence[ObjectVerb] = ()

    def placed(self, row: Any) -> Placed:
        """What permission is asked for: the row itself, or the asset it belongs to."""
        return row

    def offered(self, request: HttpRequest, row: Any) -> list[ObjectVerb]:
        """The verbs that apply to a row now and that the reader may use."""
        return [
            verb
            for verb in self.verbs
            if verb.applies(row) and can(request.user, verb.permission, self.placed(row))
        ]

    def get_urls(self) -> list[URLPattern]:
        """One more address: the page of a verb."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_do"
        return [
            path("<path:object_id>/do/<slug:slug>/", self.admin_site.admin_view(self.do_view), name=name),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The row's page, with its verbs."""
        row = self.get_object(request, object_id)
        offered = self.offered(request, row) if row is not None else []
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "verbs": offered})

    def do_view(self, request: HttpRequest, object_id: str, slug: str) -> HttpResponse:
        """Ask for what the verb needs; then do it and go back to the row."""
        row = self.get_object(request, object_id)
        verb = next((verb for verb in self.verbs if verb.slug == slug), None)
        if row is None or verb is None or not self.has_view_permission(request, row):
            raise Http404
        if not can(request.user, verb.permission, self.placed(row)):
            raise PermissionDenied(_("Your role does not allow this here."))
        form = verb.form(
            data=request.POST if request.method == "POST" else None,
            files=request.FILES or None,
            initial=request.GET.dict(),
        )
        if request.method == "POST" and form.is_valid():
            try:
                with refusals():
                    verb.run(actor_of(request), row, form.cleaned_data)
            except Refused as refused:
                add_errors(form, refused.errors)
            else:
                messages.success(request, _("%(row)s: %(verb)s – done.") % {"row": row, "verb": verb.title})
                return HttpResponseRedirect(self._address(row))
        context = {
            **self.admin_site.each_context(request),
            "title": verb.title,
            "subtitle": str(row),
            "opts": self.opts,
            "object": row,
            "verb": verb,
            "form": form,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "admin/do_verb.html", context)

    def _address(self, row: Any) -> str:
        return reverse(
            f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk]
        )
