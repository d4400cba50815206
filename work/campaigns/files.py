"""/campaigns/actions.<ending>: what campaigns came to, by street and thing counted, as CSV or XLSX."""

from collections.abc import Iterable, Sequence

from django.http import HttpResponse
from django.utils.translation import gettext as _

from accounts.permissions import EXPORT, scope_of
from assets.dictionaries import dictionaries, read_generation
from mapping.exports.table_files import Content, answer_with
from mapping.exports.tables import Table, Value
from web.access import SignedInRequest, readers_only
from work.campaigns.asked import CampaignsAsked, state_of, state_titles
from work.campaigns.progress import Progress, progress_of

_WIDTHS = [18, 30, 14, 16, 12, 12, 20, 18, 10, 10, 8]


@readers_only(EXPORT)
def campaigns_file(request: SignedInRequest, ending: str) -> HttpResponse:
    """The campaigns that the list shows: a line for each thing counted, altogether and by street."""
    asked = CampaignsAsked.read(request)
    taken = asked.campaigns(request.user).within(scope_of(request.user, EXPORT))
    found = list(taken.order_by("-begins_on", "-pk"))
    states = dict(state_titles())
    told = progress_of(found, request.user, dictionaries(read_generation()))
    rows = [
        line
        for progress in told
        for line in _lines(progress, states[state_of(progress.campaign, asked.today)])
    ]
    headings = [
        _("Code"),
        _("Campaign"),
        _("Kind"),
        _("State"),
        _("From"),
        _("To"),
        _("Street"),
        _("What is counted"),
        _("Counted"),
        _("Wanted"),
        "%",
    ]
    table = Table(_("Campaigns"), headings, rows, _WIDTHS)
    about = _("What campaigns were to come to, and what was counted, altogether and by street")
    return answer_with(Content("campaigns", _("Campaigns"), table, about, asked.but()), ending, request.user)


def _lines(told: Progress, state: str) -> Iterable[Sequence[Value]]:
    campaign = told.campaign
    begin: list[Value] = [
        campaign.code,
        campaign.name,
        str(campaign.get_kind_display()),
        state,
        campaign.begins_on,
        campaign.ends_on,
    ]
    titles = [str(column.title) for column in told.columns]
    for street, cells in [(_("Altogether"), told.total), *((row.name, row.cells) for row in told.rows)]:
        for title, cell in zip(titles, cells, strict=True):
            yield [*begin, street, title, cell.counted, cell.wanted, cell.percent]
