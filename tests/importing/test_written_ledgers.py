"""The ledgers that tests write: what one test takes from a shared counter must not depend on how many ran before."""

from tests.importing.written_ledgers import PLACES, row


def test_rows_lie_in_the_west_however_many_were_made_before():
    rows = [row() for _ in range(PLACES * 2)]
    assert all(116.98 < cells["lon"] < 117.00 and 36.67 < cells["lat"] < 36.70 for cells in rows)
    assert len({(cells["lon"], cells["lat"]) for cells in rows}) == PLACES
