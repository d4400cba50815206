"""What people fill in about media pieces. What a value means is checked by the actions; forms only read it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.permissions import KEEP_MEDIA, scope_of
from assets.models import Campaign
from cases.actions.keep_media import Piece
from cases.models import MediaColumn
from places.models import Area, Level
from work.jobs.forms import DayInput


def districts_of(user: User) -> Any:
    """The districts whose media somebody keeps."""
    scope = scope_of(user, KEEP_MEDIA)
    districts = Area.objects.filter(level=Level.DISTRICT).defer("boundary").order_by("code")
    return districts.filter(pk__in=[area.pk for area in districts if scope.covers(area.code)])


class PieceForm(forms.Form):
    """One piece; its district only when it is entered."""

    area = forms.ModelChoiceField(
        Area.objects.none(), label=gettext_lazy("District"), to_field_name="code", empty_label=None
    )
    published_on = forms.DateField(label=gettext_lazy("Date"), widget=DayInput())
    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    outlet = forms.CharField(label=gettext_lazy("Outlet"), max_length=60)
    column = forms.ModelChoiceField(
        MediaColumn.objects.filter(active=True), label=gettext_lazy("Column"), to_field_name="code"
    )
    link = forms.CharField(label=gettext_lazy("Link"), max_length=500, required=False)
    street = forms.ModelChoiceField(
        Area.objects.none(), label=gettext_lazy("Street"), to_field_name="code", required=False
    )
    campaign = forms.ModelChoiceField(
        Campaign.objects.none(), label=gettext_lazy("Campaign"), to_field_name="code", required=False
    )

    def __init__(self, user: User, *args: Any, district: Area | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        districts = districts_of(user)
        if district is not None:
            del self.fields["area"]
            districts = districts.filter(pk=district.pk)
        else:
            self.fields["area"].queryset = districts  # type: ignore[attr-defined]
        streets = (
            Area.objects.filter(level=Level.STREET, parent__in=districts).defer("boundary").order_by("code")
        )
        self.fields["street"].queryset = streets  # type: ignore[attr-defined]
        self.fields["campaign"].queryset = Campaign.objects.visible_to(user)  # type: ignore[attr-defined]

    def piece(self) -> Piece:
        """What was filled in."""
        given = dict(self.cleaned_data)
        given.pop("area", None)
        return Piece(**given)


class FileForm(forms.Form):
    """A file of pieces."""

    area = forms.ModelChoiceField(
        Area.objects.none(), label=gettext_lazy("District"), to_field_name="code", empty_label=None
    )
    file = forms.FileField(
        label=gettext_lazy("File (XLSX or CSV)"), widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"})
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = districts_of(user)  # type: ignore[attr-defined]
