"""Which rows of a ledger are shown: ?show=…&code=…&page=…, for the list and the map alike."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from assets.filter_parameters import FilterError
from assets.models import Ledger, LedgerRow
from importing.verdicts import SENTENCES

SHOW = ("all", "created", "updated", "unchanged", "doubtful", "refused")


def show_of(request: HttpRequest, *also: str) -> tuple[str, str]:
    """What to show, and the code to narrow it by (empty for all).

    Raises:
        FilterError: naming the parameter.
    """
    for name in request.GET:
        if name not in ("show", "code", *also):
            raise FilterError(name, _("There is no such parameter."))
    show, code = request.GET.get("show", "all"), request.GET.get("code", "")
    if show not in SHOW:
        raise FilterError("show", _("Give one of: %(values)s.") % {"values": ", ".join(SHOW)})
    if code and code not in SENTENCES:
        raise FilterError("code", _("There is no such code."))
    return show, code


def page_of(request: HttpRequest) -> int:
    """The page, from 1.

    Raises:
        FilterError: naming `page`.
    """
    said = request.GET.get("page", "1")
    if not (said.isascii() and said.isdigit() and int(said[:9]) >= 1):
        raise FilterError("page", _("Give a page from 1."))
    return int(said[:9])


def chosen(ledger: Ledger, show: str, code: str) -> "QuerySet[LedgerRow]":
    """The rows to show, in the order of the file."""
    rows = ledger.rows.order_by("row")
    if show == "doubtful":
        rows = rows.filter(doubtful=True)
    elif show != "all":
        rows = rows.filter(outcome=show)
    return rows.filter(codes__contains=[code]) if code else rows
