"""What people fill in to change many assets alike: for each field what to do with it, and the values that needs.

What a value means for the assets is checked by the kernel (`assets.sets.edits`); the form only reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets import field_groups
from assets.field_groups import title_of
from assets.models import Asset, Support, Theme
from assets.sets.edits import BULK_FIELDS, BulkEdit, Step
from work.jobs.forms import DayInput

SET, CLEAR, REPLACE, ADD, TAKE = "set", "clear", "replace", "add", "take"
_WORDS: dict[str, Promise] = {
    "": gettext_lazy("Leave as it is"),
    SET: gettext_lazy("Set to"),
    CLEAR: gettext_lazy("Clear"),
    REPLACE: gettext_lazy("Replace, only where it is"),
    ADD: gettext_lazy("Add"),
    TAKE: gettext_lazy("Take away"),
}
GROUPS: tuple[tuple[Promise, tuple[str, ...]], ...] = tuple(
    (group.title, names)
    for group in field_groups.GROUPS
    if (names := tuple(name for name in group.fields if name in BULK_FIELDS))
)
FIELDS = tuple(name for _title, names in GROUPS for name in names)
_YES_NO = [("", "—"), ("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]


@dataclass(frozen=True)
class Row:
    """One field of an asset in the form: its name in words, what to do, the value that was and the one to be."""

    label: str
    do: forms.BoundField
    old: forms.BoundField | None
    new: forms.BoundField

    @property
    def problems(self) -> list[str]:
        """What is wrong with any of them."""
        parts = [self.do, self.new, *([self.old] if self.old else [])]
        return [str(problem) for part in parts for problem in part.errors]


class BulkEditForm(forms.Form):
    """Fields to set, clear, replace, add to and take from; a support to hang on; a step of the lifecycle."""

    support = forms.IntegerField(
        label=gettext_lazy("Move to the support with the number"), min_value=1, required=False
    )
    step = forms.ChoiceField(
        label=gettext_lazy("Lifecycle"),
        required=False,
        choices=[
            ("", gettext_lazy("Leave as it is")),
            (Step.SUSPEND.value, gettext_lazy("Suspend")),
            (Step.REOPEN.value, gettext_lazy("Bring into use again")),
            (Step.REMOVE.value, gettext_lazy("Remove")),
        ],
    )
    removed_on = forms.DateField(label=gettext_lazy("Removed on"), required=False, widget=DayInput())
    removal_reason = forms.CharField(label=gettext_lazy("Why"), required=False, max_length=200)
    take_down = forms.BooleanField(label=gettext_lazy("Take down what hangs there, today"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in FIELDS:
            column = Asset._meta.get_field(name)
            assert isinstance(column, models.Field)
            self.fields[f"{name}-do"] = forms.ChoiceField(
                choices=[(code, _WORDS[code]) for code in _deeds_of(column)], required=False
            )
            self.fields[f"{name}-new"] = _field_of(column)
            if name != "themes":
                self.fields[f"{name}-old"] = _field_of(column)

    @property
    def groups(self) -> list[tuple[Promise, list[Row]]]:
        """The fields as the page shows them."""
        return [(title, [self._row(name) for name in names]) for title, names in GROUPS]

    def _row(self, name: str) -> Row:
        old = None if name == "themes" else self[f"{name}-old"]
        return Row(title_of(name), self[f"{name}-do"], old, self[f"{name}-new"])

    @property
    def edit(self) -> BulkEdit:
        """What is wanted, of a form that is valid."""
        cleaned = self.cleaned_data
        values: dict[str, Any] = {}
        replaced: dict[str, tuple[Any, Any]] = {}
        themes: dict[str, list[str]] = {}
        for name in FIELDS:
            do, new = cleaned[f"{name}-do"], cleaned[f"{name}-new"]
            if do == SET:
                values[name] = new
            elif do == CLEAR:
                values[name] = _cleared(name)
            elif do == REPLACE:
                replaced[name] = (_or_cleared(name, cleaned[f"{name}-old"]), _or_cleared(name, new))
            elif do:
                themes[do] = new
        removing = cleaned["step"] == Step.REMOVE
        return BulkEdit(
            values=values,
            replaced=replaced,
            themes_added=themes.get(ADD, []),
            themes_removed=themes.get(TAKE, []),
            support=cleaned["support"],
            step=Step(cleaned["step"]) if cleaned["step"] else None,
            # The fields are hidden for other steps, whatever they still say.
            removed_on=cleaned["removed_on"] if removing else None,
            removal_reason=cleaned["removal_reason"] if removing else "",
            take_down=cleaned["take_down"],
        )

    def clean_support(self) -> Support | None:
        """The support of that number."""
        number = self.cleaned_data["support"]
        if number is None:
            return None
        found = Support.objects.filter(pk=number).first() if number < 2**63 else None
        if found is None:
            raise ValidationError(_("There is no support with this number."))
        return found

    def clean(self) -> dict[str, Any]:
        """What is to be set needs a value."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name in FIELDS:
            key = f"{name}-new"
            needs_one = cleaned.get(f"{name}-do") in (SET, ADD, TAKE) and key not in self.errors
            if needs_one and cleaned.get(key) in (None, "", []):
                self.add_error(key, _("Give a value, or choose to clear it."))
        return cleaned

    def add_problems(self, problem: ValidationError) -> None:
        """Put what the kernel refuses at the fields that it names."""
        if not hasattr(problem, "error_dict"):
            self.add_error(None, problem.messages)
            return
        for name, sentences in problem.message_dict.items():
            key = name if name in self.fields else f"{name}-new"
            self.add_error(key if key in self.fields else None, sentences)


def _deeds_of(column: models.Field) -> list[str]:
    if column.name == "themes":
        return ["", ADD, TAKE, SET, CLEAR]
    can_be_empty = column.null or (column.blank and not isinstance(column, models.BooleanField))
    return ["", SET, *([CLEAR] if can_be_empty else []), REPLACE]


def _cleared(name: str) -> Any:
    """What an empty field holds."""
    column = Asset._meta.get_field(name)
    if name == "themes":
        return []
    return None if column.null else ""


def _or_cleared(name: str, value: Any) -> Any:
    return _cleared(name) if value in (None, "") else value


def _field_of(column: models.Field) -> forms.Field:
    if column.name == "themes":
        return forms.MultipleChoiceField(
            choices=lambda: [(theme.code, str(theme)) for theme in Theme.objects.order_by("order", "code")],
            required=False,
        )
    if isinstance(column, models.BooleanField):
        return forms.TypedChoiceField(
            choices=_YES_NO, coerce=lambda value: value == "yes", empty_value=None, required=False
        )
    if isinstance(column, models.DateField):
        return forms.DateField(required=False, widget=DayInput())
    field = column.formfield(required=False, initial=None)
    assert field is not None
    if isinstance(column, models.TextField):
        field.widget = forms.Textarea(attrs={"rows": 2})
    if isinstance(field, forms.ModelChoiceField):
        field.empty_label = "—"
    return field
