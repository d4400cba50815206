"""Links by which a unit without an account answers for a case: each opens one case for one unit, for fourteen days."""

import uuid

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from places.models import Changed, Unit


@pghistory.track(exclude=["digest", "last_used_at"])
class CaseLink(models.Model):
    """One link. The secret in it is shown once, to whoever made it; only its digest is kept (`cases.links`)."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="links", verbose_name=_("case"))
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="case_links", verbose_name=_("unit")
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("made by"),
    )
    issued_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("valid until"))
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("link for a unit")
        verbose_name_plural = _("links for units")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], name="one_link_a_case", condition=Q(revoked_at__isnull=True)
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="made_for_good",
                operation=pgtrigger.Update,
                condition=Changed("case", "unit", "digest", "issued_by", "issued_at", "expires_at"),
            ),
            pgtrigger.Protect(
                name="revoked_for_good",
                operation=pgtrigger.UpdateOf("revoked_at"),
                condition=pgtrigger.Condition("OLD.revoked_at IS NOT NULL"),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.case} · {self.unit}"

    @property
    def is_over(self) -> bool:
        """Whether it was revoked or its days have passed."""
        return self.revoked_at is not None or self.expires_at <= timezone.now()
