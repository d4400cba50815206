"""By which tracking code a case that a resident reported is followed, and what they said of it afterwards."""

from typing import ClassVar

import pghistory
import pgtrigger
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from places.models import Changed


@pghistory.track(exclude=["digest", "telephone"])
class ResidentReport(models.Model):
    """One report: only the digest of its tracking code is kept. The telephone number is for the desk alone."""

    case = models.OneToOneField(
        Case, on_delete=models.PROTECT, related_name="resident_report", verbose_name=_("case")
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    telephone = models.CharField(_("telephone"), max_length=30, blank=True)
    solved = models.BooleanField(_("solved, says who reported it"), null=True, blank=True)
    made_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("resident’s report")
        verbose_name_plural = _("residents’ reports")
        ordering: ClassVar = ["-id"]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="made_for_good",
                operation=pgtrigger.Update,
                condition=Changed("case", "digest", "telephone", "made_at"),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return str(self.case)
