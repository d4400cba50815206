"""/jobs/, /jobs/list/ and a job's own page, with the steps people take there."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from assets.models import Maintenance, MaintenanceKind
from tests.factories import make_user
from tests.mapping.conftest import Town
from tests.mapping.pictures import jpeg
from tests.work.jobs_scene import Jobs

pytestmark = pytest.mark.django_db

Looking = Callable[[User | None], Client]


@pytest.fixture
def office(owner: User, as_user: Looking) -> Client:
    client = as_user(owner)
    client.cookies["django_language"] = "en"
    return client


def shown(client: Client, address: str) -> list[int]:
    response = client.get(address)
    assert response.status_code == 200, response.content
    return [int(number) for number in re.findall(r'data-job="(\d+)"', response.content.decode())]


# --- Board ----------------------------------------------------------------------------------------------------------


def test_the_board_has_a_column_for_each_state(jobs: Jobs, office: Client) -> None:
    content = office.get("/jobs/").content.decode()
    columns = re.split(r'<section class="column"', content)[1:]
    assert [re.findall(r'data-job="(\d+)"', column) for column in columns] == [
        [str(job.pk)] for job in (jobs.late, jobs.assigned, jobs.underway, jobs.done, jobs.verified)
    ]
    assert "2 days late" in columns[0]


def test_the_usual_next_step_is_offered_where_one_may_take_it(jobs: Jobs, office: Client) -> None:
    content = office.get("/jobs/").content.decode()
    cards = dict(re.findall(r'data-job="(\d+)">(.*?)</li>', content, re.DOTALL))
    assert f'name="crew" value="{jobs.crew.pk}"' in cards[str(jobs.late.pk)]
    assert 'value="in_progress"' in cards[str(jobs.assigned.pk)]
    # In the east the owner may do nothing.
    assert "Done" not in cards[str(jobs.underway.pk)]
    assert "Verify" not in cards[str(jobs.done.pk)]


def test_other_districts_are_not_there(jobs: Jobs, office: Client, as_user: Looking, stranger: User) -> None:
    assert jobs.foreign.pk not in shown(office, "/jobs/")
    assert shown(as_user(stranger), "/jobs/") == [jobs.foreign.pk]
    assert shown(as_user(stranger), "/jobs/list/") == [jobs.foreign.pk]


@pytest.mark.parametrize("address", ["/jobs/", "/jobs/list/", "/jobs/1/", "/jobs/sheet/", "/campaigns/"])
def test_nobody_is_sent_to_sign_in(jobs: Jobs, client: Client, address: str) -> None:
    response = client.get(address)
    assert response["Location"] == f"/sign-in/?next={address}"


def test_a_user_without_a_role_reads_nothing(jobs: Jobs, as_user: Looking) -> None:
    assert as_user(make_user(None)).get("/jobs/").status_code == 403


def test_a_full_board_takes_no_more_queries(
    jobs: Jobs, town: Town, office: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(20):
        for state in ("planned", "assigned", "in_progress"):
            Maintenance.objects.create(asset=town.board, kind=MaintenanceKind.CLEAN, state=state)
    office.get("/jobs/")
    with django_assert_max_num_queries(22):
        content = office.get("/jobs/").content.decode()
    assert "9 more" in content


# --- List -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query, names",
    [
        ("", ["late", "assigned", "underway", "done", "verified", "cancelled"]),
        ("state=open", ["late", "assigned", "underway"]),
        ("state=done,verified", ["done", "verified"]),
        ("crew=none", ["late", "cancelled"]),
        ("kind=clean", ["assigned", "done"]),
        ("priority=urgent", ["underway"]),
        ("overdue=yes", ["late"]),
        ("street=370105001", ["late", "assigned", "verified"]),
        ("type=mural", ["late"]),
        ("q=鹊华", ["late"]),
        ("condition=damaged&state=open", ["late"]),
        ("bbox=117,36.6,117.1,36.7", ["underway", "done", "cancelled"]),
    ],
)
def test_filters_leave_what_they_say(jobs: Jobs, office: Client, query: str, names: list[str]) -> None:
    assert set(shown(office, f"/jobs/list/?{query}")) == {getattr(jobs, name).pk for name in names}


def test_a_crews_jobs(jobs: Jobs, office: Client, owner: User) -> None:
    assert set(shown(office, f"/jobs/list/?crew={jobs.other_crew.pk}")) == {jobs.underway.pk}
    assert shown(office, "/jobs/list/?crew=mine") == []
    owner.units.add(jobs.other_crew)
    assert shown(office, "/jobs/list/?crew=mine") == [jobs.underway.pk]
    assert set(shown(office, f"/jobs/list/?batch={jobs.batch.pk}")) == {jobs.assigned.pk, jobs.done.pk}


def test_what_a_form_leaves_empty_says_nothing(jobs: Jobs, office: Client) -> None:
    assert len(shown(office, "/jobs/list/?state=&kind=&crew=&street=&q=&overdue=")) == 6


@pytest.mark.parametrize(
    "query, parameter",
    [
        ("stat=open", "stat"),
        ("state=gone", "state"),
        ("kind=fly", "kind"),
        ("crew=99999", "crew"),
        ("crew=x", "crew"),
        ("priority=9", "priority"),
        ("overdue=maintenance", "overdue"),
        ("batch=1x", "batch"),
        ("artwork=none", "artwork"),
        ("street=1", "street"),
        ("state=open&state=done", "state"),
        ("after=1;2", "after"),
        ("order=cost", "order"),
        ("after=2026-99-99_1", "after"),
    ],
)
def test_what_does_not_exist_is_named(jobs: Jobs, office: Client, query: str, parameter: str) -> None:
    response = office.get(f"/jobs/list/?{query}")
    assert response.status_code == 400
    assert parameter in response.content.decode()


@pytest.mark.parametrize("order", ["due", "new"])
def test_pages_follow_one_another_without_gap_or_repeat(
    jobs: Jobs, town: Town, office: Client, order: str
) -> None:
    today = timezone.localdate()
    for number in range(120):
        due = today + timedelta(days=number % 7) if number % 3 else None
        Maintenance.objects.create(asset=town.board, kind=MaintenanceKind.CLEAN, due_on=due)
    seen: list[int] = []
    address = f"/jobs/list/?order={order}"
    while address:
        content = office.get(address).content.decode()
        seen += [int(number) for number in re.findall(r'<tr data-job="(\d+)"', content)]
        following = re.search(r'rel="next" href="([^"]+)"', content)
        address = f"/jobs/list/{following[1].replace('&amp;', '&')}" if following else ""
    assert len(seen) == 126
    assert len(set(seen)) == 126
    if order == "new":
        assert seen == sorted(seen, reverse=True)


def test_a_long_list_takes_no_more_queries(
    jobs: Jobs, town: Town, office: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(40):
        Maintenance.objects.create(asset=town.board, kind=MaintenanceKind.CLEAN)
    office.get("/jobs/list/")
    with django_assert_max_num_queries(16):
        office.get("/jobs/list/")


# --- One job --------------------------------------------------------------------------------------------------------


def test_a_jobs_page_tells_all_of_it(jobs: Jobs, office: Client) -> None:
    content = office.get(f"/jobs/{jobs.verified.pk}/").content.decode()
    for words in ("北园大街 419 号宣传栏", "养护一班", "99.99", "Verified"):
        assert words in content
    assert "There is nothing for you to do here" not in content, (
        "it may be opened again, and its cost be corrected"
    )


def test_who_may_only_read_a_job_is_told_that_there_is_nothing_to_do(
    jobs: Jobs, as_user: Looking, colleague: User
) -> None:
    content = as_user(colleague).get(f"/jobs/{jobs.verified.pk}/").content.decode()
    assert "您在此没有待办操作" in content


def test_a_colleague_reads_it_and_a_stranger_does_not(
    jobs: Jobs, as_user: Looking, colleague: User, stranger: User
) -> None:
    address = f"/jobs/{jobs.late.pk}/"
    response = as_user(colleague).get(address)
    assert response.status_code == 200
    assert f"{address}state" not in response.content.decode()
    assert as_user(stranger).get(address).status_code == 404
    assert as_user(stranger).get("/jobs/99999999/").status_code == 404


def test_the_owner_takes_a_job_from_plan_to_verified(jobs: Jobs, office: Client) -> None:
    address = f"/jobs/{jobs.late.pk}/"

    def step(path: str, **values: object) -> str:
        assert office.post(f"{address}{path}", values)["Location"] == address
        jobs.late.refresh_from_db()
        return jobs.late.state

    assert step("state", state="assigned", crew=jobs.crew.pk) == "assigned"
    assert step("state", state="in_progress") == "in_progress"
    assert step("done", cost="88.5", resulting_condition="1", note="补画完成") == "done"
    assert step("state", state="in_progress", note="颜色不对") == "in_progress"
    assert step("done", resulting_condition="1") == "done"
    assert step("state", state="verified") == "verified"
    assert str(jobs.late.cost) == "88.50"
    assert "补画完成\n颜色不对" in jobs.late.description
    assert jobs.late.asset.inspections.count() == 2


def test_a_step_that_is_not_there_is_refused_in_words(jobs: Jobs, office: Client) -> None:
    response = office.post(f"/jobs/{jobs.late.pk}/state", {"state": "verified"}, follow=True)
    assert "cannot go from" in response.content.decode()
    response = office.post(f"/jobs/{jobs.late.pk}/state", {"state": "flown"}, follow=True)
    assert "This step does not exist" in response.content.decode()
    jobs.late.refresh_from_db()
    assert jobs.late.state == "planned"


def test_an_impossible_completion_is_shown_at_its_field(jobs: Jobs, office: Client) -> None:
    response = office.post(f"/jobs/{jobs.assigned.pk}/done", {"cost": "-5"})
    assert response.status_code == 422
    assert 'data-field="cost"' in response.content.decode()
    jobs.assigned.refresh_from_db()
    assert jobs.assigned.state == "assigned"


def test_photos_come_from_before_and_after(jobs: Jobs, office: Client, settings: Settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    address = f"/jobs/{jobs.assigned.pk}/photos"
    good, bad = SimpleUploadedFile("a.jpg", jpeg()), SimpleUploadedFile("b.jpg", b"no picture")
    response = office.post(address, {"stage": "before", "photos": [good, bad]}, follow=True)
    content = response.content.decode()
    assert "1 photo added" in content
    assert "b.jpg" in content
    photo = jobs.assigned.photos.get()
    assert photo.stage == "before"
    assert f"/photos/{photo.uid}/thumb" in content
    assert office.post(address, {"stage": "overview"}).status_code == 400


def test_what_a_job_asks_for_can_be_changed(jobs: Jobs, office: Client) -> None:
    address = f"/jobs/{jobs.assigned.pk}/edit"
    given = {"due_on": "2031-01-02", "priority": "3", "description": "换角"}
    assert office.post(address, given)["Location"] == f"/jobs/{jobs.assigned.pk}/"
    jobs.assigned.refresh_from_db()
    assert (jobs.assigned.priority, jobs.assigned.description) == (3, "换角")
    assert office.post(address, {**given, "priority": "7"}).status_code == 422


@pytest.mark.parametrize(
    "refused", [{"cost": "viel", "resulting_condition": "1"}, {"cost": "5", "resulting_condition": "99"}]
)
def test_a_result_that_is_refused_keeps_its_photos(
    jobs: Jobs, office: Client, settings: Settings, tmp_path: Path, refused: dict[str, str]
) -> None:
    """A browser forgets the files of a form that comes back."""
    settings.MEDIA_ROOT = tmp_path
    Maintenance.objects.filter(pk=jobs.assigned.pk).update(state="in_progress")
    address = f"/jobs/{jobs.assigned.pk}/done"
    answer = office.post(address, {**refused, "photos": [SimpleUploadedFile("a.jpg", jpeg())]})
    photo = jobs.assigned.photos.get()
    assert answer.status_code == 422
    content = answer.content.decode()
    assert "1 photo added" in content
    assert f"/photos/{photo.uid}/thumb" in content
    office.post(address, {"cost": "5", "resulting_condition": "1"})
    jobs.assigned.refresh_from_db()
    assert jobs.assigned.state == "done"
    assert jobs.assigned.photos.get() == photo


@pytest.mark.parametrize("path", ["state", "done", "edit", "photos"])
@pytest.mark.parametrize(
    "name, status", [("colleague", 403), ("stranger", 404), ("viewer", 403), (None, 302)]
)
def test_who_may_not_changes_nothing(
    jobs: Jobs, as_user: Looking, request: pytest.FixtureRequest, path: str, name: str | None, status: int
) -> None:
    user = request.getfixturevalue(name) if name else None
    values = {
        "state": "in_progress",
        "priority": "1",
        "stage": "before",
        "photos": SimpleUploadedFile("a.jpg", jpeg()),
    }
    before = Maintenance.objects.filter(pk=jobs.late.pk).values().get()
    assert as_user(user).post(f"/jobs/{jobs.late.pk}/{path}", values).status_code == status
    assert Maintenance.objects.filter(pk=jobs.late.pk).values().get() == before
    assert not jobs.late.photos.exists()


def test_looking_changes_nothing(jobs: Jobs, office: Client) -> None:
    for path in ("state", "done", "edit", "photos"):
        assert office.get(f"/jobs/{jobs.late.pk}/{path}").status_code == 405
    assert office.get("/jobs/change").status_code == 405


# --- Several --------------------------------------------------------------------------------------------------------


def test_several_jobs_at_once(jobs: Jobs, office: Client) -> None:
    values = {
        "job": [jobs.late.pk, jobs.assigned.pk, jobs.underway.pk],
        "state": "assigned",
        "crew": jobs.other_crew.pk,
        "next": "/jobs/list/?state=open",
    }
    response = office.post("/jobs/change", values)
    assert response["Location"] == "/jobs/list/?state=open"
    content = office.get(response["Location"]).content.decode()
    assert "2 jobs: Assigned" in content
    assert "Your role does not allow this here." in content
    jobs.late.refresh_from_db()
    assert jobs.late.crew == jobs.other_crew


def test_none_chosen_is_said(jobs: Jobs, office: Client) -> None:
    response = office.post("/jobs/change", {"state": "in_progress"}, follow=True)
    assert "Choose between 1 and" in response.content.decode()


def test_nobody_is_led_to_another_host(jobs: Jobs, office: Client) -> None:
    for wanted in ("https://example.com/", "//example.com/", "javascript:alert(1)"):
        response = office.post(f"/jobs/{jobs.assigned.pk}/state", {"state": "in_progress", "next": wanted})
        assert response["Location"] == f"/jobs/{jobs.assigned.pk}/"


@pytest.mark.parametrize("name, status", [("viewer", 403), (None, 302)])
def test_who_does_no_jobs_changes_none(
    jobs: Jobs, as_user: Looking, request: pytest.FixtureRequest, name: str | None, status: int
) -> None:
    user = request.getfixturevalue(name) if name else None
    values = {"job": jobs.late.pk, "state": "in_progress"}
    assert as_user(user).post("/jobs/change", values).status_code == status


# --- Sheet ----------------------------------------------------------------------------------------------------------


def test_a_work_order_sheet_has_map_table_and_codes(jobs: Jobs, office: Client) -> None:
    content = office.get("/jobs/sheet/?state=open").content.decode()
    assert content.count('<svg class="qr"') + content.count('class="qr"') >= 3
    assert content.count("<circle") == 3
    assert "3 of 3 jobs" in content
    assert "370105 03006" in content
    assert "No job matches" in office.get("/jobs/sheet/?state=open&kind=install").content.decode()
