"""What of a case is shown to everybody: copies of its photos with boxes burnt in, and pairs of them that were approved.

The photo itself stays where it is, for those who may see the case. A copy is a file of its own, under its own hash.
"""

import uuid
from typing import ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from assets.models import Photo, PhotoStage
from assets.photos import StoredPhoto
from cases.models import Case, CasePhoto
from places.models import Changed


class Redaction(models.Model):
    """One copy of one photo, with boxes over what is nobody's business. Never changed: another copy is another row.

    The photo is the case's own, or one of the maintenance job that put it right.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    photo = models.ForeignKey(
        CasePhoto,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="redactions",
        verbose_name=_("photo"),
    )
    of_job = models.ForeignKey(
        Photo,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="redactions",
        verbose_name=_("photo of a maintenance job"),
    )
    # Each [left, top, right, bottom] as shares of width and height.
    boxes = models.JSONField(_("boxes"), default=list)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    made_at = models.DateTimeField(_("at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("redacted copy")
        verbose_name_plural = _("redacted copies")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="redaction_of_one_photo",
                condition=Q(photo__isnull=False, of_job=None) | Q(photo=None, of_job__isnull=False),
            )
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.source} · {len(self.boxes)}"

    @property
    def source(self) -> CasePhoto | Photo:
        """The photo that it was made of."""
        photo = self.photo or self.of_job
        assert photo is not None  # redaction_of_one_photo
        return photo

    def shows(self, case: Case, stage: PhotoStage) -> bool:
        """Whether it was made of a photo of this case, or of its job, at that stage."""
        if self.photo is not None:
            mine = self.photo.case_id == case.pk
        else:
            assert self.of_job is not None
            mine = case.job_id is not None and self.of_job.maintenance_id == case.job_id
        return mine and self.source.stage == stage

    @property
    def stored(self) -> StoredPhoto:
        """Where its file is found."""
        return StoredPhoto(self.sha256, self.width, self.height, None)


@pghistory.track()
class PublishedPair(models.Model):
    """Before and after of one case, looked at and approved; shown until it is withdrawn."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="published_pairs", verbose_name=_("case")
    )
    before = models.ForeignKey(
        Redaction, on_delete=models.PROTECT, related_name="+", verbose_name=_("before")
    )
    after = models.ForeignKey(Redaction, on_delete=models.PROTECT, related_name="+", verbose_name=_("after"))
    words = models.CharField(_("words shown to everybody"), max_length=200)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    approved_at = models.DateTimeField(_("approved at"), db_default=Now(), editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("withdrawn by"),
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        verbose_name = _("published pair")
        verbose_name_plural = _("published pairs")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"], name="one_published_pair_a_case", condition=Q(withdrawn_at__isnull=True)
            )
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="approved_for_good",
                operation=pgtrigger.Update,
                condition=Changed("uid", "case", "before", "after", "words", "approved_by", "approved_at"),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.case} · {self.words}"
