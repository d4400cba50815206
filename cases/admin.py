"""Administration of what cases go by: categories and calendars; rules are shown, and come in by import."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from assets.admin.base import CatalogueAdmin
from assets.admin.lists import ListAdmin
from cases.models import CalendarDay, CalendarYear, CaseCategory, DeadlineRule


@admin.register(CaseCategory)
class CaseCategoryAdmin(ListAdmin):
    """Categories of cases."""

    menu_order = 1
    exclude = ["asset_defects"]  # comes in by import, which knows the defects by name
    list_display = ["code", "name_zh", "name_en", "urgent", "rule", "responsible", "order", "active"]
    list_filter = ["urgent", "active"]
    list_select_related = ["rule"]


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
