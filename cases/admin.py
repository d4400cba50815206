"""Administration of what cases go by: categories, calendars, webhooks; rules are shown, and come in by import."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import MANAGE_LISTS, can
from assets.admin.base import CatalogueAdmin
from assets.admin.lists import ListAdmin
from cases.models import (
    CalendarDay,
    CalendarYear,
    CaseCategory,
    DeadlineRule,
    MediaColumn,
    NoticeKind,
    Webhook,
    WebhookTemplate,
)
from cases.webhooks import check_address


@admin.register(CaseCategory)
class CaseCategoryAdmin(ListAdmin):
    """Categories of cases."""

    menu_order = 1
    exclude = ["asset_defects"]  # comes in by import, which knows the defects by name
    list_display = ["code", "name_zh", "name_en", "urgent", "rule", "responsible", "order", "active"]
    list_filter = ["urgent", "active"]
    list_select_related = ["rule"]


@admin.register(MediaColumn)
class MediaColumnAdmin(ListAdmin):
    """The columns that media pieces are counted by."""

    menu_order = 7
    list_display = ["code", "name_zh", "name_en", "order", "active"]


@admin.register(DeadlineRule)
class DeadlineRuleAdmin(CatalogueAdmin):
    """Deadline rules: an edition is never edited, since cases keep it; a new one is imported."""

    menu_order = 2
    list_display = [
        "code",
        "edition",
        "handle_limit",
        "handle_unit",
        "check_limit",
        "check_unit",
        "source",
        "confidence",
    ]
    list_filter = ["edition", "confidence"]
    search_fields = ["code", "source"]


class CalendarDays(admin.TabularInline):
    """The days that differ, to be read."""

    model = CalendarDay
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody here: open cases are dated anew only by publishing."""
        return False


@admin.register(CalendarYear)
class CalendarYearAdmin(CatalogueAdmin):
    """Calendars of years, to be read."""

    menu_order = 3
    list_display = ["year", "source"]
    inlines = [CalendarDays]


class WebhookForm(forms.ModelForm):
    """A webhook: address and secret are taken, and never shown again."""

    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Kinds"), choices=NoticeKind.choices, widget=forms.CheckboxSelectMultiple()
    )
    new_address = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy(
            "https://…, as the robot’s page shows it. It is never shown again; empty keeps it."
        ),
    )
    new_secret = forms.CharField(
        label=gettext_lazy("Secret to sign with"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy(
            "Needed for our own; DingTalk’s begins with SEC; WeCom has none. Empty keeps it."
        ),
    )

    class Meta:
        model = Webhook
        fields = ["name", "template", "kinds", "district_code", "active"]

    def clean_new_address(self) -> str:
        """What was typed, at a host that the operator lists; else what there was."""
        address = self.cleaned_data["new_address"].strip() or self.instance.address
        if not address:
            raise ValidationError(_("Give the address that is to be told."))
        try:
            check_address(address)
        except ValidationError as refused:
            raise ValidationError(refused.messages) from refused
        return address

    def clean_new_secret(self) -> str:
        """What was typed, else what there was; our own kind is always signed."""
        secret = self.cleaned_data["new_secret"].strip() or self.instance.secret
        if self.cleaned_data.get("template") == WebhookTemplate.PLAIN and len(secret) < 16:
            raise ValidationError(_("Our own is signed: give a secret of at least 16 characters."))
        return secret

    def clean(self) -> dict[str, Any]:
        """They are no fields of the row to the form, which would show what it began with to two editors."""
        given = super().clean() or {}
        self.instance.address = given.get("new_address", self.instance.address)
        self.instance.secret = given.get("new_secret", self.instance.secret)
        return given


@admin.register(Webhook)
class WebhookAdmin(CatalogueAdmin):
    """Webhooks, for whoever keeps a whole district's lists; nobody else sees that there are any."""

    menu_order = 4
    form = WebhookForm
    list_display = ["name", "template", "district_code", "active"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whoever keeps the lists."""
        return can(request.user, MANAGE_LISTS)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever keeps the lists."""
        return can(request.user, MANAGE_LISTS)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whoever keeps the lists."""
        return can(request.user, MANAGE_LISTS)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever keeps the lists."""
        return can(request.user, MANAGE_LISTS)
