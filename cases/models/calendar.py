"""The calendars that have been published: for each year, the days that differ from Monday to Friday."""

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from places.models import MarksChange, Topic


@pghistory.track()
class CalendarYear(models.Model):
    """A year whose calendar is known. Any other counts Monday to Friday without 1 January, provisionally."""

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        verbose_name = _("calendar of a year")
        verbose_name_plural = _("calendars of years")
        ordering = ["-year"]
        triggers = [MarksChange(Topic.DICTIONARY)]

    def __str__(self) -> str:
        return str(self.year)


@pghistory.track()
class CalendarDay(models.Model):
    """A day off from Monday to Friday, or a Saturday or Sunday that is worked (调休)."""

    year = models.ForeignKey(
        CalendarYear, on_delete=models.CASCADE, related_name="days", verbose_name=_("year")
    )
    day = models.DateField(_("day"), unique=True)
    works = models.BooleanField(_("is worked"))

    class Meta:
        verbose_name = _("day that differs")
        verbose_name_plural = _("days that differ")
        ordering = ["day"]
        triggers = [MarksChange(Topic.DICTIONARY)]

    def __str__(self) -> str:
        return self.day.isoformat()
