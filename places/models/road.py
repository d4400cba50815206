"""Roads: thoroughfares such as 北园大街. Never called streets, which are 街道 here."""

import pghistory
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.utils.translation import gettext_lazy as _

from places.models.area import Area
from places.models.generation import MarksChange, Topic


@pghistory.track()
class Road(models.Model):
    """One road of a district, with the misspellings ledgers contain as aliases."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=60)
    aliases = ArrayField(
        models.CharField(max_length=60), verbose_name=_("other names"), default=list, blank=True
    )
    district = models.ForeignKey(
        Area,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="roads",
        verbose_name=_("district"),
    )
    line = models.MultiLineStringField(_("centre line"), srid=4326, null=True, blank=True)
    approximate = models.BooleanField(_("approximate line"), default=False)

    class Meta:
        verbose_name = _("road")
        verbose_name_plural = _("roads")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["district", "name"], name="road_name_unique_in_district")
        ]
        triggers = [MarksChange(Topic.PLACES)]

    def __str__(self) -> str:
        return self.name
