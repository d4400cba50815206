"""/export/…: who may, what is refused and named, how many queries it takes, and the line every export leaves."""

from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from assets.layers import EXPORTED
from mapping.models import Export, ExportOutcome
from tests.factories import make_user
from tests.mapping.conftest import Town
from tests.mapping.exports import hung_up

pytestmark = pytest.mark.django_db

Looking = Callable[[User | None], Client]
FILES = [
    "assets.csv",
    "assets.gpkg",
    "inspections.csv",
    "maintenance.xlsx",
    "artworks.csv",
    "assets.gbt47678.csv",
]
ADDRESSES = [*(f"/export/{name}" for name in FILES), "/export/changes.geojson", "/export/counts.json"]


@pytest.fixture
def exporter(planner: User, as_user: Looking) -> Client:
    return as_user(planner)


@pytest.mark.parametrize("address", [*ADDRESSES, "/export/options.json", "/export/files.json"])
def test_nobody_and_those_who_only_read_are_refused(
    address: str, town: Town, as_user: Looking, viewer: User, crew: User
) -> None:
    assert Client().get(address).status_code == 401
    for user in (viewer, crew, make_user(None)):
        response = as_user(user).get(address)
        assert (response.status_code, response["Content-Type"]) == (403, "application/problem+json")
    assert not Export.objects.exists()


def test_each_takes_their_own_district(
    town: Town, as_user: Looking, owner: User, colleague: User, stranger: User
) -> None:
    for user in (owner, colleague):
        body = as_user(user).get("/export/assets.csv?columns=code").getvalue().decode()
        assert set(body.split('"')) >= {asset.code for asset in town.shown}
        assert town.foreign.code not in body
    body = as_user(stranger).get("/export/assets.csv?columns=code").getvalue().decode()
    assert town.foreign.code in body
    assert town.board.code not in body
    assert as_user(stranger).get("/export/maintenance.csv").getvalue().count(b"\n") == 1


@pytest.mark.parametrize(
    "query, parameter",
    [
        ("columns=code,colour", "columns"),
        ("columns=code,code", "columns"),
        ("columns=position", "columns"),
        ("columns=", "columns"),
        ("crs=mars", "crs"),
        ("crs=EPSG:2154", "crs"),
        ("titles=runes", "titles"),
        ("lang=fr", "lang"),
        ("street=1", "street"),
        ("format=csv", "format"),
        ("lang=zh&lang=en", "lang"),
    ],
)
def test_what_is_wrong_is_named(query: str, parameter: str, town: Town, exporter: Client) -> None:
    response = exporter.get(f"/export/assets.csv?{query}")
    assert (response.status_code, response.json()["parameter"]) == (400, parameter)
    assert not Export.objects.exists()


@pytest.mark.parametrize(
    "name", ["assets.pdf", "nothing.csv", "inspections.gpkg", "assets.json", "assets.mars.json"]
)
def test_what_does_not_exist_is_not_found(name: str, town: Town, exporter: Client) -> None:
    response = exporter.get(f"/export/{name}")
    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")


def test_formats_with_names_of_their_own_take_no_titles(town: Town, exporter: Client) -> None:
    for name, parameter in (
        ("assets.shp.zip?titles=words", "titles"),
        ("assets.gbt47678.csv?columns=code", "columns"),
    ):
        assert exporter.get(f"/export/{name}").json()["parameter"] == parameter


def test_head_tells_the_type_and_takes_nothing(town: Town, exporter: Client) -> None:
    response = exporter.head("/export/assets.csv")
    assert (response.status_code, response["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert not Export.objects.exists()


@pytest.mark.parametrize("name", FILES)
def test_the_number_of_queries_does_not_grow(
    name: str, town: Town, exporter: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(30):
        exporter.get(f"/export/{name}").getvalue()


# --- Audit ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["assets.geojson", "assets.csv", "assets.geojsonl", "assets.xlsx"])
def test_every_export_leaves_a_line(name: str, town: Town, exporter: Client, planner: User) -> None:
    response = exporter.get(f"/export/{name}?street=370105001&columns=code,name&lang=zh")
    line = Export.objects.get()
    assert line.outcome == ExportOutcome.STARTED, "written before anything has left"
    size = len(response.getvalue())
    line.refresh_from_db()
    assert (line.user, line.name, line.layer) == (planner, "planner", "assets")
    assert f"{line.layer}.{line.format}" == name
    assert (line.filter, line.columns) == ("street=370105001", ["code", "name"])
    assert (line.outcome, line.rows, line.bytes) == (ExportOutcome.COMPLETE, 2, size)
    assert line.finished_at is not None


@pytest.mark.parametrize("name", ["assets.geojson", "assets.csv"])
def test_an_interrupted_one_says_so(name: str, town: Town, exporter: Client) -> None:
    response = exporter.get(f"/export/{name}")
    first = next(iter(response.streaming_content))
    hung_up(response)
    line = Export.objects.get()
    assert (line.outcome, line.bytes) == (ExportOutcome.INTERRUPTED, len(first))


def test_one_that_nobody_read_says_so(town: Town, exporter: Client) -> None:
    hung_up(exporter.get("/export/assets.geojson"))
    assert Export.objects.get().outcome == ExportOutcome.INTERRUPTED


def test_a_failed_one_says_so(town: Town, planner: User) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(planner)
    with patch("mapping.exports.views.make", side_effect=OSError("disk full")):
        assert client.get("/export/assets.csv").status_code == 500
    assert Export.objects.get().outcome == ExportOutcome.FAILED


def test_a_file_that_was_not_read_leaves_nothing_on_disk(
    town: Town, exporter: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for name in ("assets.gpkg", "assets.shp.zip", "assets.xlsx", "assets.gbt47678.zip"):
        response = exporter.get(f"/export/{name}")
        hung_up(response)
        # The response still stands: no folder may wait for Python to tidy up.
        assert list(tmp_path.iterdir()) == []
        del response


def test_a_file_of_which_a_piece_was_read_leaves_nothing_on_disk(
    town: Town, exporter: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    response = exporter.get("/export/assets.xlsx")
    next(iter(response.streaming_content))
    hung_up(response)
    assert list(tmp_path.iterdir()) == []


def test_snapshots_and_change_feeds_leave_a_line_too(town: Town, exporter: Client) -> None:
    exporter.get("/snapshot/assets.html?street=370105001")
    exporter.get("/export/changes.geojson").getvalue()
    lines = Export.objects.order_by("id").values_list("layer", "format", "rows", "outcome")
    assert list(lines) == [("assets", "snapshot", 2, "complete"), ("changes", "geojson", 0, "complete")], (
        "what is not committed is in no feed"
    )


def test_the_lines_are_read_in_the_administration_and_not_written(
    town: Town, exporter: Client, publicity: User, owner: User
) -> None:
    exporter.get("/export/assets.csv?street=370105001").getvalue()
    line = Export.objects.get()
    admin = Client()
    admin.force_login(publicity)
    page = admin.get(reverse("admin:mapping_export_changelist"))
    assert "street=370105001" in page.content.decode()
    assert admin.get(reverse("admin:mapping_export_change", args=[line.pk])).status_code == 200
    assert (
        admin.post(reverse("admin:mapping_export_change", args=[line.pk]), {"name": "x"}).status_code == 403
    )
    assert admin.get(reverse("admin:mapping_export_add")).status_code == 403
    assert (
        admin.post(reverse("admin:mapping_export_delete", args=[line.pk]), {"post": "yes"}).status_code == 403
    )
    admin.force_login(owner)
    assert "street=370105001" not in admin.get(reverse("admin:mapping_export_changelist")).content.decode()


# --- What the dialogue asks -----------------------------------------------------------------------------------------


def test_the_dialogue_is_told_formats_columns_and_counts(town: Town, exporter: Client) -> None:
    options = exporter.get("/export/options.json").json()
    assert [layer["name"] for layer in options["layers"]] == list(EXPORTED)
    assert {"name": "epsg4548", "short": "EPSG:4548"}.items() <= options["systems"][2].items()
    counts = exporter.get("/export/counts.json?street=370105001").json()
    assert counts["assets"] == {"rows": 2, "total": 6}
    assert counts["maintenance"] == {"rows": 1, "total": 1}
    assert exporter.get("/export/counts.json?streeet=1").status_code == 400
    assert exporter.get("/export/options.json?x=1").status_code == 400
