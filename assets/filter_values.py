"""How the values of the filter's parameters are read from an address: codes, words, rectangles, outlines, moments.

Each is a form field that gives None when its parameter is not there, and says in words what it cannot read. What a
value leaves of the catalogue is said in `assets/filter_parameters.py`.
"""

import re
from datetime import datetime
from math import isfinite
from typing import Any

from django import forms
from django.contrib.gis.geos import Polygon
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

LONGEST_SEARCH = 200
MOST_VALUES = 300
MOST_CORNERS = 100

Values = tuple[str, ...]
Edges = tuple[float, float, float, float]


class CodesField(forms.CharField):
    """Comma-separated codes, as a sorted tuple without repeats."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.pop("max_length", None)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Values | None:
        """None when not given."""
        if value is None:
            return None
        codes = value.split(",")
        if "" in codes:
            raise forms.ValidationError(_("A value is empty."))
        if len(codes) > MOST_VALUES:
            raise forms.ValidationError(_("More than %(most)s values.") % {"most": MOST_VALUES})
        if "\0" in value:
            raise forms.ValidationError(_("This contains a NUL character."))
        return tuple(sorted(set(codes)))


# What a plate's QR code leads to, and where that leads on to: …/a/37010503008000001, …/assets/37010503008000001/.
_PLATE_ADDRESS = re.compile(r"/(?:a|assets?)/(\d{17})(?!\d)")


def component_id_in(text: str) -> str | None:
    """The component id in a pasted address of a plate, or in digits grouped as plates print them; else None."""
    squeezed = "".join(text.split())
    if found := _PLATE_ADDRESS.search(squeezed):
        return found[1]
    return squeezed if len(squeezed) in (16, 17) and squeezed.isascii() and squeezed.isdigit() else None


class WordsField(forms.CharField):
    """Words to look for, sorted, without repeats; None when there are none. A plate's digits are one word."""

    def clean(self, value: Any) -> Values | None:
        """None when nothing but blanks was given."""
        if value is None:
            return None
        if len(value) > LONGEST_SEARCH:
            raise forms.ValidationError(_("More than %(most)s characters.") % {"most": LONGEST_SEARCH})
        if "\0" in value:
            raise forms.ValidationError(_("This contains a NUL character."))
        if code := component_id_in(value):
            return (code,)
        return tuple(sorted(set(value.split()))) or None


class BoundsField(forms.CharField):
    """west,south,east,north in WGS84 degrees."""

    def clean(self, value: Any) -> Edges | None:
        """None when not given."""
        if value is None:
            return None
        try:
            west, south, east, north = (float(part) for part in value.split(","))
        except ValueError:
            raise forms.ValidationError(_("Give west,south,east,north in degrees.")) from None
        if not all(isfinite(edge) for edge in (west, south, east, north)):
            raise forms.ValidationError(_("Give west,south,east,north in degrees."))
        if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
            raise forms.ValidationError(_("West lies west of east, south lies south of north."))
        return (west, south, east, north)


class OutlineField(forms.CharField):
    """The corners of a polygon, longitude,latitude,longitude,latitude,… in WGS84 degrees."""

    def clean(self, value: Any) -> tuple[float, ...] | None:
        """None when not given."""
        if value is None:
            return None
        try:
            numbers = tuple(float(part) for part in value.split(","))
        except ValueError:
            raise forms.ValidationError(_("Give longitude,latitude of each corner in degrees.")) from None
        corners = list(zip(numbers[::2], numbers[1::2], strict=False))
        if len(numbers) % 2 or not 3 <= len(corners) <= MOST_CORNERS:
            raise forms.ValidationError(
                _("A polygon has between 3 and %(most)s corners, each with longitude and latitude.")
                % {"most": MOST_CORNERS}
            )
        if not all(isfinite(x) and isfinite(y) and abs(x) <= 180 and abs(y) <= 90 for x, y in corners):
            raise forms.ValidationError(_("Give longitude,latitude of each corner in degrees."))
        if not Polygon([*corners, corners[0]]).valid:
            raise forms.ValidationError(_("The polygon's sides cross."))
        return numbers


class SinceField(forms.CharField):
    """A time, a day, or the cursor of an earlier answer."""

    def clean(self, value: Any) -> datetime | int | None:
        """A moment, a transaction id, or None when not given."""
        if value is None:
            return None
        if cursor := re.fullmatch(r"x([0-9a-f]{1,15})", value):
            return int(cursor[1], 16)
        try:
            # In a query string a plus sign that nobody escaped arrives as a blank.
            moment = parse_datetime(value.replace(" ", "+"))
            day = parse_date(value)
        except ValueError:
            moment = day = None
        if day is not None:
            return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001
        if moment is None:
            raise forms.ValidationError(_("Give a time such as 2026-11-24T08:00:00+08:00."))
        return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
