"""Administration of the lists the catalogue is described by; artworks are only looked up here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.permissions import MANAGE_LISTS, can
from assets.admin.base import CatalogueAdmin
from assets.models import Artwork, AssetType, ComponentState, Defect, StandardCode, Theme


class ListAdmin(CatalogueAdmin):
    """Entries are added, renamed and retired (`active`); never deleted, since old rows keep their meaning."""

    list_display = ["code", "name_zh", "name_en", "order", "active"]
    list_editable = ["order", "active"]
    list_filter = ["active"]
    search_fields = ["code", "name_zh", "name_en"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whoever keeps the lists."""
        return can(request.user, MANAGE_LISTS)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever keeps the lists."""
        return can(request.user, MANAGE_LISTS)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A code is what rows, links and files refer to."""
        return ["code"] if obj else []


@admin.register(StandardCode)
class StandardCodeAdmin(ListAdmin):
    """Codes of the national standard, by edition."""

    menu_order = 11
    list_display = ["code", "kind", "edition", "name_zh", "name_en"]
    list_editable = []
    list_filter = ["kind", "edition"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What identifies it."""
        return ["kind", "code", "edition"] if obj else []


@admin.register(AssetType)
class AssetTypeAdmin(ListAdmin):
    """Carrier forms."""

    menu_order = 8
    list_display = [
        "code",
        "name_zh",
        "name_en",
        "family",
        "symbol",
        "component",
        "fixed",
        "inspection_interval_days",
        "order",
        "active",
    ]
    list_filter = ["family", "fixed", "active"]
    list_select_related = ["component"]


@admin.register(Theme)
class ThemeAdmin(ListAdmin):
    """Themes."""

    menu_order = 9


@admin.register(Defect)
class DefectAdmin(ListAdmin):
    """Defects; some are urgent whatever the condition."""

    menu_order = 10
    list_display = ["code", "name_zh", "name_en", "urgent", "remedy", "event", "order", "active"]
    list_filter = ["urgent", "active"]
    list_select_related = ["event"]


@admin.register(ComponentState)
class ComponentStateAdmin(CatalogueAdmin):
    """What 管理部件状态 follows from in the standard's form."""

    menu_order = 12
    list_display = ["lifecycle", "condition", "state"]
    list_display_links = ["lifecycle", "condition"]
    list_editable = ["state"]
    list_filter = ["lifecycle"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whoever keeps the lists."""
        return can(request.user, MANAGE_LISTS)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever keeps the lists."""
        return can(request.user, MANAGE_LISTS)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What identifies it."""
        return ["lifecycle", "condition"] if obj else []


@admin.register(Artwork)
class ArtworkAdmin(CatalogueAdmin):
    """Artworks, to be looked up; they are entered, approved and changed on the office's own pages."""

    menu_order = 7
    list_display = ["code", "title", "origin", "mark", "approval", "valid_from", "valid_to"]
    list_display_links = ["code", "title"]
    list_filter = ["approval", "origin", "logo", ("valid_to", admin.EmptyFieldListFilter)]
    search_fields = ["code", "title", "wording"]
    exclude = ["logo"]
    readonly_fields = ["mark"]

    @admin.display(description=Artwork._meta.get_field("logo").verbose_name, ordering="logo")
    def mark(self, artwork: Artwork) -> str:
        """Yes, no, or nothing where nobody has said: Django's picture would be called "None" in every language."""
        if artwork.logo is None:
            return ""
        return _("Yes") if artwork.logo else _("No")
