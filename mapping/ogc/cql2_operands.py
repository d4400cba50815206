"""The operands of a CQL2 filter as SQL with parameters: terms, spans of time, shapes; literals of every kind."""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import shapely
from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from assets.fields import Kind
from mapping.ogc.cql2_reading import NotSupported

_TIME_ZONE = settings.TIME_ZONE


@dataclass(frozen=True)
class Term:
    """A scalar or list operand: its SQL with parameters and its kind; `value` for literals."""

    sql: str
    params: tuple[Any, ...]
    kind: Kind
    value: Any = None
    is_literal: bool = False
    name: str = ""


@dataclass(frozen=True)
class Span:
    """A temporal operand: SQL of its first and last moment, with the parameters of both, in order."""

    start: str
    start_params: tuple[Any, ...]
    end: str
    end_params: tuple[Any, ...]


def checked_text(value: str) -> str:
    """A text that the database can hold.

    Raises:
        NotSupported: it is none.
    """
    if "\0" in value:
        raise NotSupported(_("This contains a NUL character."))
    if re.search(r"[\ud800-\udfff]", value):
        raise NotSupported(_("This contains half a character (a lone surrogate)."))
    return value


def day_of(value: Any) -> date:
    """A day as the standard writes it.

    Raises:
        NotSupported: it is none.
    """
    try:
        day = parse_date(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None:
        raise NotSupported(_("“%(value)s” is no date: give it like 2026-11-24.") % {"value": str(value)[:40]})
    return day


def moment_of(value: Any) -> datetime:
    """A moment as the standard writes it; without an offset, of the office's time zone.

    Raises:
        NotSupported: it is none.
    """
    try:
        moment = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None:
        raise NotSupported(
            _("“%(value)s” is no time: give it like 2026-11-24T08:00:00+08:00.") % {"value": str(value)[:40]}
        )
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def literal_time(value: str) -> Term:
    """A day or a moment that is written as a text.

    Raises:
        NotSupported: it is none.
    """
    return (
        date_term(day_of(value))
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)
        else moment_term(moment_of(value))
    )


def date_term(day: date) -> Term:
    """A day as an operand."""
    return Term("%s::date", (day,), Kind.DATE, day, True)


def moment_term(moment: datetime) -> Term:
    """A moment as an operand."""
    return Term("%s::timestamptz", (moment,), Kind.MOMENT, moment, True)


def as_kind_of(term: Term, other: Term) -> Term:
    """A term in the kind of the one it is compared with, where that makes sense; else as it was."""
    if term.is_literal and term.kind is Kind.TEXT and other.kind in (Kind.DATE, Kind.MOMENT):
        return literal_time(term.value)
    # A day against a moment: the moment's day in the office's time zone.
    if term.kind is Kind.MOMENT and other.kind is Kind.DATE:
        return Term(f"({term.sql} AT TIME ZONE '{_TIME_ZONE}')::date", term.params, Kind.DATE, name=term.name)
    return term


def span_of(term: Term) -> Span:
    """A day from its first to its last moment in the office's time zone; a moment is its own.

    Raises:
        NotSupported: it is none.
    """
    if term.kind is Kind.MOMENT:
        return Span(term.sql, term.params, term.sql, term.params)
    if term.kind is Kind.DATE:
        midnight = f"({term.sql}::timestamp AT TIME ZONE '{_TIME_ZONE}')"
        return Span(midnight, term.params, f"({midnight} + interval '1 day - 1 microsecond')", term.params)
    if term.is_literal and term.kind is Kind.TEXT:
        return span_of(literal_time(term.value))
    raise NotSupported(_("“%(name)s” is no time.") % {"name": term.name or shown(term)})


def shown(term: Term) -> str:
    """An operand without a name, for sentences about it."""
    return str(term.value)[:40] if term.is_literal else "…"


def numbers_of(value: Any) -> list[float]:
    """The numbers of a rectangle.

    Raises:
        NotSupported: it is none.
    """
    if not isinstance(value, list) or not all(isinstance(number, int | float) for number in value):
        raise NotSupported(_("This is not a geometry."))
    return [float(number) for number in value]


def shape_of(node: dict[str, Any]) -> shapely.Geometry:
    """A valid geometry of GeoJSON, without heights.

    Raises:
        NotSupported: it is none.
    """
    try:
        shape = shapely.from_geojson(json.dumps(node))
    except (shapely.errors.GEOSException, ValueError, TypeError):
        raise NotSupported(_("This is not a geometry.")) from None
    if shape is None or shapely.is_empty(shape) or not shapely.is_valid(shape):
        raise NotSupported(_("The geometry is not valid."))
    return shapely.force_2d(shape)
