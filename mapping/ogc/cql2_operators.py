"""The operators of CQL2: what each is in SQL, and how many operands it takes."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from assets.chosen_sql import Sql
from mapping.ogc.cql2_reading import NotSupported

COMPARISONS = {"=": "=", "<>": "<>", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
# In double precision; modulo and whole division as the standard has them, by zero is no value.
ARITHMETIC = {
    "+": "{left} + {right}",
    "-": "{left} - {right}",
    "*": "{left} * {right}",
    "/": "{left} / nullif({right}, 0)",
    "div": "trunc({left} / nullif({right}, 0))",
    "%": "mod(({left})::numeric, nullif(({right})::numeric, 0))::double precision",
    "^": "power({left}, {right})",
}
SPATIAL = {
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
TEMPORAL: dict[str, tuple[tuple[str, str, str], ...]] = {
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
ARRAYS = {
    "a_contains": "{left} @> {right}",
    "a_containedBy": "{left} <@ {right}",
    "a_overlaps": "{left} && {right}",
    "a_equals": "({left} @> {right} AND {left} <@ {right})",
}
_SPELLINGS = {
    name.lower(): name
    for name in (*TEMPORAL, *ARRAYS, *SPATIAL, "isNull", "and", "or", "not", "casei", "div")
}


def operation(node: Any) -> tuple[str, list[Any]]:
    """The operator of a node and its operands.

    Raises:
        NotSupported: it is none.
    """
    if not isinstance(node, dict) or not isinstance(node.get("op"), str):
        raise NotSupported(_("A value stands where a condition is expected."))
    args = node.get("args", [])
    op = node["op"]
    # In text, names of operators and functions may be written in any case.
    return str(_SPELLINGS.get(op.lower(), op)), args if isinstance(args, list) else [args]


def one_operand(op: str, args: list[Any]) -> Any:
    """The operand of an operator that takes one.

    Raises:
        NotSupported: it is none.
    """
    if len(args) != 1:
        raise NotSupported(_("“%(name)s” takes one operand.") % {"name": op})
    return args[0]


def two_operands(op: str, args: list[Any]) -> list[Any]:
    """The operands of an operator that takes two.

    Raises:
        NotSupported: it is none.
    """
    if len(args) != 2:
        raise NotSupported(_("“%(name)s” takes two operands.") % {"name": op})
    return args


def params_of(parts: Sequence[Sql]) -> tuple[Any, ...]:
    """The parameters of several parts, in order."""
    return tuple(param for _sql, params in parts for param in params)
