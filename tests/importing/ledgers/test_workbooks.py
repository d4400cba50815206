"""Workbooks that go out and come back: the rows to correct, and the empty template."""

import io

import openpyxl
import pytest

from assets.models import Asset, LedgerState
from importing.headers import FIELDS, guess_columns
from importing.reading import read_table
from importing.template import COLUMNS, header
from importing.titles import GROUPS
from tests.importing.ledgers.conftest import checked, imported, received, work
from tests.importing.written_ledgers import BEYOND, row, write_ledger

pytestmark = pytest.mark.django_db(transaction=True)


def corrections(client, ledger) -> bytes:
    answer = client.get(f"/import/{ledger.uid}/corrections.xlsx")
    assert answer.status_code == 200
    return b"".join(answer)


def test_rows_to_correct_come_with_the_reason_beside_the_cell(client, tmp_path):
    bad = {**row(source_id="2", name="二号", type="没有的类型"), "size": "大"}
    ledger = checked(client, write_ledger(tmp_path, {**row(source_id="1"), "size": "2×1"}, bad))
    sheet = openpyxl.load_workbook(io.BytesIO(corrections(client, ledger))).active
    headers = [cell.value for cell in sheet[1]]
    [cells] = sheet.iter_rows(min_row=2, values_only=True)
    by_header = dict(zip(headers, cells, strict=True))
    assert by_header["name"] == "二号"
    assert headers.index("What is wrong: type") == headers.index("type") + 1
    assert "没有的类型" in by_header["What is wrong: type"]
    assert by_header["What is wrong: size"]


def test_corrected_rows_go_back_in_under_the_same_source(client, tmp_path):
    """All or nothing, the reasons read, the cells put right, the file sent again: the rows are those of the ledger."""
    bad = {**row(source_id="2"), "lon": BEYOND[0], "lat": BEYOND[1]}
    ledger = imported(client, write_ledger(tmp_path, row(source_id="1"), bad), skip_bad=True, source="无影山")
    workbook = openpyxl.load_workbook(io.BytesIO(corrections(client, ledger)))
    sheet = workbook.active
    headers = [cell.value for cell in sheet[1]]
    sheet.cell(row=2, column=headers.index("lon") + 1, value=116.99)
    out = io.BytesIO()
    workbook.save(out)

    again = received(client, out.getvalue(), "ledger - rows to correct.xlsx")
    assert again.answers["source"] == "无影山"
    again = checked(client, out.getvalue(), "ledger - rows to correct.xlsx", source="无影山")
    assert (again.report["created"], again.report["refused"]) == (1, 0)


def test_without_rows_to_correct_there_is_no_workbook(client, file):
    ledger = checked(client, file)
    assert client.get(f"/import/{ledger.uid}/corrections.xlsx").status_code == 404


def test_every_field_can_be_chosen_once():
    fields = [field for _group, fields in GROUPS for field in fields]
    assert sorted(fields) == sorted(FIELDS)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_template_is_understood_without_asking(client, tmp_path, language):
    client.cookies["django_language"] = language
    answer = client.get("/import/template.xlsx")
    assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")
    workbook = openpyxl.load_workbook(io.BytesIO(answer.content))
    sheet = workbook.worksheets[0]
    headers = [cell.value for cell in sheet[1]]
    guess = guess_columns(headers)
    assert {column: field for field, column in guess.columns.items()} == dict(
        zip(headers, COLUMNS, strict=True)
    )
    assert (guess.unknown, guess.contested, guess.unclear) == ([], {}, {})


def test_a_filled_template_is_imported_and_its_lists_are_the_catalogues(client, tmp_path):
    client.cookies["django_language"] = "zh-hans"
    workbook = openpyxl.load_workbook(io.BytesIO(client.get("/import/template.xlsx").content))
    sheet = workbook.worksheets[0]
    headers = [cell.value for cell in sheet[1]]
    ranges = {str(choice.sqref).split(":")[0][:-1] for choice in sheet.data_validations.dataValidation}
    assert openpyxl.utils.get_column_letter(headers.index("类型") + 1) in ranges
    lists = workbook.worksheets[1]
    assert lists.sheet_state == "hidden"
    assert "宣传栏" in [cell.value for cell in lists["A"]]
    filled = {
        "编号": "1",
        "名称": "一号",
        "类型": "宣传栏",
        "经度": 116.99,
        "纬度": 36.68,
        "完好情况": "完好",
        "是否亮化": "是",
    }
    for name, value in filled.items():
        sheet.cell(row=2, column=headers.index(name) + 1, value=value)
    path = tmp_path / "filled.xlsx"
    workbook.save(path)

    assert read_table(path).layer == sheet.title, "the sheets beside it are not taken for the ledger"
    client.cookies["django_language"] = "en"
    ledger = imported(client, path)
    assert ledger.state == LedgerState.IMPORTED
    asset = Asset.objects.get()
    assert (asset.source_id, asset.name, asset.illuminated, asset.get_condition_display()) == (
        "1",
        "一号",
        True,
        "完好",
    )


def test_the_headers_of_the_template_are_those_of_its_language():
    from django.utils import translation

    with translation.override("zh-hans"):
        assert header("type") == "类型"
    with translation.override("en"):
        assert header("type") == "type"


def test_a_table_is_kept_as_it_was_read(tmp_path):
    """Texts, numbers, dates, times and shapes come back as they were, and columns one by one."""
    from datetime import date, datetime, time

    import numpy as np

    from importing.kept import keep, kept, kept_sample
    from importing.reading.table import Table, as_cells
    from places.coordinates import parse_crs

    table = Table(
        ("文字", "数", "日"),
        (as_cells(["甲", None]), as_cells([1.5, 2]), as_cells([date(2020, 6, 1), datetime(2020, 6, 1, 8)])),  # noqa: DTZ001
        np.array([2, 5]),
        format="xlsx",
        layer="台账",
        crs=parse_crs("EPSG:4548"),
    )
    keep(table, tmp_path / "table")
    back = kept(tmp_path / "table")
    assert [cells.tolist() for cells in back.columns] == [cells.tolist() for cells in table.columns]
    assert (back.names, back.rows.tolist(), back.layer, back.crs) == (table.names, [2, 5], "台账", table.crs)
    part = kept_sample(tmp_path / "table", {"数"}, {}, 10).table
    assert (part.names, part["数"].tolist()) == (("数",), [1.5, 2])
    assert kept(tmp_path / "nowhere") is None
    assert time(8) is not None


def test_a_ledger_whose_table_is_gone_is_read_again(client, file):
    import shutil

    ledger = checked(client, file)
    shutil.rmtree(ledger.folder / "table")
    client.post(f"/import/{ledger.uid}/commit")
    work()
    assert Asset.objects.count() == 3
