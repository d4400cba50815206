"""Batches: changes made together (an import, a bulk edit), so that they can be shown and undone together."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from assets.models.origin import Origin


class BatchKind(models.TextChoices):
    """What made the batch."""

    IMPORT = "import", _("Import")
    BULK_EDIT = "bulk_edit", _("Bulk edit")
    JOBS = "jobs", _("Jobs planned together")
    DEMONSTRATION = "demonstration", _("Demonstration")
    COMMAND = "command", _("Command")
    REVERT = "revert", _("Undoing of a batch")


class Batch(models.Model):
    """One set of changes by one person at one time."""

    kind = models.CharField(_("kind"), max_length=16, choices=BatchKind.choices)
    title = models.CharField(_("title"), max_length=200)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="batches",
        verbose_name=_("by"),
    )
    origin = models.CharField(_("origin"), max_length=10, choices=Origin.choices)
    created_at = models.DateTimeField(_("made at"), auto_now_add=True)
    report = models.JSONField(_("report"), default=dict, blank=True)

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"#{self.pk} {self.title}"


class Outcome(models.TextChoices):
    """What a batch did to one asset."""

    CREATED = "created", _("Created")
    UPDATED = "updated", _("Updated")
    PLANNED = "planned", _("Job planned")


class BatchItem(models.Model):
    """One asset touched by a batch."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="items", verbose_name=_("batch"))
    asset = models.ForeignKey(
        "assets.Asset", on_delete=models.PROTECT, related_name="batch_items", verbose_name=_("asset")
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)

    class Meta:
        verbose_name = _("batch item")
        verbose_name_plural = _("batch items")
        constraints = [models.UniqueConstraint(fields=["batch", "asset"], name="asset_once_in_batch")]

    def __str__(self) -> str:
        return f"{self.batch_id} · {self.asset_id}"
