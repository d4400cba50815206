"""/campaigns/: jobs that were planned together, and how far they are."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from assets.models import Batch, BatchKind, Maintenance, MaintenanceKind
from tests.mapping.conftest import Town
from tests.work.jobs_scene import Jobs

pytestmark = pytest.mark.django_db

Looking = Callable[[User | None], Client]


@pytest.fixture
def english(reader: Client) -> Client:
    reader.cookies["django_language"] = "en"
    return reader


def test_progress_is_told_by_state_street_and_crew(jobs: Jobs, english: Client) -> None:
    content = english.get(f"/campaigns/{jobs.batch.pk}/").content.decode()
    assert "秋季清洗" in content
    assert "50%" in content
    assert "1 of 2 finished" in content
    assert "2 of 3 assets got a job." in content
    assert "1 left out: a job of this kind is open already." in content
    for street in ("370105001", "370105002"):
        assert f"batch={jobs.batch.pk}&amp;street={street}" in content
    assert f'href="/map/?batch={jobs.batch.pk}"' in content


def test_the_list_tells_how_far_each_is(jobs: Jobs, english: Client) -> None:
    content = english.get("/campaigns/").content.decode()
    assert f'href="/campaigns/{jobs.batch.pk}/"' in content
    assert "1 of 2 finished" in content


def test_cancelled_jobs_are_nobodys_any_more(jobs: Jobs, english: Client) -> None:
    jobs.assigned.state = "cancelled"
    jobs.assigned.save()
    assert "100%" in english.get(f"/campaigns/{jobs.batch.pk}/").content.decode()


def test_one_that_was_called_off_says_so(jobs: Jobs, english: Client) -> None:
    Maintenance.objects.filter(batch=jobs.batch).update(state="cancelled")
    content = english.get(f"/campaigns/{jobs.batch.pk}/").content.decode()
    assert "Nobody will do any of these jobs." in content
    assert "100%" not in content
    assert f"/jobs/list/?batch={jobs.batch.pk}&amp;state=cancelled" in content
    assert "Cancelled" in english.get("/campaigns/").content.decode()


def test_a_stranger_sees_none_of_it(jobs: Jobs, as_user: Looking, stranger: User) -> None:
    client = as_user(stranger)
    assert client.get(f"/campaigns/{jobs.batch.pk}/").status_code == 404
    assert "秋季清洗" not in client.get("/campaigns/").content.decode()


def test_other_batches_are_no_campaigns(jobs: Jobs, english: Client) -> None:
    other = Batch.objects.create(kind=BatchKind.IMPORT, title="台账", origin="web")
    assert english.get(f"/campaigns/{other.pk}/").status_code == 404
    assert "台账" not in english.get("/campaigns/").content.decode()


def test_long_lists_are_paged(jobs: Jobs, town: Town, english: Client) -> None:
    for number in range(21):
        batch = Batch.objects.create(kind=BatchKind.JOBS, title=f"批次{number}", origin="web")
        Maintenance.objects.create(asset=town.board, kind=MaintenanceKind.CLEAN, batch=batch)
    first = english.get("/campaigns/").content.decode()
    assert "秋季清洗" not in first
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    second = english.get(f"/campaigns/{following[1]}").content.decode()
    assert "秋季清洗" in second
    assert "批次0" in second
    assert "To the first page" in second
    assert english.get("/campaigns/?cursor=x").status_code == 400
    assert "Its name is “cursor” now." in english.get("/campaigns/?page=2").content.decode()


def test_many_campaigns_take_no_more_queries(
    jobs: Jobs, town: Town, english: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(15):
        batch = Batch.objects.create(kind=BatchKind.JOBS, title=f"批次{number}", origin="web")
        Maintenance.objects.create(asset=town.board, kind=MaintenanceKind.CLEAN, batch=batch)
    english.get("/campaigns/")
    with django_assert_max_num_queries(8):
        english.get("/campaigns/")
    with django_assert_max_num_queries(16):
        english.get(f"/campaigns/{jobs.batch.pk}/")


def test_all_of_it_can_be_cancelled_or_verified(jobs: Jobs, as_user: Looking, publicity: User) -> None:
    client = as_user(publicity)
    client.cookies["django_language"] = "en"
    page = f"/campaigns/{jobs.batch.pk}/"
    content = client.get(page).content.decode()
    assert "Verify all that is done (1)" in content
    assert "Cancel all that is open (1)" in content
    assert client.post(f"{page}change", {"state": "cancelled"})["Location"] == page
    content = client.get(page).content.decode()
    assert "1 job: Cancelled" in content
    assert "Cancel all" not in content
    jobs.assigned.refresh_from_db()
    assert jobs.assigned.state == "cancelled"
    for state in ("cancelled", "planned", "flying"):
        client.post(f"{page}change", {"state": state})
    jobs.done.refresh_from_db()
    assert jobs.done.state == "done"


def test_only_who_plans_there_is_offered_it(
    jobs: Jobs, as_user: Looking, owner: User, viewer: User, crew: User, stranger: User, client: Client
) -> None:
    page = f"/campaigns/{jobs.batch.pk}/"
    content = as_user(owner).get(page).content.decode()
    assert 'value="cancelled"' in content
    assert 'value="verified"' not in content
    assert 'value="cancelled"' not in as_user(viewer).get(page).content.decode()
    for user, status in ((viewer, 403), (crew, 403), (stranger, 404), (None, 302)):
        assert as_user(user).post(f"{page}change", {"state": "cancelled"}).status_code == status
    assert as_user(owner).get(f"{page}change").status_code == 405
    jobs.assigned.refresh_from_db()
    assert jobs.assigned.state == "assigned"


def test_nobody_is_sent_to_sign_in(jobs: Jobs, client: Client) -> None:
    for address in ("/campaigns/", f"/campaigns/{jobs.batch.pk}/"):
        assert client.get(address).status_code == 302
