"""What residents fill in; what a value means is checked by the actions."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.desk.forms import PhotosField, categories, longer_text
from portal.models import About, RemarkKind


def telephone() -> forms.CharField:
    """A number to be called at, which nobody has to leave."""
    return forms.CharField(
        label=_("Telephone, if you want to be called (only the office sees it)"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )


class MoreForm(forms.Form):
    """After a tap."""

    about = forms.ChoiceField(
        label=_("What for"), choices=[("", _("Please choose")), *About.choices], required=False
    )
    words = longer_text(_("In a few words"), rows=3, required=False)
    photos = PhotosField(label=_("A photo"), required=False)
    telephone = telephone()


def number_of_the_form() -> forms.UUIDField:
    """By which a form that is sent twice, by a second tap or a page loaded again, counts once."""
    return forms.UUIDField(required=False, initial=uuid4, widget=forms.HiddenInput())


class RemarkForm(forms.Form):
    """Praise or a suggestion."""

    kind = forms.ChoiceField(label=_("What it is"), choices=RemarkKind.choices)
    words = longer_text(_("In a few words"), rows=4)
    photos = PhotosField(label=_("A photo"), required=False)
    telephone = telephone()
    once = number_of_the_form()


class ResidentReportForm(forms.Form):
    """A problem, in a few words, with photos. Where it is: a plate, a site, or a place from the device or the map."""

    category = forms.ModelChoiceField(
        categories(), label=_("What is wrong"), to_field_name="code", empty_label=_("Please choose")
    )
    photos = PhotosField(label=_("Photos, three at most"), required=False)
    description = longer_text(_("In a few words"), rows=3, required=False)
    plate = forms.CharField(label=_("Number on the plate, if there is one"), max_length=200, required=False)
    address = forms.CharField(label=_("Where it is, in words"), max_length=200, required=False)
    site = forms.CharField(max_length=24, required=False, widget=forms.HiddenInput())
    longitude = forms.FloatField(required=False, widget=forms.HiddenInput())
    latitude = forms.FloatField(required=False, widget=forms.HiddenInput())
    telephone = telephone()
    once = number_of_the_form()
    # People leave it empty: it is not shown. What fills in everything is a program.
    website = forms.CharField(required=False, widget=forms.HiddenInput())


class CodeForm(forms.Form):
    """A tracking code."""

    code = forms.CharField(
        label=_("Tracking code"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
