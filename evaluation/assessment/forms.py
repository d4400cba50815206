"""What is typed in the assessment: requests with dates, bonuses, decisions, appeals and their answers."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.desk.forms import longer_text
from evaluation.assessment.scheme import Scheme, read_scheme
from evaluation.models import ScoreScheme
from places.models import Area, Level

_PARTED = re.compile(r"[;；|]")
MOST_REQUESTS = 60


def request_lines(told: Mapping[str, Any], by: date) -> str:
    """What a bulletin would ask for first: each street to put right what is past its limit."""
    names = {row["code"]: row["name"] for row in told["streets"]}
    return "\n".join(
        _("%(street)s; put right %(n)s cases past their limit; %(by)s")
        % {"street": names[row["street"]], "n": row["cases"], "by": by.isoformat()}
        for row in told["bulletin"].get("overdue", ())
        if row["street"] in names
    )


def read_requests(text: str) -> list[dict[str, str]]:
    """Requests, one a line: who; what; by when.

    Raises:
        ValidationError: naming the line that is none.
    """
    found = []
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_REQUESTS:
        raise ValidationError(_("At most %(most)s requests.") % {"most": MOST_REQUESTS})
    for line in lines:
        cells = [cell.strip() for cell in _PARTED.split(line)]
        try:
            day = parse_date(cells[2]) if len(cells) == 3 else None
        except ValueError:
            day = None
        if day is None or not cells[0] or not cells[1] or len(line) > 300:
            raise ValidationError(
                _("“%(line)s”: write who; what; by when, such as 2026-12-15.") % {"line": line[:60]}
            )
        found.append({"street": cells[0], "text": cells[1], "by": day.isoformat()})
    return found


class PublishForm(forms.Form):
    """Publish what was looked at."""

    seen = forms.CharField(max_length=64)
    requests = longer_text(gettext_lazy("Requests, one a line: who; what; by when"), rows=6, required=False)

    def clean_requests(self) -> list[dict[str, str]]:
        """Each line in its three parts."""
        return read_requests(self.cleaned_data["requests"])


class DecisionForm(forms.Form):
    """Yes or no to a list."""

    decision = forms.ChoiceField(choices=[("approve", ""), ("refuse", "")])
    reason = forms.CharField(max_length=300, required=False)


class BonusForm(forms.Form):
    """Points for a street, off the scheme's list."""

    street = forms.ModelChoiceField(Area.objects.none(), label=gettext_lazy("Street"), to_field_name="code")
    code = forms.ChoiceField(label=gettext_lazy("Bonus"))
    points = forms.DecimalField(
        label=gettext_lazy("Points (negative takes off)"), max_digits=5, decimal_places=2, required=False
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)

    def __init__(self, district: Area, scheme: ScoreScheme, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scheme: Scheme = read_scheme(scheme.content)
        streets: Any = self.fields["street"]
        streets.queryset = Area.objects.filter(level=Level.STREET, code__startswith=district.code).defer(
            "boundary"
        )
        codes: Any = self.fields["code"]
        codes.choices = [(bonus.code, f"{bonus.text} ({bonus.points:+})") for bonus in self.scheme.bonuses]

    @property
    def points_given(self) -> Decimal:
        """What was typed, else what the list says."""
        typed: Decimal | None = self.cleaned_data["points"]
        listed = {bonus.code: bonus.points for bonus in self.scheme.bonuses}
        return typed if typed is not None else listed[self.cleaned_data["code"]]


class AppealForm(forms.Form):
    """A street's objection."""

    figure = forms.CharField(max_length=20, required=False)
    reason = longer_text(gettext_lazy("Reason"), rows=4)


class AnswerForm(forms.Form):
    """The desk's answer."""

    upheld = forms.ChoiceField(choices=[("yes", ""), ("no", "")])
    text = longer_text(gettext_lazy("Answer"), rows=3)
    points = forms.DecimalField(max_digits=5, decimal_places=2, required=False)
