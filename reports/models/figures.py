"""Nightly figures: what stood at the end of a day, by place and type, or by place and source.

They name places, types and sources by their codes, so that what was kept stays as it was whatever becomes of a list.
"""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Night(models.Model):
    """A day whose figures are kept: all of them, written together and never again."""

    day = models.DateField(_("day"), unique=True)
    kept_at = models.DateTimeField(_("kept at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("night")
        verbose_name_plural = _("nights")
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"


class _Figure(models.Model):
    """A row of a night. Abstract."""

    # A street's code; a district's for what lies in no known street.
    place = models.CharField(_("place"), max_length=15)

    class Meta:
        abstract = True


class AssetFigure(_Figure):
    """What stood in the street: of one place and type, how many were in each condition, and how many overdue."""

    night = models.ForeignKey(Night, on_delete=models.CASCADE, related_name="assets", verbose_name=_("night"))
    type = models.CharField(_("type"), max_length=40)
    unknown = models.PositiveIntegerField(default=0)
    good = models.PositiveIntegerField(default=0)
    minor = models.PositiveIntegerField(default=0)
    damaged = models.PositiveIntegerField(default=0)
    severe = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0)
    overdue = models.PositiveIntegerField(_("inspections overdue"), default=0)

    class Meta:
        verbose_name = _("nightly figure of assets")
        verbose_name_plural = _("nightly figures of assets")
        constraints = [
            models.UniqueConstraint(fields=["night", "place", "type"], name="one_asset_figure_a_night")
        ]

    def __str__(self) -> str:
        return f"{self.night} {self.place} {self.type}"


class CaseFigure(_Figure):
    """The open cases: of one place and source, how many showed each lamp."""

    night = models.ForeignKey(Night, on_delete=models.CASCADE, related_name="cases", verbose_name=_("night"))
    source = models.CharField(_("source"), max_length=14)
    green = models.PositiveIntegerField(default=0)
    amber = models.PositiveIntegerField(default=0)
    red = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    none = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("nightly figure of cases")
        verbose_name_plural = _("nightly figures of cases")
        constraints = [
            models.UniqueConstraint(fields=["night", "place", "source"], name="one_case_figure_a_night")
        ]

    def __str__(self) -> str:
        return f"{self.night} {self.place} {self.source}"
