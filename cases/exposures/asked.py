"""Which exposures an address asks for: the page, its files and the API read it here."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from assets.filter_parameters import FilterError
from assets.models import Campaign
from assets.paging import Key, Keyset
from cases.models import Exposure, ExposureQuerySet, ExposureState
from web.paging import only_parameters

PARAMETERS = ("state", "campaign")
LATEST = Keyset("exposures", (Key("pk", int, descending=True),))


@dataclass(frozen=True)
class ExposuresAsked:
    """A state and a campaign, each empty for any."""

    state: str
    campaign: str

    @classmethod
    def read(cls, request: HttpRequest, user: User, *extra: str) -> "ExposuresAsked":
        """Of an address; `extra` are names of parameters that the endpoint reads itself.

        Raises:
            FilterError: naming the parameter.
        """
        only_parameters(request, *PARAMETERS, *extra)
        state, code = request.GET.get("state", ""), request.GET.get("campaign", "")
        if state and state not in ExposureState.values:
            raise FilterError("state", _("“%(value)s” does not exist.") % {"value": state[:80]})
        seen = Campaign.objects.visible_to(user)
        if code and ("\0" in code or not seen.filter(code=code).exists()):
            raise FilterError("campaign", _("“%(value)s” does not exist.") % {"value": code[:80]})
        return cls(state, code)

    def in_any_state(self, user: User) -> ExposureQuerySet:
        """What the campaign leaves of what a reader may see."""
        seen = Exposure.objects.visible_to(user)
        return seen.filter(campaign__code=self.campaign) if self.campaign else seen

    def exposures(self, user: User) -> ExposureQuerySet:
        """What both leave of what a reader may see."""
        seen = self.in_any_state(user)
        return seen.in_state(self.state) if self.state else seen

    def but(self, **changed: str) -> str:
        """The query string with other values in place of some."""
        values = {"state": self.state, "campaign": self.campaign} | changed
        return urlencode({name: value for name, value in values.items() if value})
