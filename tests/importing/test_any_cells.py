"""Whatever stands in the cells of a ledger, an import says what it thinks of it and comes to an end."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.models import Asset
from importing.actions.apply_import import apply_import, preview_import
from importing.headers import FIELDS
from importing.options import ImportOptions
from importing.preparing import prepare
from importing.reading.table import Table, as_cells
from importing.staging import staged
from places.coordinates import GCJ02
from tests.factories import make_type
from tests.importing.written_ledgers import COMMAND, IN_THE_WEST

pytestmark = pytest.mark.django_db

AWKWARD = (
    "\\N", "\\.", "\\", "\t", "a\nb", "'", '"', "{a,b}", "%s", "=1+1", "宣传栏", "完好", "拆除", "是", "2.4×1.2",
    "1e999", "37010503008000001", "3701050300800001", "３７０１", "117.0", "36.68", "117.01,36.68", "2020年6月1日",
    "NaN", "栏" * 400,
)  # fmt: skip
CELLS = st.one_of(
    st.none(),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40),
    st.sampled_from(AWKWARD),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(dt.timedelta(0), dt.timedelta(9)),
)
LEDGERS = st.dictionaries(
    st.sampled_from(FIELDS), st.lists(CELLS, min_size=4, max_size=4), min_size=1, max_size=12
)


@pytest.fixture
def _lists(district):
    make_type()


@pytest.mark.usefixtures("_lists")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LEDGERS, st.booleans())
def test_any_cells_end_in_a_report(columns, outside):
    # Two rows stand where rows can stand, so that their other cells get as far as the tables.
    for name, number in (("lon", IN_THE_WEST[0]), ("lat", IN_THE_WEST[1])):
        columns[name] = [number, number, *columns.get(name, [None] * 4)[2:]]
    columns.pop("coordinates", None)
    table = Table(
        tuple(columns),
        tuple(as_cells(cells) for cells in columns.values()),
        np.arange(2, 6, dtype=np.int64),
        "csv",
    )
    options = ImportOptions(
        source="any", crs=GCJ02, default_type="notice_board", allow_outside=outside, create_units=True
    )
    prepared = prepare(table, options)
    with staged(prepared):
        preview = preview_import(COMMAND, prepared)
        before = Asset.objects.count()
        report = apply_import(COMMAND, prepared, title="any", skip_bad=True)

    assert report.created + report.updated + report.unchanged + report.refused == report.rows == 4
    assert (report.created, report.refused) == (preview.created, preview.refused)
    assert Asset.objects.count() == before + report.created
    for verdict in report.verdicts:
        assert verdict.sentence
