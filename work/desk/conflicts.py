"""Two people at one field: what the other one wrote, in words and as the form would send it, who and when."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from assets.actions.edit_asset import EditConflict
from assets.models import Asset, Theme
from places.row_history import Change, changes_of
from work.desk.fields_form import FieldsForm

NOTHING = "—"


def told(conflict: EditConflict, form: FieldsForm) -> list[dict[str, Any]]:
    """Each field that both changed: its title, both values in words, theirs as an input takes it, by whom and when."""
    asset = conflict.asset
    base = form.cleaned_data["base_version"]
    later = [change for change in changes_of(asset) if change.version is not None and change.version > base]
    return [
        {
            "name": name,
            "title": str(form.fields[name].label),
            "theirs": in_words(name, getattr(asset, name), form),
            "mine": in_words(name, form.cleaned_data[name], form),
            "value": as_sent(name, asset, form),
            "by": _who_changed(name, later),
        }
        for name in conflict.fields
    ]


def in_words(name: str, value: Any, form: FieldsForm) -> str:
    """A value as people read it: choices by their names, a dash for nothing."""
    if name == "themes":
        names = {theme.code: theme.name for theme in Theme.objects.filter(code__in=value)}
        return ", ".join(names.get(code, code) for code in value) or NOTHING
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return NOTHING if value in (None, "", []) else str(value)


def as_sent(name: str, asset: Asset, form: FieldsForm) -> str | list[str]:
    """The value of a row as the form's input would send it."""
    field = form.fields[name]
    value = getattr(asset, name)
    prepared = field.prepare_value(getattr(value, "pk", value))
    if isinstance(prepared, list):
        return [str(each) for each in prepared]
    if isinstance(prepared, bool):
        return "true" if prepared else "false"
    return "" if prepared is None else str(prepared)


def _who_changed(name: str, later: list[Change]) -> str:
    """Who changed a field last, and when; empty where history does not say."""
    for change in later:
        if any(difference.name == name for difference in change.differences):
            at = timezone.localtime(change.at)
            return _("%(who)s, %(time)s") % {"who": change.actor, "time": at.strftime("%Y-%m-%d %H:%M")}
    return ""
