"""Reading geodata in ZIP files: which of several data sets, and what lies beside them."""

import io
import zipfile

import pytest

from importing.reading import LedgerError, read_table
from importing.reading.layout import Layout
from places.coordinates import WGS84
from tests.importing.reading.geodata import (
    NAMES,
    error_of,
    written,
    zipped,
)


def test_a_zipped_shapefile_is_read_whatever_it_is_called(read, tmp_path):
    written(tmp_path / "台账.shp", encoding="GB18030")
    parts = [path for path in tmp_path.iterdir() if path.stem == "台账"]
    table = read(zipped(*parts, folder="数据/../../"), "ledger.zip")
    assert table["名称"].tolist() == NAMES
    assert table.crs == WGS84
    assert table.format == "shp"


def test_other_files_may_lie_beside_it(read, tmp_path):
    written(tmp_path / "a.gpkg")
    (tmp_path / "readme.txt").write_text("read me", encoding="utf-8")
    (tmp_path / "licence.pdf").write_bytes(b"%PDF")
    assert (
        len(read(zipped(tmp_path / "a.gpkg", tmp_path / "readme.txt", tmp_path / "licence.pdf"), "x.zip"))
        == 2
    )


def test_a_zipped_csv_is_read(read, tmp_path):
    (tmp_path / "a.csv").write_text("编号,名称\n1,a\n", encoding="utf-8")
    assert len(read(zipped(tmp_path / "a.csv"), "x.zip")) == 1


def test_a_zipped_file_geodatabase_is_read(read, tmp_path):
    written(tmp_path / "a.gdb", driver="OpenFileGDB", layer="assets")
    table = read(zipped(*(tmp_path / "a.gdb").iterdir(), folder="export/a.gdb/"), "x.zip")
    assert table["名称"].tolist() == NAMES


def test_between_several_data_sets_in_one_archive_a_person_chooses(read, tmp_path):
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(f"编号,名称\n1,{name}\n", encoding="utf-8")
    error = error_of(read, zipped(tmp_path / "a.csv", tmp_path / "b.csv"), "x.zip")
    assert (error.code, error.params) == (
        "choose_layer",
        {"names": "a.csv, b.csv", "choices": ["a.csv", "b.csv"]},
    )
    table = read_table(tmp_path / "x.zip", layout=Layout(layer="b.csv"))
    assert (table["名称"].tolist(), table.layer, table.other_layers) == (["b.csv"], "b.csv", ("a.csv",))
    assert [remark.code for remark in table.remarks] == ["layers_left"]
    with pytest.raises(LedgerError) as raised:
        read_table(tmp_path / "x.zip", layout=Layout(layer="c.csv"))
    assert raised.value.code == "unknown_layer"


def test_between_layers_of_one_of_several_data_sets_a_person_chooses_too(tmp_path):
    (tmp_path / "a.csv").write_text("编号,名称\n1,a\n", encoding="utf-8")
    written(tmp_path / "b.gpkg", layer="assets")
    written(tmp_path / "b.gpkg", layer="others", append=True)
    (tmp_path / "x.zip").write_bytes(zipped(tmp_path / "a.csv", tmp_path / "b.gpkg"))
    with pytest.raises(LedgerError) as raised:
        read_table(tmp_path / "x.zip", layout=Layout(layer="b.gpkg"))
    assert raised.value.params["choices"] == ["b.gpkg / assets", "b.gpkg / others"]
    table = read_table(tmp_path / "x.zip", layout=Layout(layer="b.gpkg / others"))
    assert (table["名称"].tolist(), table.layer) == (NAMES, "b.gpkg / others")
    assert table.other_layers == ("b.gpkg / assets", "a.csv")


def test_what_office_programs_keep_beside_an_open_file_is_no_data_set(read, tmp_path):
    (tmp_path / "a.csv").write_text("编号,名称\n1,a\n", encoding="utf-8")
    for name in ("~$a.csv", ".~lock.a.csv"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    assert (
        len(read(zipped(*(tmp_path / name for name in ("a.csv", "~$a.csv", ".~lock.a.csv"))), "x.zip")) == 1
    )


def test_a_shapefile_without_its_index_is_read(tmp_path):
    written(tmp_path / "a.shp")
    (tmp_path / "a.shx").unlink()
    assert len(read_table(tmp_path / "a.shp")) == len(NAMES)
    assert not (tmp_path / "a.shx").exists()


def test_an_archive_without_data_is_named(read, tmp_path):
    (tmp_path / "a.zip").write_bytes(b"PK")
    assert error_of(read, zipped(tmp_path / "a.zip"), "x.zip").code == "archive_without_data"


def test_an_archive_that_expands_without_end_is_named(read):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.csv", "w") as member:
        for _megabyte in range(200):
            member.write(bytes(1 << 20))
    assert error_of(read, out.getvalue(), "x.zip").code == "expands_too_far"
