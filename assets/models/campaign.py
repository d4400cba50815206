"""Campaigns (专项行动): what is done together for a while, what it is to come to, and what was counted as wanted.

It stands with the assets, furthest to the right of all that can belong to one: jobs name it here, cases and patrols
from their own room, and postings belong by their artwork. What is counted says each room (`work.campaigns.counting`).
"""

from datetime import date

import pghistory
import pgtrigger
from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import READ, AnyUser, Scope, scope_of
from assets.models.artwork import Artwork
from assets.models.batch import Batch
from places.models import Area, Changed, MarksChange, Topic

# Never digits alone: those are the numbers of what was planned together, at addresses of their own.
validate_campaign_code = RegexValidator(
    r"^[a-z][a-z0-9-]*$", _("Use small letters, digits and hyphens; begin with a letter.")
)


class CampaignKind(models.TextChoices):
    """What sort of campaign."""

    SPECIAL_ACTION = "special_action", _("Special action")
    THEME = "theme", _("Theme")
    REPLACEMENT = "replacement", _("Artwork replacement")


class CampaignQuerySet(models.QuerySet["Campaign"]):
    """Campaigns as a reader may see them."""

    def visible_to(self, user: AnyUser) -> "CampaignQuerySet":
        """Those of the reader's districts; running one is no secret among them."""
        return self.within(scope_of(user, READ) if isinstance(user, User) else Scope(frozenset()))

    def within(self, scope: Scope) -> "CampaignQuerySet":
        """Those that lie in a scope."""
        return self.filter(scope.within("area__code"))


@pghistory.track()
class Campaign(models.Model):
    """One campaign. Written by the actions `open_campaign`, `edit_campaign` and `close_campaign`."""

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[validate_campaign_code])
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=CampaignKind.choices)
    area = models.ForeignKey(
        Area,
        on_delete=models.PROTECT,
        related_name="campaigns",
        verbose_name=_("run by"),
        help_text=_("Area."),
    )
    streets = models.ManyToManyField(
        Area, blank=True, related_name="+", verbose_name=_("streets"), help_text=_("None: all of the area.")
    )
    begins_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    words = models.TextField(_("what it is for"), blank=True)
    document = models.CharField(_("document"), max_length=120, blank=True)
    artworks = models.ManyToManyField(
        Artwork,
        blank=True,
        related_name="campaigns",
        verbose_name=_("artworks"),
        help_text=_("Their postings belong to it."),
    )
    post_by = models.DateField(_("post by"), null=True, blank=True)
    take_down_by = models.DateField(_("take down by"), null=True, blank=True)
    batch = models.OneToOneField(
        Batch,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="campaign",
        verbose_name=_("planned together"),
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("closed by"),
    )
    outcome = models.TextField(_("what it came to"), blank=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-begins_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="campaign_days_in_order",
                condition=Q(ends_on__gte=models.F("begins_on")),
                violation_error_message=_("A campaign cannot end before it begins."),
            ),
            models.CheckConstraint(
                name="campaign_hangs_in_order",
                condition=Q(post_by=None) | Q(take_down_by=None) | Q(take_down_by__gte=models.F("post_by")),
                violation_error_message=_("It cannot be taken down before it is posted."),
            ),
        ]
        triggers = [
            # Filters ask by it, so tiles and counts of assets depend on it.
            MarksChange(Topic.ASSETS),
            pgtrigger.Protect(
                name="named_for_good", operation=pgtrigger.Update, condition=Changed("code", "area", "batch")
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        english = (get_language() or "").startswith("en") and self.name_en
        return self.name_en if english else self.name_zh

    @property
    def scope_code(self) -> str:
        """What permission checks compare with."""
        return self.area.code

    @property
    def is_open(self) -> bool:
        """Whether something can still join it."""
        return self.closed_at is None

    def runs_on(self, day: date) -> bool:
        """Whether it is under way on a day."""
        return self.is_open and self.begins_on <= day <= self.ends_on


@pghistory.track()
class CampaignTarget(models.Model):
    """How much of something a campaign wants, in one street or (without one) altogether."""

    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="targets", verbose_name=_("campaign")
    )
    # What can be counted says each room for itself (`work.campaigns.counting`).
    counts = models.CharField(_("what is counted"), max_length=24)
    street = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("street")
    )
    wanted = models.PositiveIntegerField(_("wanted"))

    class Meta:
        verbose_name = _("target of a campaign")
        verbose_name_plural = _("targets of campaigns")
        ordering = ["campaign", "counts", "street"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "counts", "street"], name="one_target_a_street", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.campaign} · {self.counts} {self.wanted}"
