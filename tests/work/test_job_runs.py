"""/jobs/runs/…: many jobs planned by the worker, once however often they are asked for; few at once, as ever."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import Membership, User
from assets.models import Asset, BackgroundRun, Batch, Maintenance, RunState
from tests.at_once import at_once
from tests.factories import make_artwork, make_unit
from tests.mapping.conftest import Town
from work.actions import change_campaign as changing
from work.actions import order_jobs as ordering
from work.actions.order_jobs import PLAN_JOBS
from work.tasks import run_planning

pytestmark = pytest.mark.django_db(transaction=True)

Looking = Callable[[User | None], Client]


@pytest.fixture(autouse=True)
def _empty_queue() -> Iterator[None]:
    yield
    DBTaskResult.objects.all().delete()


@pytest.fixture
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is more than one asset is the worker's."""
    monkeypatch.setattr(ordering, "MOST_AT_ONCE", 1)
    monkeypatch.setattr(changing, "MOST_AT_ONCE", 1)


@pytest.fixture
def office(publicity: User, as_user: Looking) -> Client:
    client = as_user(publicity)
    client.cookies["django_language"] = "en"
    return client


def work() -> None:
    """What `manage.py db_worker` does with what is waiting."""
    call_command("db_worker", batch=True, startup_delay=False, reload=False, verbosity=0)


def asked(**values: Any) -> dict[str, Any]:
    due = timezone.localdate() + timedelta(days=7)
    return {"kind": "clean", "priority": "2", "due_on": due.isoformat(), "order": str(uuid4()), **values}


def text(response: HttpResponse) -> str:
    return response.content.decode()


def test_many_are_planned_by_the_worker(
    few_at_once: None, town: Town, office: Client, publicity: User
) -> None:
    crew = make_unit(is_crew=True)
    form = asked(crew=crew.pk)
    response = office.post("/jobs/new/?street=370105001", form)
    page = f"/jobs/runs/{form['order']}/"
    assert (response.status_code, response["Location"]) == (302, page)
    assert not Maintenance.objects.filter(kind="clean").exists()
    content = text(office.get(page))
    assert "Planning jobs for 2 assets" in content
    assert f"/api/runs/{form['order']}" in content

    work()

    batch = Batch.objects.get()
    assert office.get(page)["Location"] == f"/campaigns/{batch.pk}/"
    assert "2 of 2 jobs planned." in text(office.get(f"/campaigns/{batch.pk}/"))
    assert (batch.actor, batch.origin) == (publicity, "web")
    assert "无影山街道" in batch.title
    assert set(batch.jobs.values_list("asset", "state", "crew", "priority", "created_by")) == {
        (asset.pk, "assigned", crew.pk, 2, publicity.pk) for asset in (town.board, town.mural)
    }
    run = office.get(f"/api/runs/{form['order']}").json()
    assert (run["state"], run["done"], run["total"], run["result"]["planned"]) == ("done", 2, 2, 2)


def test_few_are_planned_at_once(town: Town, office: Client) -> None:
    response = office.post("/jobs/new/?street=370105001", asked())
    assert response["Location"] == f"/campaigns/{Batch.objects.get().pk}/"
    assert not DBTaskResult.objects.exists()


def test_replacing_an_artwork_everywhere_is_the_workers_too(
    few_at_once: None, town: Town, office: Client
) -> None:
    new = make_artwork("poster-2026", title="新画面")
    Asset.objects.filter(pk__in=[town.board.pk, town.mural.pk]).update(artwork=town.mural.artwork)
    crew = make_unit(is_crew=True)
    old = Asset.objects.get(pk=town.board.pk).artwork
    assert old is not None
    form = asked(artwork=new.code, crew_370105001=crew.pk)
    response = office.post(f"/artworks/{old.code}/", form)
    assert response["Location"] == f"/jobs/runs/{form['order']}/"
    work()
    batch = Batch.objects.get()
    assert batch.report["old_artwork"] == old.code
    assert set(batch.jobs.values_list("artwork__code", "crew")) == {("poster-2026", crew.pk)}


@pytest.mark.parametrize("many", [True, False])
def test_two_clicks_are_one_order(
    town: Town, office: Client, publicity: User, as_user: Looking, many: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if many:
        monkeypatch.setattr(ordering, "MOST_AT_ONCE", 1)
    # Also where a job of the kind is open: nothing but the order's id tells the second click from a second wish.
    form = asked(again="on")
    clients = [as_user(publicity) for _n in range(4)]
    answers = at_once(*(lambda client=client: client.post("/jobs/new/", form) for client in clients))
    assert len({answer["Location"] for answer in answers}) == 1
    work()
    assert Maintenance.objects.filter(kind="clean").count() == 6
    assert (Batch.objects.count(), BackgroundRun.objects.count()) == (1, 1)
    assert office.post("/jobs/new/", form)["Location"] == f"/campaigns/{Batch.objects.get().pk}/"
    assert Batch.objects.count() == 1


def test_another_form_is_another_order(town: Town, office: Client) -> None:
    for _form in range(2):
        office.post("/jobs/new/", asked(again="on"))
    assert Batch.objects.count() == 2


def test_what_is_refused_is_said_as_the_form_would(few_at_once: None, town: Town, office: Client) -> None:
    form = asked(kind="repaint")
    address = "/jobs/new/?condition=damaged,good,severe"
    office.post(address, form)
    Maintenance.objects.all().delete()
    for asset in Asset.objects.all():
        Maintenance.objects.create(asset=asset, kind="repaint")
    work()
    content = text(office.get(f"/jobs/runs/{form['order']}/"))
    assert "No job was planned" in content
    assert "None of these assets gets a job." in content
    assert f'href="{address}"' in content
    # Put right, the same form may be sent again.
    Maintenance.objects.all().delete()
    assert office.post(address, form)["Location"] == f"/jobs/runs/{form['order']}/"
    work()
    assert "/campaigns/" in office.get(f"/jobs/runs/{form['order']}/")["Location"]


def test_a_refusal_names_the_field(few_at_once: None, town: Town, office: Client) -> None:
    crew = make_unit("养护一班", is_crew=True)
    form = asked(crew=crew.pk)
    office.post("/jobs/new/", form)
    crew.is_crew = False
    crew.save()
    work()
    content = text(office.get(f"/jobs/runs/{form['order']}/"))
    assert "<b>Crew</b>" in content
    assert "养护一班" in content
    assert not Maintenance.objects.filter(kind="clean").exists()


def test_the_permission_is_checked_again_when_it_runs(
    few_at_once: None, town: Town, office: Client, publicity: User
) -> None:
    form = asked()
    office.post("/jobs/new/", form)
    Membership.objects.filter(user=publicity).update(role="viewer")
    work()
    assert not Maintenance.objects.filter(kind="clean").exists()
    run = BackgroundRun.objects.get()
    assert "refused" in run.result
    assert office.get(f"/jobs/runs/{form['order']}/").status_code == 403


def test_a_narrower_scope_counts_when_it_runs(
    few_at_once: None, town: Town, owner: User, as_user: Looking
) -> None:
    form = asked()
    as_user(owner).post("/jobs/new/", form)
    work()
    assert set(Maintenance.objects.filter(kind="clean").values_list("asset", flat=True)) == {
        town.board.pk,
        town.mural.pk,
    }


def test_a_worker_killed_after_it_planned_plans_nothing_twice(
    few_at_once: None, town: Town, office: Client
) -> None:
    form = asked(again="on")
    office.post("/jobs/new/", form)
    work()
    # Between the jobs' commit and the run's own.
    BackgroundRun.objects.update(state=RunState.RUNNING, finished_at=None)
    run_planning.func(BackgroundRun.objects.get().pk)
    run = BackgroundRun.objects.get()
    assert (run.state, run.result["batch"]) == ("done", Batch.objects.get().pk)
    assert Maintenance.objects.filter(kind="clean").count() == 6


def test_what_a_killed_worker_left_can_be_run_again(few_at_once: None, town: Town, office: Client) -> None:
    form = asked()
    page = f"/jobs/runs/{form['order']}/"
    office.post("/jobs/new/", form)
    DBTaskResult.objects.all().delete()
    BackgroundRun.objects.update(state=RunState.RUNNING)
    assert "The worker was interrupted." in text(office.get(page))
    assert office.post(f"{page}again")["Location"] == page
    work()
    assert Batch.objects.count() == 1


def test_a_fault_is_called_one(
    few_at_once: None, town: Town, office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = asked()
    office.post("/jobs/new/", form)

    def broken(*_args: Any, **_values: Any) -> None:
        raise RuntimeError("a mistake of this program")

    monkeypatch.setattr(ordering, "plan_jobs", broken)
    work()
    content = text(office.get(f"/jobs/runs/{form['order']}/"))
    assert "a fault in the system" in content
    assert "a mistake of this program" not in content


def test_a_run_is_its_starters_alone(
    few_at_once: None,
    town: Town,
    office: Client,
    as_user: Looking,
    owner: User,
    stranger: User,
    viewer: User,
    client: Client,
) -> None:
    form = asked()
    page = f"/jobs/runs/{form['order']}/"
    office.post("/jobs/new/", form)
    for user, status in ((owner, 404), (stranger, 404), (viewer, 403)):
        assert as_user(user).get(page).status_code == status
        assert as_user(user).post(f"{page}again").status_code == status
    assert client.get(page).status_code == 302
    # Nor does anybody's form take another's order.
    response = as_user(owner).post("/jobs/new/", form)
    assert response.status_code == 422
    assert BackgroundRun.objects.get(kind=PLAN_JOBS).started_by.username == "publicity"


def test_nonsense_for_an_order_is_a_new_one(town: Town, office: Client) -> None:
    assert office.post("/jobs/new/", asked(order="x\0")).status_code == 302
    assert office.post("/jobs/new/", asked(order="", again="on")).status_code == 302
    assert Batch.objects.count() == 2


def campaign_of(client: Client) -> Batch:
    client.post("/jobs/new/", asked())
    work()
    return Batch.objects.get()


def test_a_large_campaign_is_cancelled_by_the_worker(few_at_once: None, town: Town, office: Client) -> None:
    batch = campaign_of(office)
    address = f"/campaigns/{batch.pk}/change"
    pages = {office.post(address, {"state": "cancelled"})["Location"] for _click in range(2)}
    (page,) = pages
    content = text(office.get(page))
    assert "Changing 6 jobs" in content
    assert batch.jobs.filter(state="planned").count() == 6
    work()
    assert office.get(page)["Location"] == f"/campaigns/{batch.pk}/"
    assert "6 jobs: Cancelled" in text(office.get(f"/campaigns/{batch.pk}/"))
    assert batch.jobs.filter(state="cancelled").count() == 6


def test_cancelling_is_refused_in_words_when_nothing_is_left_to_cancel(
    few_at_once: None, town: Town, office: Client
) -> None:
    batch = campaign_of(office)
    page = office.post(f"/campaigns/{batch.pk}/change", {"state": "cancelled"})["Location"]
    batch.jobs.update(state="cancelled")
    work()
    content = text(office.get(page))
    assert "No job was changed" in content
    assert "No job of this campaign can take this step now." in content
    assert f'href="/campaigns/{batch.pk}/"' in content


def test_who_lost_the_right_cancels_nothing(
    few_at_once: None, town: Town, office: Client, publicity: User
) -> None:
    batch = campaign_of(office)
    office.post(f"/campaigns/{batch.pk}/change", {"state": "cancelled"})
    Membership.objects.filter(user=publicity).update(role="viewer")
    work()
    assert batch.jobs.filter(state="planned").count() == 6
