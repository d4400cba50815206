"""What the history triggers recorded about one row, as changes people can read: who, when, from where, what.

Shared ground of the administration pages and the asset's timeline. A recorded row is the state after a change; a
change is the difference between two of them, with codes and keys put into words in as many queries as there are
related tables, not rows.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.gis.geos import GEOSGeometry, Point
from django.db.models import ForeignKey, Model, QuerySet
from django.utils import timezone
from django.utils.formats import date_format, localize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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


def changes_of(row: Model, *, offset: int = 0, limit: int = 50) -> list[Change]:
    """A page of a row's changes, newest first; states that differ in nothing worth telling are left out.

    Of a first recorded state that is no creation (inspections record their voiding only) nobody knows what was before.
    """
    # One more than the page: each state is compared with the one before it.
    states = list(recorded_states(row)[offset : offset + limit + 1])
    pairs = [
        (state, states[place + 1] if place + 1 < len(states) else None)
        for place, state in enumerate(states[:limit])
    ]
    differing = [(after, before, _differing(before, after)) for after, before in pairs]
    names = _names_of_related(differing)
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
                differences=[
                    Difference(
                        name=each.name,
                        label=str(each.verbose_name),
                        before=_in_words(each, before, names),
                        after=_in_words(each, after, names),
                    )
                    for each in fields
                ],
            )
        )
    return changes


def _differing(before: Model | None, after: Model) -> list[Any]:
    if before is None:
        return []
    return [
        each
        for each in after._meta.concrete_fields
        if not each.name.startswith("pgh_")
        and each.name not in UNTOLD
        and getattr(before, each.attname) != getattr(after, each.attname)
    ]


Names = dict[type[Model], dict[Any, str]]


def _names_of_related(differing: Sequence[tuple[Any, Any, list[Any]]]) -> Names:
    wanted: dict[type[Model], set[Any]] = defaultdict(set)
    for after, before, fields in differing:
        for each in fields:
            if isinstance(each, ForeignKey):
                wanted[each.related_model] |= {getattr(after, each.attname), getattr(before, each.attname)}
    return {
        model: {key: str(found) for key, found in model._default_manager.in_bulk(keys - {None}).items()}
        for model, keys in wanted.items()
    }


def _in_words(each: Any, state: Any, names: Names) -> str:
    value = getattr(state, each.attname)
    if value is None or value == "" or value == []:
        return "—"
    if isinstance(each, ForeignKey):
        return names.get(each.related_model, {}).get(value, f"#{value}")
    if each.choices:
        return str(dict(each.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Point):
        return f"{value.x:.6f}, {value.y:.6f}"
    if isinstance(value, GEOSGeometry):
        return _("a shape")
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "Y-m-d H:i")
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return str(localize(value))
