"""CQL2 (OGC 21-065) as text or JSON becomes a condition in SQL over a layer's declared fields.

The text is parsed by `cql2`, the parser that the STAC world keeps up; of the two there are, pygeofilter's text grammar
lacks NOT before LIKE, IN and BETWEEN and most of the temporal operators. What it gives is CQL2 JSON, which is compiled
here: identifiers become the SQL of declared fields, literals become parameters, and anything else is refused. Nothing a
client writes becomes part of a statement. The parser's own validation is not used: it takes time that grows with
the square of the input, and knows neither fields nor kinds.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import isfinite
from typing import Any

import cql2
import shapely
from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from assets.chosen_sql import Sql
from assets.fields import Kind, sql_of
from assets.filter_parameters import FilterError
from assets.layers import Layer
from mapping.ogc.crs import Offered, rectangle

TEXT, JSON = "cql2-text", "cql2-json"
LANGUAGES = (TEXT, JSON)
GEOMETRY = "geometry"

# The parser is recursive and not guarded: some thousand brackets would end the process.
LONGEST = 4000
DEEPEST = 60

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


class NotSupported(Exception):
    """The filter cannot be computed; the sentence says why, in the reader's language."""


def compile_filter(
    text: str,
    language: str | None,
    layer: Layer,
    *,
    names: str,
    today: date,
    crs: Offered,
) -> Sql:
    """A filter as an SQL condition. A code that does not exist is a text like any other: nothing equals it.

    Args:
        text: what the client wrote.
        language: `cql2-text` or `cql2-json`; None tells them apart by the first character.
        names: the language of names, `zh` or `en`.
        crs: the system of coordinates in the filter.

    Raises:
        FilterError: naming `filter`: not readable, an unknown field, operands that do not fit.
    """
    try:
        return _Compiler(layer, names, today, crs).condition(_parsed(text, language))
    except NotSupported as refusal:
        raise FilterError("filter", str(refusal)) from None
    except RecursionError:
        raise FilterError("filter", _("It is nested too deeply.")) from None


def _parsed(text: str, language: str | None) -> Any:
    if len(text) > LONGEST:
        raise NotSupported(_("More than %(most)s characters.") % {"most": LONGEST})
    if "\0" in text:
        raise NotSupported(_("This contains a NUL character."))
    if language is None:
        language = JSON if text.lstrip().startswith("{") else TEXT
    if language == TEXT:
        text = _unescaped(text)
    _refuse_depth(text, language)
    try:
        parsed = cql2.parse_json(text) if language == JSON else cql2.parse_text(text)
        return parsed.to_json()
    except cql2.ParseError as error:
        raise NotSupported(_where(str(error))) from None


# Strings and quoted names, so that what looks like an escape outside of them is left alone.
_QUOTED = re.compile(r"\"[^\"]*\"|'(?:[^'\\]|''|\\.)*'", re.DOTALL)
_ESCAPES = {"'": "''", "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def _unescaped(text: str) -> str:
    r"""The escapes of CQL2's text (OGC 21-065r2, B.4: `\'`, `\n`, …) as the parser knows them.

    Every other backslash stays: patterns of LIKE have escapes of their own.
    """

    def plain(quoted: re.Match[str]) -> str:
        if quoted[0].startswith('"'):
            return quoted[0]
        return re.sub(r"\\(.)", lambda escape: _ESCAPES.get(escape[1], escape[0]), quoted[0], flags=re.DOTALL)

    return _QUOTED.sub(plain, text)


def _refuse_depth(text: str, language: str) -> None:
    """Refuse what is nested deeper than anybody writes, before the parser meets it."""
    strings = r'"(?:[^"\\]|\\.)*"' if language == JSON else r"'(?:[^']|'')*'|\"[^\"]*\""
    bare = re.sub(strings, "", text)
    depth = deepest = 0
    for character in bare:
        if character in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")]}":
            depth -= 1
    unary = max(
        (len(run.split()) for run in re.findall(r"(?:\bnot\b\s*){2,}", bare, re.IGNORECASE)), default=0
    )
    minus = max((len(re.sub(r"\s", "", run)) for run in re.findall(r"(?:-\s*){2,}", bare)), default=0)
    if max(deepest, unary, minus) > DEEPEST:
        raise NotSupported(_("It is nested too deeply."))


def _where(message: str) -> str:
    """The parser's message, short: at which column it stopped."""
    found = re.search(r"-->\s*(\d+):(\d+)", message)
    if found:
        return _("It cannot be read from character %(column)s on.") % {"column": found[2]}
    return _("It cannot be read.")


class _Compiler:
    """One filter on its way to SQL."""

    def __init__(self, layer: Layer, language: str, today: date, crs: Offered) -> None:
        self._layer, self._language = layer, language
        self._today, self._crs = today, crs
        self._source = layer.tables.source.split()[-1]
        self._by_operator: dict[str, Callable[[str, list[Any]], Sql]] = {
            **dict.fromkeys(_COMPARISONS, self._comparison),
            **dict.fromkeys(_SPATIAL, self._spatial),
            **dict.fromkeys(_TEMPORAL, self._temporal),
            **dict.fromkeys(_ARRAYS, self._array),
            "like": self._like,
            "between": self._between,
            "in": self._in,
            "isNull": self._is_null,
        }

    # --- Conditions -------------------------------------------------------------------------------------------------

    def condition(self, node: Any) -> Sql:
        """What is true or false of a row."""
        if isinstance(node, bool):
            return ("true" if node else "false"), ()
        if isinstance(node, dict) and "property" in node:
            term = self._term(node)
            if term.kind is not Kind.BOOLEAN:
                raise NotSupported(_("“%(name)s” is neither true nor false.") % {"name": term.name})
            return term.sql, term.params
        op, args = _operation(node)
        if op in ("and", "or"):
            return self._joined(op, args)
        if op == "not":
            sql, params = self.condition(_one(op, args))
            return f"NOT ({sql})", params
        compiled = self._by_operator.get(op)
        if compiled is None:
            raise NotSupported(_("There is no operator or function “%(name)s”.") % {"name": op[:40]})
        return compiled(op, args)

    def _joined(self, op: str, args: list[Any]) -> Sql:
        if not args:
            raise NotSupported(_("“%(name)s” joins nothing.") % {"name": op})
        parts = [self.condition(arg) for arg in args]
        return f" {op.upper()} ".join(f"({sql})" for sql, _params in parts), _params_of(parts)

    def _comparison(self, op: str, args: list[Any]) -> Sql:
        left, right = self._alike(*(self._term(arg) for arg in _two(op, args)))
        if left.kind is Kind.LIST:
            raise NotSupported(
                _("“%(name)s” is a list: use A_CONTAINS or A_OVERLAPS.") % {"name": left.name or right.name}
            )
        return f"{left.sql} {_COMPARISONS[op]} {right.sql}", left.params + right.params

    def _like(self, op: str, args: list[Any]) -> Sql:
        text, pattern = (self._term(arg) for arg in _two(op, args))
        if text.kind is not Kind.TEXT or pattern.kind is not Kind.TEXT:
            raise NotSupported(_("LIKE compares texts."))
        if isinstance(pattern.value, str) and re.search(r"(?<!\\)(?:\\\\)*\\$", pattern.value):
            raise NotSupported(_("A pattern cannot end with a backslash."))
        return f"{text.sql} LIKE {pattern.sql}", text.params + pattern.params

    def _between(self, op: str, args: list[Any]) -> Sql:
        if len(args) != 3:
            raise NotSupported(_("“%(name)s” takes three operands.") % {"name": op})
        value, low, high = (self._term(arg) for arg in args)
        value_low, low = self._alike(value, low)
        value_high, high = self._alike(value, high)
        if value_low.kind is Kind.LIST:
            raise NotSupported(
                _("“%(name)s” is a list: use A_CONTAINS or A_OVERLAPS.") % {"name": value.name}
            )
        return (
            f"({value_low.sql} >= {low.sql} AND {value_high.sql} <= {high.sql})",
            value_low.params + low.params + value_high.params + high.params,
        )

    def _in(self, op: str, args: list[Any]) -> Sql:
        needle, values = _two(op, args)
        if not isinstance(values, list) or not values:
            raise NotSupported(_("IN takes a list of values."))
        parts = [self._comparison("=", [needle, value]) for value in values]
        return " OR ".join(f"({sql})" for sql, _params in parts), _params_of(parts)

    def _is_null(self, op: str, args: list[Any]) -> Sql:
        node = _one(op, args)
        if self._is_geometry(node):
            return f"{self._layer.geometry} IS NULL", ()
        term = self._term(node)
        # The house writes no text as an empty one, and no list as one without elements.
        if term.kind is Kind.TEXT:
            return f"coalesce({term.sql}, '') = ''", term.params
        if term.kind is Kind.LIST:
            return f"coalesce(cardinality({term.sql}), 0) = 0", term.params
        return f"{term.sql} IS NULL", term.params

    def _spatial(self, op: str, args: list[Any]) -> Sql:
        parts = [self._shape(arg) for arg in _two(op, args)]
        return f"{_SPATIAL[op]}({parts[0][0]}, {parts[1][0]})", _params_of(parts)

    def _temporal(self, op: str, args: list[Any]) -> Sql:
        left, right = (self._span(arg) for arg in _two(op, args))
        sql, params = [], ()
        for one, sign, other in _TEMPORAL[op]:
            first = (left.start, left.start_params) if one == "start" else (left.end, left.end_params)
            second = (right.start, right.start_params) if other == "start" else (right.end, right.end_params)
            sql.append(f"{first[0]} {sign} {second[0]}")
            params += first[1] + second[1]
        return f" {'OR' if op == 't_disjoint' else 'AND'} ".join(sql), params

    def _array(self, op: str, args: list[Any]) -> Sql:
        left, right = (self._list(arg) for arg in _two(op, args))
        pattern = _ARRAYS[op]
        sql = pattern.format(left=left.sql, right=right.sql)
        return sql, (left.params + right.params) * pattern.count("{left}")

    # --- Operands ---------------------------------------------------------------------------------------------------

    def _term(self, node: Any) -> Term:
        if isinstance(node, bool):
            return Term("%s::boolean", (node,), Kind.BOOLEAN, node, True)
        if isinstance(node, int | float):
            if not isfinite(node):
                raise NotSupported(_("This number is too large."))
            return Term("%s::double precision", (float(node),), Kind.NUMBER, node, True)
        if isinstance(node, str):
            return Term("%s::text", (_text(node),), Kind.TEXT, node, True)
        if isinstance(node, list):
            return self._list(node)
        if not isinstance(node, dict):
            raise NotSupported(_("An operand is empty."))
        if "property" in node:
            return self._property(node["property"])
        if "date" in node:
            return _date_term(_day(node["date"]))
        if "timestamp" in node:
            return _moment_term(_moment(node["timestamp"]))
        if GEOMETRY in node or "bbox" in node or "coordinates" in node or "geometries" in node:
            raise NotSupported(_("A geometry stands where a value is expected."))
        op, args = _operation(node)
        if op in _ARITHMETIC:
            return self._arithmetic(op, args)
        if op == "casei":
            term = self._term(_one(op, args))
            if term.kind is not Kind.TEXT:
                raise NotSupported(_("CASEI takes a text."))
            value = term.value.lower() if term.is_literal else None
            return Term(f"lower({term.sql})", term.params, Kind.TEXT, value, term.is_literal)
        if (
            op in _COMPARISONS
            or op in _SPATIAL
            or op in _TEMPORAL
            or op in _ARRAYS
            or op in ("and", "or", "not")
        ):
            raise NotSupported(_("A condition stands where a value is expected."))
        raise NotSupported(_("There is no operator or function “%(name)s”.") % {"name": op[:40]})

    def _property(self, name: Any) -> Term:
        field = self._layer.field(name) if isinstance(name, str) else None
        if name == GEOMETRY:
            raise NotSupported(_("A geometry stands where a value is expected."))
        if field is None:
            raise NotSupported(_("There is no field “%(name)s”.") % {"name": str(name)[:80]})
        sql = f"({sql_of(field, language=self._language, today=self._today)})"
        kind = field.kind
        if kind is Kind.TEXT:
            # No text and an empty one are one thing, and the house writes the second; a row that is joined may lack.
            is_own = re.fullmatch(rf"\({self._source}\.\w+\)", sql)
            sql = f"{sql}::text" if is_own else f"coalesce({sql}::text, '')"
        elif kind is Kind.INTEGER or kind is Kind.NUMBER:
            sql, kind = f"{sql}::double precision", Kind.NUMBER
        return Term(sql, (), kind, name=field.name)

    def _arithmetic(self, op: str, args: list[Any]) -> Term:
        left, right = (self._term(arg) for arg in _two(op, args))
        if left.kind is not Kind.NUMBER or right.kind is not Kind.NUMBER:
            raise NotSupported(_("“%(name)s” calculates with numbers.") % {"name": op})
        sql = _ARITHMETIC[op].format(left=left.sql, right=right.sql)
        return Term(f"({sql})", left.params + right.params, Kind.NUMBER)

    def _list(self, node: Any) -> Term:
        if isinstance(node, dict) and "property" in node:
            term = self._term(node)
            if term.kind is not Kind.LIST:
                raise NotSupported(_("“%(name)s” is no list.") % {"name": term.name})
            return term
        if not isinstance(node, list) or not all(isinstance(value, str) for value in node):
            raise NotSupported(_("Give a list of texts."))
        values = [_text(value) for value in node]
        return Term("%s::varchar[]", (values,), Kind.LIST, values, True)

    def _alike(self, left: Term, right: Term) -> tuple[Term, Term]:
        """Both operands in one kind, so that they can be compared."""
        if left.kind is not right.kind:
            left, right = _as_kind_of(left, right), _as_kind_of(right, left)
        if left.kind is not right.kind:
            raise NotSupported(
                _("“%(left)s” and “%(right)s” cannot be compared.")
                % {"left": left.name or _said(left), "right": right.name or _said(right)}
            )
        return left, right

    def _is_geometry(self, node: Any) -> bool:
        return isinstance(node, dict) and node.get("property") == GEOMETRY

    def _shape(self, node: Any) -> Sql:
        if self._is_geometry(node):
            return self._layer.geometry, ()
        if not isinstance(node, dict) or "op" in node:
            raise NotSupported(_("Give a geometry, or “geometry” for that of the features."))
        if "property" in node:
            raise NotSupported(_("“%(name)s” is no geometry.") % {"name": str(node["property"])[:80]})
        if "bbox" in node:
            shape = rectangle(_numbers(node["bbox"]), self._crs, "filter")
        else:
            shape = self._crs.to_stored(_shape_of(node), "filter")
        return "ST_GeomFromWKB(%s, 4326)", (shapely.to_wkb(shape),)

    def _span(self, node: Any) -> Span:
        if isinstance(node, dict) and "interval" in node:
            ends = node["interval"]
            if not isinstance(ends, list) or len(ends) != 2:
                raise NotSupported(_("An interval has two ends."))
            start, end = self._interval_end(ends[0], "-infinity"), self._interval_end(ends[1], "infinity")
            return Span(start.start, start.start_params, end.end, end.end_params)
        if isinstance(node, str):
            return _span_of(_literal_time(node))
        return _span_of(self._term(node))

    def _interval_end(self, node: Any, open_end: str) -> Span:
        if node in ("..", ""):
            return Span("%s::timestamptz", (open_end,), "%s::timestamptz", (open_end,))
        return self._span(node)


# --- Tables of operators --------------------------------------------------------------------------------------------

_COMPARISONS = {"=": "=", "<>": "<>", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
# In double precision; modulo and whole division as the standard has them, by zero is no value.
_ARITHMETIC = {
    "+": "{left} + {right}",
    "-": "{left} - {right}",
    "*": "{left} * {right}",
    "/": "{left} / nullif({right}, 0)",
    "div": "trunc({left} / nullif({right}, 0))",
    "%": "mod(({left})::numeric, nullif(({right})::numeric, 0))::double precision",
    "^": "power({left}, {right})",
}
_SPATIAL = {
    "s_intersects": "ST_Intersects",
    "s_disjoint": "ST_Disjoint",
    "s_equals": "ST_Equals",
    "s_touches": "ST_Touches",
    "s_crosses": "ST_Crosses",
    "s_within": "ST_Within",
    "s_contains": "ST_Contains",
    "s_overlaps": "ST_Overlaps",
}
# What holds of the ends of the left and the right operand; all of it, for disjoint any of it.
_TEMPORAL: dict[str, tuple[tuple[str, str, str], ...]] = {
    "t_after": (("start", ">", "end"),),
    "t_before": (("end", "<", "start"),),
    "t_contains": (("start", "<", "start"), ("end", ">", "end")),
    "t_disjoint": (("start", ">", "end"), ("end", "<", "start")),
    "t_during": (("start", ">", "start"), ("end", "<", "end")),
    "t_equals": (("start", "=", "start"), ("end", "=", "end")),
    "t_finishedBy": (("start", "<", "start"), ("end", "=", "end")),
    "t_finishes": (("start", ">", "start"), ("end", "=", "end")),
    "t_intersects": (("start", "<=", "end"), ("end", ">=", "start")),
    "t_meets": (("end", "=", "start"),),
    "t_metBy": (("start", "=", "end"),),
    "t_overlappedBy": (("start", ">", "start"), ("start", "<", "end"), ("end", ">", "end")),
    "t_overlaps": (("start", "<", "start"), ("end", ">", "start"), ("end", "<", "end")),
    "t_startedBy": (("start", "=", "start"), ("end", ">", "end")),
    "t_starts": (("start", "=", "start"), ("end", "<", "end")),
}
_ARRAYS = {
    "a_contains": "{left} @> {right}",
    "a_containedBy": "{left} <@ {right}",
    "a_overlaps": "{left} && {right}",
    "a_equals": "({left} @> {right} AND {left} <@ {right})",
}
_SPELLINGS = {
    name.lower(): name
    for name in (*_TEMPORAL, *_ARRAYS, *_SPATIAL, "isNull", "and", "or", "not", "casei", "div")
}


def _operation(node: Any) -> tuple[str, list[Any]]:
    if not isinstance(node, dict) or not isinstance(node.get("op"), str):
        raise NotSupported(_("A value stands where a condition is expected."))
    args = node.get("args", [])
    op = node["op"]
    # In text, names of operators and functions may be written in any case.
    return str(_SPELLINGS.get(op.lower(), op)), args if isinstance(args, list) else [args]


def _one(op: str, args: list[Any]) -> Any:
    if len(args) != 1:
        raise NotSupported(_("“%(name)s” takes one operand.") % {"name": op})
    return args[0]


def _two(op: str, args: list[Any]) -> list[Any]:
    if len(args) != 2:
        raise NotSupported(_("“%(name)s” takes two operands.") % {"name": op})
    return args


def _params_of(parts: Sequence[Sql]) -> tuple[Any, ...]:
    return tuple(param for _sql, params in parts for param in params)


# --- Literals -------------------------------------------------------------------------------------------------------


def _text(value: str) -> str:
    if "\0" in value:
        raise NotSupported(_("This contains a NUL character."))
    if re.search(r"[\ud800-\udfff]", value):
        raise NotSupported(_("This contains half a character (a lone surrogate)."))
    return value


def _day(value: Any) -> date:
    try:
        day = parse_date(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None:
        raise NotSupported(_("“%(value)s” is no date: give it like 2026-11-24.") % {"value": str(value)[:40]})
    return day


def _moment(value: Any) -> datetime:
    try:
        moment = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None:
        raise NotSupported(
            _("“%(value)s” is no time: give it like 2026-11-24T08:00:00+08:00.") % {"value": str(value)[:40]}
        )
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def _literal_time(value: str) -> Term:
    return (
        _date_term(_day(value)) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value) else _moment_term(_moment(value))
    )


def _date_term(day: date) -> Term:
    return Term("%s::date", (day,), Kind.DATE, day, True)


def _moment_term(moment: datetime) -> Term:
    return Term("%s::timestamptz", (moment,), Kind.MOMENT, moment, True)


def _as_kind_of(term: Term, other: Term) -> Term:
    """A term in the kind of the one it is compared with, where that makes sense; else as it was."""
    if term.is_literal and term.kind is Kind.TEXT and other.kind in (Kind.DATE, Kind.MOMENT):
        return _literal_time(term.value)
    # A day against a moment: the moment's day in the office's time zone.
    if term.kind is Kind.MOMENT and other.kind is Kind.DATE:
        return Term(f"({term.sql} AT TIME ZONE '{_TIME_ZONE}')::date", term.params, Kind.DATE, name=term.name)
    return term


def _span_of(term: Term) -> Span:
    if term.kind is Kind.MOMENT:
        return Span(term.sql, term.params, term.sql, term.params)
    if term.kind is Kind.DATE:
        midnight = f"({term.sql}::timestamp AT TIME ZONE '{_TIME_ZONE}')"
        return Span(midnight, term.params, f"({midnight} + interval '1 day - 1 microsecond')", term.params)
    if term.is_literal and term.kind is Kind.TEXT:
        return _span_of(_literal_time(term.value))
    raise NotSupported(_("“%(name)s” is no time.") % {"name": term.name or _said(term)})


def _said(term: Term) -> str:
    return str(term.value)[:40] if term.is_literal else "…"


def _numbers(value: Any) -> list[float]:
    if not isinstance(value, list) or not all(isinstance(each, int | float) for each in value):
        raise NotSupported(_("This is no geometry."))
    return [float(each) for each in value]


def _shape_of(node: dict[str, Any]) -> shapely.Geometry:
    try:
        shape = shapely.from_geojson(json.dumps(node))
    except (shapely.errors.GEOSException, ValueError, TypeError):
        raise NotSupported(_("This is no geometry.")) from None
    if shape is None or shapely.is_empty(shape) or not shapely.is_valid(shape):
        raise NotSupported(_("The geometry is not valid."))
    return shapely.force_2d(shape)
