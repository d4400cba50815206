"""/cases/exposures.<ending>: the exposures that the list shows, a line for each exposed case, as CSV or XLSX."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import EXPORT, READ_CASES, require, scope_of
from cases.exposures.asked import ExposuresAsked
from cases.models import ExposedCase, Exposure
from mapping.exports.table_files import Content, answer_with
from mapping.exports.tables import Table, Value
from web.access import SignedInRequest, readers_only

_WIDTHS = [30, 14, 14, 12, 12, 14, 18, 20, 20, 18, 14, 14, 22]


@readers_only(EXPORT)
def exposures_file(request: SignedInRequest, ending: str) -> HttpResponse:
    """The file. Who proposed and decided is on the page, and not taken away."""
    require(request.user, READ_CASES)
    asked = ExposuresAsked.read(request, request.user)
    shown = (
        asked.exposures(request.user)
        .filter(scope_of(request.user, EXPORT).within("area__code"))
        .order_by("-pk")
        .select_related("campaign")
        .prefetch_related("items__case__category", "items__case__street", "items__looks")
    )
    rows = [_line(exposure, item) for exposure in shown for item in exposure.items.all()]
    headings = [
        _("Exposure"),
        _("State"),
        _("Channel"),
        _("Shown from"),
        _("Shown to"),
        _("Look again on"),
        _("Campaign"),
        _("Case"),
        _("Category"),
        _("Street"),
        _("Approved at"),
        _("Looked at again"),
        _("What was seen"),
    ]
    table = Table(_("Exposures"), headings, rows, _WIDTHS)
    about = _("Cases shown as bad examples, and what was seen on looking again")
    return answer_with(Content("exposures", _("Exposures"), table, about, asked.but()), ending, request.user)


def _line(exposure: Exposure, item: ExposedCase) -> Sequence[Value]:
    looks = list(item.looks.all())
    last = looks[-1] if looks else None
    return [
        exposure.title,
        str(exposure.state.label),
        str(exposure.get_channel_display()),
        exposure.shown_from,
        exposure.shown_to,
        exposure.look_again_on,
        exposure.campaign.name if exposure.campaign else "",
        item.case.code,
        item.case.category.name,
        item.case.street.name if item.case.street else "",
        timezone.localdate(exposure.approved_at) if exposure.approved_at else None,
        timezone.localdate(last.at) if last else None,
        str(last.get_result_display()) if last else "",
    ]
