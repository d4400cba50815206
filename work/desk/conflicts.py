"""Two people at one field: what the other one wrote, in words and as the form would send it, who and when."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from assets.actions.edit_asset import EditConflict
from assets.models import Theme
from places.row_history import Change, changes_of
from work.desk.fields_form import FieldsForm

NOTHING = "—"


def told(conflict: EditConflict, form: FieldsForm) -> list[dict[str, Any]]:
    """What an asset's writers disagree about: see `told_of`."""
    asset = conflict.asset
    base = form.cleaned_data["base_version"]
    later = [change for change in changes_of(asset) if change.version is not None and change.version > base]
    return told_of(asset, conflict.fields, form, later)


def told_of(row: Model, names: Iterable[str], form: forms.Form, later: list[Change]) -> list[dict[str, Any]]:
    """Each field that both changed: its title, both values in words, theirs as an input takes it, by whom and when.

    Args:
        row: as it is now.
        later: what others changed since the writer looked, newest first.
    """
    return [
        {
            "name": name,
            "title": str(form.fields[name].label),
            "theirs": in_words(name, getattr(row, name)),
            "mine": in_words(name, form.cleaned_data[name]),
            "value": as_sent(name, row, form),
            "by": _who_changed(name, later),
        }
        for name in names
    ]


def in_words(name: str, value: Any) -> str:
    """A value as people read it: choices by their names, a file by what it is, a dash for nothing."""
    if name == "themes":
        names = {theme.code: theme.name for theme in Theme.objects.filter(code__in=value)}
        return ", ".join(names.get(code, code) for code in value) or NOTHING
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if name == "picture":
        return _("another picture") if value else NOTHING
    return NOTHING if value in (None, "", []) else str(value)


def as_sent(name: str, row: Model, form: forms.Form) -> str | list[str]:
    """The value of a row as the form's input would send it; a file is sent by nobody who did not choose it."""
    field = form.fields[name]
    if isinstance(field, forms.FileField):
        return ""
    value = getattr(row, name)
    prepared = field.prepare_value(getattr(value, "pk", value))
    if isinstance(prepared, list):
        return [str(value) for value in prepared]
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
