"""The moving window, drawn by hand and against the plain way of looking; and which pieces stand far enough apart."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from evaluation.coverage.counting import TOO_CLOSE, Counting, far_enough
from evaluation.coverage.windows import Stretch, walk


def test_pieces_every_200_metres_leave_no_window_of_500_with_fewer_than_two() -> None:
    #  0    200   400   600   800   1000
    #  |     o     o     o     o     |
    walked = walk([200, 400, 600, 800], 1000, 500, 2)
    assert walked is not None
    assert (walked.fewest, walked.gaps) == (2, [])


def test_an_empty_half_of_a_road_is_one_gap_from_the_first_failing_window_to_the_last() -> None:
    #  0  100  200  300       500              1000
    #  |   o    o    o         |                |
    walked = walk([100, 200, 300], 1000, 500, 1)
    assert walked is not None
    assert walked.gaps == [Stretch(300, 1000, 0)]
    assert walked.fewest == 0


def test_two_empty_stretches_are_two_gaps() -> None:
    walked = walk([500], 1000, 300, 1)
    assert walked is not None
    assert walked.gaps == [Stretch(0, 500, 0), Stretch(500, 1000, 0)] or walked.gaps == [Stretch(0, 1000, 0)]


def test_a_road_as_long_as_the_window_has_one_window_and_a_shorter_one_has_none() -> None:
    exact = walk([0, 500], 500, 500, 3)
    assert exact is not None
    assert exact.gaps == [Stretch(0, 500, 2)]
    assert walk([0, 400], 499, 500, 3) is None


@given(
    positions=st.lists(st.integers(0, 60), max_size=12),
    length=st.integers(1, 60),
    window=st.integers(1, 30),
    wanted=st.integers(1, 4),
)
def test_the_moving_window_is_what_looking_at_every_window_finds(
    positions: list[int], length: int, window: int, wanted: int
) -> None:
    there = sorted(place for place in positions if place <= length)
    walked = walk(there, length, window, wanted)
    if length < window:
        assert walked is None
        return
    assert walked is not None
    # Everything lies on whole metres: windows that begin on quarters show every count that there is.
    starts = [quarter / 4 for quarter in range(4 * (length - window) + 1)]
    counts = {start: sum(start <= place <= start + window for place in there) for start in starts}
    assert walked.fewest == min(counts.values())
    covered = {
        quarter
        for start, count in counts.items()
        if count < wanted
        for quarter in range(int(4 * start), int(4 * (start + window)) + 1)
    }
    inside = {
        quarter
        for gap in walked.gaps
        for quarter in range(4 * length + 1)
        if gap.from_m <= quarter / 4 <= gap.to_m
    }
    assert covered <= inside
    # A gap's ends are where its windows come to without reaching it, so the quarter beside them is covered.
    assert all({quarter - 1, quarter, quarter + 1} & covered for quarter in inside)
    assert bool(walked.gaps) == (walked.fewest < wanted)


def places(*xy: tuple[float, float]):
    return np.array(xy, float).reshape(-1, 2)


def test_of_pieces_nearer_than_twenty_metres_the_first_counts() -> None:
    #  o 12 o 12 o   → the first and the third, 24 m apart
    xy = places((0, 0), (12, 0), (24, 0))
    count = far_enough([0, 1, 2], xy, np.zeros(3, bool), Counting(outdoors=20))
    assert count.counted == [0, 2]
    assert count.left_out == {TOO_CLOSE: [1]}


def test_indoors_ten_metres_are_enough_and_a_piece_outdoors_is_no_neighbour() -> None:
    xy = places((0, 0), (12, 0), (12, 1))
    indoor = np.array([True, True, False])
    assert far_enough([0, 1, 2], xy, indoor, Counting(outdoors=20, indoors=10)).counted == [0, 1, 2]


@given(st.lists(st.tuples(st.integers(-60, 60), st.integers(-60, 60)), max_size=25), st.integers(1, 40))
def test_what_counts_is_apart_and_what_does_not_is_near_something_that_does(
    spots: list[tuple[int, int]], apart: int
) -> None:
    xy = places(*spots)
    rows = list(range(len(spots)))
    count = far_enough(rows, xy, np.zeros(len(rows), bool), Counting(outdoors=apart))

    def away(first: int, other: int) -> float:
        return float(np.hypot(*(xy[first] - xy[other])))

    assert all(away(a, b) >= apart for a in count.counted for b in count.counted if a != b)
    for row in count.left_out.get(TOO_CLOSE, []):
        assert any(away(row, other) < apart for other in count.counted)
    assert sorted(count.counted + count.left_out.get(TOO_CLOSE, [])) == rows
