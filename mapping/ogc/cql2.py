"""CQL2 (OGC 21-065) as text or JSON becomes a condition in SQL over a layer's declared fields.

The text is parsed by `cql2`, the parser that the STAC world keeps up; of the two there are, pygeofilter's text grammar
lacks NOT before LIKE, IN and BETWEEN and most of the temporal operators. What it gives is CQL2 JSON, which is compiled
here: identifiers become the SQL of declared fields, literals become parameters, and anything else is refused. Nothing a
client writes becomes part of a statement. The parser's own validation is not used: it takes time that grows with
the square of the input, and knows neither fields nor kinds.

Reading is `cql2_reading`'s; operands and operators are described in `cql2_operands` and `cql2_operators`.
"""

import re
from collections.abc import Callable
from datetime import date
from math import isfinite
from typing import Any

import shapely
from django.utils.translation import gettext as _

from assets.chosen_sql import Sql
from assets.fields import Kind, sql_of
from assets.filter_parameters import FilterError
from assets.layers import Layer
from mapping.ogc.cql2_operands import (
    Span,
    Term,
    as_kind_of,
    checked_text,
    date_term,
    day_of,
    literal_time,
    moment_of,
    moment_term,
    numbers_of,
    shape_of,
    shown,
    span_of,
)
from mapping.ogc.cql2_operators import (
    ARITHMETIC,
    ARRAYS,
    COMPARISONS,
    SPATIAL,
    TEMPORAL,
    one_operand,
    operation,
    params_of,
    two_operands,
)
from mapping.ogc.cql2_reading import JSON, LANGUAGES, TEXT, NotSupported, parsed
from mapping.ogc.crs import Offered, rectangle

__all__ = ["GEOMETRY", "JSON", "LANGUAGES", "TEXT", "compile_filter"]

GEOMETRY = "geometry"


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
        return _Compiler(layer, names, today, crs).condition(parsed(text, language))
    except NotSupported as refusal:
        raise FilterError("filter", str(refusal)) from None
    except RecursionError:
        raise FilterError("filter", _("It is nested too deeply.")) from None


class _Compiler:
    """One filter on its way to SQL."""

    def __init__(self, layer: Layer, language: str, today: date, crs: Offered) -> None:
        self._layer, self._language = layer, language
        self._today, self._crs = today, crs
        self._source = layer.tables.source.split()[-1]
        self._by_operator: dict[str, Callable[[str, list[Any]], Sql]] = {
            **dict.fromkeys(COMPARISONS, self._comparison),
            **dict.fromkeys(SPATIAL, self._spatial),
            **dict.fromkeys(TEMPORAL, self._temporal),
            **dict.fromkeys(ARRAYS, self._array),
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
        op, args = operation(node)
        if op in ("and", "or"):
            return self._joined(op, args)
        if op == "not":
            sql, params = self.condition(one_operand(op, args))
            return f"NOT ({sql})", params
        compiled = self._by_operator.get(op)
        if compiled is None:
            raise NotSupported(_("There is no operator or function “%(name)s”.") % {"name": op[:40]})
        return compiled(op, args)

    def _joined(self, op: str, args: list[Any]) -> Sql:
        if not args:
            raise NotSupported(_("“%(name)s” joins nothing.") % {"name": op})
        parts = [self.condition(arg) for arg in args]
        return f" {op.upper()} ".join(f"({sql})" for sql, _params in parts), params_of(parts)

    def _comparison(self, op: str, args: list[Any]) -> Sql:
        left, right = self._alike(*(self._term(arg) for arg in two_operands(op, args)))
        if left.kind is Kind.LIST:
            raise NotSupported(
                _("“%(name)s” is a list: use A_CONTAINS or A_OVERLAPS.") % {"name": left.name or right.name}
            )
        return f"{left.sql} {COMPARISONS[op]} {right.sql}", left.params + right.params

    def _like(self, op: str, args: list[Any]) -> Sql:
        text, pattern = (self._term(arg) for arg in two_operands(op, args))
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
        needle, values = two_operands(op, args)
        if not isinstance(values, list) or not values:
            raise NotSupported(_("IN takes a list of values."))
        parts = [self._comparison("=", [needle, value]) for value in values]
        return " OR ".join(f"({sql})" for sql, _params in parts), params_of(parts)

    def _is_null(self, op: str, args: list[Any]) -> Sql:
        node = one_operand(op, args)
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
        parts = [self._shape(arg) for arg in two_operands(op, args)]
        return f"{SPATIAL[op]}({parts[0][0]}, {parts[1][0]})", params_of(parts)

    def _temporal(self, op: str, args: list[Any]) -> Sql:
        left, right = (self._span(arg) for arg in two_operands(op, args))
        sql, params = [], ()
        for left_end, sign, right_end in TEMPORAL[op]:
            first = (left.start, left.start_params) if left_end == "start" else (left.end, left.end_params)
            second = (
                (right.start, right.start_params) if right_end == "start" else (right.end, right.end_params)
            )
            sql.append(f"{first[0]} {sign} {second[0]}")
            params += first[1] + second[1]
        return f" {'OR' if op == 't_disjoint' else 'AND'} ".join(sql), params

    def _array(self, op: str, args: list[Any]) -> Sql:
        left, right = (self._list(arg) for arg in two_operands(op, args))
        pattern = ARRAYS[op]
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
            return Term("%s::text", (checked_text(node),), Kind.TEXT, node, True)
        if isinstance(node, list):
            return self._list(node)
        if not isinstance(node, dict):
            raise NotSupported(_("An operand is empty."))
        if "property" in node:
            return self._property(node["property"])
        if "date" in node:
            return date_term(day_of(node["date"]))
        if "timestamp" in node:
            return moment_term(moment_of(node["timestamp"]))
        if GEOMETRY in node or "bbox" in node or "coordinates" in node or "geometries" in node:
            raise NotSupported(_("A geometry stands where a value is expected."))
        op, args = operation(node)
        if op in ARITHMETIC:
            return self._arithmetic(op, args)
        if op == "casei":
            term = self._term(one_operand(op, args))
            if term.kind is not Kind.TEXT:
                raise NotSupported(_("CASEI takes a text."))
            value = term.value.lower() if term.is_literal else None
            return Term(f"lower({term.sql})", term.params, Kind.TEXT, value, term.is_literal)
        if op in COMPARISONS or op in SPATIAL or op in TEMPORAL or op in ARRAYS or op in ("and", "or", "not"):
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
        left, right = (self._term(arg) for arg in two_operands(op, args))
        if left.kind is not Kind.NUMBER or right.kind is not Kind.NUMBER:
            raise NotSupported(_("“%(name)s” calculates with numbers.") % {"name": op})
        sql = ARITHMETIC[op].format(left=left.sql, right=right.sql)
        return Term(f"({sql})", left.params + right.params, Kind.NUMBER)

    def _list(self, node: Any) -> Term:
        if isinstance(node, dict) and "property" in node:
            term = self._term(node)
            if term.kind is not Kind.LIST:
                raise NotSupported(_("“%(name)s” is no list.") % {"name": term.name})
            return term
        if not isinstance(node, list) or not all(isinstance(value, str) for value in node):
            raise NotSupported(_("Give a list of texts."))
        values = [checked_text(value) for value in node]
        return Term("%s::varchar[]", (values,), Kind.LIST, values, True)

    def _alike(self, left: Term, right: Term) -> tuple[Term, Term]:
        """Both operands in one kind, so that they can be compared."""
        if left.kind is not right.kind:
            left, right = as_kind_of(left, right), as_kind_of(right, left)
        if left.kind is not right.kind:
            raise NotSupported(
                _("“%(left)s” and “%(right)s” cannot be compared.")
                % {"left": left.name or shown(left), "right": right.name or shown(right)}
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
            shape = rectangle(numbers_of(node["bbox"]), self._crs, "filter")
        else:
            shape = self._crs.to_stored(shape_of(node), "filter")
        return "ST_GeomFromWKB(%s, 4326)", (shapely.to_wkb(shape),)

    def _span(self, node: Any) -> Span:
        if isinstance(node, dict) and "interval" in node:
            ends = node["interval"]
            if not isinstance(ends, list) or len(ends) != 2:
                raise NotSupported(_("An interval has two ends."))
            start, end = self._interval_end(ends[0], "-infinity"), self._interval_end(ends[1], "infinity")
            return Span(start.start, start.start_params, end.end, end.end_params)
        if isinstance(node, str):
            return span_of(literal_time(node))
        return span_of(self._term(node))

    def _interval_end(self, node: Any, open_end: str) -> Span:
        if node in ("..", ""):
            return Span("%s::timestamptz", (open_end,), "%s::timestamptz", (open_end,))
        return self._span(node)
