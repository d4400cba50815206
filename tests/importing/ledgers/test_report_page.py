"""Importing from a ledger's pages, its report, and undoing it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from assets.models import Asset, Batch, Ledger, LedgerState
from tests.factories import make_asset, make_theme
from tests.importing.ledgers.conftest import (
    checked,
    imported,
    text,
    upload,
    work,
)
from tests.importing.written_ledgers import BEYOND, IN_THE_EAST, IN_THE_WEST, row, write_ledger

pytestmark = pytest.mark.django_db(transaction=True)


def test_rows_whose_number_leads_elsewhere_come_in_only_when_somebody_says_so(client, tmp_path):
    asset = make_asset(code="37010503008000117", address="北园大街 9 号", name="旧名", material="木")
    cells = row(code=asset.code, name="另一处", address="无影山路 2 号")
    ledger = checked(client, write_ledger(tmp_path, cells, row(source_id="1")))
    page = text(client.get(f"/import/{ledger.uid}/"))
    assert "Its number leads to an asset that says otherwise" in page
    assert (ledger.report["created"], ledger.report["updated"], ledger.report["refused"]) == (1, 0, 1)

    client.post(f"/import/{ledger.uid}/confirm", {"code": "id_leads_elsewhere"})
    work()
    ledger.refresh_from_db()

    assert (ledger.report["updated"], ledger.report["refused"], ledger.report["doubtful"]) == (1, 0, 1)
    assert "let them in" not in text(client.get(f"/import/{ledger.uid}/"))


def test_what_is_wrong_with_the_whole_file_stands_once_above_its_rows(client, tmp_path):
    rows = [row(source_id=number, type="") for number in range(20)]
    ledger = checked(client, write_ledger(tmp_path, *rows))

    page = text(client.get(f"/import/{ledger.uid}/"))

    assert "The type is missing, and no type was given for rows without one." in page
    assert "20 of 20 rows:" in page
    assert "The first rows: 2, 3, 4, 5, 6." in page
    assert 'class="verdicts"' not in page
    assert all(row.codes == ["type_missing"] for row in ledger.rows.all())


def test_rows_on_one_point_stay_out_until_somebody_says_that_they_are_right(client, tmp_path):
    lon, lat = IN_THE_WEST
    rows = [row(source_id=number, lon=lon, lat=lat) for number in range(6)]
    ledger = checked(client, write_ledger(tmp_path, *rows))
    assert "On one point with most other rows" in text(client.get(f"/import/{ledger.uid}/"))
    assert (ledger.report["created"], ledger.report["refused"]) == (0, 6)

    client.post(f"/import/{ledger.uid}/confirm", {"code": "all_on_one_point"})
    work()
    ledger.refresh_from_db()

    assert (ledger.report["created"], ledger.report["refused"]) == (6, 0)


@pytest.mark.parametrize("code", ["type_unknown", "id_rounded", "", "x"])
def test_only_what_is_held_can_be_confirmed(client, tmp_path, code):
    ledger = checked(client, write_ledger(tmp_path, row(source_id="1", type="飞艇")))

    answer = client.post(f"/import/{ledger.uid}/confirm", {"code": code}, follow=True)

    assert "No rows of this ledger are held for that reason." in text(answer)
    ledger.refresh_from_db()
    assert (ledger.state, ledger.answers["confirmed"]) == (LedgerState.CHECKED, [])


def test_refused_rows_are_left_out_only_when_somebody_says_so(client, tmp_path):
    bad = {**row(source_id="2"), "lon": BEYOND[0], "lat": BEYOND[1]}
    ledger = checked(client, write_ledger(tmp_path, row(source_id="1"), bad))
    answer = client.post(f"/import/{ledger.uid}/commit", follow=True)
    assert "1 rows are refused. Correct them, or say to leave them out." in text(answer)
    work()
    assert not Asset.objects.exists()

    client.post(f"/import/{ledger.uid}/commit", {"skip_bad": "yes"})
    work()
    assert Asset.objects.count() == 1
    assert "1 refused rows were left out" in text(client.get(f"/import/{ledger.uid}/"))


def test_a_catalogue_that_has_changed_since_the_preview_is_noticed(client, owner, tmp_path, district):
    """Between the preview and the import the street's boundary moves: the row no longer is the editor's."""
    from places.models import Area
    from tests.factories import square

    ledger = checked(client, write_ledger(tmp_path, row(source_id="1")))
    Area.objects.filter(code__startswith="370105001").update(boundary=None, boundary_status="none")
    Area.objects.filter(pk=district.east.pk).update(boundary=square(116.98, 36.67, 117.02, 36.70))
    client.post(f"/import/{ledger.uid}/commit")
    work()
    ledger.refresh_from_db()
    assert (ledger.state, ledger.problem["code"], ledger.report["refused"]) == (
        LedgerState.CHECKED,
        "changed_since",
        1,
    )
    assert "the catalogue has changed since the preview" in text(client.get(f"/import/{ledger.uid}/"))
    assert not Asset.objects.exists()
    assert not Batch.objects.exists()


def test_the_same_file_again_changes_nothing_and_says_so(client, file):
    imported(client, file)
    ledger = checked(client, file)
    assert (ledger.report["unchanged"], ledger.report["created"], ledger.report["updated"]) == (3, 0, 0)
    page = text(client.get(f"/import/{ledger.uid}/"))
    assert "Nothing would change" in page
    assert "Import now" not in page


def test_the_report_leads_to_the_assets_and_stays(client, file):
    ledger = imported(client, file)
    page = text(client.get(f"/import/{ledger.uid}/"))
    assert f"/map/?batch={ledger.batch.pk}" in page
    assert f"/assets/{Asset.objects.first().code}/" in page
    for step in ("columns", "position"):
        assert client.get(f"/import/{ledger.uid}/{step}")["Location"] == f"/import/{ledger.uid}/"
    for answer in ("commit", "discard", "values", "columns"):
        client.post(f"/import/{ledger.uid}/{answer}", {"said-1": "x", "kind-1": "unit", "meaning-1": "x"})
    ledger.refresh_from_db()
    assert ledger.state == LedgerState.IMPORTED
    assert client.get(f"/import/{ledger.uid}/file").getvalue() == file.read_bytes()


def test_undo_says_what_it_would_do_and_does_it(client, file, publicity):
    from assets.actions.edit_asset import edit_asset
    from assets.history import Actor
    from assets.models import Origin

    ledger = imported(client, file)
    touched = Asset.objects.get(name="二号")
    edit_asset(Actor(publicity, Origin.WEB), touched, {"remarks": "后来"})
    page = text(client.get(f"/import/{ledger.uid}/undo"))
    assert "2 assets that it registered are removed" in page
    assert touched.code in page
    assert Asset.objects.filter(lifecycle="removed").count() == 0, "looking changes nothing"

    client.post(f"/import/{ledger.uid}/undo")
    work()
    ledger.refresh_from_db()
    assert ledger.undone is not None
    assert sorted(Asset.objects.filter(lifecycle="removed").values_list("name", flat=True)) == [
        "一号",
        "三号",
    ]
    report = text(client.get(f"/import/{ledger.uid}/"))
    assert "Imported, and undone" in report
    assert "2 removed, 0 put back." in report
    assert touched.code in report

    client.post(f"/import/{ledger.uid}/undo")
    work()
    ledger.refresh_from_db()
    assert ledger.undone is None
    assert Asset.objects.filter(lifecycle="removed").count() == 0


def test_undo_reaches_what_was_changed_since_only_when_asked_to(client, file, publicity):
    from assets.actions.edit_asset import edit_asset
    from assets.history import Actor
    from assets.models import Origin

    ledger = imported(client, file)
    edit_asset(Actor(publicity, Origin.WEB), Asset.objects.get(name="二号"), {"remarks": "后来"})
    client.post(f"/import/{ledger.uid}/undo", {"changed_too": "yes"})
    work()
    assert Asset.objects.filter(lifecycle="removed").count() == 3


def test_an_import_that_wrote_nothing_has_nothing_to_undo(client, file):
    imported(client, file)
    ledger = checked(client, file)
    client.post(f"/import/{ledger.uid}/commit")
    work()
    ledger.refresh_from_db()
    assert (ledger.state, ledger.batch) == (LedgerState.IMPORTED, None)
    assert client.get(f"/import/{ledger.uid}/undo").status_code == 302


def test_a_discarded_ledger_leaves_nothing(client, file):
    ledger = checked(client, file)
    folder = ledger.folder
    assert folder.exists()
    answer = client.post(f"/import/{ledger.uid}/discard", follow=True)
    assert "has been discarded" in text(answer)
    assert not Ledger.objects.exists()
    assert not folder.exists()
    assert client.get(f"/import/{ledger.uid}/").status_code == 404


def test_an_upload_in_a_script_gets_its_answer_as_data(client, file):
    sent = {"file": SimpleUploadedFile("ledger.csv", file.read_bytes())}
    answer = client.post("/import/", sent, headers={"accept": "application/json"})
    assert answer.json()["location"] == f"/import/{Ledger.objects.get().uid}/"
    answer = client.post(
        "/import/", {"file": SimpleUploadedFile("x.exe", b"x")}, headers={"accept": "application/json"}
    )
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")


def test_a_file_beyond_the_limit_is_refused_before_and_while_it_comes(client, monkeypatch, settings):
    monkeypatch.setattr("importing.ledgers.uploads.MOST_MEGABYTES", 1)
    answer = upload(client, b"x" * (3 << 20), "large.csv")
    assert answer.status_code == 413
    assert "larger than 1 MB" in text(answer)
    answer = upload(client, b"x" * ((1 << 20) + 1), "little_too_large.csv")
    assert answer.status_code == 413
    assert not Ledger.objects.exists()
    assert not list((settings.VAR_DIR / "incoming").glob("*"))


def test_the_east_is_not_the_wests(client, tmp_path):
    """The map of the rows shows the refused ones where they are."""
    east = {**row(source_id="1"), "lon": IN_THE_EAST[0], "lat": IN_THE_EAST[1]}
    ledger = checked(client, write_ledger(tmp_path, east, row(source_id="2")))
    from tests.mapping.conftest import decoded

    tile = decoded(client.get(f"/tiles/ledgers/{ledger.uid}/0/0/0.mvt?show=refused").content)
    [feature] = tile["rows"]["features"]
    assert (feature["properties"]["row"], feature["properties"]["outcome"]) == (2, "refused")
    assert client.get(f"/tiles/ledgers/{ledger.uid}/0/0/0.mvt?show=nothing").status_code == 400


def test_themes_in_a_change_have_their_names(client, tmp_path):
    make_theme("waste", name_zh="垃圾分类", name_en="Waste sorting")
    cells = row(source_id="1", themes="社会主义核心价值观")
    imported(client, write_ledger(tmp_path, cells))
    ledger = checked(client, write_ledger(tmp_path, {**cells, "themes": "垃圾分类、社会主义核心价值观"}))
    page = text(client.get(f"/import/{ledger.uid}/rows"))
    assert "<del>Core values</del>" in page
    assert "<ins>Waste sorting、Core values</ins>" in page
