"""What people fill in about exposures. What a value means is checked by the actions; forms only read it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from accounts.models import User
from assets.models import Campaign
from cases.actions.propose_exposure import LONGEST_TEXT, Wording
from cases.models import Channel, LookResult
from work.jobs.forms import DayInput


class ProposeForm(forms.Form):
    """What is said, where and when; the cases stand in the address."""

    cases = forms.CharField(label=gettext_lazy("Case numbers, separated by spaces"), max_length=1000)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=80)
    text = forms.CharField(
        label=gettext_lazy("Text"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 4})
    )
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=Channel.choices)
    shown_from = forms.DateField(label=gettext_lazy("Shown from"), widget=DayInput())
    shown_to = forms.DateField(label=gettext_lazy("Shown to"), widget=DayInput())
    look_again_on = forms.DateField(label=gettext_lazy("Look again on"), widget=DayInput())
    campaign = forms.ModelChoiceField(
        Campaign.objects.none(), label=gettext_lazy("Campaign"), to_field_name="code", required=False
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        running = Campaign.objects.visible_to(user).filter(closed_at=None)
        self.fields["campaign"].queryset = running  # type: ignore[attr-defined]

    def wording(self) -> Wording:
        """What was filled in."""
        given = dict(self.cleaned_data)
        given.pop("cases")
        return Wording(**given)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=gettext_lazy("Why"), max_length=300)


class LookForm(forms.Form):
    """What is seen now."""

    result = forms.ChoiceField(label=gettext_lazy("What is seen"), choices=LookResult.choices)
    words = forms.CharField(label=gettext_lazy("In words"), max_length=300, required=False)
    photo = forms.FileField(
        label=gettext_lazy("Photo"), required=False, widget=forms.FileInput(attrs={"accept": "image/*"})
    )
