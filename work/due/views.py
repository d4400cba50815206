"""/due/: inspections that are due, by street and type, longest overdue first; from here to crews and to the map."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from assets.filters import read_filter
from assets.models import Asset
from places.models import Level
from web.access import SignedInRequest, readers_only
from web.answers import show_page
from web.paging import ways
from work.due_queries import WINDOWS, due_counts, page_of_due


def _days_late(asset: Asset, today: date) -> int:
    due = asset.next_inspection_due
    return max((today - due).days, 0) if due else 0


@readers_only()
def due_page(request: SignedInRequest) -> HttpResponse:
    """Counts, and a page of the assets; `when` shows one window only."""
    query = request.GET.copy()
    for name in ("street", "type", "when", "q"):  # a form sends what was left empty
        if query.get(name) == "":
            del query[name]
    asset_filter = read_filter(query, extra=("when", "cursor"))
    window = query.get("when")
    page = page_of_due(asset_filter, request.user, window=window, cursor=query.get("cursor"))
    due = due_counts(asset_filter, request.user)
    lists, today = asset_filter.reference.lists, asset_filter.reference.today
    windows = [
        {
            "code": code,
            "title": title,
            "count": getattr(due.total, code),
            "current": code == window,
        }
        for code, title in WINDOWS.items()
    ]
    context: dict[str, Any] = {
        "section": "due",
        "due": due,
        "by_street": _("By street"),
        "by_type": _("By type"),
        "windows": windows,
        "window": window or "",
        "rows": [(asset, _days_late(asset, today)) for asset in page.rows],
        "matched": sum(row["count"] for row in windows if row["current"] or not window),
        "pages": ways(request, page.next),
        "query": asset_filter.query_string,
        "search": query.get("q", ""),
        "selects": [
            (
                "street",
                _("Street"),
                [(area.code, area.name) for area in lists.areas_at(Level.STREET).values()],
                query.get("street", ""),
            ),
            (
                "type",
                _("Type"),
                [(code, entry.name) for code, entry in lists.types.items()],
                query.get("type", ""),
            ),
        ],
        "kept": [
            (name, value)
            for name, value in query.items()
            if name not in ("street", "type", "when", "q", "cursor")
        ],
    }
    return show_page(request, "due/due.html", context)
