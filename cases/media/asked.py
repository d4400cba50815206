"""What the addresses of media pages may ask for; whatever else stands there is a 400 that names it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from assets.dictionaries import Dictionaries
from assets.filter_parameters import NONE, FilterError
from assets.models import Campaign
from assets.paging import Key, Keyset
from cases.models import MediaColumn, MediaPiece, MediaPieceQuerySet
from cases.patrols.asked import day_asked, one_of
from places.models import Level
from web.paging import only_parameters

PARAMETERS = ("column", "street", "campaign", "from", "to", "q")
LONGEST_WORD = 80
LATEST = Keyset("media", (Key("published_on", date, descending=True), Key("pk", int, descending=True)))
# What a row names beside its own fields.
NAMED = ("column", "street", "campaign")


@dataclass(frozen=True)
class MediaAsked:
    """Which pieces a list shows."""

    column: str
    street: str
    campaign: str
    first: date | None
    last: date | None
    q: str
    streets: Mapping[str, Any]

    @classmethod
    def read(cls, request: HttpRequest, lists: Dictionaries, user: User, *extra: str) -> "MediaAsked":
        """Of an address.

        Raises:
            FilterError: naming the parameter.
        """
        only_parameters(request, *PARAMETERS, *extra)
        streets = lists.areas_at(Level.STREET)
        campaign = request.GET.get("campaign", "")
        seen = Campaign.objects.visible_to(user)
        if campaign and ("\0" in campaign or not seen.filter(code=campaign).exists()):
            raise FilterError("campaign", _("“%(value)s” does not exist.") % {"value": campaign[:80]})
        q = request.GET.get("q", "").strip()
        if "\0" in q or len(q) > LONGEST_WORD:
            raise FilterError("q", _("At most %(most)s characters.") % {"most": LONGEST_WORD})
        columns = {code: code for code in MediaColumn.objects.values_list("code", flat=True)}
        return cls(
            one_of(request, "column", columns),
            one_of(request, "street", {**streets, NONE: None}),
            campaign,
            day_asked(request, "from"),
            day_asked(request, "to"),
            q,
            streets,
        )

    def pieces(self, user: User, *but: str) -> MediaPieceQuerySet:
        """What it leaves of what a reader may see; without some parameters."""
        pieces = MediaPiece.objects.visible_to(user).there()
        if self.column and "column" not in but:
            pieces = pieces.filter(column__code=self.column)
        if self.street and "street" not in but:
            pieces = (
                pieces.filter(street=None) if self.street == NONE else pieces.filter(street__code=self.street)
            )
        if self.campaign:
            pieces = pieces.filter(campaign__code=self.campaign)
        if self.first:
            pieces = pieces.filter(published_on__gte=self.first)
        if self.last:
            pieces = pieces.filter(published_on__lte=self.last)
        for word in self.q.split():
            pieces = pieces.filter(title__icontains=word) | pieces.filter(outlet__icontains=word)
        return pieces

    def but(self, **changed: str) -> str:
        """The query string with other values in place of some."""
        values = {
            "column": self.column,
            "street": self.street,
            "campaign": self.campaign,
            "from": self.first.isoformat() if self.first else "",
            "to": self.last.isoformat() if self.last else "",
            "q": self.q,
        } | changed
        return urlencode({name: value for name, value in values.items() if value})
