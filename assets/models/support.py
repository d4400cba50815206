"""Supports (载体): the pole, wall or shelter that carries one or more assets, which share its point."""

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from places.models import Area, Changed, MarksChange, Topic


class SupportKind(models.TextChoices):
    """What carries the faces."""

    POLE = "pole", _("Pole")
    WALL = "wall", _("Wall")
    SHELTER = "shelter", _("Shelter")
    FRAME = "frame", _("Frame")
    OTHER = "other", _("Other")


@pghistory.track()
class Support(models.Model):
    """One carrier. Moving it moves everything on it (the database sees to that)."""

    kind = models.CharField(_("kind"), max_length=10, choices=SupportKind.choices)
    name = models.CharField(_("name"), max_length=120, blank=True)
    point = models.PointField(_("point"), srid=4326)
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, related_name="supports", verbose_name=_("area")
    )

    class Meta:
        verbose_name = _("support")
        verbose_name_plural = _("supports")
        triggers = [
            MarksChange(Topic.ASSETS),
            pgtrigger.Trigger(
                name="faces_follow",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("point"),
                condition=Changed("point"),
                func="UPDATE assets_asset SET point = NEW.point WHERE support_id = NEW.id; RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.get_kind_display()} {self.pk}"

    @property
    def scope_code(self) -> str:
        """What permission checks compare with; outside every known area the managing district answers."""
        return self.area.code if self.area else settings.MANAGING_DISTRICT
