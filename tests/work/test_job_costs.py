"""/jobs/costs/ and /jobs/costs.csv: what finished jobs cost, by street, type, crew, kind and month."""

import csv
import io
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from assets.models import Maintenance, MaintenanceKind
from places.models import Unit
from tests.factories import make_unit
from tests.mapping.conftest import Town

pytestmark = pytest.mark.django_db

Looking = Callable[[User | None], Client]


@pytest.fixture
def finished(town: Town) -> None:
    """Three streets' jobs in three months, one without a cost, one late in the evening of a month's last day."""
    crew = make_unit("=养护一班", is_crew=True)
    for asset, cost, moment in (
        (town.board, "100.10", datetime(2026, 9, 1)),  # noqa: DTZ001
        (town.board, "0.20", datetime(2026, 9, 30, 23, 30)),  # noqa: DTZ001
        (town.mural, "50", datetime(2026, 10, 5)),  # noqa: DTZ001
        (town.plaque, None, datetime(2026, 10, 6)),  # noqa: DTZ001
        (town.outside, "7", datetime(2026, 11, 1)),  # noqa: DTZ001
        (town.foreign, "999", datetime(2026, 10, 1)),  # noqa: DTZ001
    ):
        Maintenance.objects.create(
            asset=asset,
            kind=MaintenanceKind.REPAIR,
            state="done",
            completed_at=timezone.make_aware(moment),
            cost=Decimal(cost) if cost else None,
            crew=crew,
        )
    Maintenance.objects.create(asset=town.board, kind="clean", cost=Decimal(5000))  # only planned


def table(client: Client, query: str) -> list[list[str]]:
    response = client.get(f"/jobs/costs.csv?from=2026-09&to=2026-11&{query}")
    assert response.status_code == 200
    content = response.content.decode()
    assert content.startswith("\ufeff")
    return list(csv.reader(io.StringIO(content[1:])))


@pytest.fixture
def english(planner: User, as_user: Looking) -> Client:
    client = as_user(planner)
    client.cookies["django_language"] = "en"
    return client


def test_costs_by_street_and_month(finished: None, english: Client) -> None:
    head, *rows, total = table(english, "by=street")
    assert head[2:6] == ["2026-09", "2026-10", "2026-11", "Total (yuan)"]
    assert {tuple(row) for row in rows} == {
        ("无影山街道", "370105001", "100.30", "50.00", "0.00", "150.30", "3", "0"),
        ("天桥东街街道", "370105002", "0.00", "0.00", "0.00", "0.00", "1", "1"),
        ("Area unknown", "none", "0.00", "0.00", "7.00", "7.00", "1", "0"),
    }
    assert total == ["Total", "", "100.30", "50.00", "7.00", "157.30", "5", "1"]


@pytest.mark.parametrize("group, name", [("type", "Mural"), ("kind", "Repair"), ("crew", "'=养护一班")])
def test_costs_by_anything_else(finished: None, english: Client, group: str, name: str) -> None:
    _head, *rows, total = table(english, f"by={group}")
    assert name in {row[0] for row in rows}
    assert total[5] == "157.30"


def test_filters_narrow_it(finished: None, english: Client) -> None:
    assert table(english, "by=kind&street=370105001")[-1][5] == "150.30"
    assert table(english, "by=kind&type=mural")[-1][5] == "50.00"


def test_the_page_says_the_same(finished: None, english: Client) -> None:
    content = english.get("/jobs/costs/?from=2026-09&to=2026-11").content.decode()
    assert "157.30" in content
    assert "/jobs/costs.csv?by=street&amp;from=2026-09&amp;to=2026-11" in content


def test_the_last_twelve_months_are_shown_at_first(finished: None, english: Client) -> None:
    content = english.get("/jobs/costs/").content.decode()
    assert content.count('scope="col"') == 16
    assert f"{timezone.localdate():%Y-%m}" in content


@pytest.mark.parametrize(
    "query, parameter",
    [
        ("by=colour", "by"),
        ("from=2026-13", "from"),
        ("to=x", "to"),
        ("from=2026-11&to=2026-10", "from"),
        ("from=2001-01&to=2026-10", "from"),
        ("money=1", "money"),
    ],
)
def test_what_does_not_exist_is_named(english: Client, town: Town, query: str, parameter: str) -> None:
    response = english.get(f"/jobs/costs/?{query}")
    assert response.status_code == 400
    assert parameter in response.content.decode()


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@x", "\tx", "＝1"])
def test_a_cell_is_never_a_formula(finished: None, english: Client, name: str) -> None:
    Unit.objects.filter(name="=养护一班").update(name=name)
    assert table(english, "by=crew")[1][0] == f"'{name}"


def test_the_spreadsheet_says_the_same_with_numbers_as_numbers(finished: None, english: Client) -> None:
    response = english.get("/jobs/costs.xlsx?from=2026-09&to=2026-11&by=crew&street=370105001")
    assert response["Content-Type"].endswith("spreadsheetml.sheet")
    book = load_workbook(io.BytesIO(response.content))
    costs, about = book.worksheets
    assert [[cell.value for cell in row] for row in costs.iter_rows()] == [
        ["Crew", "Code", "2026-09", "2026-10", "2026-11", "Total (yuan)", "Jobs", "Jobs without a cost"],
        ["=养护一班", str(Unit.objects.get(name="=养护一班").pk), 100.3, 50, 0, 150.3, 3, 0],
        ["Total", None, 100.3, 50, 0, 150.3, 3, 0],
    ]
    assert (costs["A2"].data_type, costs["C2"].number_format) == ("s", "#,##0.00")
    assert {row[0].value: row[1].value for row in about.iter_rows()}["Filter"] == "无影山街道"


def test_a_stranger_sees_another_districts(finished: None, as_user: Looking, stranger: User) -> None:
    assert table(as_user(stranger), "by=kind")[-1][5] == "999.00"


@pytest.mark.parametrize("address", ["/jobs/costs/", "/jobs/costs.csv", "/jobs/costs.xlsx"])
def test_who_exports_nothing_sees_no_costs(
    town: Town, as_user: Looking, viewer: User, crew: User, owner: User, colleague: User, address: str
) -> None:
    for user, status in ((viewer, 403), (crew, 403), (None, 302), (owner, 200), (colleague, 200)):
        assert as_user(user).get(address).status_code == status


def test_it_takes_few_queries(
    finished: None, english: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    english.get("/jobs/costs/")
    with django_assert_max_num_queries(10):
        english.get("/jobs/costs/?by=crew")
