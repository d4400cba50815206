"""What people fill in about cases. What a value means is checked by the actions; forms only read it."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.gis.geos import Point
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assets.filter_values import component_id_in
from cases.models import CaseCategory, Source
from places.models import Unit


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class Photos(forms.FileInput):
    """Several photos; a phone offers its camera."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__(attrs={"accept": "image/*", "multiple": True})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """All of them."""
        return files.getlist(name) if hasattr(files, "getlist") else []

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Whether there is none."""
        return name not in files


class PhotosField(forms.Field):
    """The files themselves; whether they are photos is said by whoever stores them."""

    widget = Photos


class EndOfDay(forms.DateField):
    """A day, meant until its end."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=DayInput(), **kwargs)

    def clean(self, value: Any) -> Any:
        """The moment at which the day ends."""
        day = super().clean(value)
        return day and timezone.make_aware(datetime.combine(day, time())) + timedelta(days=1)


def longer_text(label: Any, rows: int = 2, **kwargs: Any) -> forms.CharField:
    """A field for a sentence or two."""
    return forms.CharField(
        label=label, max_length=2000, widget=forms.Textarea(attrs={"rows": rows}), **kwargs
    )


def categories() -> Any:
    """The categories that are in use."""
    return CaseCategory.objects.filter(active=True)


class VerbForm(forms.Form):
    """One verb. Several stand on a page, so each has ids of its own (`auto_id`)."""


class ReasonForm(VerbForm):
    """Why."""

    reason = longer_text(_("Why"))


class ClassifyForm(VerbForm):
    """Category and urgency."""

    category = forms.ModelChoiceField(
        categories(), label=_("Category"), to_field_name="code", empty_label=None
    )
    urgent = forms.BooleanField(label=_("Urgent"), required=False)


class ReclassifyForm(ClassifyForm):
    """Category and urgency, and why."""

    reason = longer_text(_("Why"))


class OtherForm(VerbForm):
    """Another case, by number."""

    other = forms.CharField(label=_("Number of the other case"), max_length=24)


class DispatchForm(VerbForm):
    """To whom, and why to them."""

    unit = forms.ModelChoiceField(Unit.objects.all(), label=_("Unit"))
    person = forms.CharField(label=_("Responsible person"), max_length=40, required=False)
    why = longer_text(_("Why this unit"))


class ReturnForm(VerbForm):
    """Why it is not ours, and whose it is."""

    reason = longer_text(_("Why it is not yours"))
    whose = forms.CharField(label=_("Whose it is"), max_length=200)


class HoldForm(VerbForm):
    """Why, and until which day."""

    reason = longer_text(_("Why"))
    until = EndOfDay(label=_("Until the end of"))


class GrantHoldForm(VerbForm):
    """Until which day, if not as asked."""

    until = EndOfDay(label=_("Until the end of (as asked when empty)"), required=False)


class ExtensionForm(VerbForm):
    """Why, and how much."""

    reason = longer_text(_("Why"))
    amount = forms.DecimalField(label=_("How much more"), min_value=0)


class GrantExtensionForm(VerbForm):
    """How much, if not as asked."""

    amount = forms.DecimalField(label=_("How much more (as asked when empty)"), min_value=0, required=False)


class FixForm(VerbForm):
    """What it looks like now."""

    photos = PhotosField(label=_("Photos afterwards"), required=False)
    note = longer_text(_("What was done"), required=False)
    longitude = forms.FloatField(required=False, widget=forms.HiddenInput())
    latitude = forms.FloatField(required=False, widget=forms.HiddenInput())

    def clean(self) -> dict[str, Any]:
        """Where the photos were taken, as `position`, where the browser said so and it lies on the earth."""
        given = super().clean() or {}
        longitude, latitude = given.pop("longitude", None), given.pop("latitude", None)
        if longitude is not None and latitude is not None and abs(longitude) <= 180 and abs(latitude) <= 90:
            given["position"] = Point(longitude, latitude, srid=4326)
        return given


class AddReportForm(VerbForm):
    """What somebody else saw of the same."""

    photos = PhotosField(label=_("Photos"), required=False)
    words = longer_text(_("What you saw"), required=False)


class VerifyForm(VerbForm):
    """What the checker saw."""

    photos = PhotosField(label=_("Photos"), required=False)
    seen = forms.BooleanField(label=_("I have seen it myself"), required=False)
    note = longer_text(_("Remark"), required=False)


class RejectFixForm(VerbForm):
    """What is still wrong."""

    reason = longer_text(_("What is still wrong"))
    photos = PhotosField(label=_("Photos"), required=False)
    seen = forms.BooleanField(label=_("I have seen it myself"), required=False)


class UrgeForm(VerbForm):
    """Why, and by when an answer is wanted."""

    reason = longer_text(_("Why"))
    answer_by = EndOfDay(label=_("Answer by the end of"))


class AnswerForm(VerbForm):
    """What is said to an urging."""

    answer = longer_text(_("Answer"))


class ReportForm(forms.Form):
    """A new case: at an asset, or at a position."""

    category = forms.ModelChoiceField(categories(), label=_("Category"), to_field_name="code")
    source = forms.ChoiceField(label=_("Source"), choices=Source.choices)
    asset = forms.CharField(label=_("Asset (component id)"), max_length=200, required=False)
    longitude = forms.FloatField(label=_("Longitude (WGS84)"), required=False)
    latitude = forms.FloatField(label=_("Latitude (WGS84)"), required=False)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    description = longer_text(_("Description"), rows=3, required=False)
    photos = PhotosField(label=_("Photos of the problem"), required=False)

    def clean_asset(self) -> str:
        """The component id, also of a plate's pasted address."""
        given = self.cleaned_data["asset"].strip()
        return component_id_in(given) or given
