"""Sites (点位): the places an evaluation visits, each of a kind."""

import pghistory
from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from places.models.area import Area
from places.models.dictionary import Dictionary
from places.models.generation import MarksChange, Topic


class View(models.TextChoices):
    """The three views of the district (面、线、点) that results are read by."""

    AREA = "area", pgettext_lazy("view of the district", "Area")
    LINE = "line", pgettext_lazy("view of the district", "Line")
    POINT = "point", pgettext_lazy("view of the district", "Point")


@pghistory.track()
class SiteKind(Dictionary):
    """Kind of site: scenic spot, crossing, housing estate, …"""

    symbol = models.CharField(_("symbol"), max_length=20, blank=True)
    view = models.CharField(
        _("area, line or point"),
        max_length=5,
        choices=View.choices,
        default=View.POINT,
        db_default=View.POINT,
        help_text=_("Estates, communities and parks are areas, roads and lanes lines, the rest points."),
    )

    class Meta(Dictionary.Meta):
        verbose_name = _("site kind")
        verbose_name_plural = _("site kinds")
        triggers = [MarksChange(Topic.DICTIONARY)]


@pghistory.track()
class Site(models.Model):
    """One site, at a point. Who answers for it is said by dated rows (`Responsibility`), never by a column here."""

    code = models.CharField(_("code"), max_length=24, unique=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.ForeignKey(SiteKind, on_delete=models.PROTECT, related_name="sites", verbose_name=_("kind"))
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, related_name="sites", verbose_name=_("area")
    )
    point = models.PointField(_("point"), srid=4326)
    outline = models.MultiPolygonField(_("outline"), srid=4326, null=True, blank=True, spatial_index=False)
    approximate = models.BooleanField(_("approximate position"), default=False)
    address = models.CharField(_("address"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ["code"]
        triggers = [MarksChange(Topic.PLACES)]

    def __str__(self) -> str:
        return self.name

    @property
    def scope_code(self) -> str:
        """What permission checks compare with; a site in no known area is in nobody's street."""
        return self.area.code if self.area else ""
