"""Names for the fields that Django's administration shows without a label, so that a screen reader can say them.

Those are the fields of rows in a list or under a form (the column's head is no label to a field), and the two halves
of a moment. The base classes of the administration's forms (`places/admin.py`) mix this in.
"""

from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.widgets import MultiWidget, SplitDateTimeWidget
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    _Form = forms.BaseModelForm
else:
    _Form = object


class NamesHalves(_Form):
    """A form whose moments have a name for the day and one for the time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field.widget, SplitDateTimeWidget):
                _name_halves(field.widget, str(field.label))


class NamesRows(NamesHalves):
    """A row of a list: each of its fields says what it is and of which row."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_fields_of_row(self, str(self.instance))


def name_fields_of_row(form: forms.BaseForm, row: str) -> None:
    """Give each field of a row among others a name that says of which row it is."""
    for field in form.fields.values():
        # A field that names another row stands in a wrapper, which keeps its attributes to itself.
        widget: Any = getattr(field.widget, "widget", field.widget)
        if not isinstance(widget, MultiWidget):
            widget.attrs.setdefault(
                "aria-label", _("%(field)s: %(row)s") % {"field": field.label, "row": row}
            )


def _name_halves(widget: MultiWidget, label: str) -> None:
    for half, name in zip(widget.widgets, (_("date"), _("time")), strict=True):
        half.attrs.setdefault("aria-label", _("%(field)s: %(half)s") % {"field": label, "half": name})
