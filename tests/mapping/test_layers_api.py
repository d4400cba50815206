"""/api/inspections, maintenance, areas, roads, sites and lists: typed rows by pages, narrowed by fields."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from assets.layers import LAYERS
from assets.models import Condition, Inspection
from tests.factories import make_asset, make_road, make_user
from tests.mapping.conftest import Town

pytestmark = pytest.mark.django_db

Looking = Callable[[User | None], Client]
NAMES = [name for name in LAYERS if name != "assets"]
TAKEN_AWAY = ("inspections", "maintenance")


@pytest.fixture
def reader(planner: User, as_user: Looking) -> Client:
    """A planner of the district, who takes data away."""
    return as_user(planner)


@pytest.fixture
def inspected(town: Town) -> Town:
    for day, condition in ((1, Condition.GOOD), (5, Condition.MINOR), (9, Condition.SEVERE)):
        Inspection.objects.create(
            asset=town.board,
            condition=condition,
            observed_at=f"2026-11-0{day}T08:00+08:00",
            origin="web",
            note="看过",
        )
    return town


@pytest.mark.parametrize("name", NAMES)
def test_who_reads_what(
    inspected: Town,
    client: Client,
    as_user: Looking,
    owner: User,
    colleague: User,
    planner: User,
    viewer: User,
    crew: User,
    stranger: User,
    name: str,
) -> None:
    address = f"/api/{name}"
    assert client.get(address).status_code == 401
    assert as_user(make_user(None)).get(address).status_code == 403
    answers = [as_user(user).get(address).json() for user in (owner, colleague, planner)]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0]["matched"] == len(answers[0]["results"]) > 0
    key = LAYERS[name].key
    first = answers[0]["results"][0]
    assert as_user(planner).get(f"{address}/{first[key]}").json() == first
    # What is told of assets is taken away here, as by a file; areas, roads and sites are there to be looked up.
    for user in (viewer, crew):
        for path in (address, f"{address}/{first[key]}"):
            assert as_user(user).get(path).status_code == (403 if name in TAKEN_AWAY else 200)
    assert as_user(stranger).get(f"{address}/{first[key]}").status_code in (
        404,
        200 if name == "sites" else 404,
    )
    assert as_user(planner).get(f"{address}/nothing").status_code == 404
    others = {row[key] for row in as_user(stranger).get(address).json()["results"]}
    # A site in no known area is nobody's secret.
    assert others & {row[key] for row in answers[0]["results"]} == (
        {first[key]} if name == "sites" else set()
    )


def test_rows_are_narrowed_ordered_and_paged(inspected: Town, reader: Client) -> None:
    answer = reader.get("/api/inspections?condition=minor,severe&order=-effective_at").json()
    assert [row["condition"] for row in answer["results"]] == ["severe", "minor"]
    row = answer["results"][0]
    assert (row["asset"], row["note"], row["type_name"]) == (inspected.board.code, "看过", "宣传栏")
    assert (row["lon"], row["lat"]) == (116.9851, 36.6753)
    first = reader.get("/api/inspections?page_size=2").json()
    rest = reader.get("/api/inspections", {"page_size": 2, "cursor": first["next"]}).json()
    assert (len(first["results"]), len(rest["results"]), rest["next"], rest["matched"]) == (2, 1, None, 3)
    assert reader.get("/api/inspections?lang=en").json()["results"][0]["type_name"] == "Notice board"
    assert reader.get(f"/api/maintenance?asset={inspected.mural.code}&overdue=true").json()["matched"] == 1


@pytest.mark.parametrize(
    "query, parameter",
    [
        ("unheard_of=1", "unheard_of"),
        ("condition=dameged", "condition"),
        ("id=one", "id"),
        ("page_size=0", "page_size"),
        ("page_size=1001", "page_size"),
        ("page_size=x", "page_size"),
        ("order=defects", "order"),
        ("cursor=x", "cursor"),
        ("lang=fr", "lang"),
        ("condition=good&condition=minor", "condition"),
    ],
)
def test_what_is_misspelt_is_named(town: Town, reader: Client, query: str, parameter: str) -> None:
    response = reader.get(f"/api/inspections?{query}")
    assert response["Content-Type"] == "application/problem+json"
    assert (response.status_code, response.json()["parameter"]) == (400, parameter)


def test_lists(town: Town, reader: Client) -> None:
    lists = {entry["name"]: entry["entries"] for entry in reader.get("/api/lists").json()}
    assert {"code": "severe", "zh": "严重破损", "en": "Severe damage"} in lists["condition"]
    assert {entry["code"] for entry in lists["theme"]} == {"core_values", "waste_sorting"}
    assert reader.get("/api/lists/theme").json()["entries"] == lists["theme"]
    assert reader.get("/api/lists/nothing").status_code == 404
    assert reader.get("/api/lists?x=1").json()["parameter"] == "x"


@pytest.mark.parametrize("name", [*NAMES, "lists"])
def test_queries_are_few_however_many_rows(
    inspected: Town, reader: Client, name: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(6):
        make_asset()
        make_road(f"路{number}")
    reader.get(f"/api/{name}")
    with django_assert_max_num_queries(20):
        reader.get(f"/api/{name}")
