"""What the register's old columns said and no dated row could say; kept until somebody has looked at it.

Until the end of November 2026 areas and sites had columns for a leader, a unit, a person and a telephone. A migration
turned them into rows of responsibility; a second person of a site, or somebody of a community without a unit, has no
place there. Written by that migration only, settled by `work/responsibility/actions/settle_former.py`.
"""

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from places.models.area import Area, Level
from places.models.site import Site
from places.models.unit import Unit


@pghistory.track(exclude=["telephone"])
class FormerAnswer(models.Model):
    """What one area or site said of who answers for it, over the time that it said so."""

    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("area")
    )
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("site")
    )
    leader = models.CharField(_("leader"), max_length=40, blank=True)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    person = models.CharField(_("person"), max_length=40, blank=True)
    telephone = models.CharField(_("telephone"), max_length=30, blank=True)
    begins_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to, included"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True, editable=False)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("settled by"),
    )

    class Meta:
        verbose_name = _("former answer of the register")
        verbose_name_plural = _("former answers of the register")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="former_answer_is_of_an_area_or_a_site",
                condition=Q(area__isnull=False, site=None) | Q(area=None, site__isnull=False),
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return str(self.place)

    @property
    def place(self) -> Area | Site:
        """What it was said of."""
        found = self.area or self.site
        assert found is not None  # by the constraint
        return found

    @property
    def scope_code(self) -> str:
        """What permission checks compare with: who leads a street is the district's to say."""
        if self.area is not None and self.area.level == Level.STREET:
            return self.area.district_code
        return self.place.scope_code
