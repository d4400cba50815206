"""The form of a score scheme: a field for every number, and a line for every class of streets and every bonus."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.desk.forms import longer_text
from evaluation.assessment import words
from evaluation.assessment.scheme import FIGURES, BadScheme, Scheme, WhenShort, read_scheme
from evaluation.models import ScoreScheme

_NUMBERS: Mapping[str, Any] = {
    "most_bonus": gettext_lazy("Most points of all bonuses in a month"),
    "own_late_weight": gettext_lazy(
        "How much a late case counts that the street’s own people found (0 to 1)"
    ),
    "lists.honour_places": gettext_lazy("List of honour: how many places"),
    "lists.honour_from": gettext_lazy("List of honour: score from"),
    "lists.concern_places": gettext_lazy("List of concern: how many places"),
    "lists.concern_below": gettext_lazy("List of concern: score below (never above 85)"),
    "lists.streak": gettext_lazy("List of concern: months in a row"),
}
_WHEN = [
    (WhenShort.SHARE.value, gettext_lazy("share its weight among the other parts")),
    (WhenShort.UNRANKED.value, gettext_lazy("leave the street without a place")),
]


class SchemeForm(forms.Form):
    """One edition."""

    edition = forms.CharField(label=gettext_lazy("Edition"), max_length=40)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    source = forms.CharField(
        label=gettext_lazy("Source (number and date of the document)"), max_length=200, required=False
    )
    draft = forms.BooleanField(label=gettext_lazy("Draft, confirmed by nobody yet"), required=False)
    active = forms.BooleanField(label=gettext_lazy("In use"), required=False)
    classes = longer_text(
        gettext_lazy("Classes of streets, one a line: code; name; coefficient; codes of streets"),
        rows=4,
        required=False,
    )
    bonuses = longer_text(
        gettext_lazy("Bonuses, one a line: code; what for; points; most in a month"), rows=4, required=False
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for part, figures in FIGURES.items():
            self.fields[f"{part}.weight"] = forms.CharField(max_length=12)
            self.fields[f"{part}.when_short"] = forms.ChoiceField(choices=_WHEN)
            for figure in figures:
                self.fields[f"{part}.{figure}.weight"] = forms.CharField(max_length=12)
                self.fields[f"{part}.{figure}.fewest"] = forms.CharField(max_length=6)
        for name, label in _NUMBERS.items():
            self.fields[name] = forms.CharField(label=label, max_length=12)
        self.scheme: Scheme | None = None

    @property
    def parts(self) -> list[dict[str, Any]]:
        """The table of weights, as the page lays it out."""
        return [
            {
                "name": words.PARTS[part],
                "weight": self[f"{part}.weight"],
                "when_short": self[f"{part}.when_short"],
                "figures": [
                    {
                        "name": words.FIGURES[figure],
                        "formula": words.FORMULAS[figure],
                        "weight": self[f"{part}.{figure}.weight"],
                        "fewest": self[f"{part}.{figure}.fewest"],
                    }
                    for figure in figures
                ],
            }
            for part, figures in FIGURES.items()
        ]

    @property
    def numbers(self) -> list[Any]:
        """The other numbers."""
        return [self[name] for name in _NUMBERS]

    def clean(self) -> dict[str, Any]:
        """The scheme that was typed; each thing that is wrong stands at its field."""
        given = super().clean() or self.cleaned_data
        try:
            self.scheme = read_scheme(self._typed(given))
        except BadScheme as bad:
            for name, sentence in bad.problems.items():
                self._say(name, sentence)
        return given

    def _typed(self, given: Mapping[str, Any]) -> dict[str, Any]:
        lists = {name.partition(".")[2]: given.get(name) for name in _NUMBERS if name.startswith("lists.")}
        return {
            "parts": [
                {
                    "code": part,
                    "weight": given.get(f"{part}.weight"),
                    "when_short": given.get(f"{part}.when_short"),
                    "figures": [
                        {
                            "code": figure,
                            "weight": given.get(f"{part}.{figure}.weight"),
                            "fewest": given.get(f"{part}.{figure}.fewest"),
                        }
                        for figure in figures
                    ],
                }
                for part, figures in FIGURES.items()
            ],
            "classes": self._lines(given, "classes", ("code", "name", "coefficient", "streets")),
            "bonuses": self._lines(given, "bonuses", ("code", "text", "points", "most")),
            "most_bonus": given.get("most_bonus"),
            "own_late_weight": given.get("own_late_weight"),
            "lists": lists,
        }

    def _lines(self, given: Mapping[str, Any], name: str, columns: tuple[str, ...]) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for line in filter(None, map(str.strip, (given.get(name) or "").splitlines())):
            cells = [cell.strip() for cell in line.replace("；", ";").split(";", len(columns) - 1)]
            if len(cells) < len(columns):
                self.add_error(name, _("“%(line)s”: four things, with ; between them.") % {"line": line[:60]})
                continue
            row: dict[str, Any] = dict(zip(columns, cells, strict=True))
            if "streets" in row:
                row["streets"] = row["streets"].replace(";", " ").replace(",", " ").replace("，", " ").split()
            rows.append(row)
        return rows

    def _say(self, name: str, sentence: str) -> None:
        """Names of the value differ from those of fields by `parts.` and by what is a line here."""
        field = name.removeprefix("parts.")
        for field_name in (field, f"{field}.weight", field.partition(".")[0]):
            if field_name in self.fields:
                self.add_error(field_name, sentence)
                return
        self.add_error(None, sentence)


def initial_of(scheme: Scheme, kept: ScoreScheme | None = None) -> dict[str, Any]:
    """What the form starts from."""
    given: dict[str, Any] = {"active": True}
    if kept is not None:
        columns = ("edition", "name", "source", "draft", "active", "version")
        given = {name: getattr(kept, name) for name in columns}
    for part in scheme.parts:
        given[f"{part.code}.weight"] = str(part.weight)
        given[f"{part.code}.when_short"] = part.when_short.value
        for figure in part.figures:
            given[f"{part.code}.{figure.code}.weight"] = str(figure.weight)
            given[f"{part.code}.{figure.code}.fewest"] = str(figure.fewest)
    for code in FIGURES:
        given.setdefault(f"{code}.weight", "0")
        given.setdefault(f"{code}.when_short", WhenShort.SHARE.value)
        for name in FIGURES[code]:
            given.setdefault(f"{code}.{name}.weight", "0")
            given.setdefault(f"{code}.{name}.fewest", "0")
    for name in ("most_bonus", "own_late_weight"):
        given[name] = str(getattr(scheme, name))
    for name in _NUMBERS:
        if name.startswith("lists."):
            given[name] = str(getattr(scheme.lists, name.partition(".")[2]))
    given["classes"] = "\n".join(
        f"{street_class.code}; {street_class.name}; {street_class.coefficient}; {' '.join(street_class.streets)}"
        for street_class in scheme.classes
    )
    given["bonuses"] = "\n".join(
        f"{bonus.code}; {bonus.text}; {bonus.points}; {bonus.most}" for bonus in scheme.bonuses
    )
    return given
