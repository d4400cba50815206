"""What is written by hand on an asset, as a form: all of its groups of fields, or some (`assets.field_groups`).

Beside each value the form sends the one that it showed, so that only what somebody touched is written.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.db.models import Model
from django.forms.boundfield import BoundField
from django.forms.models import fields_for_model, model_to_dict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assets.field_groups import GROUPS, FieldGroup, title_of
from assets.models import Asset, AssetType, Theme
from places.models import Road, Site, Unit
from work.desk.forms import DeskForm
from work.desk.widgets import Chooser, DayInput

# Which rows a chooser offers, by the column they go into.
CHOSEN_FROM: dict[str, type[Model]] = {
    "road": Road,
    "site": Site,
    "owner": Unit,
    "maintainer": Unit,
    "supervisor": Unit,
}
_HINTS = {
    "name": _("May stay empty: it is then called by its type."),
    "facing": _("Degrees clockwise from north, 0 to 359."),
}


def theme_choices() -> list[tuple[str, str]]:
    """Themes by code, in the reader's language."""
    return [(theme.code, theme.name) for theme in Theme.objects.filter(active=True)]


class FieldsForm(DeskForm):
    """Some groups of an asset's fields; without an asset, of one to be."""

    base_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, groups: Sequence[FieldGroup], asset: Asset | None, *args: Any, **kwargs: Any) -> None:
        self.groups = groups
        super().__init__(asset, *args, **kwargs)

    @property
    def names(self) -> list[str]:
        """The asset's fields in the form."""
        return [name for group in self.groups for name in group.fields]

    def prepare(self) -> None:
        """The model's own fields, with titles of the declaration and inputs that suit them."""
        made = fields_for_model(Asset, fields=self.names)
        for name in self.names:
            self.fields[name] = self._suited(name, made[name])
        if self.asset is not None:
            self.initial = {
                **model_to_dict(self.asset, fields=self.names),
                "base_version": self.asset.version,
                **self.initial,
            }
            for name in self.names:
                self.fields[name].show_hidden_initial = True

    def _suited(self, name: str, field: Any) -> forms.Field:
        if name == "themes":
            codes = self.asset.themes if self.asset else []
            choices = theme_choices()
            # A theme that is no longer offered stays where it is.
            choices += [(code, code) for code in codes if code not in dict(choices)]
            field = forms.MultipleChoiceField(
                choices=choices, widget=forms.CheckboxSelectMultiple, required=False
            )
        elif name == "type":
            kept = [self.asset.type_id] if self.asset else []
            field.queryset = AssetType.objects.filter(active=True) | AssetType.objects.filter(pk__in=kept)
            field.empty_label = None
        elif name in CHOSEN_FROM:
            field.widget = Chooser(reverse("desk-choices", args=[name]), self._words_of(name))
        elif isinstance(field, forms.DateField):
            field.widget = DayInput()
        elif isinstance(field.widget, forms.Textarea):
            field.widget = forms.Textarea(attrs={"rows": 3})
        field.label = title_of(name)
        field.help_text = _HINTS.get(name, "")
        return field

    def _words_of(self, name: str) -> Any:
        """A function from a row's key to its name, that asks only for what is not at hand."""
        model = CHOSEN_FROM[name]

        def words(key: Any) -> str:
            now = getattr(self.asset, name) if self.asset else None
            if now is not None and str(now.pk) == str(key):
                return str(now)
            found = model._default_manager.filter(pk=key).first() if str(key).isdigit() else None
            return str(found) if found else ""

        return words

    def sections(self) -> Iterable[tuple[FieldGroup, list[BoundField]]]:
        """Each group with its inputs."""
        for group in self.groups:
            yield group, [self[name] for name in group.fields]

    def written(self) -> dict[str, Any]:
        """Value by field, of those that somebody touched (of a new asset: all)."""
        touched = self.names if self.asset is None else set(self.names) & set(self.changed_data)
        return {name: self.cleaned_data[name] for name in self.names if name in touched}


def groups_named(names: Iterable[str]) -> list[FieldGroup]:
    """The groups of some names, in their order; all for none."""
    group_names = set(names)
    return [group for group in GROUPS if not group_names or group.name in group_names]
