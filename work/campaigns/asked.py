"""Which campaigns an address asks for: the page, its files and the API read it here."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from assets.filter_parameters import FilterError
from assets.models import Campaign, CampaignKind, CampaignQuerySet
from assets.paging import Key, Keyset
from web.paging import only_parameters

PARAMETERS = ("kind", "state")
LATEST = Keyset("campaigns", (Key("begins_on", date, descending=True), Key("pk", int, descending=True)))
STATES = ("running", "coming", "over", "closed")


@dataclass(frozen=True)
class CampaignsAsked:
    """A kind and a state, each empty for any, on a day."""

    kind: str
    state: str
    today: date

    @classmethod
    def read(cls, request: HttpRequest, *extra: str) -> "CampaignsAsked":
        """Of an address; `extra` are names of parameters that the endpoint reads itself.

        Raises:
            FilterError: naming the parameter.
        """
        only_parameters(request, *PARAMETERS, *extra)
        kind, state = request.GET.get("kind", ""), request.GET.get("state", "")
        if kind and kind not in CampaignKind.values:
            raise FilterError("kind", _("“%(value)s” does not exist.") % {"value": kind[:80]})
        if state and state not in STATES:
            raise FilterError("state", _("“%(value)s” does not exist.") % {"value": state[:80]})
        return cls(kind, state, timezone.localdate())

    def in_any_state(self, user: User) -> CampaignQuerySet:
        """What the kind leaves of what a reader may see."""
        seen = Campaign.objects.visible_to(user)
        return seen.filter(kind=self.kind) if self.kind else seen

    def campaigns(self, user: User) -> CampaignQuerySet:
        """What both leave of what a reader may see."""
        return self.in_any_state(user).filter(in_state(self.state, self.today))

    def but(self, **changed: str) -> str:
        """The query string with other values in place of some."""
        values = {"state": self.state, "kind": self.kind} | changed
        return urlencode({name: value for name, value in values.items() if value})


def in_state(state: str, today: date) -> Q:
    """The campaigns that are so far on a day."""
    return {
        "": Q(),
        "running": Q(closed_at=None, begins_on__lte=today, ends_on__gte=today),
        "coming": Q(closed_at=None, begins_on__gt=today),
        "over": Q(closed_at=None, ends_on__lt=today),
        "closed": Q(closed_at__isnull=False),
    }[state]


def state_of(campaign: Campaign, today: date) -> str:
    """How far one is on a day: the same rule for one that is in memory."""
    if campaign.closed_at is not None:
        return "closed"
    if campaign.begins_on > today:
        return "coming"
    return "over" if campaign.ends_on < today else "running"


def state_titles() -> list[tuple[str, str]]:
    """Every state with its name; the empty one is any."""
    return [
        ("", _("All")),
        ("running", pgettext("campaign", "Under way")),
        ("coming", pgettext("campaign", "To come")),
        ("over", pgettext("campaign", "Over, not closed")),
        ("closed", pgettext("campaign", "Closed")),
    ]
