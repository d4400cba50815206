"""What the importer's fields are called, in groups as a person looks for them: for the choice of columns, the template
and the differences. The catalogue's own fields are called as `assets.fields` calls them."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assets.fields import FIELDS, IN_LEDGERS

_DECLARED = {field.name: field.title for field in FIELDS} | {
    name: field.title for name, field in IN_LEDGERS.items()
}
_OWN: dict[str, Promise] = {
    "lon": _("Longitude or easting"),
    "lat": _("Latitude or northing"),
    "coordinates": _("Both coordinates in one cell"),
    "size": _("Size, width × height"),
    "depth": _("Depth"),
    "contact": _("Contact person"),
    "telephone": _("Telephone"),
    "inspected_at": _("Day of the inspection"),
    "photos": _("File names of photos"),
    "point": _("Position"),
    "footprint": _("Shape"),
}


# Each section with what a person looks for in it first, and the groups of forms whose other fields follow.
_SECTIONS: tuple[tuple[Promise, tuple[str, ...], tuple[str, ...]], ...] = (
    (_("Which asset it is"), ("source_id", "code", "legacy_code", "uid", "name", "type"), ()),
    (_("What it shows"), ("themes", "wording", "artwork", "photos"), ("content",)),
    (_("Position"), ("lon", "lat", "coordinates", "position_accuracy"), ()),
    (_("Where it stands"), ("address", "road", "street", "community", "site"), ("place",)),
    (_("What it is like"), ("size", "width", "height", "depth", "faces"), ("make", "kind")),
    (_("How it is"), ("condition", "inspected_at", "lifecycle", "installed_on", "content_changed_on"), ()),
    (_("Who answers for it"), ("owner", "maintainer", "supervisor", "contact", "telephone"), ("answers",)),
    (_("Other"), ("remarks", "data_source"), ("numbers",)),
)
_PLACED = frozenset(name for _title, names, _groups in _SECTIONS for name in names)


def _following(groups: tuple[str, ...]) -> Iterator[str]:
    """The declared fields of some groups of forms that no section names."""
    for name, field in IN_LEDGERS.items():
        if name not in _PLACED and field.by_hand is not None and field.by_hand.group in groups:
            yield name


GROUPS: tuple[tuple[Promise, tuple[str, ...]], ...] = tuple(
    (title, (*names, *_following(groups))) for title, names, groups in _SECTIONS
)
"""Every field of `headers.FIELDS`, once."""


def title(field: str) -> str:
    """What a field is called in the active language."""
    declared = _OWN.get(field) or _DECLARED.get(field)
    return str(declared) if declared is not None else field
