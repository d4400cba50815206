"""What people fill in about jobs. What a value means is checked by the actions; forms only read it."""

from contextlib import suppress
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assets.models import Artwork, Condition, MaintenanceKind, Priority
from places.models import Unit

SEEN_CONDITIONS = [(condition.value, condition.label) for condition in Condition if condition]


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def crews() -> Any:
    """The units that work in the field."""
    return Unit.objects.filter(is_crew=True, active=True)


class PlanForm(forms.Form):
    """One kind of job for many assets."""

    kind = forms.ChoiceField(label=_("Kind of job"), choices=MaintenanceKind.choices)
    artwork = forms.ModelChoiceField(
        Artwork.objects.none(),
        label=_("Artwork to post"),
        to_field_name="code",
        required=False,
        empty_label=_("The crew brings it"),
    )
    crew = forms.ModelChoiceField(
        Unit.objects.none(),
        label=pgettext_lazy("unit", "Crew"),
        required=False,
        empty_label=_("Decide later"),
    )
    due_on = forms.DateField(label=_("Due on"), required=False, widget=DayInput())
    priority = forms.TypedChoiceField(
        label=_("Priority"),
        choices=Priority.choices,
        coerce=lambda value: Priority(int(value)),
        initial=Priority.NORMAL,
    )
    description = forms.CharField(
        label=_("Description"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    again = forms.BooleanField(label=_("Also where a job of this kind is open already"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["crew"].queryset = crews()  # type: ignore[attr-defined]
        self.fields["artwork"].queryset = Artwork.objects.filter(approval="approved")  # type: ignore[attr-defined]


class StepForm(forms.Form):
    """Where a job goes, and what that needs."""

    crew = forms.ModelChoiceField(Unit.objects.none(), label=pgettext_lazy("unit", "Crew"), required=False)
    note = forms.CharField(label=_("Note"), required=False, max_length=2000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["crew"].queryset = crews()  # type: ignore[attr-defined]


class ShowingForm(forms.Form):
    """A form that sends beside each value the one that it showed, so that what nobody touched is not put back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.show_hidden_initial = True

    @property
    def seen(self) -> dict[str, Any]:
        """What the writer saw, as far as the form told it and it can be read."""
        shown: dict[str, Any] = {}
        for name, field in self.fields.items():
            key = self.add_initial_prefix(name)
            if key in self.data:
                with suppress(forms.ValidationError):
                    shown[name] = field.clean(self.data[key])
        return shown

    def show_now(self, row: Model) -> None:
        """Before it is shown once more: what stands in `row` now is what is seen, also where nobody wrote.

        Saving it again then is a decision of somebody who has read what the other one wrote.
        """
        untouched = set(self.fields) - set(self.changed_data)
        data = {name: self.data[name] for name in self.data}
        for name in self.fields:
            now = self[name].field.widget.format_value(getattr(row, name)) or ""
            now = now[0] if isinstance(now, list) else now
            data[self.add_initial_prefix(name)] = now
            if name in untouched:
                data[self.add_prefix(name)] = now
        self.data = data


class EditForm(ShowingForm):
    """What a job asks for."""

    due_on = forms.DateField(label=_("Due on"), required=False, widget=DayInput())
    priority = forms.TypedChoiceField(
        label=_("Priority"), choices=Priority.choices, coerce=lambda value: Priority(int(value))
    )
    description = forms.CharField(
        label=_("Description"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 4})
    )


class ReopenForm(forms.Form):
    """Why a verified job is opened again."""

    reason = forms.CharField(label=_("Why"), max_length=2000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "reopening-%s", **kwargs})


class CostForm(forms.Form):
    """What a finished job did cost, and why it is told again."""

    cost = forms.DecimalField(
        label=_("Cost in yuan"), min_value=0, max_digits=12, decimal_places=2, required=False
    )
    reason = forms.CharField(label=_("Why"), max_length=2000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "costing-%s", **kwargs})


class DoneForm(forms.Form):
    """What was done."""

    resulting_condition = forms.TypedChoiceField(
        label=_("Condition afterwards"),
        choices=[("", "—"), *SEEN_CONDITIONS],
        coerce=lambda value: Condition(int(value)),
        empty_value=None,
        required=False,
    )
    cost = forms.DecimalField(
        label=_("Cost in yuan"), min_value=0, max_digits=12, decimal_places=2, required=False
    )
    note = forms.CharField(
        label=_("What was done"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
