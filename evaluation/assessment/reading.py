"""Which sheets a reader may see, and a sheet as pages and documents show it: published, or a dry run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import PREPARE_SHEETS, PUBLISH_SHEET, READ_SHEETS, can, scope_of
from assets.filter_parameters import FilterError
from evaluation.assessment import words
from evaluation.assessment.sheets import Worked
from evaluation.models import ScoreSheet, StreetList
from places.models import Area, Level
from web.months import read_month


def districts_of(user: User) -> list[Area]:
    """The districts whose sheets somebody reads; those that have a scheme first."""
    scope = scope_of(user, READ_SHEETS)
    found = Area.objects.filter(level=Level.DISTRICT).defer("boundary").order_by("code")
    readable = [area for area in found if scope.covers(area.code)]
    with_scheme = set(
        Area.objects.filter(score_schemes__isnull=False, level=Level.DISTRICT).values_list("pk", flat=True)
    )
    return sorted(readable, key=lambda area: (area.pk not in with_scheme, area.code))


def district_named(user: User, code: str, verb: str = READ_SHEETS) -> Area:
    """A district by its code.

    Raises:
        Http404: there is none, or the user may not do this there.
    """
    area = Area.objects.filter(code=code, level=Level.DISTRICT).defer("boundary").first()
    if area is None or not can(user, READ_SHEETS, area) or not can(user, verb, area):
        raise Http404
    return area


def month_named(text: str) -> date:
    """A month of an address, 2026-10.

    Raises:
        Http404: it is none.
    """
    try:
        return read_month(text)
    except FilterError:
        raise Http404 from None


def sheet_named(district: Area, month: date) -> ScoreSheet:
    """The published sheet of a month.

    Raises:
        Http404: nothing is published.
    """
    sheet = ScoreSheet.objects.filter(district=district, month=month).first()
    if sheet is None:
        raise Http404
    return sheet


def lists_for(user: User, sheet: ScoreSheet) -> list[StreetList]:
    """The lists of a sheet that somebody may see: approved ones, and all for who prepares or decides."""
    lists = list(sheet.lists.select_related("decision", "sheet__district").order_by("-kind"))
    if can(user, PREPARE_SHEETS, sheet):
        return lists
    return [street_list for street_list in lists if is_approved(street_list)]


def is_approved(street_list: StreetList) -> bool:
    """Whether a second person has approved it."""
    decision = getattr(street_list, "decision", None)
    return decision is not None and decision.approved


@dataclass(frozen=True)
class Shown:
    """A sheet with its words: what templates go through."""

    told: Mapping[str, Any]

    @classmethod
    def of(cls, sheet: ScoreSheet | Worked) -> "Shown":
        """Of a published sheet, or of one that is only worked out."""
        return cls(sheet.told)

    @property
    def parts(self) -> list[dict[str, Any]]:
        """The parts with a weight, named, as the head of the ranking."""
        return [
            {"code": part["code"], "name": words.PARTS[part["code"]], "weight": plain(part["weight"])}
            for part in self.told["scheme"]["parts"]
            if float(part["weight"])
        ]

    @property
    def streets(self) -> list[dict[str, Any]]:
        """The streets, those with a place first, each part and figure with its words."""
        return [self.street_row(row) for row in self.told["streets"]]

    def street(self, code: str) -> dict[str, Any]:
        """One street.

        Raises:
            Http404: it is not on the sheet.
        """
        row = next((row for row in self.told["streets"] if row["code"] == code), None)
        if row is None:
            raise Http404
        return self.street_row(row)

    def street_row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """One street's row with words."""
        return {
            **row,
            "parts": [_part_in_words(part) for part in row["parts"]],
            "bonuses": [self._bonus_in_words(bonus) for bonus in row["bonuses"]],
            "why_unranked": self._why_unranked(row),
        }

    def _bonus_in_words(self, given: Mapping[str, Any]) -> dict[str, Any]:
        listed = {bonus["code"]: bonus["text"] for bonus in self.told["scheme"]["bonuses"]}
        return {**given, "name": listed.get(given["code"]) or words.BONUSES.get(given["code"], given["code"])}

    def _why_unranked(self, row: Mapping[str, Any]) -> str:
        if row["place"] is not None:
            return ""
        unranking = {
            part["code"] for part in self.told["scheme"]["parts"] if part["when_short"] == "unranked"
        }
        thin = [
            figure
            for part in row["parts"]
            if part["standing"] == "short" and part["code"] in unranking
            for figure in part["figures"]
        ]
        return _(", ").join(
            _("%(figure)s: %(n)s of at least %(fewest)s")
            % {"figure": words.FIGURES[figure["code"]], "n": figure["n"], "fewest": figure["fewest"]}
            for figure in thin
        )

    @property
    def totals(self) -> list[dict[str, Any]]:
        """The district's figures, all streets together, with words."""
        return [{**row, "name": words.FIGURES[row["code"]]} for row in self.told["totals"]]


def _part_in_words(part: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **part,
        "weight": plain(part["weight"]),
        "name": words.PARTS[part["code"]],
        "said": words.STANDINGS[part["standing"]],
        "figures": [
            {
                **figure,
                "name": words.FIGURES[figure["code"]],
                "formula": words.FORMULAS[figure["code"]],
                "said": words.STANDINGS[figure["standing"]],
            }
            for figure in part["figures"]
        ],
    }


def plain(number: str) -> str:
    """A number without zeros that say nothing: 50.000 → 50."""
    return number.rstrip("0").rstrip(".") if "." in number else number


def evidence_in_words(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows behind a figure, with what they came to in words."""
    return [{**row, "came_to": words.OUTCOMES.get(row["outcome"], row["outcome"])} for row in rows]


def may_publish(user: User, district: Area) -> bool:
    """Whether somebody keeps schemes and publishes there."""
    return can(user, PUBLISH_SHEET, district)
