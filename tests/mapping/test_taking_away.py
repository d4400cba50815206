"""Taking data away in bulk is one thing, whatever the address: the right to export, a line of who took it, and nobody
but their supervisors is told who was where and when."""

import csv
import io
import sqlite3
from collections.abc import Callable

import openpyxl
import pytest
from django.test import Client

from accounts.models import User
from assets.models import Condition, Inspection
from mapping.models import Export, ExportOutcome
from tests.factories import make_user
from tests.mapping.conftest import Town

pytestmark = pytest.mark.django_db

Looking = Callable[[User | None], Client]
NAME = "巡检员赵某"


@pytest.fixture
def seen(town: Town, crew: User) -> Inspection:
    """An inspection by somebody of the crew in the west street."""
    crew.display_name = NAME
    crew.save()
    return Inspection.objects.create(
        asset=town.board,
        condition=Condition.MINOR,
        observed_at="2026-11-05T08:00+08:00",
        origin="phone",
        inspector=crew,
    )


LIVE = {
    "/api/inspections": "api",
    "/api/maintenance": "api",
    "/ogc/collections/inspections/items": "ogc",
    "/ogc/collections/maintenance/items": "ogc",
    "/ogc/collections/assets/items": "ogc",
}
TELLING = (
    "/api/inspections",
    "/api/inspections/{id}",
    "/ogc/collections/inspections/items",
    "/ogc/collections/inspections/items/{id}",
    "/export/inspections.csv",
    "/export/inspections.xlsx",
    "/export/assets.gpkg",
    "/export/assets.geojson",
    "/export/changes.geojson",
)


@pytest.mark.parametrize("address", [*LIVE, *TELLING])
def test_who_may_not_export_takes_nothing_away(
    address: str, seen: Inspection, as_user: Looking, viewer: User, crew: User
) -> None:
    address = address.format(id=seen.pk)
    assert Client().get(address).status_code == 401
    for user in (viewer, crew, make_user(None)):
        assert as_user(user).get(address).status_code == 403
    assert not Export.objects.exists()


@pytest.mark.parametrize("address", LIVE)
def test_reading_live_leaves_a_line_that_counts_the_rows_of_the_day(
    address: str, seen: Inspection, as_user: Looking, planner: User, owner: User
) -> None:
    client = as_user(planner)
    answer = client.get(address).json()
    rows = len(answer.get("results", answer.get("features")))
    client.get(address)

    line = Export.objects.get()
    layer = next(name for name in ("inspections", "maintenance", "assets") if name in address)
    assert (line.user, line.layer, line.format, line.outcome) == (
        planner,
        layer,
        LIVE[address],
        ExportOutcome.LIVE,
    )
    assert line.rows == 2 * rows > 0

    as_user(owner).get(address)
    assert Export.objects.count() == 2


ONE_ROW = ("/api/inspections/{id}", "/ogc/collections/inspections/items/{id}")


@pytest.mark.parametrize("address", ONE_ROW)
def test_reading_rows_one_by_one_leaves_the_same_line(
    address: str, seen: Inspection, as_user: Looking, planner: User
) -> None:
    client = as_user(planner)
    for _nth in range(3):
        assert client.get(address.format(id=seen.pk)).status_code == 200
    line = Export.objects.get()
    assert (line.layer, line.outcome, line.rows) == ("inspections", ExportOutcome.LIVE, 3)


def body(client: Client, address: str) -> bytes:
    response = client.get(address)
    assert response.status_code == 200, response.content
    return b"".join(response) if response.streaming else response.content


@pytest.mark.parametrize("address", TELLING)
def test_only_supervisors_are_told_who_was_where(
    address: str,
    seen: Inspection,
    as_user: Looking,
    owner: User,
    publicity: User,
    colleague: User,
    planner: User,
) -> None:
    address = address.format(id=seen.pk)
    found = {
        user.username: readable(address, body(as_user(user), address))
        for user in (owner, publicity, colleague, planner)
    }
    assert NAME not in found["planner"]
    assert NAME not in found["colleague"]  # supervises another street
    if "inspections" in address or address.endswith("gpkg"):
        assert NAME in found["owner"]
        assert NAME in found["publicity"]


def readable(address: str, content: bytes) -> str:
    """A file's texts, also where they are packed."""
    if address.endswith("gpkg"):
        database = sqlite3.connect(":memory:")
        database.deserialize(content)
        return str(database.execute("SELECT * FROM inspections").fetchall())
    if address.endswith("xlsx"):
        sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
        return str(list(sheet.iter_rows(values_only=True)))
    return content.decode()


@pytest.mark.parametrize(
    "query",
    [
        f"/api/inspections?inspector={NAME}",
        f"/ogc/collections/inspections/items?inspector={NAME}",
        f"/ogc/collections/inspections/items?filter=inspector='{NAME}'",
        "/ogc/collections/inspections/items?filter=inspector IS NOT NULL",
    ],
)
def test_what_is_not_told_cannot_be_asked_for(
    query: str, seen: Inspection, as_user: Looking, planner: User, publicity: User
) -> None:
    def matched(user: User) -> int:
        answer = as_user(user).get(query).json()
        return int(answer.get("matched", answer.get("numberMatched")))

    assert (matched(publicity), matched(planner)) == (1, 0)


def test_the_column_is_there_for_everybody(seen: Inspection, as_user: Looking, planner: User) -> None:
    text = body(as_user(planner), "/export/inspections.csv").decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["inspector"] == ""
    assert row["condition"] == "minor"
