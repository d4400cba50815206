"""From figures to places: the score of each street under a scheme, ties, and who is too thin to be ranked.

Pure and exact: rates are fractions until the one rounding, half up to two decimals, by which streets are compared.

* A figure below its fewest is short (样本不足): its weight is shared among the other figures of its part.
* A part of which no street has a single count was not measured: its weight is shared, for all alike.
* A part whose figures are all short: `share` shares its weight for that street, `unranked` leaves it without a place.
* Score = (Σ share × part) × coefficient of its class + bonuses. Equal scores share a place: 1, 2, 2, 4.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from evaluation.assessment.formulas import Rate
from evaluation.assessment.scheme import Part, Scheme, WhenShort


class Standing(StrEnum):
    """What became of a figure, a part or a street."""

    COUNTED = "counted"
    SHORT = "short"
    NOT_MEASURED = "not_measured"


@dataclass(frozen=True)
class FigureScore:
    """One figure of one street."""

    code: str
    rate: Rate | None
    fewest: int
    standing: Standing


@dataclass(frozen=True)
class PartScore:
    """One part of one street: its weight, the share of the score it has, and its value of a hundred."""

    code: str
    weight: Decimal
    share: Fraction
    value: Fraction | None
    standing: Standing
    figures: tuple[FigureScore, ...]


@dataclass(frozen=True)
class GivenBonus:
    """Points that a street was given or lost in the month."""

    code: str
    points: Decimal
    reason: str


@dataclass(frozen=True)
class StreetScore:
    """One street: its parts, its score, and its place where it has one."""

    street: str
    parts: tuple[PartScore, ...]
    base: Fraction | None
    coefficient: Decimal
    bonus: Decimal
    score: Decimal | None
    standing: Standing
    place: int | None = None


Figures = Mapping[str, Rate]


def rounded(value: Fraction) -> Decimal:
    """Half up, to two decimals."""
    hundredths = (value * 100 + Fraction(1, 2)).__floor__()
    return Decimal(hundredths).scaleb(-2)


def score_streets(
    scheme: Scheme, figures: Mapping[str, Figures], bonuses: Mapping[str, Sequence[GivenBonus]]
) -> list[StreetScore]:
    """The streets under a scheme, those with a place first and in its order, the others by their code."""
    measured = {
        part.code
        for part in scheme.parts
        if any(_has_count(own.get(rule.code)) for own in figures.values() for rule in part.figures)
    }
    scores = [
        _street(scheme, street, own, bonuses.get(street, ()), measured)
        for street, own in sorted(figures.items())
    ]
    return _placed(scores)


def bonus_points(scheme: Scheme, given: Iterable[GivenBonus]) -> Decimal:
    """What bonuses come to: each kind within its own most, all of them within the scheme's."""
    by_code: dict[str, Decimal] = {}
    for award in given:
        by_code[award.code] = by_code.get(award.code, Decimal(0)) + award.points
    most = {bonus.code: bonus.most for bonus in scheme.bonuses}
    total = sum(
        (_within(points, most.get(code, scheme.most_bonus)) for code, points in by_code.items()), Decimal(0)
    )
    return _within(total, scheme.most_bonus)


def _within(points: Decimal, most: Decimal) -> Decimal:
    return max(-most, min(most, points))


def _has_count(found: Rate | None) -> bool:
    return found is not None and found.n > 0


def _street(
    scheme: Scheme, street: str, own: Figures, given: Sequence[GivenBonus], measured: set[str]
) -> StreetScore:
    parts = [_part(part, own, part.code in measured) for part in scheme.parts if part.weight]
    short = {part.code for part in parts if part.standing is Standing.SHORT}
    unranked = any(part.code in short and part.when_short is WhenShort.UNRANKED for part in scheme.parts)
    counted = sum((Fraction(part.weight) for part in parts if part.value is not None), Fraction(0))
    shared = tuple(
        replace(part, share=Fraction(part.weight) / counted) if part.value is not None else part
        for part in parts
    )
    coefficient, bonus = scheme.coefficient_of(street), bonus_points(scheme, given)
    if not counted:
        return StreetScore(street, shared, None, coefficient, bonus, None, Standing.SHORT)
    base = sum((part.share * part.value for part in shared if part.value is not None), Fraction(0))
    score = rounded(base * Fraction(coefficient) + Fraction(bonus))
    standing = Standing.SHORT if unranked else Standing.COUNTED
    return StreetScore(street, shared, base, coefficient, bonus, score, standing)


def _part(part: Part, own: Figures, is_measured: bool) -> PartScore:
    figures = []
    weighted, weights = Fraction(0), Fraction(0)
    for rule in part.figures:
        if not rule.weight:
            continue
        found = own.get(rule.code)
        standing = Standing.NOT_MEASURED if found is None else Standing.COUNTED
        if found is not None and (found.n < rule.fewest or found.value is None):
            standing = Standing.SHORT
        if standing is Standing.COUNTED and found is not None and found.value is not None:
            weighted += Fraction(rule.weight) * found.value * 100
            weights += Fraction(rule.weight)
        figures.append(FigureScore(rule.code, found, rule.fewest, standing))
    value = weighted / weights if weights else None
    standing = Standing.COUNTED if value is not None else Standing.SHORT
    if not is_measured:
        standing = Standing.NOT_MEASURED
    return PartScore(part.code, part.weight, Fraction(0), value, standing, tuple(figures))


def _placed(scores: list[StreetScore]) -> list[StreetScore]:
    ranked = [street_score for street_score in scores if street_score.standing is Standing.COUNTED]
    ranked.sort(key=lambda street_score: (-(street_score.score or 0), street_score.street))
    placed: list[StreetScore] = []
    for number, street_score in enumerate(ranked, 1):
        ties = placed and placed[-1].score == street_score.score
        placed.append(replace(street_score, place=placed[-1].place if ties else number))
    return placed + [street_score for street_score in scores if street_score.standing is not Standing.COUNTED]


@dataclass(frozen=True)
class Listed:
    """A street that a rule puts on a list, with the months in a row that it has kept to the rule."""

    street: str
    score: Decimal
    streak: int


def of_honour(
    scheme: Scheme, scores: Sequence[StreetScore], earlier: Sequence[Mapping[str, Decimal]]
) -> list[Listed]:
    """The list of honour (红榜): the first places, from the rule's score on.

    Args:
        earlier: the scores of the ranked streets in the months before, the last one first.
    """
    rules = scheme.lists
    reached = [
        street_score
        for street_score in scores
        if street_score.place and street_score.score is not None and street_score.score >= rules.honour_from
    ]
    return [
        Listed(
            street_score.street,
            street_score.score,
            1 + _in_a_row(earlier, street_score.street, lambda score: score >= rules.honour_from),
        )
        for street_score in reached
        if street_score.place is not None
        and street_score.place <= rules.honour_places
        and street_score.score is not None
    ]


def of_concern(
    scheme: Scheme, scores: Sequence[StreetScore], earlier: Sequence[Mapping[str, Decimal]]
) -> list[Listed]:
    """The list of concern (黑榜): the last places of those ranked, below the rule's score, so many months in a row.

    Nobody who reaches 85 is on it: a scheme cannot say otherwise.
    """
    rules = scheme.lists
    ranked = [
        street_score
        for street_score in scores
        if street_score.place is not None and street_score.score is not None
    ]
    last = sorted(ranked, key=lambda street_score: (street_score.score or 0, street_score.street))
    # Who ties with the last one that the places take is on it too: nobody is chosen by the order of codes.
    cut = last[min(rules.concern_places, len(last)) - 1].score if last and rules.concern_places else None
    found = []
    for street_score in last:
        if (
            street_score.score is None
            or cut is None
            or street_score.score > cut
            or street_score.score >= rules.concern_below
        ):
            continue
        streak = 1 + _in_a_row(earlier, street_score.street, lambda score: score < rules.concern_below)
        if streak >= rules.streak:
            found.append(Listed(street_score.street, street_score.score, streak))
    return found


def _in_a_row(earlier: Sequence[Mapping[str, Decimal]], street: str, holds: Callable[[Decimal], bool]) -> int:
    months = 0
    for month in earlier:
        if street not in month or not holds(month[street]):
            break
        months += 1
    return months
