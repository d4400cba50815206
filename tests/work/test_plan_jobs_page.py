"""/jobs/new/ and its preview: one kind of job for all that a filter leaves."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from assets.models import Batch, Maintenance
from tests.factories import make_artwork, make_unit
from tests.mapping.conftest import Town

pytestmark = pytest.mark.django_db

Looking = Callable[[User | None], Client]
ADDRESS = "/jobs/new/?street=370105001&condition=damaged,good"


@pytest.fixture
def office(owner: User, as_user: Looking) -> Client:
    client = as_user(owner)
    client.cookies["django_language"] = "en"
    return client


def work(**values: object) -> dict[str, object]:
    due = timezone.localdate() + timedelta(days=7)
    return {"kind": "clean", "priority": "2", "due_on": due.isoformat(), "description": "秋季清洗", **values}


def test_the_page_says_what_is_chosen_and_what_comes_of_it(town: Town, office: Client) -> None:
    content = office.get(ADDRESS).content.decode()
    assert "无影山街道" in content
    assert 'data-planned="2"' in content
    assert "No filter is set" not in content


def test_without_a_filter_it_warns(town: Town, office: Client) -> None:
    content = office.get("/jobs/new/").content.decode()
    assert "No filter is set" in content
    assert "outside the area you plan for" in content


def test_planning_leads_to_the_campaign(town: Town, office: Client) -> None:
    crew = make_unit(is_crew=True)
    response = office.post(ADDRESS, work(crew=crew.pk))
    batch = Batch.objects.get()
    assert response["Location"] == f"/campaigns/{batch.pk}/"
    assert "2 of 2 jobs planned." in office.get(response["Location"]).content.decode()
    assert set(batch.jobs.values_list("asset", "kind", "state", "crew")) == {
        (asset.pk, "clean", "assigned", crew.pk) for asset in (town.board, town.mural)
    }
    assert "无影山街道" in batch.title


def test_what_is_left_out_is_said(town: Town, office: Client) -> None:
    response = office.post("/jobs/new/", work(kind="repaint"), follow=True)
    content = response.content.decode()
    assert "1 of 6 jobs planned." in content
    assert "4 left out: outside the area you plan for." in content
    assert "1 left out: a job of this kind is open already." in content


def test_an_artwork_goes_with_a_replacement_only(town: Town, office: Client) -> None:
    make_artwork("poster-2026")
    office.post(ADDRESS, work(kind="clean", artwork="poster-2026"))
    assert set(Maintenance.objects.filter(kind="clean").values_list("artwork", flat=True)) == {None}
    office.post(ADDRESS, work(kind="replace_content", artwork="poster-2026"))
    jobs = Maintenance.objects.filter(kind="replace_content")
    assert set(jobs.values_list("artwork__code", flat=True)) == {"poster-2026"}


def test_what_is_wrong_is_shown_at_its_field(town: Town, office: Client) -> None:
    response = office.post(ADDRESS, work(due_on="2020-01-01"))
    assert response.status_code == 422
    assert "The day lies in the past." in response.content.decode()
    assert office.post(ADDRESS, work(kind="fly")).status_code == 422
    assert not Batch.objects.exists()


def test_nothing_to_plan_is_said(town: Town, office: Client) -> None:
    response = office.post(f"/jobs/new/?asset={town.mural.code}", work(kind="repaint"))
    assert response.status_code == 422
    assert "None of these assets gets a job." in response.content.decode()


def test_the_preview_follows_the_form(town: Town, office: Client) -> None:
    def planned(query: str) -> str:
        response = office.get(f"/jobs/new/preview?street=370105001&{query}")
        assert response.status_code == 200
        return response.content.decode()

    assert 'data-planned="2"' in planned("kind=clean")
    assert 'data-planned="1"' in planned("kind=repaint")
    assert 'data-planned="2"' in planned("kind=repaint&again=yes")
    make_artwork("poster-2026")
    assert 'data-planned="2"' in planned("kind=replace_content&post=poster-2026")
    assert "<html" not in planned("kind=clean")


@pytest.mark.parametrize("query", ["kind=fly", "post=x", "streeet=1"])
def test_what_does_not_exist_is_named(town: Town, office: Client, query: str) -> None:
    response = office.get(f"/jobs/new/preview?{query}")
    assert response.status_code == 400
    assert query.split("=")[0] in response.content.decode()


def test_a_colleague_plans_for_the_east_only(town: Town, as_user: Looking, colleague: User) -> None:
    as_user(colleague).post("/jobs/new/", work())
    assert Maintenance.objects.filter(kind="clean").count() == 3


def test_a_stranger_sees_and_plans_for_another_district(town: Town, as_user: Looking, stranger: User) -> None:
    as_user(stranger).post("/jobs/new/", work())
    assert Maintenance.objects.get(kind="clean").asset == town.foreign


@pytest.mark.parametrize("address", ["/jobs/new/", "/jobs/new/preview"])
@pytest.mark.parametrize("name", ["crew", "planner", "viewer"])
def test_who_plans_nothing_is_kept_out(
    town: Town, as_user: Looking, request: pytest.FixtureRequest, address: str, name: str
) -> None:
    client = as_user(request.getfixturevalue(name))
    assert client.get(address).status_code == 403
    assert client.post("/jobs/new/", work()).status_code == 403
    assert not Batch.objects.exists()


def test_nobody_is_sent_to_sign_in(town: Town, client: Client) -> None:
    assert client.get(ADDRESS).status_code == 302
    assert client.post(ADDRESS, work()).status_code == 302
    assert not Batch.objects.exists()


def test_the_panel_of_an_asset_offers_it_to_those_who_may(
    town: Town, as_user: Looking, owner: User, colleague: User
) -> None:
    way = f"/jobs/new/?asset={town.board.code}"
    assert way in as_user(owner).get(f"/assets/{town.board.code}/panel").content.decode()
    assert way not in as_user(colleague).get(f"/assets/{town.board.code}/panel").content.decode()
