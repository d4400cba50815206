"""A bulk edit: the same change for every asset of a set, as a source of the kernel.

What a value may be is checked once, on an asset that exists nowhere; what depends on the asset (a suspension of
something planned, the move of something removed) is a reason why that asset is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import ForeignKey
from django.utils import timezone
from django.utils.translation import gettext as _

from assets import editing
from assets.models import Asset, Support, Theme
from assets.sets.planning import Source, type_of

# What is each asset's own, and never many assets' alike.
_EACH_ITS_OWN = frozenset({"legacy_code", "source", "source_id", "footprint"})
BULK_FIELDS = tuple(name for name in editing.EDITABLE_FIELDS if name not in _EACH_ITS_OWN)

# Why an asset is left alone.
REMOVED = "removed"
NOT_IN_USE = "not_in_use"


class Step(StrEnum):
    """What is to become of the assets' lifecycle."""

    REMOVE = "remove"
    SUSPEND = "suspend"
    REOPEN = "reopen"


@dataclass(frozen=True)
class BulkEdit:
    """What is wanted of every asset.

    Args:
        values: field → what it is to hold; None, an empty text or list clears it.
        replaced: field → (old, new): only where the old value stands.
        themes_added, themes_removed: codes, beside the themes that an asset has.
        support: where everything is to hang from now on.
        step: with `removed_on` and `removal_reason` where that is to remove.
        take_down: whether what hangs there comes down today.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    replaced: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    themes_added: Sequence[str] = ()
    themes_removed: Sequence[str] = ()
    support: Support | None = None
    step: Step | None = None
    removed_on: date | None = None
    removal_reason: str = ""
    take_down: bool = False

    @property
    def fields(self) -> set[str]:
        """The fields that are written."""
        themes = {"themes"} if self.themes_added or self.themes_removed else set()
        return {*self.values, *self.replaced, *themes}

    def as_json(self) -> dict[str, Any]:
        """What a run and a batch keep of it."""
        return {
            "values": {name: _plain(value) for name, value in self.values.items()},
            "replaced": {name: [_plain(value) for value in pair] for name, pair in self.replaced.items()},
            "themes_added": list(self.themes_added),
            "themes_removed": list(self.themes_removed),
            "support": self.support.pk if self.support else None,
            "step": self.step.value if self.step else None,
            "removed_on": self.removed_on.isoformat() if self.removed_on else None,
            "removal_reason": self.removal_reason,
            "take_down": self.take_down,
        }


def bulk_edit_of(kept: Mapping[str, Any]) -> BulkEdit:
    """What `as_json` kept.

    Raises:
        ValidationError: naming the field whose value no longer exists.
    """
    support = Support.objects.filter(pk=kept["support"]).first() if kept["support"] else None
    if kept["support"] and support is None:
        raise ValidationError({"support": _("This support no longer exists.")})
    return BulkEdit(
        values={name: _value(name, value) for name, value in kept["values"].items()},
        replaced={
            name: (_value(name, old), _value(name, new)) for name, (old, new) in kept["replaced"].items()
        },
        themes_added=tuple(kept["themes_added"]),
        themes_removed=tuple(kept["themes_removed"]),
        support=support,
        step=Step(kept["step"]) if kept["step"] else None,
        removed_on=date.fromisoformat(kept["removed_on"]) if kept["removed_on"] else None,
        removal_reason=kept["removal_reason"],
        take_down=kept["take_down"],
    )


def _plain(value: Any) -> Any:
    if hasattr(value, "pk"):
        return value.pk
    return value if value is None or isinstance(value, bool | int | str | list) else str(value)


def _value(name: str, value: Any) -> Any:
    column = Asset._meta.get_field(name)
    if value is None:
        return None
    if isinstance(column, ForeignKey):
        found = column.related_model._default_manager.filter(pk=value).first()
        if found is None:
            raise ValidationError({name: _("This entry no longer exists.")})
        return found
    return value if isinstance(value, list) else column.to_python(value)  # type: ignore[union-attr]


# --- Checks -----------------------------------------------------------------------------------------------------------


def check(edit: BulkEdit) -> None:
    """What can be wrong whatever the assets are.

    Raises:
        ValidationError: naming the fields.
    """
    if not edit.fields and edit.support is None and edit.step is None and not edit.take_down:
        raise ValidationError(_("Say what is to be changed."))
    foreign = {
        name: _("Each asset has its own; it is not edited for many at once.")
        for name in edit.fields
        if name not in BULK_FIELDS
    }
    if foreign:
        raise ValidationError(foreign)
    _check_values({**edit.values, **{name: new for name, (_old, new) in edit.replaced.items()}})
    _check_themes({*edit.themes_added, *edit.themes_removed})
    if edit.step == Step.REMOVE:
        if edit.support is not None:
            raise ValidationError({"support": _("What is removed hangs nowhere.")})
        if not edit.removal_reason.strip():
            raise ValidationError({"removal_reason": _("Say why it was removed.")})
        if edit.removed_on is not None and edit.removed_on > timezone.localdate():
            raise ValidationError({"removed_on": _("The day lies in the future.")})
        longest = Asset._meta.get_field("removal_reason").max_length
        if longest is not None and len(edit.removal_reason.strip()) > longest:
            raise ValidationError({"removal_reason": _("At most %(most)s characters.") % {"most": longest}})


def _check_values(values: Mapping[str, Any]) -> None:
    """As if an asset were edited that is nowhere."""
    sample = Asset()
    for name, value in values.items():
        setattr(sample, name, value)
    if values:
        editing.check(sample, values)


def _check_themes(codes: set[str]) -> None:
    unknown = sorted(codes - set(Theme.objects.filter(code__in=codes).values_list("code", flat=True)))
    if unknown:
        raise ValidationError({"themes": _("Unknown theme: %(codes)s") % {"codes": ", ".join(unknown)}})


# --- As a source ------------------------------------------------------------------------------------------------------

_THEMES = """
    (SELECT coalesce(array_agg(code ORDER BY place), '{}') FROM (
        SELECT code, min(place) AS place
        FROM unnest(a.themes || %(themes_added)s::varchar[]) WITH ORDINALITY AS theme (code, place)
        WHERE NOT code = ANY(%(themes_removed)s::varchar[]) GROUP BY code) AS kept)
"""


def source_of(edit: BulkEdit, assets: Sequence[int], now: datetime) -> Source:
    """The edit of these assets, by primary key."""
    day = timezone.localdate(now)
    values: dict[str, str] = {}
    parameters: dict[str, Any] = {"assets": list(assets), "day": day}
    reasons: list[tuple[str, str]] = []
    if edit.take_down:
        values |= {
            "artwork_id": "NULL",
            "wording": "CASE WHEN a.wording = w.wording THEN '' ELSE a.wording END",
            "content_changed_on": "CASE WHEN a.artwork_id IS NULL THEN a.content_changed_on ELSE %(day)s END",
        }
    if edit.themes_added or edit.themes_removed:
        values["themes"] = _THEMES
        parameters |= {
            "themes_added": list(edit.themes_added),
            "themes_removed": list(edit.themes_removed),
        }
    for name, value in edit.values.items():
        values[_column(name)] = f"%(value_{name})s"
        parameters[f"value_{name}"] = _parameter(name, value)
    for name, (old, new) in edit.replaced.items():
        column = _column(name)
        kind = type_of(column)
        values[column] = (
            f"CASE WHEN a.{column} IS NOT DISTINCT FROM %(old_{name})s::{kind}"
            f" THEN %(new_{name})s::{kind} ELSE a.{column} END"
        )
        parameters |= {f"old_{name}": _parameter(name, old), f"new_{name}": _parameter(name, new)}
    if edit.support is not None:
        reasons.append(("a.lifecycle = 'removed'", REMOVED))
        values |= {
            "support_id": "%(support)s",
            "point": "(SELECT point FROM assets_support WHERE id = %(support)s)",
        }
        parameters["support"] = edit.support.pk
    if edit.step is not None:
        values |= _LIFE[edit.step]
        parameters |= {"removed_on": edit.removed_on or day, "removal_reason": edit.removal_reason.strip()}
        if edit.step == Step.SUSPEND:
            reasons += [("a.lifecycle = 'removed'", REMOVED), ("a.lifecycle = 'planned'", NOT_IN_USE)]
    return Source(
        values,
        joined="JOIN unnest(%(assets)s::bigint[]) AS chosen (id) ON chosen.id = a.id"
        " LEFT JOIN assets_artwork w ON w.id = a.artwork_id",
        reasons=reasons,
        parameters=parameters,
    )


_LIFE = {
    # What is removed already keeps its day and reason.
    Step.REMOVE: {
        "lifecycle": "'removed'",
        "removed_on": "CASE WHEN a.lifecycle = 'removed' THEN a.removed_on ELSE %(removed_on)s END",
        "removal_reason": "CASE WHEN a.lifecycle = 'removed' THEN a.removal_reason ELSE %(removal_reason)s END",
    },
    Step.SUSPEND: {"lifecycle": "'suspended'"},
    Step.REOPEN: {"lifecycle": "'in_use'", "removed_on": "NULL", "removal_reason": "''"},
}


def _column(name: str) -> str:
    return str(Asset._meta.get_field(name).column)  # type: ignore[union-attr]


def _parameter(name: str, value: Any) -> Any:
    """As the database takes it; what clears a field is what an empty one holds."""
    column = Asset._meta.get_field(name)
    if value is None and not column.null:
        return [] if name == "themes" else ""
    return value.pk if hasattr(value, "pk") else value
