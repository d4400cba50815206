"""Which rows of a ledger are shown: ?show=…&code=…&cursor=…, for the list and the map alike."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from assets.filter_parameters import FilterError
from assets.models import Ledger, LedgerRow
from assets.paging import Key, Keyset
from importing.verdicts import SENTENCES
from web.paging import only_parameters

SHOW = ("all", "created", "updated", "unchanged", "doubtful", "refused")


def show_of(request: HttpRequest, *also: str) -> tuple[str, str]:
    """What to show, and the code to narrow it by (empty for all).

    Raises:
        FilterError: naming the parameter.
    """
    only_parameters(request, "show", "code", *also)
    show, code = request.GET.get("show", "all"), request.GET.get("code", "")
    if show not in SHOW:
        raise FilterError("show", _("Give one of: %(values)s.") % {"values": ", ".join(SHOW)})
    if code and code not in SENTENCES:
        raise FilterError("code", _("There is no such code."))
    return show, code


def rows_to_show(ledger: Ledger, show: str, code: str) -> "QuerySet[LedgerRow]":
    """The rows to show."""
    rows = ledger.rows.all()
    if show == "doubtful":
        rows = rows.filter(doubtful=True)
    elif show != "all":
        rows = rows.filter(outcome=show)
    return rows.filter(codes__contains=[code]) if code else rows


BY_ROW = Keyset("row", (Key("row", int),))


@dataclass(frozen=True)
class RowPage:
    """Some rows in the order of the file: which of how many, and the cursors of their neighbours (empty: the first)."""

    rows: list[LedgerRow]
    first: int
    last: int
    matched: int
    previous: str | None
    next: str | None


def page_of_rows(rows: "QuerySet[LedgerRow]", cursor: str | None, size: int) -> RowPage:
    """One page of rows.

    Raises:
        FilterError: naming `cursor`.
    """
    page = BY_ROW.page_of(rows, cursor, size)
    matched = rows.count()
    if not page.rows:
        return RowPage([], 0, 0, matched, None, None)
    earlier = rows.filter(row__lt=page.rows[0].row)
    before = earlier.count()
    # The row before those of the page before.
    left_of_it = earlier.order_by("-row")[size : size + 1].first()
    previous = None if not before else BY_ROW.cursor_after(left_of_it) if left_of_it else ""
    return RowPage(page.rows, before + 1, before + len(page.rows), matched, previous, page.next)
