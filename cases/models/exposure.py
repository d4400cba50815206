"""Exposures (曝光): cases shown as bad examples by the two-person rule, and what was seen on looking again.

Facts with rows of their own: an exposure is no state of a case. One person proposes it, another one approves or
refuses; the database holds them apart, whatever writes the row. What is shown are covered copies
(`cases.exposures.covered`), kept by their content's hash, so that an exposure shows for ever what was approved.
"""

import uuid
from datetime import date
from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from accounts.permissions import READ_CASES, AnyUser, scope_of
from assets.models import Campaign
from assets.photos import StoredPhoto
from cases.models.case import Case
from places.models import Area, Changed, MarksChange, Topic


class ExposureState(models.TextChoices):
    """How far an exposure is; follows from its rows and dates."""

    PROPOSED = "proposed", pgettext_lazy("exposure", "Proposed")
    APPROVED = "approved", pgettext_lazy("exposure", "Approved")
    REFUSED = "refused", pgettext_lazy("exposure", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("exposure", "Withdrawn")
    ENDED = "ended", pgettext_lazy("exposure", "Looked at again")


class Channel(models.TextChoices):
    """Where it is shown."""

    WEBSITE = "website", _("Website")
    BULLETIN = "bulletin", _("Bulletin")
    WECHAT = "wechat", _("WeChat account")
    TELEVISION = "television", _("Television")
    NEWSPAPER = "newspaper", _("Newspaper")
    SCREEN = "screen", _("Outdoor screen")


_IN_STATE = {
    ExposureState.REFUSED: Q(refused_at__isnull=False),
    ExposureState.WITHDRAWN: Q(withdrawn_at__isnull=False),
    ExposureState.PROPOSED: Q(approved_at=None, refused_at=None, withdrawn_at=None),
    ExposureState.APPROVED: Q(approved_at__isnull=False, withdrawn_at=None, ended_at=None),
    ExposureState.ENDED: Q(withdrawn_at=None, ended_at__isnull=False),
}


class ExposureQuerySet(models.QuerySet["Exposure"]):
    """Exposures as a reader may see them."""

    def visible_to(self, user: AnyUser) -> "ExposureQuerySet":
        """Those of the districts whose cases the reader reads."""
        scope = scope_of(user if isinstance(user, User) else AnonymousUser(), READ_CASES)
        return self.filter(scope.within("area__code"))

    def in_state(self, state: str) -> "ExposureQuerySet":
        """Those that are so far (`ExposureState`)."""
        return self.filter(_IN_STATE[ExposureState(state)])

    def current(self, day: date) -> "ExposureQuerySet":
        """What may be shown on a day: approved by a second person, not withdrawn, within its dates."""
        return self.filter(
            approved_at__isnull=False, withdrawn_at=None, shown_from__lte=day, shown_to__gte=day
        )


def _person(name: Any) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=name,
    )


@pghistory.track()
class Exposure(models.Model):
    """One exposure: what is said, where and when, by whom proposed, and who decided."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=80)
    text = models.TextField(_("text"))
    channel = models.CharField(_("channel"), max_length=12, choices=Channel.choices)
    shown_from = models.DateField(_("shown from"))
    shown_to = models.DateField(_("shown to"))
    look_again_on = models.DateField(_("look again on"))
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("area"))
    campaign = models.ForeignKey(
        Campaign,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="exposures",
        verbose_name=_("campaign"),
    )
    proposed_by = _person(_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed at"), db_default=Now(), editable=False)
    approved_by = _person(_("approved by"))
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True, editable=False)
    refused_by = _person(_("refused by"))
    refused_at = models.DateTimeField(_("refused at"), null=True, blank=True, editable=False)
    withdrawn_by = _person(_("withdrawn by"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True, editable=False)
    reason = models.CharField(_("why it was refused or withdrawn"), max_length=300, blank=True)
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(_("looked at again"), null=True, blank=True, editable=False)

    objects = ExposureQuerySet.as_manager()

    class Meta:
        verbose_name = _("exposure")
        verbose_name_plural = _("exposures")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="exposure_by_two_people",
                # Whoever writes it: an approval without a proposer, or by the proposer, is none.
                condition=Q(approved_at=None, approved_by=None)
                | Q(approved_at__isnull=False, approved_by__isnull=False, proposed_by__isnull=False)
                & ~Q(approved_by=F("proposed_by")),
                violation_error_message=_("This takes a second person: you proposed it yourself."),
            ),
            models.CheckConstraint(
                name="exposure_days_in_order",
                condition=Q(shown_to__gte=F("shown_from"), look_again_on__gte=F("shown_from")),
                violation_error_message=_("It cannot end, or be looked at again, before it begins."),
            ),
            models.CheckConstraint(
                name="exposure_decided_once", condition=Q(approved_at=None) | Q(refused_at=None)
            ),
            models.CheckConstraint(
                name="exposure_ends_approved", condition=Q(ended_at=None) | Q(approved_at__isnull=False)
            ),
            models.CheckConstraint(
                name="exposure_says_why", condition=Q(refused_at=None, withdrawn_at=None) | ~Q(reason="")
            ),
        ]
        triggers = [
            # Lists, tiles and counts of cases ask for it (`exposed=`).
            MarksChange(Topic.CASES),
            pgtrigger.Protect(
                name="proposed_for_good",
                operation=pgtrigger.Update,
                condition=Changed(
                    *("uid", "title", "text", "channel", "shown_from", "shown_to", "look_again_on", "area"),
                    *("proposed_by", "proposed_at"),
                ),
            ),
            pgtrigger.Protect(
                name="approved_once",
                operation=pgtrigger.UpdateOf("approved_at", "approved_by_id"),
                condition=pgtrigger.Condition("OLD.approved_at IS NOT NULL"),
            ),
            pgtrigger.Protect(
                name="refused_or_withdrawn_for_good",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.refused_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL"),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def scope_code(self) -> str:
        """What permission checks compare with."""
        return self.area.code

    @property
    def state(self) -> ExposureState:
        """How far it is."""
        if self.refused_at is not None:
            return ExposureState.REFUSED
        if self.withdrawn_at is not None:
            return ExposureState.WITHDRAWN
        if self.ended_at is not None:
            return ExposureState.ENDED
        return ExposureState.PROPOSED if self.approved_at is None else ExposureState.APPROVED

    @property
    def is_shown(self) -> bool:
        """Whether it may be shown today."""
        return (
            self.approved_at is not None
            and self.withdrawn_at is None
            and self.shown_from <= timezone.localdate() <= self.shown_to
        )


class ExposedCase(models.Model):
    """One case in an exposure, with the covered copies that are shown of it, if any. Never changed."""

    exposure = models.ForeignKey(
        Exposure, on_delete=models.PROTECT, related_name="items", verbose_name=_("exposure")
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="exposed", verbose_name=_("case"))
    before_sha256 = models.CharField(max_length=64, blank=True)
    before_width = models.PositiveIntegerField(default=0)
    before_height = models.PositiveIntegerField(default=0)
    after_sha256 = models.CharField(max_length=64, blank=True)
    after_width = models.PositiveIntegerField(default=0)
    after_height = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("exposed case")
        verbose_name_plural = _("exposed cases")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["exposure", "case"], name="case_once_an_exposure")]
        triggers = [
            MarksChange(Topic.CASES),
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.exposure} · {self.case}"

    @property
    def before(self) -> StoredPhoto | None:
        """The copy from before; None where only text is shown."""
        return _stored(self.before_sha256, self.before_width, self.before_height)

    @property
    def after(self) -> StoredPhoto | None:
        """The copy from afterwards."""
        return _stored(self.after_sha256, self.after_width, self.after_height)


def _stored(sha256: str, width: int, height: int) -> StoredPhoto | None:
    return StoredPhoto(sha256, width, height, None) if sha256 else None


class LookResult(models.TextChoices):
    """What was seen when somebody looked again."""

    STILL_GOOD = "still_good", _("Still as it should be")
    BACK_AGAIN = "back_again", _("The problem is back")
    NOT_YET = "not_yet", _("Not put right yet")


class LookAgain(models.Model):
    """回头看: what one person saw at one exposed case, later. Append-only; the last one counts."""

    item = models.ForeignKey(
        ExposedCase, on_delete=models.PROTECT, related_name="looks", verbose_name=_("exposed case")
    )
    result = models.CharField(_("result"), max_length=12, choices=LookResult.choices)
    words = models.CharField(_("what was seen"), max_length=300, blank=True)
    by = _person(_("by"))
    at = models.DateTimeField(_("at"), db_default=Now(), editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("look again")
        verbose_name_plural = _("looks again")
        ordering = ["id"]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.item} · {self.get_result_display()}"

    @property
    def photo(self) -> StoredPhoto | None:
        """The photo from then."""
        return _stored(self.sha256, self.width, self.height)
