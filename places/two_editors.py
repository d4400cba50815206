"""Two people at one form of the administration: nobody puts back what the other has changed meanwhile.

A form sends beside each value the one that it showed. What equals that was not touched and stays as it is in the
database by now; what two people both changed, to different values, is refused with the other's value, and saved when it
is sent once more. Every form of a row, of rows on another's page (inlines), and every list that is edited in place, is
made of `KeepsOthersChanges` (`places.admin.WithRowHistory`); the pages' own forms do the same (`work/jobs/forms.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.gis.forms import GeometryField
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection
from django.db.models import Model
from django.http import QueryDict
from django.utils.translation import gettext as _

from places.geometry_widgets import PointWidget

if TYPE_CHECKING:
    _Form = forms.ModelForm[Model]
else:
    _Form = object


class KeepsOthersChanges(_Form):
    """Mixed into a `ModelForm` of a row that exists."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [name for name in self.fields if self._is_of_the_row(name)]
        # A program that sends no such values has the last word; of several values none leave no trace in a form.
        shows_stored = not self.is_bound or any(
            key.startswith(self.add_initial_prefix(name)) for name in names for key in self.data
        )
        self._compared = names if shows_stored and self.instance.pk is not None else []
        for name in self._compared:
            self.fields[name].show_hidden_initial = True

    def _is_of_the_row(self, name: str) -> bool:
        columns = {
            field.name for field in (*self._meta.model._meta.fields, *self._meta.model._meta.many_to_many)
        }
        return name in columns and not self.fields[name].disabled

    def _clean_form(self) -> None:
        """Django's step between reading the fields and putting them into the row."""
        super()._clean_form()  # type: ignore[misc]
        stored = self._row_now() if self._compared else None
        if stored is None:
            return
        for name in self._compared:
            self._compare(name, stored)
        if self.errors:
            self._show_what_is_there(stored)

    def _row_now(self) -> Model | None:
        rows = self._meta.model._base_manager.filter(pk=self.instance.pk)
        return (rows.select_for_update(of=("self",)) if connection.in_atomic_block else rows).first()

    def _compare(self, name: str, stored: Model) -> None:
        field = self.fields[name]
        now = _value(stored, name)
        if not self[name]._has_changed():  # type: ignore[attr-defined]
            if name not in self.errors:
                self.cleaned_data[name] = now
            return
        shown = _as_sent(field, now)
        sent = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
        others_changed = field.has_changed(self._seen(name), shown)
        if others_changed and field.has_changed(_python(field, shown), sent):
            self.add_error(
                name,
                _("Somebody else changed this meanwhile, to: %(value)s") % {"value": _words(stored, name)},
            )

    def _seen(self, name: str) -> Any:
        field = self.fields[name]
        hidden = field.hidden_widget().value_from_datadict(
            self.data, self.files, self.add_initial_prefix(name)
        )
        return _python(field, hidden)

    def _show_what_is_there(self, stored: Model) -> None:
        """Before it is shown once more: sending it again is then a decision of somebody who has seen it all."""
        data = QueryDict(mutable=True)
        for key in self.data:
            data.setlist(key, self.data.getlist(key) if hasattr(self.data, "getlist") else [self.data[key]])
        for name in self._compared:
            field = self.fields[name]
            shown = field.prepare_value(_value(stored, name))
            untouched = not self[name]._has_changed()  # type: ignore[attr-defined]
            _put(data, field.hidden_widget(), self.add_initial_prefix(name), shown)
            if untouched:
                _put(data, field.widget, self.add_prefix(name), shown)
        self.data = data


def _value(row: Model, name: str) -> Any:
    """A row's value as a cleaned form has it."""
    field = row._meta.get_field(name)
    return getattr(row, name).all() if field.many_to_many else getattr(row, name)


def _as_sent(field: forms.Field, value: Any) -> Any:
    """A row's value as a form would send it."""
    if isinstance(field, GeometryField):
        return value
    prepared = field.prepare_value(value)
    if _is_several(prepared):
        return [str(value) for value in prepared]
    if isinstance(field.widget, forms.MultiWidget):
        return field.widget.decompress(prepared)
    return prepared


def _is_several(value: Any) -> bool:
    return hasattr(value, "__iter__") and not isinstance(value, str | GEOSGeometry)


def _python(field: forms.Field, sent: Any) -> Any:
    try:
        return field.to_python(sent) if not isinstance(field, forms.MultiValueField) else field.clean(sent)
    except forms.ValidationError:
        return None


def _put(data: QueryDict, widget: forms.Widget, name: str, shown: Any) -> None:
    """Write a value into a form's data as its widget would send it."""
    if isinstance(widget, PointWidget):
        for part, number in widget.sent(name, shown).items():
            data[part] = number
    elif isinstance(widget, forms.MultiWidget):
        for place, part in enumerate(widget.decompress(shown) or ()):
            data[f"{name}_{place}"] = "" if part is None else str(part)
    elif isinstance(widget, forms.CheckboxInput):
        if shown:
            data[name] = "on"
        else:
            data.pop(name, None)
    elif _is_several(shown):
        data.setlist(name, [str(value) for value in shown])
    else:
        written = widget.format_value(shown)
        data[name] = "" if written is None else str(written[0] if isinstance(written, list) else written)


def _words(row: Model, name: str) -> Any:
    """A choice by its name, several by their names, anything else as it is; a dash for nothing."""
    display = getattr(row, f"get_{name}_display", None)
    value = display() if display else _value(row, name)
    if hasattr(value, "model") or isinstance(value, list | tuple):
        value = ", ".join(str(part) for part in value)
    return "—" if value in (None, "") else value
