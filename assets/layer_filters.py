"""Parameters that name a field of a declared layer, read into conditions; OGC API and the JSON API take the same."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from accounts.permissions import AnyUser
from assets.chosen_sql import Sql
from assets.code_lists import code_list
from assets.fields import Field, Kind, sql_of
from assets.filter_parameters import FilterError, Reference
from assets.layer_rows import SORTABLE, Selection, SortBy
from assets.layers import Layer


def field_conditions(
    layer: Layer, given: Mapping[str, str], reference: Reference, language: str
) -> list[Sql]:
    """Equality with a field's value; of codes several, separated by commas; of a list's values any.

    Raises:
        FilterError: naming the parameter: a code that does not exist, or no value of the field's kind.
    """
    fields = ((field, given[field.name]) for field in layer.fields if field.name in given)
    return [_condition(field, text, reference, language) for field, text in fields]


def order_named(text: str, layer: Layer, parameter: str) -> SortBy:
    """The order that a parameter asks for: a field's name, with a minus before it the other way round.

    Raises:
        FilterError: naming the parameter.
    """
    # In a query string a plus sign that nobody escaped arrives as a blank.
    field = layer.field(text.lstrip("+- "))
    if field is None or field.kind not in SORTABLE or not re.fullmatch(r"[+\- ]?[a-z_]+", text):
        raise FilterError(parameter, _("“%(value)s” is nothing to sort by.") % {"value": text[:80]})
    return SortBy(field, descending=text.startswith("-"))


def row_with_key(layer: Layer, key: str, user: AnyUser, verb: str, *, language: str) -> Selection:
    """The one row of a layer with a key, whatever its state, if the user may do the verb to it."""
    today = timezone.localdate()
    field = layer.field(layer.key)
    is_number = field is not None and field.kind is Kind.INTEGER
    if "\0" in key or (is_number and not re.fullmatch(r"[0-9]{1,18}", key)):
        condition: Sql = ("false", ())
    else:
        cast = "bigint" if is_number else "text"
        condition = (f"{layer.sql(layer.key, language=language, today=today)} = %s::{cast}", (key,))
    return Selection(layer, (condition, layer.visible(user, verb)), language=language, today=today)


def _condition(field: Field, text: str, reference: Reference, language: str) -> Sql:
    if "\0" in text:
        raise FilterError(field.name, _("This contains a NUL character."))
    sql = f"({sql_of(field, language=language, today=reference.today)})"
    if field.codes:
        codes = text.split(",")
        there = {entry.code for entry in code_list(field.codes, reference.lists)}
        for code in codes:
            if code not in there:
                raise FilterError(field.name, _("“%(value)s” does not exist.") % {"value": code[:80]})
        operator = "&& %s::varchar[]" if field.kind is Kind.LIST else "::text = ANY(%s)"
        return f"{sql} {operator}", (codes,)
    if field.kind is Kind.LIST:
        return f"%s = ANY({sql})", (text,)
    if field.kind is Kind.TEXT:
        # A text that is not there and an empty one are the same.
        return (f"{sql}::text = %s", (text,)) if text else (f"coalesce({sql}::text, '') = ''", ())
    value = _value(field, text)
    if field.kind is Kind.MOMENT:
        return f"{sql} = %s::timestamptz", (value,)
    return f"{sql} = %s", (value,)


def _value(field: Field, text: str) -> Any:
    """The value of a field, as its kind is written in addresses."""
    refusal = FilterError(field.name, _("“%(value)s” is no value of this field.") % {"value": text[:80]})
    if field.kind is Kind.BOOLEAN:
        if text not in ("true", "false"):
            raise refusal
        return text == "true"
    if field.kind is Kind.INTEGER:
        if not re.fullmatch(r"-?[0-9]{1,15}", text):
            raise refusal
        return int(text)
    if field.kind is Kind.NUMBER:
        if not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", text):
            raise refusal
        return float(text)
    try:
        day = parse_date(text)
        if field.kind is Kind.DATE:
            value: Any = day
        else:
            value = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        raise refusal from None
    if value is None:
        raise refusal
    return timezone.make_aware(value) if isinstance(value, datetime) and timezone.is_naive(value) else value
