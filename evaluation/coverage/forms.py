"""What people fill in about coverage rules. What it means is checked by the actions; forms only read it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assets.models import AssetType, Defect, Theme
from evaluation.coverage.parameters import PARAMETERS
from evaluation.models import CoverageRule, Metric, Operator
from places.models import SiteKind

WHERE = [("", _("Indoors and outdoors")), ("outdoor", _("Outdoors")), ("indoor", _("Indoors"))]


class Codes(forms.ModelMultipleChoiceField):
    """Some entries of a list, as their codes."""

    def __init__(self, model: Any, label: Any) -> None:
        super().__init__(model.objects.filter(active=True), label=label, to_field_name="code", required=False)
        self.widget.attrs["size"] = 7

    def clean(self, value: Any) -> Any:
        """The codes, in the list's order."""
        return [entry.code for entry in super().clean(value)]


class RuleForm(forms.Form):
    """A rule: its wording, what is measured, of which pieces, at which places."""

    name_zh = forms.CharField(label=_("Chinese wording"), max_length=200)
    name_en = forms.CharField(label=_("English wording"), max_length=300, required=False)
    metric = forms.ChoiceField(label=_("What is measured"), choices=[("", "—"), *Metric.choices])
    operator = forms.ChoiceField(label=_("Compared how"), choices=Operator.choices)
    threshold = forms.DecimalField(
        label=_("Wanted"), min_value=0, max_digits=10, decimal_places=2, required=False
    )
    unit = forms.CharField(label=_("Unit, for people"), max_length=30, required=False)
    window_m = forms.FloatField(required=False)
    reach_m = forms.FloatField(required=False)
    radius_m = forms.FloatField(required=False)
    pieces = forms.IntegerField(required=False)
    where = forms.ChoiceField(label=_("Spacing holds"), choices=WHERE, required=False)
    site_kinds = Codes(SiteKind, _("Site kinds (all when none is chosen)"))
    carriers = Codes(AssetType, _("Carriers (all when none is chosen)"))
    themes = Codes(Theme, _("Themes (all when none is chosen)"))
    defects = Codes(
        Defect, _("Defects with which a piece does not count (the usual ones when none is chosen)")
    )
    active = forms.BooleanField(label=_("Switched on"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for parameter in PARAMETERS:
            self.fields[parameter.name].label = str(parameter.title)

    @classmethod
    def of(cls, rule: CoverageRule) -> "RuleForm":
        """Filled in with what a rule says."""
        own = {name: getattr(rule, name) for name in cls.base_fields if hasattr(rule, name)}
        return cls(initial={**own, **rule.parameters})

    def changes(self) -> dict[str, Any]:
        """What was filled in, as the action takes it."""
        given = dict(self.cleaned_data)
        parameters = {
            name: given.pop(name)
            for name in ("where", "defects", *(parameter.name for parameter in PARAMETERS))
        }
        given["parameters"] = {
            name: value for name, value in parameters.items() if value not in (None, "", [])
        }
        return given


class ImportForm(forms.Form):
    """A file of rules, and what its edition is called."""

    file = forms.FileField(
        label=_("File (CSV or XLSX)"), widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"})
    )
    edition = forms.CharField(label=_("Edition"), max_length=60)
