"""A score scheme as a value: parts with weights, figures in them, classes of streets, bonuses, and what lists go by.

It is data of the department, kept as JSON with an edition (`ScoreScheme`) and copied into every sheet that is
published. Reading is strict: whatever is not understood is named, nothing is guessed. This module knows no database.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

# The figures that a part may be made of; who measures them registers itself (`measuring.py`).
FIGURES: Mapping[str, tuple[str, ...]] = {
    "evaluation": ("score_rate",),
    "rectification": ("in_time", "first_time_right"),
    "upkeep": ("condition", "looked_at", "coverage"),
    "residents": ("satisfied",),
}
# Nobody who reaches this is on the list of concern, whatever a scheme says.
NEVER_OF_CONCERN_FROM = Decimal(85)
_MOST = Decimal(1000)


class WhenShort(StrEnum):
    """What becomes of a street whose part rests on too few."""

    SHARE = "share"  # the weight is shared among its other parts
    UNRANKED = "unranked"  # the street has a score and no place


class BadScheme(Exception):
    """What is no scheme: a sentence for each thing that is wrong, by the name of its field."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__(" ".join(self.problems.values()))


@dataclass(frozen=True)
class FigureRule:
    """One figure of a part: its weight there, and the fewest it may rest on."""

    code: str
    weight: Decimal
    fewest: int


@dataclass(frozen=True)
class Part:
    """One part of the score."""

    code: str
    weight: Decimal
    when_short: WhenShort
    figures: tuple[FigureRule, ...]


@dataclass(frozen=True)
class StreetClass:
    """Streets that are compared by the same coefficient (一类、二类 …)."""

    code: str
    name: str
    coefficient: Decimal
    streets: tuple[str, ...]


@dataclass(frozen=True)
class Bonus:
    """What is added or taken off for one thing: points each time, and the most in a month."""

    code: str
    text: str
    points: Decimal
    most: Decimal


@dataclass(frozen=True)
class ListRules:
    """Who comes on the lists of honour and of concern."""

    honour_places: int
    honour_from: Decimal
    concern_places: int
    concern_below: Decimal
    streak: int  # months in a row that the list of concern takes


@dataclass(frozen=True)
class Scheme:
    """The whole of it. Weights are relative: they need not come to a hundred."""

    parts: tuple[Part, ...]
    classes: tuple[StreetClass, ...]
    bonuses: tuple[Bonus, ...]
    most_bonus: Decimal  # of all bonuses of a month, up and down
    own_late_weight: Decimal  # of a late case that the street's own people found: 0 … 1
    lists: ListRules

    def class_of(self, street: str) -> StreetClass | None:
        """The class of a street, by its code."""
        return next((street_class for street_class in self.classes if street in street_class.streets), None)

    def coefficient_of(self, street: str) -> Decimal:
        """What the score of a street is multiplied by; 1 for one that is in no class."""
        found = self.class_of(street)
        return found.coefficient if found else Decimal(1)

    def as_json(self) -> dict[str, Any]:
        """The scheme as it is stored; `read_scheme` reads it back."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


def _plain(value: Any) -> Any:
    """Decimals as text, so that they come back to the digit."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return str(value) if isinstance(value, Decimal | StrEnum) else value


def usual_scheme() -> Scheme:
    """Evaluation 50, rectification 25, upkeep 15, residents 10: what a department starts from."""
    parts = (
        _part("evaluation", 50, WhenShort.UNRANKED, ("score_rate", 100, 20)),
        _part("rectification", 25, WhenShort.UNRANKED, ("in_time", 70, 5), ("first_time_right", 30, 5)),
        _part(
            "upkeep",
            15,
            WhenShort.SHARE,
            ("condition", 50, 20),
            ("looked_at", 30, 20),
            ("coverage", 20, 1),
        ),
        _part("residents", 10, WhenShort.SHARE, ("satisfied", 100, 20)),
    )
    lists = ListRules(3, Decimal(90), 3, NEVER_OF_CONCERN_FROM, 1)
    return Scheme(parts, (), (), Decimal(5), Decimal(1), lists)


def _part(code: str, weight: int, when_short: WhenShort, *figures: tuple[str, int, int]) -> Part:
    rules = tuple(FigureRule(name, Decimal(share), fewest) for name, share, fewest in figures)
    return Part(code, Decimal(weight), when_short, rules)


def read_scheme(given: Mapping[str, Any]) -> Scheme:
    """A scheme from what is stored or was sent.

    Raises:
        BadScheme: naming every field that is wrong, as `parts.evaluation.weight`.
    """
    reading = _Reading(given)
    scheme = Scheme(
        parts=tuple(reading.part(row) for row in reading.rows(given, "parts")),
        classes=tuple(reading.street_class(row) for row in reading.rows(given, "classes")),
        bonuses=tuple(reading.bonus(row) for row in reading.rows(given, "bonuses")),
        most_bonus=reading.number(given, "most_bonus", "most_bonus", Decimal(0), Decimal(100)),
        own_late_weight=reading.number(given, "own_late_weight", "own_late_weight", Decimal(0), Decimal(1)),
        lists=reading.lists(given.get("lists")),
    )
    reading.whole(scheme)
    if reading.problems:
        raise BadScheme(reading.problems)
    return scheme


class _Reading:
    """Reads a scheme field by field, and keeps what is wrong."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.problems: dict[str, str] = {}
        fields = {"parts", "classes", "bonuses", "most_bonus", "own_late_weight", "lists"}
        for name in sorted(given.keys() - fields):
            self.wrong(name, _("A score scheme has no “%(name)s”.") % {"name": name})

    def wrong(self, name: str, sentence: str) -> None:
        self.problems.setdefault(name, sentence)

    def rows(self, given: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
        rows = given.get(name)
        if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
            self.wrong(name, _("“%(name)s” is missing, or no list of rows.") % {"name": name})
            return []
        return rows

    def text(self, row: Mapping[str, Any], key: str, name: str, longest: int = 100) -> str:
        text = str(row.get(key) or "").strip()
        if not 0 < len(text) <= longest:
            self.wrong(name, _("Between 1 and %(most)s characters.") % {"most": longest})
        return text[:longest]

    def number(
        self, row: Mapping[str, Any], key: str, name: str, least: Decimal, most: Decimal = _MOST
    ) -> Decimal:
        try:
            number = Decimal(str(row.get(key)).strip())
            # A float of a spreadsheet, 0.30000000000000004, is nobody's weight: three places are kept.
            if not number.is_finite() or not least <= number <= most or round(number, 3) != number:
                raise InvalidOperation
        except InvalidOperation:
            self.wrong(
                name,
                _("Give a number from %(least)s to %(most)s, with at most three decimals.")
                % {"least": least, "most": most},
            )
            return least
        return number

    def whole_number(self, row: Mapping[str, Any], key: str, name: str, most: int = 100_000) -> int:
        number = self.number(row, key, name, Decimal(0), Decimal(most))
        if number % 1:
            self.wrong(name, _("Give a whole number."))
        return int(number)

    def part(self, row: Mapping[str, Any]) -> Part:
        code = str(row.get("code") or "")
        name = f"parts.{code or '?'}"
        if code not in FIGURES:
            self.wrong(
                name,
                _("There is no part “%(code)s”: use %(codes)s.")
                % {"code": code[:40], "codes": ", ".join(FIGURES)},
            )
        when = str(row.get("when_short"))
        if when not in set(WhenShort):
            self.wrong(f"{name}.when_short", _("Say %(codes)s.") % {"codes": ", ".join(WhenShort)})
            when = WhenShort.SHARE
        weight = self.number(row, "weight", f"{name}.weight", Decimal(0))
        figures = tuple(self.figure(figure_row, name, code) for figure_row in self.rows(row, "figures"))
        return Part(code, weight, WhenShort(when), figures)

    def figure(self, row: Mapping[str, Any], part: str, code_of_part: str) -> FigureRule:
        code = str(row.get("code") or "")
        name = f"{part}.{code or '?'}"
        possible = FIGURES.get(code_of_part, ())
        if code not in possible:
            self.wrong(
                name,
                _("There is no figure “%(code)s” here: use %(codes)s.")
                % {"code": code[:40], "codes": ", ".join(possible)},
            )
        weight = self.number(row, "weight", f"{name}.weight", Decimal(0))
        return FigureRule(code, weight, self.whole_number(row, "fewest", f"{name}.fewest"))

    def street_class(self, row: Mapping[str, Any]) -> StreetClass:
        code = self.text(row, "code", "classes", 20)
        name = f"classes.{code}"
        streets = row.get("streets")
        if not isinstance(streets, list) or not all(_is_street(street) for street in streets):
            self.wrong(name, _("The streets of a class are their nine-digit codes."))
            streets = []
        coefficient = self.number(row, "coefficient", name, Decimal("0.5"), Decimal(2))
        return StreetClass(code, self.text(row, "name", name), coefficient, tuple(map(str, streets)))

    def bonus(self, row: Mapping[str, Any]) -> Bonus:
        code = self.text(row, "code", "bonuses", 20)
        name = f"bonuses.{code}"
        points = self.number(row, "points", name, Decimal(-100), Decimal(100))
        most = self.number(row, "most", name, Decimal(0), Decimal(100))
        return Bonus(code, self.text(row, "text", name), points, most)

    def lists(self, row: Any) -> ListRules:
        if not isinstance(row, Mapping):
            self.wrong("lists", _("“%(name)s” is missing, or no list of rows.") % {"name": "lists"})
            return usual_scheme().lists
        return ListRules(
            self.whole_number(row, "honour_places", "lists.honour_places", 20),
            self.number(row, "honour_from", "lists.honour_from", Decimal(0), Decimal(200)),
            self.whole_number(row, "concern_places", "lists.concern_places", 20),
            self.number(row, "concern_below", "lists.concern_below", Decimal(0), NEVER_OF_CONCERN_FROM),
            max(1, self.whole_number(row, "streak", "lists.streak", 24)),
        )

    def whole(self, scheme: Scheme) -> None:
        """What no field says by itself."""
        if not any(part.weight for part in scheme.parts):
            self.wrong("parts", _("At least one part has to have a weight."))
        for part in scheme.parts:
            if part.weight and not any(figure.weight for figure in part.figures):
                self.wrong(f"parts.{part.code}", _("A part with a weight needs a figure with a weight."))
        self.once("parts", (part.code for part in scheme.parts))
        for part in scheme.parts:
            self.once(f"parts.{part.code}", (figure.code for figure in part.figures))
        self.once("classes", (street_class.code for street_class in scheme.classes))
        self.once("classes", (street for street_class in scheme.classes for street in street_class.streets))
        self.once("bonuses", (bonus.code for bonus in scheme.bonuses))

    def once(self, name: str, codes: Iterable[str]) -> None:
        seen: set[str] = set()
        for code in codes:
            if code in seen:
                self.wrong(name, _("“%(code)s” stands there twice.") % {"code": code})
            seen.add(code)


def _is_street(code: Any) -> bool:
    text = str(code)
    return len(text) == 9 and text.isascii() and text.isdigit()
