"""Walls: addresses under which a screen shows a district's figures to whoever stands before it."""

import uuid

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from places.models import Area, Changed


@pghistory.track(exclude=["digest"])
class Wall(models.Model):
    """One screen. The secret in its address is shown once, to whoever made it; only its digest is kept."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("where it hangs"), max_length=60)
    district = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="walls", verbose_name=_("district")
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("made by"),
    )
    made_at = models.DateTimeField(_("made at"), db_default=Now(), editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("ended by"),
    )
    revoked_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("wall")
        verbose_name_plural = _("walls")
        ordering = ["-id"]
        triggers = [
            pgtrigger.Protect(
                name="made_for_good",
                operation=pgtrigger.Update,
                condition=Changed("uid", "name", "district", "digest", "made_by", "made_at"),
            ),
            pgtrigger.Protect(
                name="revoked_for_good",
                operation=pgtrigger.UpdateOf("revoked_at"),
                condition=pgtrigger.Condition("OLD.revoked_at IS NOT NULL"),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scope_code(self) -> str:
        """What permission checks compare with."""
        return self.district.code
