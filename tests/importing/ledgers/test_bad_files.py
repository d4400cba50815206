"""Files that are no ledger, or a broken one: a sentence on the page, nothing in the catalogue, and never a fault."""

import io
import struct
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from assets.models import Asset, Ledger, LedgerState
from importing.problems import in_words
from tests.importing.ledgers.conftest import checked, column_answers, imported, received, upload, work
from tests.importing.written_ledgers import row, write_ledger

pytestmark = pytest.mark.django_db(transaction=True)
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ledger.csv", b"0" * (60 << 20))
    return out.getvalue()


def lying_bomb() -> bytes:
    """Its directory says that it is small."""
    content = bytearray(bomb())
    place = content.rindex(b"PK\x01\x02") + 24
    content[place : place + 4] = struct.pack("<I", 10)
    return bytes(content)


THOUSAND = ",".join(f"c{n}" for n in range(1000)) + "\n" + "1," * 999 + "1\n"
MIXED = "编号,名称\n1,好的一行\n".encode() * 3 + "2,国标\n".encode("gb18030")
BAD = {
    "a picture named csv": ("ledger.csv", PNG, "a picture"),
    "a picture named xlsx": ("ledger.xlsx", PNG, "a picture"),
    "a zip bomb": ("ledger.zip", bomb(), "Unpacked, the file would be larger"),
    "a thousand columns": ("ledger.csv", THOUSAND.encode(), "1000 columns"),
    "a ten megabyte cell": ("ledger.csv", b"name,type\n" + b"x" * (10 << 20) + b",y\n", "more than 8388608 characters"),
    "NULs": ("ledger.csv", ("编号,名称\n" + "1,\0\0\0\0坏\n" * 50).encode(), "NUL characters"),
    "mixed encodings": ("ledger.csv", MIXED, "mixes UTF-8 and GB18030"),
    "no text": ("ledger.csv", b"\xff\xfe\xfd\x80\x81" * 50, ""),
    "a header and nothing": ("ledger.csv", "编号,名称\n".encode(), "no rows below it"),
    "a web page": ("ledger.xls", b"<html><table><tr><td>1</td></tr></table></html>", "web page"),
    "a broken zip": ("ledger.zip", b"PK\x03\x04broken", "cannot be opened"),
    "half a workbook": ("ledger.xlsx", b"PK\x03\x04" + b"\0" * 40, ""),
    "JSON of something else": ("ledger.geojson", b'{"hello": "world"}', "not GeoJSON"),
    "an empty archive": ("ledger.zip", b"PK\x05\x06" + b"\0" * 18, ""),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_explained_on_its_page(client, name):
    filename, content, says = BAD[name]
    ledger = received(client, content, filename)
    assert ledger.state == LedgerState.UNREADABLE, name
    page = client.get(f"/import/{ledger.uid}/")
    assert page.status_code == 200
    assert says in page.content.decode()
    assert len(in_words(ledger.problem)) > 10
    assert not Asset.objects.exists()


def test_a_bomb_that_lies_about_its_size_does_no_harm(client):
    ledger = received(client, lying_bomb(), "ledger.zip")
    assert ledger.state == LedgerState.UNREADABLE


@pytest.mark.parametrize(
    "filename, content, says",
    [
        ("ledger.csv", b"", "empty"),
        ("ledger.exe", b"MZ", "cannot be read"),
        ("ledger", b"x", "cannot be read"),
        ("../../etc/passwd.csv", b"", "empty"),
    ],
)
def test_what_can_be_said_at_once_is_said_at_once(client, filename, content, says):
    answer = upload(client, content, filename)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Ledger.objects.exists()


def test_a_form_without_a_file_is_no_fault(client):
    assert client.post("/import/").status_code == 422
    assert client.post("/import/", {"file": "text"}).status_code == 422
    broken = client.post("/import/", b"garbage", content_type="multipart/form-data; boundary=x")
    assert broken.status_code in (400, 422)
    broken = client.post("/import/", b"garbage", content_type="multipart/form-data")
    assert broken.status_code in (400, 422)


def test_a_name_from_another_world_stays_in_its_folder(client, settings, file):
    ledger = received(client, file.read_bytes(), "..\\..\\windows\\ledger.csv")
    assert ledger.filename == "ledger.csv"
    assert ledger.file.parent == settings.VAR_DIR / "ledgers" / str(ledger.uid)
    assert ledger.state == LedgerState.READ


def test_a_worksheet_of_every_oddity_is_read_as_a_person_reads_it(client, tmp_path):
    """Merged cells, a title above, dates as numbers and words, full width, degrees-minutes-seconds."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.append(["无影山街道公益广告台账"])
    sheet.merge_cells("A1:H1")
    sheet.append(["编号", "名称", "类型", "坐标", "尺寸（米）", "安装时间", "所属街道", "备注"])
    sheet.append(["１", "一号", "宣传栏", "116.99，36.68", "２．４×１．２", 43983, "无影山街道", "甲\n乙"])
    sheet.append(["2", "二号", "宣传栏", "116°59′24″E 36°40′48″N", "2.4*1.2", "2020年6月1日", None, None])
    sheet.append(["3", "三号", "宣传栏", "36.68,116.99", "2.4米×1.2米", "2020.6.1", None, None])
    sheet.merge_cells("G3:G5")
    path = tmp_path / "odd.xlsx"
    workbook.save(path)

    ledger = imported(client, path, skip_bad=True)
    by_number = {asset.source_id: asset for asset in Asset.objects.all()}
    assert {"1", "2"} <= set(by_number), ledger.report
    for asset in by_number.values():
        assert (str(asset.width), str(asset.height), asset.installed_on.isoformat()) == (
            "2.40",
            "1.20",
            "2020-06-01",
        )
        assert asset.point.coords == pytest.approx((116.99, 36.68), abs=1e-6)


def test_gb18030_and_bom_are_read(client, tmp_path):
    for encoding in ("gb18030", "utf-8-sig"):
        ledger = checked(
            client, write_ledger(tmp_path, row(source_id=encoding, name="生僻字㙍"), encoding=encoding)
        )
        assert ledger.rows.get().name == "生僻字㙍"


_cells = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.floats(allow_nan=False, allow_infinity=False).map(str),
    st.sampled_from(
        ["116.99", "36.68", "宣传栏", "=1+1", "2020年6月1日", "１１６．９９", "\u202e", "'", '"', "\\N"]
    ),
    st.sampled_from(["{}", "<b>", "-", "/", "无"]),
)
_headers = st.lists(
    st.one_of(
        st.sampled_from(["编号", "名称", "类型", "经度", "纬度", "主题", "完好情况", "x", "y"]), st.text(max_size=8)
    ),
    min_size=1,
    max_size=6,
)  # fmt: skip


FEW = settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
MANY = settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FEW
@given(data=st.data())
def test_no_table_whatever_makes_a_fault_between_upload_and_preview(client, data):
    """A few tables in each run, others each time; many are the slow one's."""
    _walk_table(client, data)


@pytest.mark.slow
@MANY
@given(data=st.data())
def test_no_table_of_a_hundred_makes_a_fault_between_upload_and_preview(client, data):
    _walk_table(client, data)


def _walk_table(client, data):
    headers = data.draw(_headers)
    rows = data.draw(st.lists(st.lists(_cells, min_size=len(headers), max_size=len(headers)), max_size=4))
    lines = [
        ",".join('"' + str(cell or "").replace('"', '""') + '"' for cell in cells)
        for cells in [headers, *rows]
    ]
    _walk(client, "fuzz.csv", "\n".join(lines).encode("utf-8", "surrogatepass"))


_files = {
    "content": st.binary(max_size=200),
    "name": st.sampled_from(
        ["a.csv", "a.xlsx", "a.xls", "a.zip", "a.gpkg", "a.kml", "a.geojson", "a.shp", "a.fgb"]
    ),
}


@FEW
@given(**_files)
def test_no_bytes_whatever_make_a_fault(client, content, name):
    """A few files in each run, others each time; many are the slow one's."""
    _walk(client, name, content)


@pytest.mark.slow
@MANY
@given(**_files)
def test_no_bytes_of_a_hundred_files_make_a_fault(client, content, name):
    _walk(client, name, content)


def _walk(client, name, content):
    """As far as a file goes: upload, columns as guessed, every page on the way, the preview. Nothing is written."""
    answer = client.post("/import/", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code in (302, 422)
    if answer.status_code == 422:
        return
    work()
    ledger = Ledger.objects.latest("id")
    assert ledger.run.state == "done", ledger.run.message
    assert client.get(f"/import/{ledger.uid}/", follow=True).status_code == 200
    if ledger.state == LedgerState.READ:
        page = client.post(f"/import/{ledger.uid}/columns", column_answers(ledger, client), follow=True)
        assert page.status_code in (200, 422)
        client.post(f"/import/{ledger.uid}/position", {"crs": "gcj02"})
        work()
        ledger.refresh_from_db()
        assert ledger.run.state == "done", ledger.run.message
        assert client.get(f"/import/{ledger.uid}/", follow=True).status_code == 200
    assert not Asset.objects.exists()


_NAMES = (
    *("column-0", "column-1", "source", "near_metres", "default_type", "crs", "also", "layer", "header_row"),
    *("said-1", "kind-1", "meaning-1", "english-1", "like-1", "skip_bad", "changed_too", "show", "page"),
)
_answers = st.dictionaries(
    st.sampled_from(_NAMES),
    st.text(max_size=12),
)


_steps = st.sampled_from(["sheet", "columns", "position", "values", "commit", "undo", "again", ""])


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=_answers, where=_steps)
def test_no_answer_whatever_makes_a_fault(client, file, typed, where):
    """Twenty answers in each run, others each time; more are the slow one's."""
    _answer(client, file, typed, where)


@pytest.mark.slow
@MANY
@given(typed=_answers, where=_steps)
def test_no_answer_of_a_hundred_makes_a_fault(client, file, typed, where):
    _answer(client, file, typed, where)


def _answer(client, file, typed, where):
    ledger = Ledger.objects.first() or checked(client, file)
    for answer in (
        client.post(f"/import/{ledger.uid}/{where}", typed),
        client.get(f"/import/{ledger.uid}/{where}", typed),
    ):
        assert answer.status_code < 500, (where, typed)
    work()
