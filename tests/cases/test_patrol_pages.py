"""The pages of patrols: by role, for neighbour and stranger; an unannounced patrol is in no answer to a street."""

import csv
import io
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Role, User
from cases.actions.confirm_hours import confirm_hours
from cases.actions.record_patrol import end_patrol, note_case, start_patrol, visit_site
from cases.actions.void_patrol import void_patrol
from cases.models import Patrol, PatrolState, RecordKind, Team
from mapping.models import Export
from tests.cases.conftest import COMMAND, Scene
from tests.cases.patrol_scene import HOUR, Outing, make_outing
from tests.factories import make_campaign, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def out(scene: Scene) -> Outing:
    return make_outing(scene)


@pytest.fixture
def page(client: Client):
    """What somebody is shown; the status when it is none."""

    def get(user: User | None, address: str) -> str | int:
        client.cookies["django_language"] = "en"
        if user is None:
            client.logout()
        else:
            client.force_login(user)
        response = client.get(address)
        return response.content.decode() if response.status_code == 200 else response.status_code

    return get


def walk(out: Outing, patrol: Patrol, *, home: bool) -> Patrol:
    """A patrol that has visited one site and reported a problem; that is home, or still out."""
    now = timezone.now()
    start_patrol(COMMAND, patrol, 6, at=now - HOUR)
    visit_site(COMMAND, patrol, out.sites[0], at=now - HOUR / 2)
    case = out.scene.report(at="2026-03-02 09:00")
    note_case(COMMAND, patrol, case, RecordKind.PROBLEM, site=out.sites[1])
    if home:
        end_patrol(COMMAND, patrol)
    patrol.refresh_from_db()
    return patrol


def where_it_shows(out: Outing, patrol: Patrol, user: User, page) -> dict[str, bool]:
    """In which answers a patrol shows to somebody."""
    uid = str(patrol.uid)
    case = patrol.records.exclude(case=None).values_list("case__code", flat=True).first()
    list_page = page(user, "/cases/patrols/")
    teams = page(user, "/cases/patrols/teams/")
    return {
        "list": uid in str(list_page),
        "page": page(user, f"/cases/patrols/{uid}/") != 404,
        "case": uid in str(page(user, f"/cases/{case}/")),
        "filter": page(user, f"/cases/?state=all&patrol={uid}") != 400,
        "team's count": re.search(r"team=[0-9a-f-]+\">1<", str(teams)) is not None,
        "visited sites": out.sites[0].name not in str(page(user, "/cases/patrols/unvisited/?days=1")),
    }


def test_whoever_may_do_everything_everywhere_sees_unannounced_patrols_too(out: Outing) -> None:
    patrol = out.plan(announced=False)
    root = make_user(None, is_superuser=True, username="root")
    assert patrol in Patrol.objects.visible_to(root)


def test_an_unannounced_patrol_shows_to_a_street_nowhere_until_it_ends(out: Outing, page) -> None:
    patrol = walk(out, out.plan(announced=False), home=False)
    for hidden_from in (out.street, make_user(Role.LEADER, out.scene.district.west), out.scene.patrol):
        shown = where_it_shows(out, patrol, hidden_from, page)
        assert not any(shown.values()), shown
    for told in (out.scene.desk, out.member):
        assert all(where_it_shows(out, patrol, told, page).values())
    end_patrol(COMMAND, patrol)
    assert all(where_it_shows(out, patrol, out.street, page).values())


def test_an_export_of_a_hidden_patrol_s_cases_is_refused_as_one_that_does_not_exist(
    out: Outing, client: Client
) -> None:
    patrol = walk(out, out.plan(announced=False), home=False)
    client.force_login(out.street)
    hidden = client.get("/api/cases", {"state": "all", "patrol": str(patrol.uid)})
    missing = client.get("/api/cases", {"state": "all", "patrol": str(uuid4())})
    assert hidden.status_code == missing.status_code == 400
    assert hidden.json()["detail"].replace(str(patrol.uid), "") == re.sub(
        r"[0-9a-f-]{36}", "", missing.json()["detail"]
    )
    client.force_login(out.scene.desk)
    assert client.get("/api/cases", {"state": "all", "patrol": str(patrol.uid)}).status_code == 200


def test_a_hidden_patrol_that_was_voided_before_it_ended_stays_hidden(out: Outing, page) -> None:
    patrol = walk(out, out.plan(announced=False), home=False)
    void_patrol(COMMAND, patrol, "rain")
    assert page(out.street, f"/cases/patrols/{patrol.uid}/") == 404


@pytest.mark.parametrize(
    "address",
    ["", "teams/", "unvisited/", "hours/", "{uid}/"],
)
def test_pages_are_for_readers_of_cases_here(out: Outing, page, stranger: User, address: str) -> None:
    patrol = out.plan()
    address = f"/cases/patrols/{address.format(uid=patrol.uid)}"
    for reader in (out.scene.desk, out.street, out.member, out.scene.leader):
        assert "<h1>" in str(page(reader, address))
    assert page(out.scene.liaison, address) == 403
    assert page(None, address) == 302
    of_a_stranger = page(stranger, address)
    assert of_a_stranger == 404 or "巡访一队" not in str(of_a_stranger)


@pytest.mark.parametrize("address", ["plan/", "teams/new/", "teams/{team}/"])
def test_planning_and_teams_are_the_desk_s(out: Outing, page, address: str) -> None:
    address = f"/cases/patrols/{address.format(team=out.team.uid)}"
    assert "<form" in str(page(out.scene.desk, address))
    for other in (out.street, out.member, out.scene.leader):
        assert page(other, address) == 403
    elsewhere = make_user(Role.PUBLICITY, out.scene.district.other_district)
    assert out.team.name not in str(page(elsewhere, "/cases/patrols/plan/"))
    assert page(elsewhere, f"/cases/patrols/teams/{out.team.uid}/") == 404


def test_a_telephone_shows_to_the_team_and_the_desk_only(out: Outing, page) -> None:
    patrol = out.plan()
    for address in ("/cases/patrols/teams/", f"/cases/patrols/{patrol.uid}/"):
        for told in (out.scene.desk, out.member):
            assert "13800001111" in str(page(told, address))
        for other in (out.street, out.scene.leader, out.scene.patrol):
            assert "13800001111" not in str(page(other, address))


# --- Doing things ---------------------------------------------------------------------------------------------------


def test_the_desk_enters_a_team_and_plans_a_patrol_with_a_draw(out: Outing, client: Client) -> None:
    client.force_login(out.scene.desk)
    team = {"name": "拍客团", "kind": "photo_team", "area": "370105", "headcount": "30", "active": "on"}
    assert client.post("/cases/patrols/teams/new/", team).status_code == 302
    made = Team.objects.get(name="拍客团")
    plan = {
        "team": str(made.uid),
        "planned_for": "2026-12-01T09:00",
        "areas": ["370105001"],
        "per_group": "1",
        "campaign": make_campaign(out.scene.district.district, "tables").code,
    }
    assert client.post("/cases/patrols/plan/", plan).status_code == 302
    patrol = Patrol.objects.get(team=made)
    assert (patrol.announced, patrol.campaign.code) == (False, "tables")
    assert patrol.stops.count() == 2
    again = client.post(f"/cases/patrols/{patrol.uid}/draw", {"per_group": "2"})
    assert again.status_code == 422
    sent = {"per_group": "2", "reason": "one was closed"}
    assert client.post(f"/cases/patrols/{patrol.uid}/draw", sent).status_code == 302
    assert patrol.stops.count() == 4


@pytest.mark.parametrize(
    "changed, field",
    [
        ({"team": "x"}, "team"),
        ({"planned_for": "tomorrow"}, "planned_for"),
        ({"areas": ["999999"]}, "areas"),
        ({"areas": ["\0"]}, "areas"),
        ({"sites": "no such site"}, "sites"),
        ({"areas": []}, "areas"),
        ({"per_group": "99"}, "per_group"),
    ],
)
def test_a_plan_that_cannot_be_says_by_field_what_is_wrong(
    out: Outing, client: Client, changed: dict[str, object], field: str
) -> None:
    client.force_login(out.scene.desk)
    plan = {"team": str(out.team.uid), "planned_for": "2026-12-01T09:00", "areas": ["370105001"], **changed}
    response = client.post("/cases/patrols/plan/", plan)
    assert response.status_code == 422
    assert f'form-row wrong" data-field="{field}"' in response.content.decode()
    assert not Patrol.objects.exists()


def test_a_member_walks_a_patrol_on_the_page_and_the_leader_confirms(out: Outing, client: Client) -> None:
    patrol = out.plan()
    address = f"/cases/patrols/{patrol.uid}"
    client.force_login(out.member)
    assert client.post(f"{address}/start", {"people": "0"}).status_code == 422
    assert client.post(f"{address}/start", {"people": "5"}).status_code == 302
    assert client.post(f"{address}/visit", {"site": "T1"}).status_code == 302
    assert client.post(f"{address}/visit", {"site": "none"}).status_code == 422
    assert client.post(f"{address}/end").status_code == 302
    assert client.post(f"{address}/confirm", {"people": "5", "minutes": "30"}).status_code == 403
    client.force_login(out.lead)
    assert client.post(f"{address}/confirm", {"people": "5", "minutes": "30"}).status_code == 302
    patrol.refresh_from_db()
    assert (patrol.state, patrol.confirmed_minutes) == (PatrolState.ENDED, 30)
    client.force_login(out.street)
    assert client.post(f"{address}/void", {"reason": "x"}).status_code == 403
    assert client.post(f"{address}/nothing").status_code == 404
    body = client.get(f"{address}/").content.decode()
    assert re.findall(r'data-site="(T\d)" data-state="(\w+)"', body) == [
        ("T0", "open"),
        ("T1", "visited"),
        ("T2", "open"),
        ("T3", "open"),
    ]


# --- Lists and files ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "?state=lost",
        "?team=x",
        "?street=1",
        "?from=2026-13-01",
        "?colour=red",
        "unvisited/?days=0",
        "unvisited/?days=%D9%A1",
        "unvisited/?kind=x",
        "hours/?from=2026-02-02&to=2026-01-01",
        "hours/?from=2020-01-01&to=2026-01-01",
        "hours/?from=x",
        "?cursor=x",
    ],
)
def test_an_address_that_asks_for_what_does_not_exist_is_a_400(out: Outing, page, address: str) -> None:
    assert page(out.scene.desk, f"/cases/patrols/{address}") == 400


def test_the_list_filters_by_state_team_street_and_day(out: Outing, page) -> None:
    now = timezone.now()
    first = out.plan(now - timedelta(days=9))
    second = out.plan(now, sites=(), areas=[out.scene.district.east])
    start_patrol(COMMAND, second, 3)

    def shown(query: str) -> set[str]:
        found = re.findall(r'data-patrol="([^"]+)"', str(page(out.scene.desk, f"/cases/patrols/?{query}")))
        return {"first" if uid == str(first.uid) else "second" for uid in found}

    assert shown("") == {"first", "second"}
    assert shown("state=underway") == {"second"}
    assert shown(f"team={out.team.uid}&state=planned") == {"first"}
    assert shown("street=370105001") == {"first"}
    assert shown("street=370105002") == {"second"}
    assert shown(f"from={now - timedelta(days=1):%Y-%m-%d}") == {"second"}
    assert shown(f"to={now - timedelta(days=5):%Y-%m-%d}") == {"first"}


def test_unvisited_sites_are_told_by_how_long_nobody_was_there(out: Outing, client: Client, page) -> None:
    patrol = out.plan()
    now = timezone.now()
    visit_site(COMMAND, patrol, out.sites[0], at=now - timedelta(days=40))
    visit_site(COMMAND, patrol, out.sites[1], at=now - timedelta(days=2))
    body = str(page(out.scene.desk, "/cases/patrols/unvisited/"))
    assert re.findall(r'data-site="(T\d)"', body) == ["T2", "T3", "T0"]
    assert re.findall(
        r'data-site="(T\d)"', str(page(out.scene.desk, "/cases/patrols/unvisited/?days=60"))
    ) == [
        "T2",
        "T3",
    ]
    assert page(out.member, "/cases/patrols/unvisited.csv") == 403
    client.force_login(out.scene.desk)
    rows = list(
        csv.reader(io.StringIO(client.get("/cases/patrols/unvisited.csv?days=1").content.decode("utf-8-sig")))
    )
    assert [row[0] for row in rows[1:]] == ["T2", "T3", "T0", "T1"]
    assert client.get("/cases/patrols/unvisited.xlsx").content[:2] == b"PK"
    assert client.get("/cases/patrols/unvisited.pdf").status_code == 404
    assert Export.objects.filter(layer="patrol_unvisited").count() == 2
    # A patrol that was voided visited nothing.
    void_patrol(COMMAND, patrol, "by mistake")
    assert len(re.findall(r"data-site", str(page(out.scene.desk, "/cases/patrols/unvisited/?days=1")))) == 4


def test_hours_are_people_times_time_and_leave_as_figures_only(out: Outing, client: Client) -> None:
    patrol = walk(
        out, out.plan(campaign=make_campaign(out.scene.district.district, name_zh="=文明交通")), home=True
    )
    walk(out, out.plan(), home=True)
    confirm_hours(COMMAND, patrol, 6, 90)
    client.force_login(out.scene.desk)
    client.cookies["django_language"] = "en"
    body = client.get("/cases/patrols/hours/").content.decode()
    assert '<td class="number">9.0</td>' in body
    rows = list(csv.reader(io.StringIO(client.get("/cases/patrols/hours.csv").content.decode("utf-8-sig"))))
    assert len(rows) == 2
    assert rows[1][0] == "巡访一队"
    assert rows[1][1] == "'=文明交通"
    assert rows[1][5:8] == ["6", "90", "9.0"]
    for private in ("13800001111", "王队长", "member"):
        assert not any(private in cell for row in rows for cell in row)


def test_many_patrols_take_no_more_queries(
    out: Outing, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _n in range(6):
        patrol = walk(out, out.plan(), home=True)
        confirm_hours(COMMAND, patrol, 2, 10)
    client.force_login(out.scene.desk)
    for address, most in (
        ("", 26),
        ("teams/", 16),
        ("unvisited/?days=1", 16),
        ("hours/", 14),
        (f"{patrol.uid}/", 28),
    ):
        client.get(f"/cases/patrols/{address}")
        with django_assert_max_num_queries(most):
            assert client.get(f"/cases/patrols/{address}").status_code == 200


def test_the_desk_changes_a_plan_and_its_page_tells_what_was_before(
    out: Outing, client: Client, page, stranger: User
) -> None:
    patrol = out.plan(sites=out.sites[:2])
    address = f"/cases/patrols/{patrol.uid}/plan"
    assert address in str(page(out.scene.desk, f"/cases/patrols/{patrol.uid}/"))
    assert "T0\nT1</textarea>" in str(page(out.scene.desk, address))
    make_campaign(out.scene.district.district, "civil", name_zh="创城")
    given = {"planned_for": "2026-12-24T09:30", "sites": "T3", "campaign": "civil", "regular": "on"}
    refused = client.post(address, given)
    assert refused.status_code == 422
    assert client.post(address, {**given, "reason": "下雨"}).status_code == 302
    shown = str(page(out.scene.desk, f"/cases/patrols/{patrol.uid}/"))
    for words in ("下雨", "2026-12-24 09:30", "<del>点位0、点位1</del> → 点位3", "创城"):
        assert words in shown
    for other in (out.street, out.member):
        assert page(other, address) == 403
        assert address not in str(page(other, f"/cases/patrols/{patrol.uid}/"))
    assert page(stranger, address) in (403, 404)
    assert page(None, address) == 302
