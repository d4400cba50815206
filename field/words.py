"""What the fields of operations are called, for crews and for the office."""

from django.utils.translation import gettext as _

from assets import field_groups
from field.up.applying.attributes import EDITED


def title_of(name: str) -> str:
    """What a field is called."""
    own = {
        "position": _("position"),
        "note": _("note"),
        "condition": _("condition"),
        "resulting_condition": _("condition afterwards"),
        "defects": _("defects"),
        "also": _("other faces"),
        "cost": _("cost in yuan"),
        "state": _("state"),
        "support": _("support"),
        "asset": _("asset"),
        "job": _("maintenance job"),
        "photos": _("photos"),
        "photo": _("photos"),
        "patrol": _("patrol"),
        "round": _("evaluation round"),
        "found": _("answers"),
        "people": _("people present"),
        "site": _("site"),
        "category": _("category"),
        "place": _("place"),
        "point": _("place"),
        "same_as": _("case it was added to"),
        "description": _("note"),
        "words": _("note"),
    }
    if name in own:
        return own[name]
    return field_groups.title_of(name) if name in EDITED else name
