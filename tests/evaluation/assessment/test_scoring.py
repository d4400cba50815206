"""From figures to places, worked out by hand below each test, and what must always hold."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from evaluation.assessment.formulas import Rate, rate
from evaluation.assessment.scheme import (
    BadScheme,
    Bonus,
    Scheme,
    StreetClass,
    WhenShort,
    read_scheme,
    usual_scheme,
)
from evaluation.assessment.scheme_files import COLUMNS, read_file, rows_of
from evaluation.assessment.scoring import (
    GivenBonus,
    Standing,
    of_concern,
    of_honour,
    rounded,
    score_streets,
)

A, B, C, D = (f"37010500{n}" for n in range(1, 5))
FULL = {
    "score_rate": rate(80, 100),
    "in_time": rate(9, 10),
    "first_time_right": rate(8, 10),
    "condition": rate(95, 100),
    "looked_at": rate(90, 100),
    "coverage": rate(6, 10),
    "satisfied": rate(18, 20),
}


def scores(
    figures: dict[str, dict[str, Rate]], scheme: Scheme | None = None, **bonuses: Any
) -> dict[str, Any]:
    return {row.street: row for row in score_streets(scheme or usual_scheme(), figures, bonuses)}


def test_a_whole_score_worked_out_by_hand() -> None:
    """Evaluation 80 × 0.50 = 40. Rectification (90×70 + 80×30) ÷ 100 = 87 × 0.25 = 21.75. Upkeep
    (95×50 + 90×30 + 60×20) ÷ 100 = 86.5 × 0.15 = 12.975. Residents 90 × 0.10 = 9. Sum 83.725 → 83.73."""
    found = scores({A: FULL})[A]
    assert [str(rounded(part.value)) for part in found.parts if part.value is not None] == [
        "80.00",
        "87.00",
        "86.50",
        "90.00",
    ]
    assert found.base == Fraction(83725, 1000)
    assert found.score == Decimal("83.73")
    assert found.place == 1


def test_class_and_bonuses_worked_out_by_hand() -> None:
    """83.725 × 1.02 = 85.3995; bonuses 2 + 2 within the 3 of their kind, − 1: 85.3995 + 3 − 1 = 87.3995 → 87.40."""
    scheme = replace(
        usual_scheme(),
        classes=(StreetClass("1", "一类", Decimal("1.02"), (A,)),),
        bonuses=(
            Bonus("media", "媒体报道", Decimal(2), Decimal(3)),
            Bonus("late", "迟报", Decimal(-1), Decimal(5)),
        ),
    )
    given = [GivenBonus("media", Decimal(2), "")] * 2 + [GivenBonus("late", Decimal(-1), "")]
    found = score_streets(scheme, {A: FULL}, {A: given})[0]
    assert (found.bonus, found.score) == (Decimal(2), Decimal("87.40"))


def test_bonuses_stay_within_what_the_scheme_allows_in_all() -> None:
    scheme = replace(usual_scheme(), bonuses=(Bonus("media", "媒体报道", Decimal(50), Decimal(100)),))
    found = score_streets(scheme, {A: FULL}, {A: [GivenBonus("media", Decimal(50), "")]})[0]
    assert found.bonus == 5


def test_a_part_that_nobody_measured_shares_its_weight_for_all() -> None:
    """Without evaluation 50 remain: rectification 87 × 25/50 + upkeep 86.5 × 15/50 + residents 90 × 10/50 = 87.45."""
    figures = {name: figure for name, figure in FULL.items() if name != "score_rate"}
    found = scores({A: figures, B: figures})
    assert found[A].score == Decimal("87.45")
    assert found[A].parts[0].standing is Standing.NOT_MEASURED
    assert [found[A].place, found[B].place] == [1, 1]


def test_a_figure_below_its_fewest_shares_its_weight_within_the_part() -> None:
    """Coverage is not there: upkeep = (95×50 + 90×30) ÷ 80 = 93.125."""
    figures = {name: figure for name, figure in FULL.items() if name != "coverage"}
    assert scores({A: figures})[A].parts[2].value == Fraction(93125, 1000)


def test_fewer_than_twenty_answers_rank_nobody_by_them() -> None:
    """B has 19 answers, all bad: they do not count, their weight is shared: (40 + 21.75 + 12.975) ÷ 0.9."""
    found = scores({A: FULL, B: FULL | {"satisfied": rate(0, 19)}})
    assert found[B].parts[3].standing is Standing.SHORT
    assert found[B].score == Decimal("83.03")
    assert found[B].place == 2


def test_a_street_with_too_few_observations_has_a_score_and_no_place() -> None:
    found = scores({A: FULL, B: FULL | {"score_rate": rate(19, 19)}, C: FULL | {"in_time": rate(0, 10)}})
    assert found[B].standing is Standing.SHORT
    assert (found[A].place, found[B].place, found[C].place) == (1, None, 2)
    assert found[B].score is not None


def test_a_street_of_which_nothing_is_known_has_neither() -> None:
    found = scores({A: FULL, B: {}})[B]
    assert (found.score, found.place) == (None, None)


def test_equal_scores_share_a_place_and_the_next_one_is_skipped() -> None:
    worse, worst = (FULL | {"score_rate": rate(n, 100)} for n in (70, 60))
    found = scores({A: FULL, B: worse, C: worse, D: worst})
    assert [found[street].place for street in (A, B, C, D)] == [1, 2, 2, 4]


def test_half_a_hundredth_is_rounded_up() -> None:
    assert [str(rounded(Fraction(n, 1000))) for n in (83725, 83724, 5)] == ["83.73", "83.72", "0.01"]


def _three() -> tuple[Scheme, list[Any]]:
    scheme = usual_scheme()
    rows = {
        A: FULL | {"score_rate": rate(99, 100), "in_time": rate(10, 10), "first_time_right": rate(10, 10)},
        B: FULL,
        C: FULL | {"score_rate": rate(90, 100)},
    }
    return scheme, score_streets(scheme, rows, {})


def test_the_lists_take_first_and_last_places_within_their_scores() -> None:
    """A 96.48, C 88.73, B 83.73: honour from 90 is A alone; concern below 85 is B, C reaches 85."""
    scheme, found = _three()
    assert [(row.street, row.score) for row in of_honour(scheme, found, [])] == [(A, Decimal("96.48"))]
    assert [(row.street, row.score) for row in of_concern(scheme, found, [])] == [(B, Decimal("83.73"))]


def test_a_streak_counts_the_months_in_a_row_and_a_gap_ends_it() -> None:
    scheme, found = _three()
    low, high = {B: Decimal(80)}, {B: Decimal(86)}
    assert [row.streak for row in of_concern(scheme, found, [low, low, high, low])] == [3]
    twice = replace(scheme, lists=replace(scheme.lists, streak=2))
    assert of_concern(twice, found, []) == []
    assert [row.street for row in of_concern(twice, found, [low])] == [B]


def test_who_ties_with_the_last_on_the_list_of_concern_is_on_it_too() -> None:
    scheme = replace(usual_scheme(), lists=replace(usual_scheme().lists, concern_places=1))
    found = score_streets(scheme, {A: FULL, B: FULL}, {})
    assert [row.street for row in of_concern(scheme, found, [])] == [A, B]


def test_a_street_without_a_place_is_on_no_list() -> None:
    scheme = usual_scheme()
    found = score_streets(scheme, {A: FULL | {"score_rate": rate(0, 3)}, B: FULL}, {})
    assert [row.street for row in of_concern(scheme, found, [])] == [B]


rates = st.integers(0, 60).flatmap(lambda n: st.integers(0, n).map(lambda top: rate(top, n)))
streets = st.dictionaries(
    st.sampled_from([A, B, C, D]),
    st.dictionaries(st.sampled_from(sorted(FULL)), rates),
    min_size=1,
)


@given(streets)
def test_nobody_who_reaches_85_is_ever_of_concern(figures: dict[str, dict[str, Rate]]) -> None:
    scheme = usual_scheme()
    found = score_streets(scheme, figures, {})
    assert all(row.score < 85 for row in of_concern(scheme, found, []))


@given(streets, st.data())
def test_more_cases_in_time_never_lower_a_score(
    figures: dict[str, dict[str, Rate]], data: st.DataObject
) -> None:
    street = data.draw(st.sampled_from(sorted(figures)))
    own = figures[street].get("in_time", rate(0, 0))
    more = replace(own, top=own.top + data.draw(st.integers(0, int(own.bottom - own.top))))
    before = scores(figures)[street]
    after = scores({**figures, street: {**figures[street], "in_time": more}})[street]
    assert before.score is None or after.score >= before.score
    assert before.place is None or after.place <= before.place


@given(streets)
def test_places_follow_scores_and_shares_come_to_a_whole(figures: dict[str, dict[str, Rate]]) -> None:
    found = score_streets(usual_scheme(), figures, {})
    ranked = [row for row in found if row.place is not None]
    assert [row.score for row in ranked] == sorted((row.score for row in ranked), reverse=True)
    for row in ranked:
        assert row.place == 1 + sum(other.score > row.score for other in ranked)
        assert sum(part.share for part in row.parts) == 1


def test_a_scheme_is_read_back_to_the_digit_from_json_and_from_its_file() -> None:
    scheme = replace(
        usual_scheme(),
        classes=(StreetClass("1", "一类", Decimal("1.020"), (A, B)),),
        bonuses=(Bonus("media", "媒体报道", Decimal("0.5"), Decimal(3)),),
    )
    assert read_scheme(scheme.as_json()) == scheme
    lines = [COLUMNS, *rows_of(scheme)]
    content = "\n".join(",".join(row) for row in lines).encode()
    assert read_file(content, "scheme.csv") == scheme


@pytest.mark.parametrize(
    "change, name",
    [
        ({"parts": []}, "parts"),
        ({"parts": "none"}, "parts"),
        ({"own_late_weight": "1.5"}, "own_late_weight"),
        ({"most_bonus": "NaN"}, "most_bonus"),
        ({"lists": {**usual_scheme().as_json()["lists"], "concern_below": "86"}}, "lists.concern_below"),
        ({"lists": None}, "lists"),
        ({"classes": [{"code": "1", "name": "x", "coefficient": "1", "streets": ["37"]}]}, "classes.1"),
        ({"weights": {}}, "weights"),
        (
            {"parts": [{"code": "luck", "weight": "1", "when_short": "share", "figures": []}]},
            "parts.luck",
        ),
    ],
)
def test_a_scheme_that_cannot_be_says_what_is_wrong_with_it(change: dict[str, Any], name: str) -> None:
    with pytest.raises(BadScheme) as refused:
        read_scheme(usual_scheme().as_json() | change)
    assert name in refused.value.problems


def test_a_workbook_whose_numbers_are_numbers_is_read_as_well() -> None:
    book = Workbook()
    sheet = book.active
    for row in (COLUMNS, *rows_of(usual_scheme())):
        sheet.append([float(cell) if cell.replace(".", "").isdigit() else cell for cell in row])
    file = BytesIO()
    book.save(file)
    assert read_file(file.getvalue(), "办法.XLSX") == usual_scheme()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"a,b\n1,2\n", b"kind,code,value\npart,luck,5\n"])
def test_a_file_that_is_none_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(BadScheme):
        read_file(content, "scheme.csv")
    with pytest.raises(BadScheme):
        read_file(content, "scheme.xlsx")


def test_a_part_can_leave_a_street_without_a_place_or_not_as_the_scheme_says() -> None:
    parts = tuple(replace(part, when_short=WhenShort.UNRANKED) for part in usual_scheme().parts)
    found = scores({A: FULL | {"satisfied": rate(0, 19)}, B: FULL}, replace(usual_scheme(), parts=parts))
    assert found[A].place is None
