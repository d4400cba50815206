"""Photos on their way: which operations name them, and how much of each has arrived."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from assets.models import PhotoStage
from field.models.operation import Operation


class ClaimState(models.TextChoices):
    """How far a named photo is."""

    WAITING = "waiting", _("Not here yet, or its record is with the office")
    ATTACHED = "attached", _("Attached")
    REFUSED = "refused", _("Refused")


class PhotoClaim(models.Model):
    """One operation's naming of one photo, by the hash of what the phone will send."""

    operation = models.ForeignKey(Operation, on_delete=models.CASCADE, related_name="claims")
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveIntegerField(null=True, blank=True)
    role = models.CharField(max_length=12, choices=PhotoStage.choices)
    taken_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=ClaimState.choices, default=ClaimState.WAITING)
    problem = models.TextField(blank=True)

    class Meta:
        verbose_name = _("named photo")
        verbose_name_plural = _("named photos")
        constraints = [
            models.UniqueConstraint(fields=["operation", "sha256", "role"], name="photo_claim_once"),
            models.CheckConstraint(
                name="photo_claim_sha256_is_hex", condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.sha256[:8]}"


class PhotoUpload(models.Model):
    """How far one photo of one user has come; its bytes are in `field/uploads.py`'s folder until it is whole.

    `sha256` is the hash of what the phone sends, `stored_sha256` that of the picture which was made of it.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="photo_uploads")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    stored_sha256 = models.CharField(max_length=64, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    begun_at = models.DateTimeField(auto_now_add=True)
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("photo on its way")
        verbose_name_plural = _("photos on their way")
        constraints = [models.UniqueConstraint(fields=["user", "sha256"], name="photo_upload_once")]

    def __str__(self) -> str:
        return self.sha256[:8]
