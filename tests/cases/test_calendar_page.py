"""/cases/calendar/: publishing a year moves provisional dates, correcting one moves none, and both are history."""

from datetime import date

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from cases.desk.calendar import days_in, in_runs
from cases.models import CalendarDay, CalendarYear, Clock, ClockKind, ClockMove, MoveKind
from tests.cases.conftest import Scene, make_category

HOLIDAY = {"source": "国办发明电〔2026〕9号", "off": "2027-02-05 .. 2027-02-11", "worked": "2027-02-14"}


@pytest.fixture
def desk(scene: Scene, client: Client) -> Client:
    client.force_login(scene.desk)
    client.cookies["django_language"] = "en"
    return client


@pytest.mark.django_db
def test_publishing_a_year_dates_provisional_cases_anew(scene: Scene, desk: Client) -> None:
    case = scene.dispatch(category=make_category("long", "30 working_days"), at="2026-11-27 10:00")
    clock = case.clocks.get(kind=ClockKind.HANDLE)
    assert clock.provisional
    assert "is not published here" in desk.get("/cases/calendar/").content.decode()
    given = {**HOLIDAY, "off": "2027-01-01\n2027-01-04\n" + HOLIDAY["off"]}
    assert desk.post("/cases/calendar/2027/", given)["Location"] == "/cases/calendar/"
    moved = Clock.objects.get(pk=clock.pk)
    assert not moved.provisional
    assert moved.due_at > clock.due_at
    assert ClockMove.objects.filter(clock=clock, kind=MoveKind.CALENDAR).count() == 1
    assert "is not published here" not in desk.get("/cases/calendar/").content.decode()


@pytest.mark.django_db
def test_a_correction_is_history_and_moves_no_date(scene: Scene, desk: Client) -> None:
    case = scene.dispatch(at="2026-03-02 10:00")
    before = list(case.clocks.values_list("due_at", flat=True))
    page = desk.get("/cases/calendar/2026/").content.decode()
    assert "2026-10-01" in page
    days = CalendarDay.objects.filter(year__year=2026, works=False).values_list("day", flat=True)
    worked = CalendarDay.objects.filter(year__year=2026, works=True).values_list("day", flat=True)
    given = {
        "source": "corrected",
        "off": "\n".join([*(f"{day}" for day in days), "2026-03-03"]),
        "worked": "\n".join(f"{day}" for day in worked),
    }
    assert desk.post("/cases/calendar/2026/", given).status_code == 302
    changed = CalendarDay.objects.get(day=date(2026, 3, 3))
    assert changed.events.count() == 1
    assert CalendarYear.objects.get(year=2026).events.count() >= 1
    assert list(case.clocks.values_list("due_at", flat=True)) == before
    later = scene.dispatch(at="2026-03-02 10:00")
    assert later.clocks.get(kind=ClockKind.HANDLE).due_at > case.clocks.get(kind=ClockKind.HANDLE).due_at


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changed, sentence",
    [
        ({"off": "soon"}, "“soon” is no day"),
        ({"off": "2027-02-30"}, "is no day"),
        ({"off": "2027-02-11 .. 2027-02-05"}, "is no day"),
        ({"off": "2026-10-01"}, "2026-10-01 is no exception of this year"),
        ({"worked": "2027-02-15"}, "2027-02-15 is no exception of this year"),
        ({"source": ""}, "field-problem"),
    ],
)
def test_what_is_no_day_is_named(scene: Scene, desk: Client, changed: dict[str, str], sentence: str) -> None:
    response = desk.post("/cases/calendar/2027/", {**HOLIDAY, **changed})
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not CalendarYear.objects.filter(year=2027).exists()


@pytest.mark.django_db
def test_the_office_edits_others_read(scene: Scene, client: Client, stranger: User, owner: User) -> None:
    for user, reads, edits in ((scene.patrol, 200, 403), (owner, 200, 403), (scene.liaison, 403, 403)):
        client.force_login(user)
        assert client.get("/cases/calendar/").status_code == reads
        assert client.get("/cases/calendar/2027/").status_code == edits
        assert client.post("/cases/calendar/2027/", HOLIDAY).status_code == edits
    client.logout()
    assert client.get("/cases/calendar/").status_code == 302
    assert not CalendarYear.objects.filter(year=2027).exists()


@given(st.sets(st.dates(date(2027, 1, 1), date(2027, 12, 31))))
def test_runs_say_the_same_days(days: set[date]) -> None:
    weekdays = sorted(day for day in days if day.weekday() < 5)
    text = "\n".join(f"{first} .. {last}" for first, last in in_runs(weekdays) if (last - first).days <= 31)
    told = [day for day in days_in(text) if day.weekday() < 5]
    long = [run for run in in_runs(weekdays) if (run[1] - run[0]).days > 31]
    if not long:
        assert told == weekdays
