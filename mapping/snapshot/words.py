"""The words a snapshot's scripts show, in the language it is made in. The file carries one language only."""

from django.utils.translation import gettext as _

from assets.models import Condition
from mapping.credits import roads_credit


def page_words() -> dict[str, str]:
    """Key → words; `{…}` in them is filled in by `browser/dom.js`."""
    return {
        "address": _("Address"),
        "all": _("All"),
        "approximate_boundaries": _("Approximate boundaries"),
        "approximate_roads": _("Approximate road lines"),
        "background": _("Background"),
        "base_map": _("Base map"),
        "condition": _("Condition"),
        "content_changed": _("Content changed"),
        "faces": _("Faces"),
        "find": _("Find"),
        "find_hint": _("Name, code, address or wording"),
        "find_none": _("Nothing shown matches."),
        "find_some": _("First {shown} of {found}: write more to narrow them down"),
        "find_all": _("{found} found"),
        "inspected": _("Last inspected"),
        "installed": _("Installed"),
        "line_names": _("Names of roads"),
        "location": _("Location"),
        "map": _("Map of the assets; the search in the panel lists them in words"),
        "next": _("Next"),
        "next_inspection": _("Next inspection due"),
        "none": _("None"),
        "only": _("Only"),
        "only_this": _("Only {name}"),
        "overdue": _("Inspection overdue"),
        "previous": _("Previous"),
        "roads": _("Roads"),
        "roads_credit": roads_credit(),
        "same_place": _("{n} at this place"),
        "shown": _("Shown: {shown} / {count}"),
        "street": _("Street"),
        "street_boundaries": _("Street boundaries"),
        "themes": _("Themes"),
        "type": _("Type"),
        "unnamed": _("Unnamed asset"),
        "whole": _("Whole map"),
        "wording": _("Wording"),
        "zoom_in": _("Zoom in"),
        "zoom_out": _("Zoom out"),
    }


def conditions() -> list[dict[str, str]]:
    """Code and name of every condition, in the model's order: a column of conditions holds positions in this list."""
    return [{"code": condition.code, "name": str(condition.label)} for condition in Condition]
