"""Photos of assets; the files are written by `assets/photos.py` alone."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from assets.models.asset import CurrentTransaction
from assets.models.inspection import Inspection
from assets.models.maintenance import Maintenance
from places.models import MarksChange, Topic


class PhotoStage(models.TextChoices):
    """What the photo shows."""

    OVERVIEW = "overview", _("Overview")
    INSPECTION = "inspection", _("Inspection")
    BEFORE = "before", _("Before")
    AFTER = "after", _("After")


class Photo(models.Model):
    """One photo of one asset. Two photos may share a file: it is stored under its content's SHA-256."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    asset = models.ForeignKey(
        "assets.Asset", on_delete=models.PROTECT, related_name="photos", verbose_name=_("asset")
    )
    inspection = models.ForeignKey(
        Inspection,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="photos",
        verbose_name=_("inspection"),
    )
    maintenance = models.ForeignKey(
        Maintenance,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="photos",
        verbose_name=_("maintenance job"),
    )
    stage = models.CharField(
        _("stage"), max_length=12, choices=PhotoStage.choices, default=PhotoStage.OVERVIEW
    )
    sha256 = models.CharField(_("SHA-256"), max_length=64, db_index=True)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    taken_at = models.DateTimeField(_("taken at"), null=True, blank=True)
    drawn = models.BooleanField(_("drawn for the demonstration"), default=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="photos",
        verbose_name=_("uploaded by"),
    )
    uploaded_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    written_txid = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["-taken_at", "-id"]
        indexes = [models.Index(fields=["written_txid"], name="photo_written_txid")]
        constraints = [
            models.UniqueConstraint(
                fields=["asset", "sha256", "stage"], name="photo_once_per_asset_and_stage"
            ),
            models.CheckConstraint(
                name="photo_sha256_is_hex", condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$")
            ),
        ]
        triggers = [MarksChange(Topic.ASSETS)]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} {self.uid}"
