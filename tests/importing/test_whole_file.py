"""What is wrong with a whole file is said once for the file; what was said of each row stays."""

import pytest

from importing.folding import folded
from importing.report import in_words, kept_in_words
from importing.verdicts import Verdict
from tests.factories import make_type
from tests.importing.written_ledgers import BEYOND, import_file, row, write_ledger

pytestmark = pytest.mark.django_db


def ledger_of(folder, times, *others, **cells):
    rows = [row(source_id=number, **cells) for number in range(times)]
    return write_ledger(folder, *rows, *others)


@pytest.mark.parametrize(
    "cells, code",
    [
        ({"lon": "", "lat": ""}, "coordinates_missing"),
        ({"type": ""}, "type_missing"),
        ({"type": "飞艇"}, "type_unknown"),
        ({"lon": BEYOND[0], "lat": BEYOND[1]}, "outside_district"),
    ],
)
def test_what_every_row_lacks_is_said_once_with_the_count_and_the_first_rows(tmp_path, district, cells, code):
    make_type()
    report = import_file(ledger_of(tmp_path, 20, **cells), dry_run=True)

    (summary,) = [summary for summary in report.whole_file if summary.verdict.code == code]
    assert (summary.rows, summary.first) == (20, (2, 3, 4, 5, 6))
    for lines in (list(in_words(report)), list(kept_in_words(report.as_json()))):
        (line,) = [line for line in lines if line.startswith(code)]
        assert "20" in line
        assert "2, 3, 4, 5, 6" in line
    assert len([verdict for verdict in report.verdicts if verdict.code == code]) == 20
    assert len([line for line in in_words(report, shown_per_code=None) if line.startswith("  ")]) == 20


def test_a_few_good_rows_do_not_change_that_and_a_tenth_does(tmp_path, district):
    make_type()
    nearly = import_file(
        ledger_of(tmp_path, 18, row(source_id="a"), row(source_id="b"), type=""), dry_run=True
    )
    assert [summary.rows for summary in nearly.whole_file] == [18]

    fewer = import_file(ledger_of(tmp_path, 17, *(row(source_id=n) for n in "abc"), type=""), dry_run=True)
    assert fewer.whole_file == ()


def test_different_things_said_of_every_row_are_not_one():
    verdicts = [Verdict(number, "type_unknown", "type", params={"said": str(number)}) for number in range(20)]

    assert folded(verdicts, 20) == ()


def test_of_a_short_ledger_each_row_is_named():
    verdicts = [Verdict(number, "type_missing", "type") for number in range(9)]

    assert folded(verdicts, 9) == ()
