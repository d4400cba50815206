"""What people fill in about campaigns. What a value means is checked by the actions; forms only read it."""

from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.permissions import MANAGE_CAMPAIGNS, scope_of
from assets.models import Artwork, Campaign, CampaignKind
from places.models import Area, Level
from work.actions.open_campaign import Plan, Target
from work.campaigns.counting import all_counted
from work.jobs.forms import DayInput

IN_EACH_STREET = "each"
SPARE_ROWS = 2
MOST_TARGETS = 300


class Several(forms.ModelMultipleChoiceField):
    """Several rows; a value that no database takes is none of the choices."""

    def clean(self, value: Any) -> Any:
        """The rows.

        Raises:
            ValidationError: naming a value that is none.
        """
        for key in value or ():
            if "\0" in str(key):
                raise forms.ValidationError(
                    self.error_messages["invalid_choice"], code="invalid_choice", params={"value": "\\0"}
                )
        return super().clean(value)


def streets_in(code: str) -> Any:
    """The streets of a district."""
    found = Area.objects.filter(level=Level.STREET, code__startswith=code[:6])
    return found.defer("boundary").order_by("code")


class CampaignForm(forms.Form):
    """A campaign; code and area only when it is opened."""

    code = forms.CharField(
        label=gettext_lazy("Code (small letters, digits and hyphens; stands in its address)"), max_length=40
    )
    area = forms.ModelChoiceField(
        Area.objects.none(), label=gettext_lazy("Run by"), to_field_name="code", empty_label=None
    )
    name_zh = forms.CharField(label=gettext_lazy("Chinese name"), max_length=80)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=120, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=CampaignKind.choices)
    document = forms.CharField(label=gettext_lazy("Document"), max_length=120, required=False)
    begins_on = forms.DateField(label=gettext_lazy("From"), widget=DayInput())
    ends_on = forms.DateField(label=gettext_lazy("To"), widget=DayInput())
    post_by = forms.DateField(label=gettext_lazy("Post by"), required=False, widget=DayInput())
    take_down_by = forms.DateField(label=gettext_lazy("Take down by"), required=False, widget=DayInput())
    streets = Several(
        Area.objects.none(),
        label=gettext_lazy("Streets (all when none is chosen)"),
        to_field_name="code",
        required=False,
    )
    artworks = Several(
        Artwork.objects.order_by("code"),
        label=gettext_lazy("Artworks that hang for it"),
        to_field_name="code",
        required=False,
    )
    words = forms.CharField(
        label=gettext_lazy("What it is for"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, user: User, *args: Any, campaign: Campaign | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scope = scope_of(user, MANAGE_CAMPAIGNS)
        areas = (
            Area.objects.filter(level__in=(Level.DISTRICT, Level.STREET)).defer("boundary").order_by("code")
        )
        mine = [area.pk for area in areas if scope.covers(area.code)]
        streets = areas.filter(level=Level.STREET)
        if campaign is not None:
            del self.fields["code"], self.fields["area"]
            streets = streets_in(campaign.area.code)
        else:
            self.fields["area"].queryset = areas.filter(pk__in=mine)  # type: ignore[attr-defined]
            kinds = [choice for choice in CampaignKind.choices if choice[0] != CampaignKind.REPLACEMENT]
            self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
            districts = {area.code[:6] for area in areas if scope.covers(area.code)}
            streets = streets.filter(pk__in=[area.pk for area in streets if area.code[:6] in districts])
        self.fields["streets"].queryset = streets  # type: ignore[attr-defined]
        for name in ("streets", "artworks"):
            self.fields[name].widget.attrs["size"] = 5

    def plan(self, targets: list[Target]) -> Plan:
        """What was filled in."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in ("code", "area")}
        return Plan(**given, targets=targets)


class TargetForm(forms.Form):
    """One target: what, where, how many. Empty rows say nothing."""

    counts = forms.ChoiceField(label=gettext_lazy("What is counted"), required=False)
    street = forms.ChoiceField(label=gettext_lazy("Street"), required=False)
    wanted = forms.IntegerField(label=gettext_lazy("Wanted"), min_value=1, required=False)

    def __init__(self, *args: Any, streets: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = [(code, counted.title) for code, counted in all_counted().items()]
        self.fields["counts"].choices = [("", "—"), *listed]  # type: ignore[attr-defined]
        places = [("", _("Altogether")), (IN_EACH_STREET, _("In each street"))]
        self.fields["street"].choices = [*places, *((area.code, area.name) for area in streets)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Both or neither."""
        given = super().clean() or {}
        if bool(given.get("counts")) != bool(given.get("wanted")) and not self.errors:
            raise forms.ValidationError(_("Say what is counted, and how many are wanted."))
        return given


_Targets = formset_factory(
    TargetForm,
    extra=SPARE_ROWS,
    max_num=MOST_TARGETS,
    absolute_max=MOST_TARGETS + SPARE_ROWS,
    validate_max=True,
)


def targets_form(
    streets: Any, data: Any = None, *, initial: list[dict[str, Any]] | None = None
) -> BaseFormSet:
    """The rows of targets."""
    return _Targets(data, initial=initial, prefix="targets", form_kwargs={"streets": list(streets)})


def targets_in(rows: BaseFormSet, streets: Any) -> list[Target]:
    """What was filled in; "in each street" is a target for each of them."""
    by_code = {area.code: area for area in streets}
    targets = []
    for row in rows.cleaned_data:
        if not row.get("counts"):
            continue
        if row["street"] == IN_EACH_STREET:
            targets += [Target(row["counts"], row["wanted"], area) for area in by_code.values()]
        else:
            targets.append(Target(row["counts"], row["wanted"], by_code.get(row["street"])))
    return targets


class WhichForm(forms.Form):
    """What joins or leaves."""

    which = forms.CharField(
        label=gettext_lazy("Numbers, or the address of a filtered list"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class CloseForm(forms.Form):
    """What it came to."""

    outcome = forms.CharField(
        label=gettext_lazy("What it came to"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
