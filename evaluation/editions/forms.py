"""What people fill in about editions and items."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models import CaseCategory
from evaluation.actions.keep_edition import EDITABLE
from evaluation.models import EvaluationItem


class NameForm(forms.Form):
    """An edition's code and name."""

    code = forms.SlugField(label=_("Code (small letters, digits, underscores)"), max_length=40)
    name = forms.CharField(label=_("Name"), max_length=120)


class ImportForm(NameForm):
    """A file with what its edition is."""

    file = forms.FileField(label=_("File (CSV or XLSX, one row an item)"))
    source = forms.CharField(label=_("Source"), max_length=300, required=False)
    category = forms.ModelChoiceField(
        CaseCategory.objects.filter(active=True),
        label=_("What findings are reported as"),
        to_field_name="code",
        required=False,
    )
    draft = forms.BooleanField(
        label=_("A draft (every page that shows it says so)"), required=False, initial=True
    )
    third_answer = forms.BooleanField(label=_("Knows “mostly conforms” as a third answer"), required=False)

    field_order = ["file", "name", "code", "source", "category", "draft", "third_answer"]


class ItemForm(forms.ModelForm):
    """An item; what may be changed of it the action says."""

    class Meta:
        model = EvaluationItem
        fields = EDITABLE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("text_zh", "text_en", "how", "how_en"):
            self.fields[name].widget = forms.Textarea(attrs={"rows": 2})

    def _post_clean(self) -> None:
        """What the values mean is checked by the action; the form only reads them."""
