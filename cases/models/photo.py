"""Photos of cases: before and after, each with the step that brought it. The files are those of `assets/photos.py`."""

import uuid

import pgtrigger
from django.conf import settings
from django.contrib.gis.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from assets.models import PhotoStage
from assets.photos import StoredPhoto
from cases.models.case import Case
from cases.models.step import CaseStep
from places.models import MarksChange, Topic

STAGES = [
    (PhotoStage.BEFORE.value, PhotoStage.BEFORE.label),
    (PhotoStage.AFTER.value, PhotoStage.AFTER.label),
]


class CasePhoto(models.Model):
    """One photo of one case."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="photos", verbose_name=_("case"))
    step = models.ForeignKey(
        CaseStep, on_delete=models.PROTECT, related_name="photos", verbose_name=_("step")
    )
    stage = models.CharField(_("stage"), max_length=12, choices=STAGES)
    sha256 = models.CharField(_("SHA-256"), max_length=64, db_index=True)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    taken_at = models.DateTimeField(_("taken at"), null=True, blank=True)
    position = models.PointField(_("taken from"), srid=4326, null=True, blank=True, spatial_index=False)
    distance = models.FloatField(_("metres from the case"), null=True, blank=True)
    drawn = models.BooleanField(_("drawn for the demonstration"), default=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("uploaded by"),
    )
    uploaded_at = models.DateTimeField(_("uploaded at"), db_default=Now())

    class Meta:
        verbose_name = _("photo of a case")
        verbose_name_plural = _("photos of cases")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["step", "sha256", "stage"], name="case_photo_once_a_step")
        ]
        triggers = [
            MarksChange(Topic.CASES),
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} {self.uid}"

    @property
    def stored(self) -> StoredPhoto:
        """Where its file is found."""
        return StoredPhoto(self.sha256, self.width, self.height, self.taken_at)
