"""/cases/patrols/unvisited/: which sites no patrol has visited for so many days, as list, CSV and XLSX."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import EXPORT, READ_CASES, can
from assets.dictionaries import dictionaries, read_generation
from assets.paging import PARAMETER
from cases.patrols.asked import USUAL_DAYS, days_asked, one_of
from cases.patrols.queries import LONGEST_UNVISITED, NEVER, street_names, street_of, unvisited_sites
from mapping.exports.table_files import Content, answer_with
from mapping.exports.tables import Table, Value
from places.models import Level, Site, SiteKind
from web.access import SignedInRequest, readers_only
from web.answers import show_page
from web.paging import only_parameters, ways

PAGE = 100
# More than any district has; a file is made in one go.
MOST_IN_A_FILE = 20_000


@dataclass(frozen=True)
class Asked:
    """Which sites: of a street, of a kind, not visited for so many days."""

    days: int
    street: str
    kind: str

    @classmethod
    def read(cls, request: HttpRequest) -> "Asked":
        """Of an address.

        Raises:
            FilterError: naming the parameter.
        """
        only_parameters(request, "days", "street", "kind", PARAMETER)
        lists = dictionaries(read_generation())
        kinds = dict(SiteKind.objects.values_list("code", "pk"))
        return cls(
            days_asked(request),
            one_of(request, "street", lists.areas_at(Level.STREET)),
            one_of(request, "kind", kinds),
        )

    @property
    def query(self) -> str:
        """As an address carries it."""
        given = {
            "days": str(self.days) if self.days != USUAL_DAYS else "",
            "street": self.street,
            "kind": self.kind,
        }
        return "&".join(f"{name}={value}" for name, value in given.items() if value)


@readers_only(READ_CASES)
def unvisited_page(request: SignedInRequest) -> HttpResponse:
    """The sites that have waited longest first, page by page."""
    asked = Asked.read(request)
    sites = unvisited_sites(request.user, asked.days, street=asked.street, kind=asked.kind)
    page = LONGEST_UNVISITED.page_of(sites, request.GET.get(PARAMETER), PAGE)
    now, streets = timezone.now(), street_names()
    context = {
        "rows": [
            {
                "site": site,
                "last": last_of(site),
                "days": days_since(last_of(site), now),
                "street": street_of(site, streets),
            }
            for site in page.rows
        ],
        "asked": asked,
        "matched": sites.count(),
        "pages": ways(request, page.next),
        "streets": dictionaries(read_generation()).areas_at(Level.STREET).values(),
        "kinds": SiteKind.objects.filter(active=True),
        "may_export": can(request.user, EXPORT),
    }
    return show_page(request, "cases/patrols/unvisited.html", context)


@readers_only(EXPORT)
def unvisited_file(request: SignedInRequest, ending: str) -> HttpResponse:
    """The same as a file."""
    if ending not in ("csv", "xlsx") or not can(request.user, READ_CASES):
        raise Http404
    asked = Asked.read(request)
    sites = unvisited_sites(request.user, asked.days, street=asked.street, kind=asked.kind)
    found = list(sites[:MOST_IN_A_FILE])
    about = _("Sites that no patrol visited for %(days)s days") % {"days": asked.days}
    content = Content("patrol_unvisited", _("Unvisited sites"), table_of(found), about, asked.query)
    return answer_with(content, ending, request.user)


def table_of(sites: Sequence[Site]) -> Table:
    """The sites as a table."""
    now, streets = timezone.now(), street_names()
    rows: list[Sequence[Value]] = []
    for site in sites:
        last = last_of(site)
        rows.append(
            [
                site.code,
                site.name,
                site.kind.name,
                street_of(site, streets),
                site.address,
                timezone.localdate(last) if last else "",
                days_since(last, now) if last else "",
            ]
        )
    headings = [
        _("Code"),
        _("Name"),
        _("Site kind"),
        _("Street"),
        _("Address"),
        _("Last visit"),
        _("Days since"),
    ]
    return Table(_("Unvisited sites"), headings, rows, [16, 30, 14, 16, 40, 12, 10])


def last_of(site: Site) -> datetime | None:
    """When a patrol was at a site last; None for never."""
    last: datetime = site.last  # type: ignore[attr-defined]  # annotated
    return None if last == NEVER else last


def days_since(last: datetime | None, now: datetime) -> int | None:
    """Whole days since then."""
    return None if last is None else (now - last).days
