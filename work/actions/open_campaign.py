"""Open a campaign: what it is called, who runs it, from when to when, and what it is to come to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.permissions import MANAGE_CAMPAIGNS
from assets.history import Actor, acting, authorise
from assets.models import Artwork, Campaign, CampaignKind, CampaignTarget
from places.models import Area, Level
from work.campaigns.counting import all_counted

MOST_WANTED = 1_000_000


@dataclass(frozen=True)
class Target:
    """How much of something is wanted, in a street or altogether."""

    counts: str
    wanted: int
    street: Area | None = None


@dataclass(frozen=True)
class Plan:
    """What can be said of a campaign, and changed later."""

    name_zh: str
    kind: str
    begins_on: date
    ends_on: date
    name_en: str = ""
    words: str = ""
    document: str = ""
    post_by: date | None = None
    take_down_by: date | None = None
    streets: Sequence[Area] = ()
    artworks: Sequence[Artwork] = ()
    targets: Sequence[Target] = field(default_factory=tuple)

    @property
    def columns(self) -> dict[str, object]:
        """What stands in the campaign's own row."""
        return {
            "name_zh": self.name_zh.strip(),
            "name_en": self.name_en.strip(),
            "kind": self.kind,
            "begins_on": self.begins_on,
            "ends_on": self.ends_on,
            "words": self.words.strip(),
            "document": self.document.strip(),
            "post_by": self.post_by,
            "take_down_by": self.take_down_by,
        }


def open_campaign(actor: Actor, area: Area, code: str, plan: Plan) -> Campaign:
    """Open one.

    Raises:
        PermissionDenied: the actor runs no campaigns in the area.
        ValidationError: naming the field.
    """
    authorise(actor, MANAGE_CAMPAIGNS, area)
    campaign = Campaign(code=code.strip(), area=area)
    check_plan(campaign, plan)
    if plan.kind == CampaignKind.REPLACEMENT:
        raise ValidationError(
            {"kind": _("An artwork is replaced from its own page; the campaign opens with the jobs.")}
        )
    with acting(actor):
        write(campaign, plan)
    return campaign


def check_plan(campaign: Campaign, plan: Plan) -> None:
    """What only shows beside the lists.

    Raises:
        ValidationError: naming `streets` or `targets`.
    """
    for street in plan.streets:
        if street.level != Level.STREET or not street.code.startswith(campaign.area.code[:6]):
            raise ValidationError(
                {"streets": _("%(place)s is no street of the district.") % {"place": street}}
            )
    countable = all_counted()
    seen = set()
    for target in plan.targets:
        if target.counts not in countable:
            raise ValidationError(
                {"targets": _("“%(value)s” cannot be counted.") % {"value": target.counts[:40]}}
            )
        if not 0 < target.wanted <= MOST_WANTED:
            raise ValidationError(
                {"targets": _("Wanted is a number from 1 to %(most)s.") % {"most": MOST_WANTED}}
            )
        if target.street is not None and not target.street.code.startswith(campaign.area.code[:6]):
            raise ValidationError(
                {"targets": _("%(place)s is no street of the district.") % {"place": target.street}}
            )
        place = (target.counts, target.street.pk if target.street else None)
        if place in seen:
            raise ValidationError({"targets": _("One target for each thing and street.")})
        seen.add(place)


def write(campaign: Campaign, plan: Plan) -> None:
    """Write a campaign with all that hangs on it; in the transaction of its action.

    Raises:
        ValidationError: naming the field.
    """
    for name, value in plan.columns.items():
        setattr(campaign, name, value)
    campaign.full_clean()
    campaign.save()
    campaign.streets.set(plan.streets)
    campaign.artworks.set(plan.artworks)
    there = {(target.counts, target.street_id): target for target in campaign.targets.all()}
    for target in plan.targets:
        kept = there.pop((target.counts, target.street.pk if target.street else None), None)
        if kept is None:
            kept = CampaignTarget(campaign=campaign, counts=target.counts, street=target.street)
        if kept.pk is None or kept.wanted != target.wanted:
            kept.wanted = target.wanted
            kept.save()
    for gone in there.values():
        gone.delete()
