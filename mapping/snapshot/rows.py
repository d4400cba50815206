"""Reads assets into columns: whole numbers, and lists of what the numbers stand for.

A file with 51,000 objects repeats every field name and every street 51,000 times. Here a column of texts or of
references is a list of its distinct values and, for each asset, the position in that list; dates are day numbers and
coordinates are millionths of a degree. `payload` packs the result; `browser/payload.js` reads it.
"""

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import DateField, F, Func, IntegerField, QuerySet, TextField
from django.db.models.functions import Cast, Substr, TruncDate

from assets.models import Asset
from mapping.snapshot.payload import DEGREE

# Day 1 is 1900-01-01, so that 0 can stand for "no date".
DAY_ZERO = date(1899, 12, 31)
_PREFIX_DIGITS = 11
_CHUNK = 5_000


class _Degree(Func):
    """One coordinate of a point, in millionths of a degree."""

    template = f"round(%(function)s(%(expressions)s) * {DEGREE})::integer"
    output_field = IntegerField()


class _DayNumber(Func):
    """A date as days since DAY_ZERO."""

    template = f"coalesce(%(expressions)s - DATE '{DAY_ZERO}', 0)"
    output_field = IntegerField()


class _Joined(Func):
    """A list of codes as one text."""

    template = "array_to_string(%(expressions)s, ',')"
    output_field = TextField()


# A component id is eleven digits that repeat (district, class, item) and six that count.
_NUMBERS = {
    "serial": Cast(Substr("code", _PREFIX_DIGITS + 1), IntegerField()),
    "lon": _Degree("point", function="ST_X"),
    "lat": _Degree("point", function="ST_Y"),
    "condition": F("condition"),
    "faces": F("faces"),
    "inspected": _DayNumber(TruncDate("condition_at", output_field=DateField())),
    "due": _DayNumber("next_inspection_due"),
    "installed": _DayNumber("installed_on"),
    "changed": _DayNumber("content_changed_on"),
}
_CODED = {
    "prefix": Substr("code", 1, _PREFIX_DIGITS),
    "street": F("street_id"),
    "community": F("community_id"),
    "road": F("road_id"),
    "type": F("type_id"),
    "lifecycle": F("lifecycle"),
    "themes": _Joined("themes"),
    "name": F("name"),
    "address": F("address"),
    "wording": F("wording"),
}


@dataclass
class Coded:
    """A column of values that repeat: the distinct ones in order of appearance, and each asset's position in them."""

    positions: array = field(default_factory=lambda: array("i"))
    _codes: dict[Any, int] = field(default_factory=dict, repr=False)

    @property
    def values(self) -> list[Any]:
        """The distinct values."""
        return list(self._codes)

    def extend(self, values: Iterable[Any]) -> None:
        """Append the values of some more assets."""
        codes, positions = self._codes, self.positions
        for value in values:
            positions.append(codes.setdefault(value, len(codes)))


@dataclass
class Columns:
    """A set of assets, column by column; each column has `count` entries, all in the same order."""

    count: int
    numbers: dict[str, array]
    coded: dict[str, Coded]


def read(assets: "QuerySet[Asset]") -> Columns:
    """Read a set of assets into columns, in an order in which neighbours resemble each other: street, road, id.

    Positions are WGS84. `street`, `community`, `road` and `type` hold primary keys, None where there is none; `themes`
    holds codes joined by commas.
    """
    columns = Columns(0, {name: array("i") for name in _NUMBERS}, {name: Coded() for name in _CODED})
    expressions = {f"snapshot_{name}": expression for name, expression in (_NUMBERS | _CODED).items()}
    rows = (
        assets.order_by("street_id", "road_id", "code")
        .annotate(**expressions)
        .values_list(*expressions)
        .iterator(chunk_size=_CHUNK)
    )
    for chunk in _chunks(rows):
        values = iter(zip(*chunk, strict=True))
        for column, numbers in zip(columns.numbers.values(), values, strict=False):
            column.extend(numbers)
        for coded, texts in zip(columns.coded.values(), values, strict=True):
            coded.extend(texts)
        columns.count += len(chunk)
    return columns


def _chunks(rows: Iterator[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk
