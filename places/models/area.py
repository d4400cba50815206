"""Administrative areas: district, street (街道), community (社区), unit-grid cell (单元网格)."""

import pghistory
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.utils.translation import gettext_lazy as _

from places.models.generation import MarksChange, Topic


class Level(models.IntegerChoices):
    """Level in the grid; a deeper level has the larger number."""

    DISTRICT = 1, _("District")
    STREET = 2, _("Street")
    COMMUNITY = 3, _("Community")
    GRID = 4, _("Grid cell")

    @property
    def code(self) -> str:
        """The word used in addresses and files: district, street, community, grid."""
        return self.name.lower()


class BoundaryStatus(models.TextChoices):
    """How far a boundary may be trusted; shown wherever the boundary is."""

    NONE = "none", _("No boundary")
    APPROXIMATE = "approximate", _("Approximate boundary")
    OFFICIAL = "official", _("Official boundary")


@pghistory.track()
class Area(models.Model):
    """One area. `code` is the statistics bureau's: 6, 9 or 12 digits; a grid cell has 15.

    Who answers for it is said by dated rows (`Responsibility`), never by a column here.
    """

    code = models.CharField(_("code"), max_length=15, unique=True)
    level = models.SmallIntegerField(_("level"), choices=Level.choices)
    name = models.CharField(_("name"), max_length=80)
    aliases = ArrayField(
        models.CharField(max_length=80), verbose_name=_("other names"), default=list, blank=True
    )
    kind = models.CharField(_("kind"), max_length=20, blank=True)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("part of"),
    )
    boundary = models.MultiPolygonField(_("boundary"), srid=4326, null=True, blank=True)
    boundary_status = models.CharField(
        _("boundary status"), max_length=12, choices=BoundaryStatus.choices, default=BoundaryStatus.NONE
    )
    boundary_source = models.CharField(_("boundary source"), max_length=200, blank=True)
    office = models.PointField(_("office"), srid=4326, null=True, blank=True, spatial_index=False)

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="area_code_fits_level",
                condition=models.Q(level=1, code__regex=r"^[0-9]{6}$")
                | models.Q(level=2, code__regex=r"^[0-9]{9}$")
                | models.Q(level=3, code__regex=r"^[0-9]{12}$")
                | models.Q(level=4, code__regex=r"^[0-9]{15}$"),
                violation_error_message=_("A code has 6, 9, 12 or 15 digits, by level."),
            ),
            models.CheckConstraint(
                name="area_boundary_status_says_if_there_is_one",
                condition=models.Q(boundary__isnull=True, boundary_status="none")
                | (models.Q(boundary__isnull=False) & ~models.Q(boundary_status="none")),
                violation_error_message=_("Say whether the boundary is official or approximate."),
            ),
        ]
        triggers = [MarksChange(Topic.PLACES)]

    def __str__(self) -> str:
        return self.name

    @property
    def district_code(self) -> str:
        """The six digits of the district this area lies in."""
        return self.code[:6]

    @property
    def scope_code(self) -> str:
        """What permission checks compare with (see accounts.permissions)."""
        return self.code
