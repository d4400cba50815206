"""Administration of this room: the list of exports, to be read and nothing else."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.permissions import MANAGE_LISTS, can
from assets.admin.base import CatalogueAdmin
from mapping.models import Export


@admin.register(Export)
class ExportAdmin(CatalogueAdmin):
    """Who took what out of the catalogue. The department sees all, a street office its own."""

    menu_order = 1
    list_display = ["id", "name", "layer", "format", "crs", "filter", "rows", "size", "outcome", "started_at"]
    list_display_links = ["id", "name"]
    list_filter = ["layer", "format", "outcome"]
    search_fields = ["=id", "name", "filter"]
    date_hierarchy = "started_at"
    fields = [
        "name",
        "user",
        "layer",
        "format",
        "filter",
        "crs",
        "columns",
        "titles",
        "language",
        "rows",
        "bytes",
        "outcome",
        "run",
        "started_at",
        "finished_at",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """All of them for those who keep the lists, else one's own."""
        exports = super().get_queryset(request)
        return exports if can(request.user, MANAGE_LISTS) else exports.filter(user_id=request.user.pk)

    @admin.display(description=_("size"), ordering="bytes")
    def size(self, export: Export) -> str:
        """The bytes in kilobytes or megabytes."""
        if export.bytes is None:
            return "—"
        return f"{export.bytes / 1e6:,.1f} MB" if export.bytes >= 1e6 else f"{export.bytes / 1e3:,.1f} kB"
