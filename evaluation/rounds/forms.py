"""What people fill in about rounds. What a value means is checked by the actions; forms only read it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import MANAGE_EVALUATION, scope_of
from cases.patrols.forms import Several
from evaluation.actions.choose_sites import MOST_PER_GROUP
from evaluation.models import By, Choice, Round, StandardEdition
from evaluation.standing import evaluators_for
from places.models import Area, Level, SiteKind


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class PlanForm(forms.Form):
    """A round."""

    name = forms.CharField(label=_("Name"), max_length=80)
    edition = forms.ModelChoiceField(
        StandardEdition.objects.all(),
        label=_("Edition of the handbook"),
        to_field_name="code",
        empty_label=None,
    )
    area = forms.ModelChoiceField(
        Area.objects.none(), label=_("Area"), to_field_name="code", empty_label=None
    )
    starts_on = forms.DateField(label=_("From the day"), widget=DayInput())
    ends_on = forms.DateField(label=_("To the day"), widget=DayInput())
    choice = forms.ChoiceField(label=_("Sites"), choices=Choice.choices)
    by = forms.ChoiceField(label=_("Whose"), choices=By.choices)
    announced = forms.BooleanField(
        label=_("Announced (streets see an unannounced round when it has been closed)"), required=False
    )
    raises_cases = forms.BooleanField(
        label=_("Each “does not conform” becomes a case (off for mock rounds)"), required=False, initial=True
    )
    publicity_only = forms.BooleanField(label=_("Only the items about publicity"), required=False)
    remarks = forms.CharField(label=_("Remarks"), max_length=300, required=False)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas = Area.objects.filter(
            scope_of(user, MANAGE_EVALUATION).within("code"), level__in=(Level.DISTRICT, Level.STREET)
        )
        self.fields["area"].queryset = areas.defer("boundary")  # type: ignore[attr-defined]


class ChooseForm(forms.Form):
    """How the sites are chosen: drawn, or every one of some kinds."""

    per_group = forms.IntegerField(
        label=_("Draw so many sites of each kind in each street"), min_value=1, max_value=MOST_PER_GROUP
    )
    kinds = Several(
        SiteKind.objects.filter(active=True),
        label=_("Of these kinds (of all when none is chosen)"),
        to_field_name="code",
        required=False,
    )
    seed = forms.IntegerField(label=_("Seed (made by chance when empty)"), min_value=1, required=False)
    reason = forms.CharField(label=_("Why it is drawn again"), max_length=300, required=False)

    def __init__(self, round_: Round, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].widget.attrs["size"] = 8
        if round_.choice == Choice.SWEEP:
            for name in ("per_group", "seed", "reason"):
                del self.fields[name]
        elif not round_.draws.exists():
            del self.fields["reason"]
        else:
            self.fields["reason"].required = True


class AssignForm(forms.Form):
    """Who goes to the sites of one street, or of all."""

    evaluator = forms.ModelChoiceField(
        User.objects.none(), label=_("Evaluator"), to_field_name="username", empty_label=None
    )
    street = forms.ModelChoiceField(
        Area.objects.none(),
        label=_("Sites of"),
        to_field_name="code",
        required=False,
        empty_label=_("All streets"),
    )

    def __init__(self, round_: Round, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["evaluator"].queryset = evaluators_for(round_)  # type: ignore[attr-defined]
        streets = Area.objects.filter(pk__in=round_.stops.values("street")).defer("boundary")
        self.fields["street"].queryset = streets  # type: ignore[attr-defined]


class VoidForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Why"), max_length=200)
