"""How the values of the filter's parameters are read from an address: codes, words, rectangles, outlines, moments.

Each is a function of the text behind a parameter that says in words what it cannot read (`ValidationError`); None is
as if the parameter were not there. What a value leaves of the catalogue is said in `assets/filter_parameters.py`.
"""

import re
from datetime import datetime
from math import isfinite

from django.contrib.gis.geos import Polygon
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

LONGEST_SEARCH = 200
MOST_VALUES = 300
MOST_CORNERS = 100

Values = tuple[str, ...]
Edges = tuple[float, float, float, float]


def read_codes(value: str) -> Values:
    """Comma-separated codes, as a sorted tuple without repeats."""
    codes = value.split(",")
    if "" in codes:
        raise ValidationError(_("A value is empty."))
    if len(codes) > MOST_VALUES:
        raise ValidationError(_("More than %(most)s values.") % {"most": MOST_VALUES})
    if "\0" in value:
        raise ValidationError(_("This contains a NUL character."))
    return tuple(sorted(set(codes)))


# What a plate's QR code leads to, and where that leads on to: …/a/37010503008000001, …/assets/37010503008000001/.
_PLATE_ADDRESS = re.compile(r"/(?:a|assets?)/(\d{17})(?!\d)")


def component_id_in(text: str) -> str | None:
    """The component id in a pasted address of a plate, or in digits grouped as plates print them; else None."""
    squeezed = "".join(text.split())
    if found := _PLATE_ADDRESS.search(squeezed):
        return found[1]
    return squeezed if len(squeezed) in (16, 17) and squeezed.isascii() and squeezed.isdigit() else None


def read_words(value: str) -> Values | None:
    """Words to look for, sorted, without repeats; None when there are none. A plate's digits are one word."""
    if len(value) > LONGEST_SEARCH:
        raise ValidationError(_("More than %(most)s characters.") % {"most": LONGEST_SEARCH})
    if "\0" in value:
        raise ValidationError(_("This contains a NUL character."))
    if code := component_id_in(value):
        return (code,)
    return tuple(sorted(set(value.split()))) or None


def read_bounds(value: str) -> Edges:
    """west,south,east,north in WGS84 degrees."""
    try:
        west, south, east, north = (float(part) for part in value.split(","))
    except ValueError:
        raise ValidationError(_("Give west,south,east,north in degrees.")) from None
    if not all(isfinite(edge) for edge in (west, south, east, north)):
        raise ValidationError(_("Give west,south,east,north in degrees."))
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise ValidationError(_("West lies west of east, south lies south of north."))
    return (west, south, east, north)


def read_outline(value: str) -> tuple[float, ...]:
    """The corners of a polygon, longitude,latitude,longitude,latitude,… in WGS84 degrees."""
    try:
        numbers = tuple(float(part) for part in value.split(","))
    except ValueError:
        raise ValidationError(_("Give longitude,latitude of each corner in degrees.")) from None
    corners = list(zip(numbers[::2], numbers[1::2], strict=False))
    if len(numbers) % 2 or not 3 <= len(corners) <= MOST_CORNERS:
        raise ValidationError(
            _("A polygon has between 3 and %(most)s corners, each with longitude and latitude.")
            % {"most": MOST_CORNERS}
        )
    if not all(isfinite(x) and isfinite(y) and abs(x) <= 180 and abs(y) <= 90 for x, y in corners):
        raise ValidationError(_("Give longitude,latitude of each corner in degrees."))
    if not Polygon([*corners, corners[0]]).valid:
        raise ValidationError(_("The polygon's sides cross."))
    return numbers


def read_since(value: str) -> datetime | int:
    """A time, a day, or the cursor of an earlier answer."""
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
        raise ValidationError(_("Give a time such as 2026-11-24T08:00:00+08:00."))
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
