"""Numbers for rows that have none: the same row always gets the same one."""

import random

from hypothesis import given
from hypothesis import strategies as st

from importing.identity import DERIVED, copies, derived_numbers

cells = st.one_of(st.none(), st.sampled_from(["甲", "乙", "丙"]))
rows = st.lists(st.tuples(cells, cells, cells), max_size=12)


def numbers(table, places=None):
    """Identified by the first two columns."""
    columns = [list(column) for column in zip(*table, strict=True)] or [[], [], []]
    return derived_numbers(columns[:2], columns, range(len(table)) if places is None else places)


@given(rows)
def test_no_two_rows_share_a_number(table):
    assert len(set(numbers(table).values())) == len(table)


@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(table, chance: random.Random):
    shuffled = table.copy()
    chance.shuffle(shuffled)

    def by_content(rows):
        found = numbers(rows)
        return sorted((repr(row), found[place]) for place, row in enumerate(rows))

    assert by_content(table) == by_content(shuffled)


def test_what_does_not_identify_a_row_does_not_change_its_number():
    assert numbers([("甲", "乙", "旧")]) == numbers([("甲", "乙", "新")])
    assert numbers([("甲", "乙", "旧")]) != numbers([("甲", "丙", "旧")])


def test_a_number_is_short_and_marked_as_derived():
    number = numbers([("甲" * 200, "乙", "丙")])[0]

    assert number.startswith(DERIVED)
    assert len(number) < 40


def test_only_the_rows_asked_for_get_one():
    assert set(numbers([("甲", "乙", "丙")] * 3, places=[0, 2])) == {0, 2}


def test_copies_name_the_first_row_of_their_kind():
    assert copies([["a", "b", "a", "a"], [1, 1, 1, 2]]) == {2: 0}
