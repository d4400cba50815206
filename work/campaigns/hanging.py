"""What must hang for a campaign, from when to when, by street: what hangs, is to be posted, was taken down.

From postings and open jobs of its artworks; the days are the campaign's own (post by, take down by).
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from accounts.models import User
from accounts.permissions import READ, scope_filter, scope_of
from assets.dictionaries import Dictionaries
from assets.models import STANDING, Campaign, Maintenance, Posting
from assets.models.maintenance import OPEN_STATES
from places.models import Level
from work.job_filter import of_assets


@dataclass
class HangingRow:
    """One street: how many hang, are to be posted, and were taken down."""

    name: str
    code: str
    hanging: int = 0
    to_post: int = 0
    taken_down: int = 0


@dataclass(frozen=True)
class Hanging:
    """The list of one campaign; late says which of the two days has passed with something left to do."""

    rows: list[HangingRow]
    post_late: bool
    take_down_late: bool

    @property
    def hanging(self) -> int:
        """How many hang now."""
        return sum(row.hanging for row in self.rows)

    @property
    def to_post(self) -> int:
        """How many are still to be posted."""
        return sum(row.to_post for row in self.rows)


def postings_of(campaign: Campaign, user: User) -> QuerySet[Posting]:
    """Postings of its artworks that were up while it ran, or are up still, as far as a reader may see the assets."""
    first = min(filter(None, (campaign.begins_on, campaign.post_by)))
    seen = scope_filter(scope_of(user, READ), through="asset__")
    was_up = Q(taken_down_on=None) | Q(taken_down_on__gte=first)
    return Posting.objects.filter(seen, was_up, artwork__campaigns=campaign, asset__lifecycle__in=STANDING)


def jobs_to_post(campaign: Campaign, user: User) -> QuerySet[Maintenance]:
    """Open jobs that post one of its artworks."""
    return Maintenance.objects.filter(of_assets(user), artwork__campaigns=campaign, state__in=OPEN_STATES)


def hanging_of(campaign: Campaign, user: User, lists: Dictionaries, today: date) -> Hanging | None:
    """The list by street, in two queries; None for a campaign that hangs nothing."""
    if not (campaign.post_by or campaign.take_down_by or campaign.artworks.exists()):
        return None
    names = {area.id: area for area in lists.areas_at(Level.STREET).values()}
    rows: dict[int | None, HangingRow] = {}

    def row(key: int | None) -> HangingRow:
        area = names.get(key) if key is not None else None
        return rows.setdefault(key, HangingRow(area.name if area else "—", area.code if area else ""))

    posted = postings_of(campaign, user).order_by().values_list("asset__street")
    up = Count("pk", filter=Q(taken_down_on=None))
    for key, hanging, down in posted.annotate(up=up, down=Count("pk", filter=Q(taken_down_on__isnull=False))):
        row(key).hanging, row(key).taken_down = hanging, down
    waiting = jobs_to_post(campaign, user).order_by().values_list("asset__street")
    for key, number in waiting.annotate(n=Count("pk")):
        row(key).to_post = number
    told = sorted(rows.values(), key=lambda line: line.code or "~")
    return Hanging(
        told,
        bool(campaign.post_by and campaign.post_by < today and any(line.to_post for line in told)),
        bool(campaign.take_down_by and campaign.take_down_by < today and any(line.hanging for line in told)),
    )
