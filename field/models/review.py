"""What the office must look at: held or refused operations, records from far away, photos nobody could attach."""

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import REVIEW_FIELD_WORK, scope_of
from field.models.operation import Operation


class ReviewKind(models.TextChoices):
    """Why somebody must look."""

    CONFLICT = "conflict", _("Changed on both sides")
    PROPOSAL = "proposal", _("Proposed correction")
    REMOVED = "removed", _("Asset removed meanwhile")
    WAITING = "waiting", _("Waits for its asset")
    JOB_CLOSED = "job_closed", _("Job closed meanwhile")
    REJECTED = "rejected", _("Refused")
    FAR = "far", _("Recorded far away")
    PHOTO = "photo", _("Photo not attached")


class Decision(models.TextChoices):
    """What was decided."""

    APPLIED = "applied", _("Applied")
    DISMISSED = "dismissed", _("Dismissed")
    ACCEPTED = "accepted", _("Accepted")
    VOIDED = "voided", _("Voided")
    TURNED = "turned", _("Became another question")


class ReviewQuerySet(models.QuerySet["ReviewItem"]):
    """Items as the office may see them."""

    def reviewable_by(self, user: User) -> "ReviewQuerySet":
        """Those in the areas where a user reviews field work."""
        condition = models.Q(pk__in=[])
        for prefix in scope_of(user, REVIEW_FIELD_WORK).prefixes:
            condition |= models.Q(operation__scope_code__startswith=prefix)
        return self.filter(condition)

    def open(self) -> "ReviewQuerySet":
        """Those nobody has decided."""
        return self.filter(decision="")


@pghistory.track()
class ReviewItem(models.Model):
    """One thing about one operation that somebody must decide."""

    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="review_items")
    kind = models.CharField(_("kind"), max_length=10, choices=ReviewKind.choices)
    values = models.JSONField(
        default=dict, blank=True, help_text=_("By field: what it was, what the server had, what came.")
    )
    created_at = models.DateTimeField(_("since"), auto_now_add=True)
    decision = models.CharField(_("decision"), max_length=10, choices=Decision.choices, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review item")
        verbose_name_plural = _("review list")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["operation", "kind"], name="review_item_once"),
            models.CheckConstraint(
                name="review_decision_says_when",
                condition=models.Q(decision="", decided_at__isnull=True)
                | (~models.Q(decision="") & models.Q(decided_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.pk}"

    @property
    def scope_code(self) -> str:
        """What permission checks compare with."""
        return self.operation.scope_code
