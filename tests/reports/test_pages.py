"""Start page, dashboard and monthly report: who may see what, and that every number is that of the list it opens."""

import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from docx import Document
from openpyxl import load_workbook

from accounts.models import Membership, Role, User
from assets.actions.record_inspection import record_inspection
from assets.models import Condition, MaintenanceState
from assets.models.maintenance import Maintenance
from cases.actions.propose_exposure import Wording, propose_exposure
from places.models import Area, Holder, Responsibility
from reports.dashboard import over_time
from reports.figures.keeping import keep_day
from reports.figures.standing import Told
from reports.models import AssetFigure, Night
from tests.cases.conftest import COMMAND, Scene, by
from tests.factories import make_artwork, make_asset, make_type, make_user
from tests.writer import in_writer

pytestmark = pytest.mark.django_db

Looking = Callable[[User | None], Client]
PAGES = ["/start/", "/dashboard/", "/reports/month/", "/walls/"]


@pytest.fixture
def looking(as_user: Looking) -> Looking:
    """Somebody looking in English."""

    def client_of(user: User | None) -> Client:
        client = as_user(user)
        client.cookies["django_language"] = "en"
        return client

    return client_of


@pytest.fixture
def busy(scene: Scene) -> Scene:
    """Something of everything that a start page counts."""
    long_ago = timezone.localdate() - timedelta(days=40)
    for condition in Condition:
        asset = make_asset()
        if condition is not Condition.UNKNOWN:
            record_inspection(COMMAND, asset, condition)
    make_asset(next_inspection_due=long_ago, artwork=make_artwork(valid_to=long_ago))
    make_asset(type=make_type("unit_plaque", item="03007", family="signboard"))
    Maintenance.objects.create(asset=scene.asset, kind="repair", due_on=long_ago)
    Maintenance.objects.create(
        asset=scene.another(),
        kind="repair",
        state=MaintenanceState.DONE,
        completed_at=timezone.now() - timedelta(days=2),
        cost=Decimal("120.50"),
    )
    scene.report()
    scene.file(asset=scene.another())
    scene.dispatch(asset=scene.another())
    scene.accept(asset=scene.another())
    scene.fix(asset=scene.another())
    return scene


def leading(content: str) -> list[tuple[int, str]]:
    """The numbers of a start page with the addresses that they lead to."""
    tiles = re.findall(r'class="number-tile[^"]*" href="([^"]+)"><b>([\d,]+)</b>', content)
    cells = re.findall(r'<td class="number"><a[^>]*href="([^"]+)">([\d,]+)</a>', content)
    return [(int(count.replace(",", "")), unescape(address)) for address, count in [*tiles, *cells]]


def listed(client: Client, address: str) -> int:
    """How much the list at an address says that it has."""
    parts = urlsplit(address)
    if parts.path == "/map/":
        return client.get(f"/api/legend?{parts.query}").json()["matched"]
    response = client.get(address)
    assert response.status_code == 200, address
    return response.context["open_count"] if "open_count" in response.context else response.context["matched"]


# --- Start ----------------------------------------------------------------------------------------------------------


def test_every_number_is_that_of_the_list_it_opens(
    busy: Scene, looking: Looking, owner: User, colleague: User, viewer: User, planner: User
) -> None:
    titles = set()
    for user in (busy.desk, owner, colleague, viewer, planner, busy.leader, busy.liaison):
        client = looking(user)
        found = leading(client.get("/start/").content.decode())
        assert found
        for count, address in found:
            assert listed(client, address) == count, (user.username, address)
        titles |= {address for count, address in found if count}
    # All kinds of lists were led to.
    assert {urlsplit(address).path for address in titles} >= {"/map/", "/due/", "/jobs/list/", "/cases/"}


def needs(client: Client) -> dict[str, int]:
    return {need.title: need.count for need in client.get("/start/").context["needs"]}


def test_each_role_is_asked_for_what_it_can_do(
    busy: Scene, looking: Looking, owner: User, viewer: User
) -> None:
    desk = needs(looking(busy.desk))
    assert desk["Cases to file"] == desk["Cases to dispatch"] == desk["Cases to check"] == 1
    assert desk["Severely damaged or missing"] == 2
    assert desk["Show an artwork that has expired"] == 1
    assert {"Red cards: cases that are late", "Jobs overdue", "Jobs to verify"} <= set(desk)
    street = needs(looking(owner))
    assert street["Severely damaged or missing"] == 2
    assert "Cases to file" not in street
    unit = needs(looking(busy.liaison))
    assert unit["Cases of my unit to accept"] == unit["Cases of my unit to put right"] == 1
    assert "Severely damaged or missing" not in unit
    assert needs(looking(busy.other_liaison)) == needs(looking(viewer)) == {}
    assert "Red cards: cases that are late" in needs(looking(busy.leader))


def test_what_no_filter_counts_is_asked_of_the_rooms_that_know_it(busy: Scene, looking: Looking) -> None:
    today = timezone.localdate()
    wording = Wording(
        "小广告成片", "限期清理。", "bulletin", today, today + timedelta(days=7), today + timedelta(days=5)
    )
    propose_exposure(by(busy.desk), [busy.accept(asset=busy.another())], wording)
    for user in (busy.desk, busy.leader):
        assert needs(looking(user))["Exposures that wait for a second person"] == 1
    assert "Exposures that wait for a second person" not in needs(looking(busy.liaison))


def test_a_street_sees_its_part(busy: Scene, looking: Looking, owner: User, colleague: User) -> None:
    part = looking(owner).get("/start/").context["streets"]
    assert [(row.code, row.assets > 0) for row in part] == [("370105001", True)]
    # Nothing in the east but that nobody answers for it.
    assert needs(looking(colleague)) == {"Streets without a leader": 2, "Communities without a unit": 2}


def led(user: User, *streets: Area, ends_on: date | None = None) -> None:
    """Somebody is the leader of streets since January."""
    holder, _made = Holder.objects.get_or_create(name=user.username, post="区级领导", user=user)
    for street in streets:
        Responsibility.objects.create(
            kind="leader", area=street, holder=holder, begins_on=date(2026, 1, 1), ends_on=ends_on
        )


def test_my_streets_are_those_that_rows_of_responsibility_say(busy: Scene, looking: Looking) -> None:
    leader = make_user(Role.LEADER, busy.district.district, username="chief")
    led(leader, busy.district.west)
    page = looking(leader).get("/start/")
    assert [row.code for row in page.context["streets"]] == ["370105001"]
    assert page.context["part_names"] == [busy.district.west.name]
    assert {address for _n, address in leading(page.content.decode()) if "street=" not in address} <= {
        "/cases/exposures/?state=proposed",
        "/assessment/",
    }
    led(leader, busy.district.east)
    both = looking(leader).get("/start/").context
    assert both["part"].query == "street=370105001,370105002"
    filters = looking(leader).get("/cases/").context["choices"]
    assert ("370105001,370105002", "My streets") in next(
        filter_.options for filter_ in filters if filter_.name == "street"
    )


def test_a_leader_whose_period_ended_has_no_streets_any_more(busy: Scene, looking: Looking) -> None:
    """The membership stays as it was: it says where somebody may approve, not what is theirs."""
    today = timezone.localdate()
    leader = make_user(Role.LEADER, busy.district.west, username="chief")
    led(leader, busy.district.west, ends_on=today)
    assert looking(leader).get("/start/").context["part"].code == "370105001"
    Responsibility.objects.update(ends_on=today - timedelta(days=1))
    page = looking(leader).get("/start/")
    assert page.context["part"].code == ""
    assert len(page.context["streets"]) > 1
    assert "Nobody has entered that your account answers for a street today" in page.content.decode()
    assert "My streets" not in page.content.decode()


def test_crews_and_patrols_go_on_to_the_phones_page(scene: Scene, looking: Looking, crew: User) -> None:
    assert looking(crew).get("/start/")["Location"] == "/field/"
    assert looking(scene.patrol).get("/start/")["Location"] == "/field/"
    Membership.objects.create(user=crew, role=Role.PLANNER, area=scene.district.district)
    assert looking(User.objects.get(pk=crew.pk)).get("/start/").status_code == 200


def test_signing_in_leads_to_the_start_page(owner: User, client: Client) -> None:
    signed = client.post("/sign-in/", {"username": "owner", "password": "secret"})
    assert signed["Location"] == "/start/"
    assert client.get("/")["Location"] == "/start/"


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


@pytest.mark.parametrize("address", ["/start/", "/dashboard/?days=365", "/reports/month/?month=2026-03"])
def test_a_page_asks_as_much_of_many_as_of_few(busy: Scene, looking: Looking, address: str) -> None:
    client = looking(busy.desk)
    client.get(address)
    make_asset()  # after a write lists are read anew, both times
    few = queries_of(client, address)
    for _ in range(5):
        make_asset(type=make_type("unit_plaque"))
        busy.report(asset=busy.another())
    assert queries_of(client, address) <= few


# --- Who ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [*PAGES, "/reports/month.xlsx", "/reports/month.docx"])
def test_nobody_is_sent_to_sign_in_and_without_a_role_there_is_nothing(
    scene: Scene, client: Client, as_user: Looking, address: str
) -> None:
    assert client.get(address)["Location"] == f"/sign-in/?next={address}"
    assert as_user(make_user(None)).get(address).status_code == 403
    assert as_user(scene.desk).post(address).status_code == 405


def test_each_of_the_cast_sees_the_pages_of_their_role(
    busy: Scene, as_user: Looking, owner: User, colleague: User, viewer: User, planner: User
) -> None:
    for user, statuses in (
        (busy.desk, [200, 200, 200, 200]),
        (owner, [200, 200, 200, 403]),
        (colleague, [200, 200, 200, 403]),
        (planner, [200, 200, 200, 403]),
        (viewer, [200, 200, 403, 403]),
        (busy.leader, [200, 200, 403, 403]),
        (busy.liaison, [200, 200, 403, 403]),
    ):
        assert [as_user(user).get(page).status_code for page in PAGES] == statuses, user.username


def test_a_stranger_sees_nothing_of_the_district(busy: Scene, looking: Looking, stranger: User) -> None:
    keep_day(timezone.localdate() - timedelta(days=1), Told.HAPPENED)
    client = looking(stranger)
    numbers = leading(client.get("/start/").content.decode())
    assert {address for count, address in numbers if count} == {"/responsibility/gaps/?gap=streets"}
    charts = client.get("/dashboard/").context["charts"]
    assert all(chart.is_empty for chart in charts), [chart.name for chart in charts if not chart.is_empty]
    for table in client.get("/reports/month/").context["tables"]:
        assert not any(value for row in table.rows for value in row[2:]), table.title


# --- Dashboard ------------------------------------------------------------------------------------------------------


def charts(client: Client, query: str = "") -> dict:
    response = client.get(f"/dashboard/?{query}")
    assert response.status_code == 200, response.content
    return {chart.name: chart for chart in response.context["charts"]}


def test_charts_count_what_the_filter_leaves(busy: Scene, looking: Looking) -> None:
    client = looking(busy.desk)
    whole, signs = charts(client), charts(client, "type=unit_plaque")
    assert sum(whole["by-type"].rows[0].values) + sum(whole["by-type"].rows[1].values) == listed(
        client, "/map/"
    )
    assert [row.values for row in signs["by-street"].rows] == [[1, 0, 0, 0, 0, 0]]
    for row in whole["by-street"].rows:
        assert listed(client, row.address) == sum(row.values)
    for row in whole["by-source"].rows:
        assert listed(client, row.address) == sum(row.values)
    assert sum(row.values[0] for row in whole["done"].rows) == 0  # today is not over
    assert sum(row.values[1] for row in whole["done"].rows) == 1
    assert whole["costs"].rows[-1].values == [Decimal("120.50")] or whole["costs"].rows[-2].values
    # Two cases of March have jobs.
    assert [row.values for row in whole["ageing"].rows] == [(0, 0), (0, 0), (1, 1), (0, 2)]
    assert signs["by-source"].is_empty


def test_costs_are_for_who_may_open_their_page(
    busy: Scene, looking: Looking, viewer: User, planner: User
) -> None:
    assert "costs" in charts(looking(planner))
    assert "costs" not in charts(looking(viewer))
    assert "costs" not in charts(looking(busy.liaison))


def test_nights_answer_by_street_and_type_and_say_when_they_cannot(
    busy: Scene, looking: Looking, monkeypatch: pytest.MonkeyPatch
) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    night = Night.objects.create(day=yesterday)
    for place, kind, good in (
        ("370105001", "notice_board", 5),
        ("370105001", "unit_plaque", 2),
        ("370105002", "notice_board", 1),
        ("370105", "notice_board", 7),
        ("370999001", "notice_board", 100),
    ):
        AssetFigure.objects.create(night=night, place=place, type=kind, good=good)
    client = looking(busy.desk)

    def good(query: str) -> int:
        return sum(row.values[1] for row in charts(client, query)["conditions"].rows)

    assert good("") == 15
    assert good("street=370105001") == 7
    assert good("street=none,370105002") == 8
    assert good("type=unit_plaque") == good("family=signboard") == 2
    assert good("street=370105002&type=unit_plaque") == 0
    assert good("days=365") == 15
    assert "street and type only" in charts(client, "condition=good")["conditions"].without
    monkeypatch.setattr(over_time, "_DAILY", 10)
    other_day = Night.objects.create(day=yesterday - timedelta(days=3))
    AssetFigure.objects.create(night=other_day, place="370105001", type="notice_board", good=1)
    assert good("") == 15  # of a long period, a night a week


@pytest.mark.parametrize(
    "query, parameter",
    [("days=7", "days"), ("street=1", "street"), ("color=red", "color"), ("type=x%00", "type")],
)
def test_what_is_not_understood_is_named(scene: Scene, as_user: Looking, query: str, parameter: str) -> None:
    response = as_user(scene.desk).get(f"/dashboard/?{query}", headers={"accept": "application/json"})
    assert response.status_code == 400
    assert parameter in response.content.decode()


# --- The month ------------------------------------------------------------------------------------------------------


def test_a_month_is_told_alike_on_the_page_in_the_workbook_and_in_the_document(
    busy: Scene, looking: Looking
) -> None:
    client = looking(busy.desk)
    tables = client.get("/reports/month/?month=2026-03").context["tables"]
    book = load_workbook(io.BytesIO(client.get("/reports/month.xlsx?month=2026-03").content))
    document = Document(io.BytesIO(client.get("/reports/month.docx?month=2026-03").content))
    assert book.sheetnames[:-1] == [table.title for table in tables]
    for table, grid in zip(tables, document.tables, strict=True):
        sheet = book[table.title]
        assert [cell.value for cell in sheet[1]] == list(table.headings)
        for row, cells, written in zip(table.rows, sheet.iter_rows(min_row=2), grid.rows[1:], strict=True):
            assert [cell.value for cell in cells] == [
                float(value) if isinstance(value, Decimal) else value or (None if value == "" else value)
                for value in row
            ]
            assert written.cells[0].text == row[0]
    cases = {row[0]: list(row[2:]) for row in next(table for table in tables if table.title == "Cases").rows}
    # Of five, one is only reported and one filed; three have a limit to put them right, which one has kept.
    assert cases["Total"] == [5, 0, 0, 0, 3, 1]
    sources = {row[0]: row[1] for row in next(table for table in tables if table.title == "Sources").rows}
    assert sources["Patrol"] == sources["Total"] == 5


@pytest.mark.slow
def test_writer_opens_the_month_with_the_headings_and_tables_of_the_page(
    busy: Scene, looking: Looking, tmp_path: Path
) -> None:
    client = looking(busy.desk)
    client.cookies["django_language"] = "zh-hans"
    tables = client.get("/reports/month/?month=2026-03").context["tables"]
    opened = in_writer(client.get("/reports/month.docx?month=2026-03").content, tmp_path)
    assert [title for level, title in opened.headings if level == 1] == [table.title for table in tables]
    assert [grid[0] for grid in opened.tables] == [list(table.headings) for table in tables]
    assert [[row[0] for row in grid[1:]] for grid in opened.tables] == [
        [row[0] for row in table.rows] for table in tables
    ]
    told = {cell for grid in opened.tables for row in grid for cell in row}
    assert {"合计", "案件"} <= told | {title for _level, title in opened.headings}
    assert opened.pages > 0


def test_numbers_of_the_workbook_are_numbers(busy: Scene, looking: Looking) -> None:
    month = f"{timezone.localdate() - timedelta(days=2):%Y-%m}"
    book = load_workbook(io.BytesIO(looking(busy.desk).get(f"/reports/month.xlsx?month={month}").content))
    costs = [[cell.value for cell in row] for row in book["Costs"].iter_rows(min_row=2)]
    assert costs[-1][2:] == [120.5, 1, 0]
    assert book["Costs"]["C2"].number_format != "General"


def test_a_month_that_was_kept_is_told_as_it_was_kept(busy: Scene, looking: Looking) -> None:
    night = Night.objects.create(day=date(2026, 3, 31))
    AssetFigure.objects.create(night=night, place="370105001", type="notice_board", good=41, overdue=2)
    AssetFigure.objects.create(night=night, place="370105", type="notice_board", missing=1)
    conditions = looking(busy.desk).get("/reports/month/?month=2026-03").context["tables"][0]
    rows = {row[0]: list(row[2:]) for row in conditions.rows}
    assert rows["无影山街道"] == [0, 41, 0, 0, 0, 0, 41, 2]
    assert rows["Area unknown"] == [0, 0, 0, 0, 0, 1, 1, 0]
    assert rows["Total"] == [0, 41, 0, 0, 0, 1, 42, 2]


@pytest.mark.parametrize("month", ["2026-13", "2026-3", "x", "2099-01", "2026-03-01", "%00"])
def test_a_month_that_is_none_is_refused_by_name(scene: Scene, as_user: Looking, month: str) -> None:
    response = as_user(scene.desk).get(
        f"/reports/month/?month={month}", headers={"accept": "application/json"}
    )
    assert response.status_code == 400
    assert "month" in response.content.decode()
