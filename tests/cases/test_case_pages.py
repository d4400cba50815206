"""/cases/, one case, reporting: what each of the cast sees and may do, and what the API tells."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from cases.actions.file_case import merge_case
from cases.actions.report_problem import report_problem
from cases.actions.urge_case import urge_case
from cases.filters import with_clock
from cases.models import Case, ClockKind, Source, State
from cases.queries import page_of_cases
from cases.watching import look
from tests.cases.conftest import COMMAND, Scene, by, make_category, moment
from tests.factories import make_asset, make_user
from tests.mapping.pictures import jpeg

pytestmark = pytest.mark.django_db

Looking = Callable[[User | None], Client]


@pytest.fixture
def looking(as_user: Looking) -> Looking:
    """Somebody looking in English."""

    def client_of(user: User | None) -> Client:
        client = as_user(user)
        client.cookies["django_language"] = "en"
        return client

    return client_of


def shown(client: Client, query: str = "") -> list[str]:
    response = client.get(f"/cases/?{query}")
    assert response.status_code == 200, response.content
    return re.findall(r'data-case="([^"]+)"', response.content.decode())


def offered(client: Client, case: Case) -> set[str]:
    content = client.get(f"/cases/{case.code}/").content.decode()
    return set(re.findall(rf'action="/cases/{case.code}/(\w+)"', content))


# --- Who sees what --------------------------------------------------------------------------------------------------


def test_readers_of_the_district_see_its_cases_and_a_unit_its_own(
    scene: Scene, looking: Looking, owner: User, colleague: User, stranger: User, viewer: User
) -> None:
    mine, other = scene.dispatch(), scene.file()
    both = {mine.code, other.code}
    for user in (owner, colleague, viewer, scene.desk, scene.patrol, scene.leader):
        assert set(shown(looking(user))) == both, user
    assert shown(looking(scene.liaison)) == [mine.code]
    assert shown(looking(scene.other_liaison)) == shown(looking(stranger)) == []
    for user, case, status in (
        (owner, mine, 200),
        (colleague, other, 200),
        (scene.liaison, mine, 200),
        (scene.liaison, other, 404),
        (scene.other_liaison, mine, 404),
        (stranger, mine, 404),
    ):
        assert looking(user).get(f"/cases/{case.code}/").status_code == status
        assert looking(user).get(f"/api/cases/{case.code}").status_code == status


@pytest.mark.parametrize("address", ["/cases/", "/cases/new/", "/cases/370105-2026-000001/"])
def test_nobody_is_sent_to_sign_in(scene: Scene, client: Client, address: str) -> None:
    assert client.get(address)["Location"] == f"/sign-in/?next={address}"


def test_nobody_reads_nothing_by_the_api(scene: Scene, client: Client) -> None:
    assert client.get("/api/cases").status_code == 401
    assert client.get(f"/api/cases/{scene.report().code}").status_code == 401


def test_a_user_without_a_role_reads_nothing(scene: Scene, as_user: Looking) -> None:
    assert as_user(make_user(None)).get("/cases/").status_code == 403


def test_photos_are_for_who_sees_the_case(
    scene: Scene, as_user: Looking, stranger: User, client: Client, settings: Settings, tmp_path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    case = scene.report(photos=[jpeg()])
    uid = case.photos.get().uid
    seen = as_user(scene.desk).get(f"/cases/photos/{uid}/thumb")
    assert seen.status_code == 200
    assert seen["Content-Type"] == "image/jpeg"
    assert "immutable" in seen["Cache-Control"]
    assert as_user(stranger).get(f"/cases/photos/{uid}/thumb").status_code == 404
    assert as_user(scene.desk).get(f"/cases/photos/{uid}/huge").status_code == 404
    assert client.get(f"/cases/photos/{uid}/thumb").status_code == 302


# --- The list -------------------------------------------------------------------------------------------------------


def test_the_oldest_time_comes_first_and_what_has_none_last(scene: Scene, looking: Looking) -> None:
    later = scene.dispatch(at="2026-03-03 10:00")
    filed = scene.file()
    first = scene.dispatch(at="2026-03-02 10:00")
    assert shown(looking(scene.desk)) == [first.code, later.code, filed.code]
    assert shown(looking(scene.desk), "order=new") == [first.code, filed.code, later.code]


def test_filters_leave_what_they_say(scene: Scene, looking: Looking) -> None:
    other = make_category("loose", "5 working_days", urgent=True)
    east = make_asset(scene.district.east.boundary.point_on_surface, name="天桥东街 7 号")
    now = timezone.now()
    cases = {
        "reported": scene.report(description="墙面被涂画"),
        "east": scene.report(asset=east, category=other),
        "dispatched": scene.dispatch(),
        "fixed": scene.fix(asset=scene.another()),
        "fresh": report_problem(COMMAND, scene.category, Source.HOTLINE, asset=scene.asset, at=now),
        "merged": merge_case(COMMAND, scene.report(), scene.report()),
    }
    everything = set(Case.objects.values_list("code", flat=True))
    client = looking(scene.desk)
    for query, names in {
        "state=dispatched": ["dispatched"],
        "state=duplicate": ["merged"],
        "lamp=green": ["fresh"],
        "category=loose": ["east"],
        "urgent=yes": ["east"],
        "street=370105002": ["east"],
        "source=hotline": ["fresh"],
        f"unit={scene.unit.pk}": ["dispatched", "fixed"],
        "q=涂画": ["reported"],
        "q=天桥东街": ["east"],
        f"q={cases['fixed'].code}": ["fixed"],
        f"asset={east.code}": ["east"],
        f"reported_from={timezone.localdate():%Y-%m-%d}": ["fresh"],
        "bbox=117.0001,36.6,117.1,36.7": ["east"],
    }.items():
        assert set(shown(client, query)) == {cases[name].code for name in names}, query
    assert set(shown(client, "state=all")) == everything
    assert set(shown(client)) == everything - {cases["merged"].code}
    assert set(shown(looking(scene.liaison), "unit=mine&state=dispatched")) == {cases["dispatched"].code}
    assert cases["fresh"].code not in shown(client, "reported_to=2026-12-01&lamp=red")
    assert len(shown(client, "state=&category=&q=&reported_from=&unit=")) == len(everything) - 1


@pytest.mark.parametrize(
    "query, parameter",
    [
        ("stat=open", "stat"),
        ("state=gone", "state"),
        ("state=draft", "state"),
        ("lamp=blue", "lamp"),
        ("category=none", "category"),
        ("source=x", "source"),
        ("unit=99999", "unit"),
        ("unit=x", "unit"),
        ("urgent=maybe", "urgent"),
        ("street=1", "street"),
        ("reported_from=yesterday", "reported_from"),
        ("reported_to=2026-13-01", "reported_to"),
        ("asset=1", "asset"),
        ("state=open&state=closed", "state"),
        ("order=size", "order"),
        ("cursor=x", "cursor"),
        ("cursor=WyJuZXciLCAiMSJd", "cursor"),
        ("after=x", "after"),
    ],
)
def test_what_does_not_exist_is_named(scene: Scene, looking: Looking, query: str, parameter: str) -> None:
    response = looking(scene.desk).get(f"/cases/?{query}")
    assert response.status_code == 400
    assert parameter in response.content.decode()
    answer = looking(scene.desk).get(f"/api/cases?{query}")
    assert answer.status_code == 400
    assert answer.json()["parameter"] == parameter


@pytest.mark.parametrize("order", ["due", "new"])
def test_pages_follow_one_another_without_gap_or_repeat(scene: Scene, looking: Looking, order: str) -> None:
    for number in range(7):
        scene.report(at=f"2026-03-02 09:0{number % 3}:1{number}")
    scene.file()
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        query = f"page_size=3&order={order}" + (f"&cursor={cursor}" if cursor else "")
        answer = looking(scene.desk).get(f"/api/cases?{query}").json()
        seen += [row["code"] for row in answer["results"]]
        assert answer["matched"] == 8
        cursor = answer["next"]
    assert len(seen) == len(set(seen)) == 8


def test_a_long_list_takes_no_more_queries(
    scene: Scene, looking: Looking, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(12):
        scene.report()
    client = looking(scene.desk)
    client.get("/cases/")
    with django_assert_max_num_queries(22):
        assert len(shown(client)) == 12


def test_a_long_story_takes_no_more_queries(
    scene: Scene, looking: Looking, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    case = scene.accept()
    for number in range(9):
        urge_case(
            by(scene.leader),
            case,
            f"hurry {number}",
            answer_by=moment("2026-03-04 12:00"),
            at=moment(f"2026-03-02 11:0{number}"),
        )
    client = looking(scene.desk)
    client.get(f"/cases/{case.code}/")
    with django_assert_max_num_queries(40):
        content = client.get(f"/cases/{case.code}/").content.decode()
    assert "hurry 8" in content
    assert len(re.findall(r' id="([^"]+)"', content)) == len(set(re.findall(r' id="([^"]+)"', content)))


def test_tabs_and_lamps_count_what_the_rest_of_the_filter_leaves(scene: Scene, looking: Looking) -> None:
    scene.report()
    scene.dispatch()
    content = looking(scene.desk).get("/cases/").content.decode()
    numbers = dict(re.findall(r">([A-Z][A-Za-z ]+)<span\s+class=\"n\">(\d+)</span>", content))
    assert (numbers["Open"], numbers["Dispatched"], numbers["Late"]) == ("2", "1", "2")


def test_the_menu_says_how_many_wait_for_the_reader(scene: Scene, looking: Looking, viewer: User) -> None:
    scene.report()
    scene.dispatch()
    scene.fix(asset=scene.another())
    for user, number in ((scene.desk, 2), (scene.liaison, 1), (scene.patrol, 1), (viewer, 0)):
        content = looking(user).get("/cases/").content.decode()
        found = re.findall(r'class="waiting"[^>]*>(\d+)<', content)
        assert found == ([str(number)] if number else []), user


# --- One case -------------------------------------------------------------------------------------------------------


def test_a_cases_page_tells_how_its_date_came_about(scene: Scene, looking: Looking) -> None:
    case = scene.dispatch(at="2026-03-06 10:00")
    look(moment("2026-03-09 17:30"))
    content = looking(scene.desk).get(f"/cases/{case.code}/").content.decode()
    assert (
        "Fri 2026-03-06 10:00 + 2 working days, passing over 03-07 to 03-08 = Tue 2026-03-10 17:30" in content
    )
    for words in ("Yellow card", "养护公司", "王师傅", "maintains it", "To put right"):
        assert words in content


def test_the_page_offers_what_the_reader_may_do(
    scene: Scene, looking: Looking, colleague: User, owner: User
) -> None:
    case = scene.dispatch()
    assert offered(looking(scene.desk), case) == {"add_report", "reclassify", "dispatch", "ask_void", "urge"}
    assert offered(looking(scene.liaison), case) == {"accept", "return", "answer_urge"}
    assert offered(looking(owner), case) == {"add_report", "accept"}
    assert offered(looking(scene.patrol), case) == {"add_report"}
    assert offered(looking(colleague), case) == set()
    assert (
        "There is nothing for you to do here"
        in looking(colleague).get(f"/cases/{case.code}/").content.decode()
    )


def test_the_desk_is_told_who_answers_and_what_may_be_the_same(scene: Scene, looking: Looking) -> None:
    case, other = scene.file(), scene.report()
    content = looking(scene.desk).get(f"/cases/{case.code}/").content.decode()
    assert f'<option value="{scene.unit.pk}" selected>' in content
    assert "maintains the asset" in content
    assert other.code in content


def test_a_case_goes_all_its_way_by_the_page(
    scene: Scene, looking: Looking, settings: Settings, tmp_path
) -> None:
    settings.MEDIA_ROOT = tmp_path

    def press(user: User, verb: str, status: int = 302, **given: object) -> None:
        response = looking(user).post(f"/cases/{case.code}/{verb}", given)
        assert response.status_code == status, response.content.decode()

    case = scene.report(at=f"{timezone.localtime() - timedelta(minutes=5):%Y-%m-%d %H:%M:%S}")
    press(scene.desk, "file", category="soiled")
    press(scene.desk, "dispatch", unit=scene.unit.pk, person="", why="theirs")
    press(scene.liaison, "accept")
    press(scene.liaison, "ask_hold", reason="rain", until=f"{timezone.localdate() + timedelta(days=3)}")
    press(scene.desk, "hold")
    press(scene.desk, "resume")
    press(scene.liaison, "fix", status=422, note="no photo")
    press(scene.liaison, "fix", photos=SimpleUploadedFile("after.jpg", jpeg(), "image/jpeg"), note="cleaned")
    press(scene.liaison, "verify", status=403, seen="on")
    press(scene.patrol, "verify", status=422)
    press(scene.patrol, "verify", seen="on", note="good")
    case.refresh_from_db()
    assert case.state == State.CLOSED
    assert case.photos.filter(stage="after").count() == 1


@pytest.mark.parametrize(
    "verb, given, expected",
    [
        ("reject", {}, "field-problem"),
        ("merge", {"other": "nonsense"}, "nonsense"),
        ("file", {"category": "none"}, "field-problem"),
        ("accept", {}, "403"),
        ("fly", {}, "404"),
        ("report", {}, "404"),
    ],
)
def test_bad_input_is_answered_in_words_and_nothing_is_written(
    scene: Scene, looking: Looking, verb: str, given: dict[str, str], expected: str
) -> None:
    case = scene.report()
    response = looking(scene.desk).post(f"/cases/{case.code}/{verb}", given)
    if expected.isdigit():
        assert response.status_code == int(expected)
    else:
        assert response.status_code == 422
        assert expected in response.content.decode()
    assert Case.objects.get(pk=case.pk).state == State.REPORTED
    assert case.steps.count() == 1


def test_what_somebody_else_did_meanwhile_is_said(scene: Scene, looking: Looking) -> None:
    case = scene.file()
    response = looking(scene.desk).post(f"/cases/{case.code}/file", {"category": "soiled"})
    assert response.status_code == 422
    assert "not possible while the case is" in response.content.decode()


def test_strangers_post_into_nothing(scene: Scene, looking: Looking, stranger: User, client: Client) -> None:
    case = scene.report()
    assert looking(stranger).post(f"/cases/{case.code}/file").status_code == 404
    assert looking(scene.desk).get(f"/cases/{case.code}/file").status_code == 405
    assert client.post(f"/cases/{case.code}/file").status_code == 302


# --- Reporting ------------------------------------------------------------------------------------------------------


def test_a_problem_is_reported_from_an_assets_panel(
    scene: Scene, looking: Looking, settings: Settings, tmp_path, viewer: User
) -> None:
    settings.MEDIA_ROOT = tmp_path
    panel = looking(scene.patrol).get(f"/assets/{scene.asset.code}/panel").content.decode()
    assert f"/cases/new/?asset={scene.asset.code}" in panel
    assert "/cases/new/" not in looking(viewer).get(f"/assets/{scene.asset.code}/panel").content.decode()
    assert looking(viewer).get("/cases/new/").status_code == 403
    reported = scene.report()
    form = looking(scene.patrol).get(f"/cases/new/?asset={scene.asset.code}").content.decode()
    assert reported.code in form
    assert '<option value="patrol" selected>' in form
    given = {"category": "soiled", "source": "patrol", "asset": scene.asset.code, "description": "脏"}
    refused = looking(scene.patrol).post("/cases/new/", given)
    assert refused.status_code == 422
    assert "photo" in refused.content.decode()
    file = SimpleUploadedFile("before.jpg", jpeg(), "image/jpeg")
    response = looking(scene.patrol).post("/cases/new/", {**given, "photos": file})
    case = Case.objects.get(description="脏")
    assert response["Location"] == f"/cases/{case.code}/"
    assert case.photos.count() == 1
    assert (
        "/cases/?state=all&amp;asset="
        in looking(viewer).get(f"/assets/{scene.asset.code}/panel").content.decode()
    )


@pytest.mark.parametrize(
    "given, sentence",
    [
        ({"asset": "37010503008999999"}, "37010503008999999"),
        ({"longitude": "117"}, "longitude and latitude"),
        ({"longitude": "121.5", "latitude": "31.2"}, "no district"),
        ({"longitude": "nan", "latitude": "1"}, "field-problem"),
        ({}, "Say where it is"),
    ],
)
def test_a_report_without_a_place_says_what_would_be_right(
    scene: Scene, looking: Looking, given: dict[str, str], sentence: str
) -> None:
    values = {"category": "soiled", "source": "patrol", **given}
    file = SimpleUploadedFile("x.jpg", b"no picture", "image/jpeg")
    response = looking(scene.patrol).post("/cases/new/", {**values, "photos": file})
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Case.objects.exists()


# --- For programs ---------------------------------------------------------------------------------------------------


def test_the_api_tells_a_case_with_its_timeline(scene: Scene, looking: Looking) -> None:
    case = scene.dispatch()
    answer = looking(scene.desk).get(f"/api/cases/{case.code}").json()
    assert (answer["state"], answer["lamp"], answer["unit"]) == ("dispatched", "red", "养护公司")
    assert [event["kind"] for event in answer["timeline"]] == ["dispatch", "file", "report"]
    assert looking(scene.desk).get(f"/api/cases/{case.code}?x=1").status_code == 400
    assert looking(scene.desk).get("/api/cases?page_size=0").json()["parameter"] == "page_size"


def test_pages_are_of_the_clock_that_runs(scene: Scene) -> None:
    scene.fix()
    found = page_of_cases(with_clock(Case.objects.all())).rows[0]
    assert found.running_kind == ClockKind.CHECK  # type: ignore[attr-defined]
