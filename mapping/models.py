"""What this room remembers: every export, who took what and when. Rows are never deleted."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from assets.models import BackgroundRun
from places.models import Changed


class ExportOutcome(models.TextChoices):
    """How an export ended."""

    STARTED = "started", _("Started")
    COMPLETE = "complete", _("Complete")
    INTERRUPTED = "interrupted", _("Interrupted")
    FAILED = "failed", _("Failed")
    LIVE = "live", _("Read live, all that day")


class Export(models.Model):
    """One export. Written before its first byte leaves, and completed when the last has left or none will follow."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="exports",
        verbose_name=_("by"),
    )
    name = models.CharField(_("name"), max_length=160, help_text=_("As shown then; it outlives the account."))
    layer = models.CharField(_("layer"), max_length=20)
    format = models.CharField(_("format"), max_length=24)
    filter = models.TextField(_("filter"), blank=True)
    crs = models.CharField(_("coordinate system"), max_length=20, default="wgs84")
    columns = models.JSONField(_("columns"), default=list, blank=True, help_text=_("Empty: all of them."))
    titles = models.CharField(_("headings"), max_length=10, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    outcome = models.CharField(
        _("outcome"), max_length=12, choices=ExportOutcome.choices, default=ExportOutcome.STARTED
    )
    rows = models.PositiveBigIntegerField(_("rows"), null=True, blank=True)
    bytes = models.PositiveBigIntegerField(_("bytes"), null=True, blank=True)
    run = models.OneToOneField(
        BackgroundRun,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="export",
        verbose_name=_("background run"),
    )
    started_at = models.DateTimeField(_("started at"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-id"]
        triggers = [
            pgtrigger.Protect(
                name="what_was_taken_stays",
                operation=pgtrigger.Update,
                condition=Changed(exclude=["outcome", "rows", "bytes", "run", "finished_at"]),
            ),
            pgtrigger.Protect(
                name="ended_for_good",
                operation=pgtrigger.Update,
                # A failed one may be tried again on the same line.
                condition=pgtrigger.Condition(
                    "((OLD.outcome = 'complete' OR OLD.outcome = 'interrupted')"
                    " AND (NEW.outcome IS DISTINCT FROM OLD.outcome OR NEW.rows IS DISTINCT FROM OLD.rows"
                    " OR NEW.bytes IS DISTINCT FROM OLD.bytes OR NEW.finished_at IS DISTINCT FROM OLD.finished_at))"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.layer}.{self.format} #{self.pk}"
