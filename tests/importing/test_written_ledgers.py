"""The ledgers that tests write: what one test takes from a shared counter must not depend on how many ran before."""

from itertools import pairwise

from tests.importing.written_ledgers import COLUMNS, LINES, row

PLACES = COLUMNS * LINES


def test_rows_lie_in_the_west_beside_one_another_however_many_were_made_before():
    rows = [row() for _ in range(PLACES * 2)]
    assert all(116.98 < cells["lon"] < 117.00 and 36.67 < cells["lat"] < 36.70 for cells in rows)
    places = [(round(cells["lon"] / 0.0002), round(cells["lat"] / 0.0002)) for cells in rows]
    assert len(set(places)) == PLACES
    assert {abs(x - u) + abs(y - v) for (x, y), (u, v) in pairwise(places)} == {1}
