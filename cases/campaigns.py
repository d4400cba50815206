"""What cases, patrols, exposures and media count for a campaign, and how they join one (`work.campaigns.counting`)."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.permissions import FILE_CASE, MANAGE_PATROLS
from assets.filter_parameters import FilterError
from assets.history import Actor
from assets.models import Campaign
from cases.actions.join_campaign import no_such, put_cases, put_patrols
from cases.filters import read_case_filter
from cases.models import Case, MediaPiece, Patrol, PatrolRecord, PatrolState, RecordKind, State
from places.models import Area, Level
from work.campaigns.counting import Counted, Counts, Joinable, grouped
from work.campaigns.offering import numbers_in, query_in

_NONE_OF_THE_RATES = (State.DRAFT, State.REJECTED, State.DUPLICATE, State.VOIDED)


def _cases(campaigns: Sequence[Campaign], user: User) -> QuerySet[Case]:
    seen = Case.objects.visible_to(user).filter(campaign__in=[campaign.pk for campaign in campaigns])
    return seen.exclude(state__in=_NONE_OF_THE_RATES)


def _all_cases(campaigns: Sequence[Campaign], user: User) -> Counts:
    return grouped(_cases(campaigns, user), "campaign", "street")


def _closed_cases(campaigns: Sequence[Campaign], user: User) -> Counts:
    return grouped(_cases(campaigns, user).filter(state=State.CLOSED), "campaign", "street")


def _visits(campaigns: Sequence[Campaign], user: User) -> Counts:
    """Sites that patrols of a campaign visited, each once."""
    patrols = Patrol.objects.visible_to(user).filter(
        campaign__in=[campaign.pk for campaign in campaigns], voided_at=None
    )
    records = PatrolRecord.objects.filter(patrol__in=patrols, site__isnull=False)
    rows = records.exclude(kind__in=(RecordKind.START, RecordKind.END)).order_by()
    places = rows.values_list("patrol__campaign", "site", "site__area__code").distinct()
    streets = dict(Area.objects.filter(level=Level.STREET).values_list("code", "pk"))
    found: Counts = {}
    for campaign, _site, code in places:
        key = (campaign, streets.get((code or "")[:9]))
        found[key] = found.get(key, 0) + 1
    return found


def _patrols(campaigns: Sequence[Campaign], user: User) -> Counts:
    """Patrols that have ended; a patrol is of no one street."""
    seen = Patrol.objects.visible_to(user).in_state(PatrolState.ENDED)
    found = (
        seen.filter(campaign__in=[campaign.pk for campaign in campaigns])
        .order_by()
        .values_list("campaign", flat=True)
    )
    counts: Counts = {}
    for key in found:
        counts[key, None] = counts.get((key, None), 0) + 1
    return counts


def _media(campaigns: Sequence[Campaign], user: User) -> Counts:
    pieces = MediaPiece.objects.visible_to(user).there()
    return grouped(pieces.filter(campaign__in=[campaign.pk for campaign in campaigns]), "campaign", "street")


def _list(page: str, **fixed: str) -> Any:
    def address(campaign: Campaign, street: Area | None) -> str:
        asked = {**fixed, "campaign": campaign.code}
        if street is not None:
            asked["street"] = street.code
        return f"{reverse(page)}?{urlencode(asked)}"

    return address


COUNTED = (
    Counted("cases", gettext_lazy("Cases"), _all_cases, _list("cases", state="open,closed")),
    Counted("cases_closed", gettext_lazy("Cases closed"), _closed_cases, _list("cases", state="closed")),
    Counted("patrols", gettext_lazy("Patrols ended"), _patrols, lambda campaign, street: ""),
    Counted("visits", gettext_lazy("Sites visited"), _visits, lambda campaign, street: ""),
    Counted("media", gettext_lazy("Media pieces"), _media, _list("media")),
)


# --- Joining --------------------------------------------------------------------------------------------------------


def _cases_of(actor: Actor, text: str) -> QuerySet[Case]:
    assert actor.user is not None
    query = query_in(text)
    if query is not None:
        try:
            case_filter = read_case_filter(query, actor.user, extra=("cursor", "order"))
        except FilterError as error:
            raise ValidationError({"which": str(error)}) from None
        return Case.objects.filter(pk__in=case_filter.cases(actor.user).order_by().values("pk"))
    codes = numbers_in(text)
    seen = Case.objects.visible_to(actor.user).filter(code__in=codes)
    seen_codes = set(seen.values_list("code", flat=True))
    for code in codes:
        if code not in seen_codes:
            raise no_such(code)
    return seen


def _patrols_of(actor: Actor, text: str) -> QuerySet[Patrol]:
    """By the end of their addresses."""
    assert actor.user is not None
    names = [part.rstrip("/").rpartition("/")[2].lower() for part in text.split()]
    seen = {str(patrol.uid): patrol.pk for patrol in Patrol.objects.visible_to(actor.user).only("uid")}
    for name in names:
        if name not in seen:
            raise no_such(name)
    return Patrol.objects.filter(pk__in=[seen[name] for name in names])


JOINABLE = (
    Joinable(
        "cases",
        gettext_lazy("Cases"),
        FILE_CASE,
        lambda actor, campaign, text: put_cases(actor, campaign, _cases_of(actor, text)),
        lambda actor, campaign, text: put_cases(actor, campaign, _cases_of(actor, text), leave=True),
    ),
    Joinable(
        "patrols",
        gettext_lazy("Patrols"),
        MANAGE_PATROLS,
        lambda actor, campaign, text: put_patrols(actor, campaign, _patrols_of(actor, text)),
        lambda actor, campaign, text: put_patrols(actor, campaign, _patrols_of(actor, text), leave=True),
    ),
)
