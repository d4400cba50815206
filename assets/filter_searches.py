"""Parameters of the one filter that ask by no list: by words, by place, for single assets, for what has changed.

The others, and what they all share, are in `assets/filter_parameters.py`.
"""

import re
from datetime import datetime

from django.contrib.gis.geos import Polygon
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Func, Q, Value
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assets.dictionaries import Dictionaries, fold
from assets.filter_parameters import FilterError, Parameter, Reference
from assets.filter_values import (
    Edges,
    Values,
    read_bounds,
    read_codes,
    read_outline,
    read_since,
    read_words,
)

# What fits into an address that every server takes.
MOST_PICKED = 200


class Search(Parameter):
    """Words that all occur in code, earlier code, office's number, name, wording, address or the road's names."""

    read = staticmethod(read_words)

    def condition(self, value: Values, reference: Reference) -> Q:
        """All of the words."""
        condition = Q()
        for word in value:
            condition &= _mentions(word, reference.lists)
        return condition


class Box(Parameter):
    """A rectangle; its edges belong to it."""

    read = staticmethod(read_bounds)

    def condition(self, value: Edges, reference: Reference) -> Q:
        """What stands in it."""
        box = Polygon.from_bbox(value)
        box.srid = 4326
        return Q(point__intersects=box)

    def words(self, value: Edges, reference: Reference) -> list[str]:
        """The four edges."""
        return [", ".join(f"{edge:.5f}" for edge in value)]


class Outline(Parameter):
    """A polygon drawn on the map; its edges belong to it."""

    read = staticmethod(read_outline)

    def condition(self, value: tuple[float, ...], reference: Reference) -> Q:
        """What stands in it."""
        corners = list(zip(value[::2], value[1::2], strict=True))
        return Q(point__intersects=Polygon([*corners, corners[0]], srid=4326))

    def words(self, value: tuple[float, ...], reference: Reference) -> list[str]:
        """How many corners it has."""
        return [_("%(corners)s corners") % {"corners": len(value) // 2}]


class Picked(Parameter):
    """Assets picked by hand, by component id."""

    read = staticmethod(read_codes)

    def condition(self, value: Values, reference: Reference) -> Q:
        """These assets."""
        if len(value) > MOST_PICKED:
            raise FilterError(
                self.field_name, _("More than %(most)s assets picked by hand.") % {"most": MOST_PICKED}
            )
        for code in value:
            if not re.fullmatch(r"[0-9]{17}", code):
                raise self.unknown(code)
        return Q(code__in=list(value))

    def words(self, value: Values, reference: Reference) -> list[str]:
        """How many."""
        return [ngettext("%(n)s picked by hand", "%(n)s picked by hand", len(value)) % {"n": len(value)}]


class Since(Parameter):
    """What changed since a moment, or since an earlier answer (whose cursor it carries)."""

    read = staticmethod(read_since)

    def condition(self, value: datetime | int, reference: Reference) -> Q:
        """Changes since; by cursor only what no running transaction can still come before (docs/design.md)."""
        if isinstance(value, int):
            return Q(changed_txid__gte=value, changed_txid__lt=OldestRunning())
        return Q(updated_at__gte=value)

    def words(self, value: datetime | int, reference: Reference) -> list[str]:
        """The moment."""
        return [value.isoformat() if isinstance(value, datetime) else f"x{value:x}"]


class OldestRunning(Func):
    """The oldest transaction that may still be running: what lies below is settled."""

    template = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
    output_field = BigIntegerField()


class _Keys(Func):
    """Primary keys of assets, as a query in brackets; the expressions are queries themselves."""

    template = "(%(expressions)s)"
    arg_joiner = " UNION ALL "
    output_field = BigIntegerField()


class _Mentioning(Func):
    """Keys of the assets that mention a word: a function of the migrations, by the index on character pairs."""

    template = "SELECT unnest(assets_mentioning(%(expressions)s))"
    output_field = BigIntegerField()


class _OnRoads(Func):
    """Keys of the assets on some roads."""

    template = "SELECT id FROM assets_asset WHERE road_id = ANY(%(expressions)s::bigint[])"
    output_field = BigIntegerField()


def _mentions(word: str, lists: Dictionaries) -> Q:
    if re.fullmatch(r"[0-9]{17}", word):
        return Q(code=word)
    roads = lists.roads_named(fold(word))
    keys: list[Func] = [_Mentioning(Value(word))]
    if roads:
        keys.append(_OnRoads(Value(roads, output_field=ArrayField(BigIntegerField()))))
    return Q(pk__in=_Keys(*keys))
