"""What people write on an asset by hand, in the groups they think of it in: the sections of every editing form.

The titles and units are those of the field declaration (`assets.fields`), so that a form, the list and a file call the
same thing the same; what the layer does not export is called as in the model.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from assets.fields import FIELDS
from assets.models import Asset

# What is drawn rather than typed.
DRAWN = ("footprint",)
# The layer's name of a column where it is another.
_DECLARED_AS = {"faces": "face_count", "road": "road_name", "site": "site_name"}
_DECLARED = {field.name: field for field in FIELDS}


@dataclass(frozen=True)
class FieldGroup:
    """Fields that are edited together."""

    name: str
    title: Promise
    fields: tuple[str, ...]


GROUPS = (
    FieldGroup("kind", _("What it is"), ("type", "name", "large")),
    FieldGroup(
        "place",
        _("Where it is"),
        ("address", "road", "site", "building", "building_contact", "building_phone"),
    ),
    FieldGroup("content", _("What it shows"), ("wording", "themes", "content_changed_on")),
    FieldGroup(
        "make",
        _("What it is made of"),
        ("width", "height", "faces", "material", "illuminated", "facing", "installed_on"),
    ),
    FieldGroup("answers", _("Who answers for it"), ("owner", "maintainer", "supervisor")),
    FieldGroup(
        "numbers",
        _("Numbers and sources"),
        ("legacy_code", "source", "source_id", "data_source", "remarks"),
    ),
)
GROUPS_BY_NAME = {group.name: group for group in GROUPS}


def title_of(name: str) -> str:
    """What a field is called, in the active language, with its unit: "Width (m)"."""
    declared = _DECLARED.get(_DECLARED_AS.get(name, name))
    if declared is None:
        column: Any = Asset._meta.get_field(name)
        return capfirst(str(column.verbose_name))
    return f"{declared.title} ({declared.unit})" if declared.unit else str(declared.title)
