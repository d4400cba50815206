"""What the importer's fields are called, in groups as a person looks for them: for the choice of columns, the template
and the differences. The catalogue's own fields are called as `assets.fields` calls them."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assets.fields import FIELDS

_OF_THE_CATALOGUE = {field.name: field.title for field in FIELDS}
# Named differently there, where a field may also be a code or a count of another thing.
_ELSEWHERE = {
    "road": "road_name",
    "street": "street_name",
    "community": "community_name",
    "site": "site_name",
}
_OWN: dict[str, Promise] = {
    "street": _("Street"),
    "community": _("Community"),
    "faces": _("Faces"),
    "building_contact": _("Stairwell contact"),
    "building_phone": _("Stairwell contact's telephone"),
    "lon": _("Longitude or easting"),
    "lat": _("Latitude or northing"),
    "coordinates": _("Both coordinates in one cell"),
    "size": _("Size, width × height"),
    "depth": _("Depth"),
    "contact": _("Contact person"),
    "telephone": _("Telephone"),
    "inspected_at": _("Day of the inspection"),
    "photos": _("File names of photos"),
    "artwork": _("Artwork"),
    "point": _("Position"),
    "footprint": _("Shape"),
}

GROUPS: tuple[tuple[Promise, tuple[str, ...]], ...] = (
    (_("Which asset it is"), ("source_id", "code", "legacy_code", "uid", "name", "type")),
    (_("What it shows"), ("themes", "wording", "artwork", "photos")),
    (_("Position"), ("lon", "lat", "coordinates", "position_accuracy")),
    (
        _("Where it stands"),
        ("address", "road", "street", "community", "site", "building", "building_contact", "building_phone"),
    ),
    (
        _("What it is like"),
        ("size", "width", "height", "depth", "faces", "material", "illuminated", "large", "facing"),
    ),
    (_("How it is"), ("condition", "inspected_at", "lifecycle", "installed_on", "content_changed_on")),
    (_("Who answers for it"), ("owner", "maintainer", "supervisor", "contact", "telephone")),
    (_("Other"), ("remarks", "data_source")),
)
"""Every field of `headers.FIELDS`, once."""


def title(field: str) -> str:
    """What a field is called in the active language."""
    known = _OWN.get(field) or _OF_THE_CATALOGUE.get(_ELSEWHERE.get(field, field))
    return str(known) if known is not None else field
