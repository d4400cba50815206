"""What people fill in about responsibilities. What a value means is checked by the actions; forms only read it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from accounts.models import User
from accounts.permissions import READ, scope_of
from places.models import ResponsibilityKind, Unit
from work.responsibility.actions.checking import Named, Thing
from work.responsibility.finding import find_place


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _day(label: Any, *, required: bool = True) -> forms.DateField:
    return forms.DateField(label=label, widget=DayInput(), input_formats=["%Y-%m-%d"], required=required)


class HolderForm(forms.Form):
    """Who: a person with a post, a unit, or a person of a unit."""

    unit = forms.ModelChoiceField(
        Unit.objects.filter(active=True), label=gettext_lazy("Unit"), required=False
    )
    post = forms.CharField(label=pgettext_lazy("office", "Post"), max_length=60, required=False)
    name = forms.CharField(label=gettext_lazy("Person"), max_length=40, required=False)
    telephone = forms.CharField(
        label=gettext_lazy("Telephone (seen by the desk, the street and leaders only)"),
        max_length=30,
        required=False,
    )
    account = forms.CharField(
        label=gettext_lazy("Account (user name), if the person signs in"), max_length=150, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What a holder has by now may be out of use: it is no reason to refuse a correction of something else.
        if unit := self.initial.get("unit"):
            self.fields["unit"].queryset = Unit.objects.filter(Q(active=True) | Q(pk=unit))  # type: ignore[attr-defined]

    def clean_account(self) -> User | None:
        """The account of a user name: one that is in use, or the one that the holder has.

        Raises:
            ValidationError: there is none.
        """
        name = self.cleaned_data["account"].strip()
        if not name:
            return None
        accounts = User.objects.filter(username=name)
        if name != self.initial.get("account"):
            accounts = accounts.filter(is_active=True)
        found = accounts.first()
        if found is None:
            raise ValidationError(gettext("There is no account “%(name)s”.") % {"name": name})
        return found

    def named(self) -> Named:
        """The holder as it was filled in."""
        given = self.cleaned_data
        return Named(given["name"], given["post"], given["unit"], given["telephone"], given["account"])


class CorrectForm(HolderForm):
    """Who, since when, by which document."""

    begins_on = _day(gettext_lazy("From"))
    ends_on = _day(gettext_lazy("To, included (empty: until further notice)"), required=False)
    document = forms.CharField(label=gettext_lazy("Source document"), max_length=200, required=False)


class AppointForm(CorrectForm):
    """A new row: what it is for as well."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=ResponsibilityKind.choices)
    place = forms.CharField(
        label=gettext_lazy("For what (code or name)"),
        max_length=120,
    )
    building = forms.CharField(
        label=gettext_lazy("Building or stairwell (for stairwell heads)"), max_length=80, required=False
    )
    field_order = ("kind", "place", "building")

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope = scope_of(user, READ)

    def clean(self) -> dict[str, Any]:
        """The thing that kind and place name together."""
        given = super().clean() or {}
        if "kind" in given and "place" in given:
            kind = ResponsibilityKind(given["kind"])
            try:
                place = find_place(kind, given["place"], self.scope)
            except ValidationError as error:
                self.add_error("place", error)
            else:
                given["thing"] = Thing(kind, place, given.get("building", "").strip())
        return given


class HandOverForm(HolderForm):
    """To whom, from which day."""

    from_day = _day(gettext_lazy("From"))
    document = forms.CharField(label=gettext_lazy("Source document"), max_length=200, required=False)


class EndForm(forms.Form):
    """The last day."""

    ends_on = _day(gettext_lazy("Last day, included"))


class VoidForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=gettext_lazy("Why"), max_length=300)


class FileForm(forms.Form):
    """A workbook."""

    file = forms.FileField(label=gettext_lazy("Workbook (.xlsx)"))
