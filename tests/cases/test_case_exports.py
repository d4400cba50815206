"""Cases leave the house as assets do: every format, /ogc/, the right to export, an audit line; nobody else's cases."""

import io
import json
import sqlite3
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from accounts.models import Role, User
from cases.lamps import LAMPS
from cases.layers import CASES, LAMP_SQL
from mapping.exports.formats import FORMATS
from mapping.models import Export
from tests.cases.conftest import Scene, as_user
from tests.factories import make_user

__all__ = ["as_user"]
pytestmark = pytest.mark.django_db
Looking = Callable[[User | None], Client]
ENDINGS = [
    format_.ending for format_ in FORMATS.values() if format_.is_for(CASES) and format_.ending != "json"
]


@pytest.fixture
def planner(scene: Scene) -> User:
    return make_user(Role.PLANNER, scene.district.district, username="planner")


@pytest.fixture
def exporter(planner: User, as_user: Looking) -> Client:
    return as_user(planner)


def features(client: Client, query: str = "") -> list[dict]:
    answer = client.get(f"/export/cases.geojson?{query}")
    assert answer.status_code == 200, answer.content
    return json.loads(answer.getvalue())["features"]


def test_a_file_holds_what_the_filter_leaves_with_words_and_times(scene: Scene, exporter: Client) -> None:
    case = scene.dispatch(description="=1+1")
    scene.fix(asset=scene.another())
    assert [feature["id"] for feature in features(exporter, "state=dispatched")] == [case.code]
    [told] = [feature["properties"] for feature in features(exporter, "state=dispatched&lang=en")]
    assert (told["state"], told["lamp"], told["unit"]) == ("dispatched", "red", "养护公司")
    assert told["asset"] == scene.asset.code
    assert told["due_at"] is not None
    assert len(told["photos_before"]) == 1
    assert told["photos_before"][0].startswith("http://testserver/cases/photos/")
    assert len(features(exporter)) == 2
    assert features(exporter, "state=closed") == []


@pytest.mark.parametrize("ending", ENDINGS)
def test_cases_can_be_had_in_every_format_of_the_assets(scene: Scene, exporter: Client, ending: str) -> None:
    scene.dispatch()
    answer = exporter.get(f"/export/cases.{ending}")
    assert answer.status_code == 200
    body = answer.getvalue()
    assert len(body) > 100
    line = Export.objects.get()
    assert (line.layer, line.rows, line.outcome) == ("cases", 1, "complete")
    if ending == "csv":
        assert b"370105-2026-" in body
    if ending in ("xlsx", "shp.zip"):
        assert zipfile.ZipFile(io.BytesIO(body)).testzip() is None


def test_the_geopackage_has_the_cases_and_their_code_lists(scene: Scene, exporter: Client, tmp_path) -> None:
    case = scene.dispatch()
    path = tmp_path / "cases.gpkg"
    path.write_bytes(exporter.get("/export/cases.gpkg").getvalue())
    database = sqlite3.connect(path)
    assert database.execute("SELECT code, state FROM cases").fetchall() == [(case.code, "dispatched")]
    lists = {row[0] for row in database.execute("SELECT DISTINCT list FROM codes")}
    assert {"case_state", "case_source", "case_lamp", "case_category"} <= lists
    database.close()


def test_an_unknown_parameter_or_value_is_refused_by_name(scene: Scene, exporter: Client) -> None:
    for query, name in (
        ("state=gone", "state"),
        ("lifecycle=removed", "lifecycle"),
        ("columns=x", "columns"),
    ):
        answer = exporter.get(f"/export/cases.csv?{query}")
        assert answer.status_code == 400
        assert name in answer.content.decode()
    assert exporter.get("/export/cases.gbt47678.zip").status_code == 404


def test_files_take_the_right_to_export_and_hold_only_what_their_reader_sees(
    scene: Scene, as_user: Looking
) -> None:
    mine = scene.dispatch()
    other = make_user(Role.PLANNER, scene.district.other_district, username="elsewhere")
    assert features(as_user(other)) == []
    assert as_user(other).get(f"/ogc/collections/cases/items/{mine.code}?f=json").status_code == 404
    for user, status in ((scene.patrol, 403), (scene.liaison, 403), (scene.desk, 200), (scene.leader, 403)):
        assert as_user(user).get("/export/cases.csv").status_code == status
        assert as_user(user).get("/ogc/collections/cases/items?f=json").status_code == status
    assert as_user(None).get("/export/cases.csv").status_code in (302, 401)
    assert [feature["id"] for feature in features(as_user(scene.desk))] == [mine.code]


def test_the_lamp_of_a_file_is_the_filters(scene: Scene, exporter: Client) -> None:
    scene.dispatch()
    scene.report(at=f"{timezone.localtime() - timedelta(minutes=1):%Y-%m-%d %H:%M}")
    scene.fix(asset=scene.another())
    for lamp in LAMPS:
        assert {feature["properties"]["lamp"] for feature in features(exporter, f"lamp={lamp}")} <= {lamp}
    assert all(f"'{lamp}'" in LAMP_SQL for lamp in LAMPS)


def test_ogc_serves_cases_with_what_can_be_asked_of_them(scene: Scene, exporter: Client) -> None:
    case = scene.dispatch()
    scene.fix(asset=scene.another())
    queryables = exporter.get("/ogc/collections/cases/queryables?f=json&lang=en").json()["properties"]
    assert set(queryables) == {field.name for field in CASES.fields} | {"geometry"}
    assert queryables["state"]["x-enum-titles"]["dispatched"] == "Dispatched"
    assert "soiled" in queryables["category"]["enum"]

    def codes(query: str) -> list[str]:
        answer = exporter.get(f"/ogc/collections/cases/items?f=json&{query}")
        assert answer.status_code == 200, answer.content
        return [feature["id"] for feature in answer.json()["features"]]

    assert len(codes("")) == 2
    assert codes("state=dispatched") == [case.code]
    assert codes("filter=state%3D'dispatched'%20AND%20lamp%3D'red'") == [case.code]
    assert codes("lamp=green") == []
    assert exporter.get(f"/ogc/collections/cases/items/{case.code}?f=json").json()["id"] == case.code
    assert exporter.get(f"/ogc/collections/cases/items/{case.code}?f=html").status_code == 200
    assert Export.objects.filter(layer="cases", format="ogc").exists()


def test_every_field_has_a_title_in_both_languages() -> None:
    for field in CASES.fields:
        titles = field.titles()
        assert titles["zh-hans"] != titles["en"], field.name
    with override("en"):
        assert len({field.name for field in CASES.fields}) == len(CASES.fields)
