"""/cases/calendar/: the working days that deadlines are reckoned by, for the office to publish and to correct."""

import re
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import MANAGE_LISTS, READ_CASES, can
from assets.history import Actor
from assets.models import Origin
from cases.actions.edit_calendar import edit_calendar
from cases.actions.publish_calendar import publish_calendar
from cases.desk.forms import longer_text
from cases.models import CalendarDay, CalendarYear, Clock
from cases.published import published_exceptions
from web.access import SignedInRequest, admitting, readers_only
from web.answers import show_page

_RANGE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\s*(?:\.\.|至|to)\s*(\d{4}-\d{2}-\d{2}))?")
_LONGEST_RANGE = 31


def days_in(text: str) -> list[date]:
    """The days of a text: one or a range a line, `2027-02-05 .. 2027-02-11`.

    Raises:
        ValidationError: naming the line that is none.
    """
    days: list[date] = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        found = _RANGE.fullmatch(line)
        try:
            first = parse_date(found[1]) if found else None
            last = parse_date(found[2]) if found and found[2] else first
        except ValueError:
            first = last = None
        if first is None or last is None or not 0 <= (last - first).days <= _LONGEST_RANGE:
            raise ValidationError(
                _("“%(line)s” is no day: write 2027-02-05, or 2027-02-05 .. 2027-02-11.")
                % {"line": line[:40]}
            )
        days += [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return days


class YearForm(forms.Form):
    """A year's days off and the weekends that are worked, as the State Council publishes them."""

    source = forms.CharField(label=gettext_lazy("Source (number and date of the notice)"), max_length=200)
    off = longer_text(gettext_lazy("Days off, a day or range a line"), rows=8, required=False)
    worked = longer_text(gettext_lazy("Saturdays and Sundays that are worked"), rows=5, required=False)

    def clean_off(self) -> list[date]:
        """Weekends within a holiday are off anyway: only Monday to Friday differs."""
        return [day for day in days_in(self.cleaned_data["off"]) if day.weekday() < 5]

    def clean_worked(self) -> list[date]:
        """Each has to be a Saturday or Sunday, which the action says by name."""
        return days_in(self.cleaned_data["worked"])

    @property
    def exceptions(self) -> dict[date, bool]:
        """What differs from Monday to Friday."""
        given = self.cleaned_data
        return dict.fromkeys(given["off"], False) | dict.fromkeys(given["worked"], True)


@readers_only(READ_CASES)
def calendar_page(request: SignedInRequest) -> HttpResponse:
    """The years that are published, and what each one differs by."""
    days: dict[int, list[CalendarDay]] = {}
    for day in CalendarDay.objects.order_by("day"):
        days.setdefault(day.year_id, []).append(day)
    this = timezone.localdate().year
    years = [
        {
            "year": year,
            "off": in_runs([row.day for row in days.get(year.pk, []) if not row.works]),
            "worked": [row.day for row in days.get(year.pk, []) if row.works],
            "near": abs(year.year - this) <= 1,
        }
        for year in CalendarYear.objects.order_by("-year")
    ]
    years_kept = {entry["year"].year for entry in years}  # type: ignore[attr-defined]
    context = {
        "years": years,
        "missing": [year for year in (this, this + 1) if year not in years_kept],
        "provisional": Clock.objects.filter(ended_at=None, provisional=True).count(),
        "may_edit": can(request.user, MANAGE_LISTS),
    }
    return _answer(request, "cases/calendar.html", context)


@admitting(MANAGE_LISTS, "GET", "HEAD", "POST")
def year_page(request: SignedInRequest, year: int) -> HttpResponse:
    """Publish a year, or correct one that is published."""
    calendar_year = CalendarYear.objects.filter(year=year).first()
    if request.method != "POST":
        return _show_year(request, year, calendar_year, YearForm(initial=_as_text(year, calendar_year)))
    form = YearForm(request.POST)
    if form.is_valid():
        actor, source = Actor(request.user, Origin.WEB), form.cleaned_data["source"]
        try:
            if calendar_year is None:
                moved = len(publish_calendar(actor, year, form.exceptions, source))
                message = _("Published: %(year)s. %(n)s dates were worked out anew.") % {
                    "year": year,
                    "n": moved,
                }
            else:
                changed = edit_calendar(actor, year, form.exceptions, source)
                message = _("Corrected: %(n)s days. Dates that were set stay; later ones go by it.") % {
                    "n": changed
                }
        except ValidationError as error:
            form.add_error(None, " ".join(error.messages))
        else:
            messages.success(request, message)
            return HttpResponseRedirect(reverse("case-calendar"))
    return _show_year(request, year, calendar_year, form, 422)


def in_runs(days: list[date]) -> list[tuple[date, date]]:
    """Days off as runs; a weekend between two of them does not part a run."""
    runs: list[tuple[date, date]] = []
    for day in days:
        if runs and _only_weekend_between(runs[-1][1], day):
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def _only_weekend_between(first: date, last: date) -> bool:
    between = (first + timedelta(days=n) for n in range(1, (last - first).days))
    return all(day.weekday() >= 5 for day in between)


def _as_text(year: int, calendar_year: CalendarYear | None) -> dict[str, str]:
    if calendar_year is None:
        exceptions, source = published_exceptions().get(year, {}), ""
    else:
        exceptions, source = dict(calendar_year.days.values_list("day", "works")), calendar_year.source
    off = in_runs(sorted(day for day, works in exceptions.items() if not works))
    lines = [f"{first}" if first == last else f"{first} .. {last}" for first, last in off]
    worked = sorted(day.isoformat() for day, works in exceptions.items() if works)
    return {"source": source, "off": "\n".join(lines), "worked": "\n".join(worked)}


def _show_year(
    request: SignedInRequest, year: int, calendar_year: CalendarYear | None, form: YearForm, status: int = 200
) -> HttpResponse:
    return _answer(
        request,
        "cases/calendar_year.html",
        {"year": year, "calendar_year": calendar_year, "form": form},
        status,
    )


def _answer(
    request: SignedInRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    return show_page(request, template, context, status=status)
