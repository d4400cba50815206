"""What people write on an asset by hand, in the groups they think of it in: the sections of every editing form.

Which fields there are, in which group, with which titles and units, says the declaration (`assets.fields`), so that a
form, the list and a file call the same thing the same; what is not declared is called as in the model.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from assets.fields import BY_HAND
from assets.models import Asset

# What is drawn rather than typed.
DRAWN = ("footprint",)


@dataclass(frozen=True)
class FieldGroup:
    """Fields that are edited together."""

    name: str
    title: Promise
    fields: tuple[str, ...]


def _group(name: str, title: Promise, *first: str) -> FieldGroup:
    """A group of the declaration: what comes first in it, then its other fields as they are declared."""
    declared = [
        column
        for column, field in BY_HAND.items()
        if field.by_hand is not None and field.by_hand.group == name
    ]
    return FieldGroup(name, title, (*first, *(column for column in declared if column not in first)))


GROUPS = (
    _group("kind", _("What it is"), "type", "name"),
    _group("place", _("Where it is"), "address"),
    _group("content", _("What it shows"), "wording"),
    _group("make", _("What it is made of"), "width", "height", "faces"),
    _group("answers", _("Who answers for it")),
    _group("numbers", _("Numbers and sources")),
)
GROUPS_BY_NAME = {group.name: group for group in GROUPS}


def title_of(name: str) -> str:
    """What a column of the asset is called, in the active language, with its unit: "Width (m)"."""
    declared = BY_HAND.get(name)
    if declared is None:
        column: Any = Asset._meta.get_field(name)
        return capfirst(str(column.verbose_name))
    return f"{declared.title} ({declared.unit})" if declared.unit else str(declared.title)
