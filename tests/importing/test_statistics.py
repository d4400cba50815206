"""A check stays linear only as long as PostgreSQL knows how much lies in the staging tables."""

import pytest
from django.db import connection

from importing.checking import check
from importing.options import ImportOptions
from importing.preparing import prepare
from importing.reading import read_table
from importing.staging import staged
from places.coordinates import WGS84
from tests.factories import make_type
from tests.importing.written_ledgers import COMMAND, IN_THE_WEST, codes, import_file, row, write_ledger

pytestmark = pytest.mark.django_db


def staged_rows(folder, *rows):
    options = ImportOptions(source="office", crs=WGS84)
    return options, staged(prepare(read_table(write_ledger(folder, *rows)), options))


def answer(statement: str) -> set:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return {value for (value,) in cursor.fetchall()}


def test_positions_and_types_that_no_row_states_are_known_to_be_missing(tmp_path, district):
    rows = [row(source_id=number, lon="", lat="", type="") for number in range(30)]
    _options, in_tables = staged_rows(tmp_path, *rows)

    with in_tables:
        missing = answer("SELECT attname FROM pg_stats WHERE tablename = 'import_row' AND null_frac = 1")

    assert {"lon", "new_type_id"} <= missing


def test_each_check_knows_how_much_the_ones_before_it_said(tmp_path, district):
    rows = [row(source_id=number, lon="", lat="", type="") for number in range(30)]
    options, in_tables = staged_rows(tmp_path, *rows)

    with in_tables:
        for _pass in range(2):
            check(COMMAND, options)
            estimate = answer("SELECT reltuples FROM pg_class WHERE oid = 'pg_temp.import_verdict'::regclass")
            assert estimate == {60}


def test_rows_on_one_spot_all_hear_of_the_asset_beside_them(tmp_path, district):
    make_type()
    lon, lat = IN_THE_WEST
    import_file(write_ledger(tmp_path, row(source_id="old", lon=lon, lat=lat)))

    rows = [row(source_id=number, lon=lon, lat=lat) for number in range(3)]
    report = import_file(write_ledger(tmp_path, *rows), dry_run=True)

    assert codes(report) == {2: ["near_duplicate"], 3: ["near_duplicate"], 4: ["near_duplicate"]}


def test_what_an_import_wrote_is_known_before_its_inspections_are_joined_and_after(tmp_path, district):
    make_type()
    rows = [row(source_id=number, condition="good") for number in range(120)]

    import_file(write_ledger(tmp_path, *rows))

    statement = (
        "SELECT least(reltuples, 120) FROM pg_class WHERE oid IN ('assets_asset'::regclass, %s::regclass)"
    )
    assert answer(statement % "'assets_inspection'") == {120}
