"""What the history triggers recorded about one row, as changes people can read: who, when, from where, what.

Shared ground of the administration pages and the asset's timeline. A recorded row is the state after a change; a
change is the difference between two of them, with codes and keys put into words in as many queries as there are
related tables, not rows.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.contrib.gis.geos import GEOSGeometry, Point
from django.db.models import ForeignKey, Model, QuerySet
from django.utils import timezone
from django.utils.formats import date_format, localize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from places.models.dictionary import Dictionary
from places.parameters import ParameterError

# Kept for machines: counting up is the trigger's business, and the areas of a point follow from it.
UNTOLD = frozenset({"id", "version", "uid", "created_at", "updated_at"})


# assets.models.Origin in words; this room may not import it.
_ORIGINS = {
    "web": gettext_lazy("Web"),
    "admin": gettext_lazy("Administration"),
    "phone": gettext_lazy("Phone"),
    "import": gettext_lazy("Import"),
    "command": gettext_lazy("Command"),
}


Names = dict[type[Model], dict[Any, str]]  # by key, or by code
Lists = Mapping[str, type[Dictionary]]  # by column


@dataclass(frozen=True)
class Difference:
    """One field of one change, in words."""

    name: str
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One recorded change of one row."""

    at: datetime
    created: bool
    actor: str
    origin: str
    batch: int | None
    version: int | None
    differences: list[Difference] = field(default_factory=list)

    def telling(self, may_be_told: Callable[[str], bool]) -> "Change":
        """The same change with those columns only that may be told."""
        return replace(
            self, differences=[difference for difference in self.differences if may_be_told(difference.name)]
        )

    @property
    def origin_label(self) -> str:
        """The way in, in words."""
        return str(_ORIGINS.get(self.origin, self.origin))


def recorded_states(row: Model) -> QuerySet:
    """The recorded states of a tracked row, newest first, with their context.

    Raises:
        TypeError: the model keeps no history.
    """
    manager = getattr(row, "events", None)
    if manager is None:
        raise TypeError(f"{row._meta.label} keeps no history")
    return manager.select_related("pgh_context").order_by("-pgh_id")


@dataclass(frozen=True)
class ChangesPage:
    """Some of a row's changes, and the cursor of older ones where there are any."""

    changes: list[Change]
    next: str | None


def changes_of(row: Model, *, limit: int = 50) -> list[Change]:
    """A row's latest changes, newest first; see `page_of_changes`."""
    return page_of_changes(row, limit=limit).changes


def page_of_changes(row: Model, *, cursor: str | None = None, limit: int = 50) -> ChangesPage:
    """A page of a row's changes, newest first; states that differ in nothing worth telling are left out.

    A cursor is the key of the last recorded state that was shown: what is recorded meanwhile moves no page.
    Of a first recorded state that is no creation (inspections record their voiding only) nobody knows what was before.

    Raises:
        ParameterError: the cursor is none of a history.
    """
    # One more than the page: each state is compared with the one before it.
    recorded = recorded_states(row)
    if cursor is not None:
        recorded = recorded.filter(pgh_id__lt=_key_of(cursor))
    states = list(recorded[: limit + 1])
    pairs = [
        (state, states[place + 1] if place + 1 < len(states) else None)
        for place, state in enumerate(states[:limit])
    ]
    differing = [(after, before, _differing(before, after)) for after, before in pairs]
    lists = codes_from(type(row))
    names = _names_of_related(differing, lists)
    changes = []
    for after, before, fields in differing:
        created = after.pgh_label == "insert"
        if not fields and before is not None:
            continue
        context: Mapping[str, Any] = after.pgh_context.metadata if after.pgh_context else {}
        changes.append(
            Change(
                at=after.pgh_created_at,
                created=created,
                # A command that nobody signed in for is its own author.
                actor=str(_ORIGINS.get(str(context.get("actor")), context.get("actor", ""))),
                origin=str(context.get("origin", "")),
                batch=context.get("batch"),
                version=getattr(after, "version", None),
                differences=_told(after, before, fields, names, lists),
            )
        )
    return ChangesPage(changes, str(states[limit - 1].pgh_id) if len(states) > limit else None)


def _key_of(cursor: str) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", cursor):
        raise ParameterError("cursor", _("The cursor does not belong to this list."))
    return int(cursor)


def differences_in_words(pairs: Sequence[tuple[Model, Model]]) -> list[list[Difference]]:
    """What differs between two states of each row, before and after; rows of one model."""
    if not pairs:
        return []
    differing = [(after, before, _differing(before, after)) for before, after in pairs]
    lists = codes_from(type(pairs[0][0]))
    names = _names_of_related(differing, lists)
    return [_told(after, before, fields, names, lists) for after, before, fields in differing]


def _told(after: Any, before: Any, fields: list[Any], names: Names, lists: Lists) -> list[Difference]:
    return [
        Difference(
            name=model_field.name,
            label=str(model_field.verbose_name),
            before=_in_words(model_field, before, names, lists),
            after=_in_words(model_field, after, names, lists),
        )
        for model_field in fields
    ]


def _differing(before: Model | None, after: Model) -> list[Any]:
    if before is None:
        return []
    return [
        model_field
        for model_field in after._meta.concrete_fields
        if not model_field.name.startswith("pgh_")
        and model_field.name not in UNTOLD
        and getattr(before, model_field.attname) != getattr(after, model_field.attname)
    ]


def geometry_in_words(shape: GEOSGeometry | None) -> str:
    """A point's longitude and latitude in WGS84 degrees; of a line or polygon only that there is one."""
    if shape is None:
        return "—"
    return f"{shape.x:.6f}, {shape.y:.6f}" if isinstance(shape, Point) else _("a shape")


def codes_from(model: type[Model]) -> Lists:
    """The lists from which a model's columns of codes are filled, by column: what it says in `codes_from`."""
    return getattr(model, "codes_from", {})


def codes_in_words(entries: type[Dictionary], codes: Sequence[str]) -> str:
    """The names that codes of a list stand for, in the reader's language."""
    names = _names_of_codes(entries, codes)
    return ", ".join(names.get(code, code) for code in codes) or "—"


def _names_of_codes(entries: type[Dictionary], codes: Iterable[str]) -> dict[str, str]:
    return {entry.code: str(entry) for entry in entries._default_manager.filter(code__in=set(codes))}


def _names_of_related(differing: Sequence[tuple[Any, Any, list[Any]]], lists: Lists) -> Names:
    keys_of: dict[type[Model], set[Any]] = defaultdict(set)
    coded: dict[type[Dictionary], set[str]] = defaultdict(set)
    for after, before, fields in differing:
        for model_field in fields:
            if isinstance(model_field, ForeignKey):
                keys_of[model_field.related_model] |= {
                    getattr(after, model_field.attname),
                    getattr(before, model_field.attname),
                }
            elif model_field.name in lists:
                coded[lists[model_field.name]].update(
                    getattr(after, model_field.attname), getattr(before, model_field.attname)
                )
    named: Names = {
        model: {key: str(found) for key, found in model._default_manager.in_bulk(keys - {None}).items()}
        for model, keys in keys_of.items()
    }
    for entries, codes in coded.items():
        named[entries] = {**named.get(entries, {}), **_names_of_codes(entries, codes)}
    return named


def _in_words(model_field: Any, state: Any, names: Names, lists: Lists) -> str:
    value = getattr(state, model_field.attname)
    if value is None or value == "" or value == []:
        return "—"
    if isinstance(model_field, ForeignKey):
        return names.get(model_field.related_model, {}).get(value, f"#{value}")
    if model_field.choices:
        return str(dict(model_field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, GEOSGeometry):
        return geometry_in_words(value)
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "Y-m-d H:i")
    if isinstance(value, list):
        words = names.get(lists[model_field.name], {}) if model_field.name in lists else {}
        return ", ".join(words.get(part, str(part)) for part in value)
    return str(localize(value))
