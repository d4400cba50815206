"""Administration of batches and background runs: what was done together, and what the worker is doing."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from assets.admin.base import CatalogueAdmin
from assets.batch_reports import report_in_words
from assets.models import BackgroundRun, Batch, RunState

REFRESH_SECONDS = 3


@admin.register(Batch)
class BatchAdmin(CatalogueAdmin):
    """Batches: read only."""

    menu_order = 13
    list_display = ["id", "kind", "title", "actor", "origin", "created_at"]
    list_display_links = ["id", "title"]
    list_filter = ["kind", "origin"]
    list_select_related = ["actor"]
    search_fields = ["=id", "title"]
    fields = ["kind", "title", "actor", "origin", "created_at", "on_the_map", "report"]
    readonly_fields = ["on_the_map"]

    @admin.display(description=_("assets"))
    def on_the_map(self, batch: Batch) -> str:
        """The way to what was done together."""
        address = reverse("map", query={"batch": batch.pk})
        return format_html('<a href="{}">{}</a>', address, _("Show on the map"))

    def _words(self) -> Mapping[str, Callable[[Any], str]]:
        """Also the report."""
        return {**super()._words(), "report": report_in_words}


@admin.register(BackgroundRun)
class BackgroundRunAdmin(CatalogueAdmin):
    """Background runs, with a bar that moves on while the page is open."""

    menu_order = 14
    list_display = ["id", "kind", "state", "progress", "started_by", "created_at", "finished_at"]
    list_display_links = ["id", "kind"]
    list_filter = ["state", "kind"]
    list_select_related = ["started_by"]
    fields = [
        "kind",
        "state",
        "progress",
        "message",
        "result",
        "attempts",
        "started_by",
        "created_at",
        "finished_at",
    ]

    @admin.display(description=_("progress"))
    def progress(self, run: BackgroundRun) -> str:
        """Done of total, as a bar and in figures."""
        if run.total is None:
            return f"{run.done:,}"
        return format_html(
            '<progress value="{}" max="{}"></progress> {} / {}',
            run.done,
            max(run.total, 1),
            f"{run.done:,}",
            f"{run.total:,}",
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The run's page, which comes again by itself until the run has ended."""
        response = super().change_view(request, object_id, form_url, extra_context)
        run = self.get_object(request, object_id)
        if run is not None and run.state in (RunState.WAITING, RunState.RUNNING):
            response["Refresh"] = str(REFRESH_SECONDS)
        return response

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With who started it."""
        return super().get_queryset(request).select_related("started_by")
