"""What a writer really changed, when somebody else may have changed the same row since the form was opened.

A form sends beside each value the one that it showed. What equals that was not touched and is not written, so a form
that stood open for an hour puts nothing back; what two people both changed, to different values, is refused.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _


def really_changed(row: Model, values: Mapping[str, Any], seen: Mapping[str, Any]) -> dict[str, Any]:
    """Those of `values` that differ from what the writer saw; of fields that are not in `seen`, the last word wins.

    Args:
        row: the row as it is now, locked.

    Raises:
        ValidationError: naming each field that somebody else changed to something different, with their value.
    """
    changed = {
        name: value
        for name, value in values.items()
        if name not in seen or _plain(value) != _plain(seen[name])
    }
    both = [
        name
        for name, value in changed.items()
        if name in seen and _plain(getattr(row, name)) not in (_plain(seen[name]), _plain(value))
    ]
    if both:
        sentence = _("Somebody else changed this meanwhile, to: %(value)s")
        raise ValidationError({name: [sentence % {"value": _shown(row, name)}] for name in both})
    return changed


def _plain(value: Any) -> Any:
    """Texts as forms send them: with one kind of line end and no blanks around; empty and none are one thing."""
    if isinstance(value, str):
        value = value.replace("\r\n", "\n").strip()
    return None if value == "" else value


def _shown(row: Model, name: str) -> Any:
    """A choice by its name, anything else as it is; a dash for nothing."""
    display = getattr(row, f"get_{name}_display", None)
    value = display() if display else getattr(row, name)
    return "—" if value in (None, "") else value
