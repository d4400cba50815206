"""Maintenance jobs: what is to be done to an asset, by whom, until when, at what cost."""

import pghistory
from django.conf import settings
from django.contrib.gis.db import models
from django.core.validators import MinValueValidator
from django.utils.translation import gettext_lazy as _

from assets.models.artwork import Artwork
from assets.models.batch import Batch
from assets.models.campaign import Campaign
from assets.models.inspection import Condition
from assets.models.work import MaintenanceKind
from places.models import MarksChange, Topic, Unit


class MaintenanceState(models.TextChoices):
    """How far the job is; `TRANSITIONS` says what may follow what."""

    PLANNED = "planned", _("Planned")
    ASSIGNED = "assigned", _("Assigned")
    IN_PROGRESS = "in_progress", _("In progress")
    DONE = "done", _("Done")
    VERIFIED = "verified", _("Verified")
    CANCELLED = "cancelled", _("Cancelled")


OPEN_STATES = (MaintenanceState.PLANNED, MaintenanceState.ASSIGNED, MaintenanceState.IN_PROGRESS)
TRANSITIONS: dict[str, frozenset[str]] = {
    MaintenanceState.PLANNED: frozenset(
        {
            MaintenanceState.ASSIGNED,
            MaintenanceState.IN_PROGRESS,
            MaintenanceState.DONE,
            MaintenanceState.CANCELLED,
        }
    ),
    MaintenanceState.ASSIGNED: frozenset(
        {
            MaintenanceState.ASSIGNED,  # to another crew
            MaintenanceState.PLANNED,
            MaintenanceState.IN_PROGRESS,
            MaintenanceState.DONE,
            MaintenanceState.CANCELLED,
        }
    ),
    MaintenanceState.IN_PROGRESS: frozenset(
        {MaintenanceState.ASSIGNED, MaintenanceState.DONE, MaintenanceState.CANCELLED}
    ),
    MaintenanceState.DONE: frozenset({MaintenanceState.VERIFIED, MaintenanceState.IN_PROGRESS}),
    MaintenanceState.VERIFIED: frozenset(),
    MaintenanceState.CANCELLED: frozenset(),
}


class Priority(models.IntegerChoices):
    """How pressing."""

    NORMAL = 1, _("Normal")
    HIGH = 2, _("High")
    URGENT = 3, _("Urgent")


@pghistory.track()
class Maintenance(models.Model):
    """One job on one asset."""

    asset = models.ForeignKey(
        "assets.Asset", on_delete=models.PROTECT, related_name="maintenance", verbose_name=_("asset")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=MaintenanceKind.choices)
    state = models.CharField(
        _("state"), max_length=12, choices=MaintenanceState.choices, default=MaintenanceState.PLANNED
    )
    priority = models.SmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.NORMAL)
    description = models.TextField(_("description"), blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    crew = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="jobs", verbose_name=_("crew")
    )
    artwork = models.ForeignKey(
        Artwork,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="jobs",
        verbose_name=_("artwork to post"),
    )
    batch = models.ForeignKey(
        Batch,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="jobs",
        verbose_name=_("planned together"),
    )
    campaign = models.ForeignKey(
        Campaign,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="jobs",
        verbose_name=_("campaign"),
    )
    cost = models.DecimalField(
        _("cost in yuan"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    resulting_condition = models.SmallIntegerField(
        _("condition afterwards"), choices=Condition.choices, null=True, blank=True
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="jobs_planned",
        verbose_name=_("planned by"),
        db_index=False,
    )
    created_at = models.DateTimeField(_("planned at"), auto_now_add=True)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    completed_at = models.DateTimeField(_("completed at"), null=True, blank=True)
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)

    class Meta:
        verbose_name = _("maintenance job")
        verbose_name_plural = _("maintenance jobs")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["due_on", "asset"],
                name="maintenance_open_due",
                condition=models.Q(state__in=["planned", "assigned", "in_progress"]),
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="maintenance_cost_not_negative",
                condition=models.Q(cost__isnull=True) | models.Q(cost__gte=0),
                violation_error_message=_("A cost cannot be negative."),
            ),
            models.CheckConstraint(
                name="maintenance_done_has_a_time",
                condition=~models.Q(state__in=["done", "verified"]) | models.Q(completed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="maintenance_result_is_a_condition",
                condition=models.Q(resulting_condition__isnull=True)
                | models.Q(resulting_condition__gte=1, resulting_condition__lte=5),
            ),
        ]
        triggers = [MarksChange(Topic.ASSETS)]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.pk}"
