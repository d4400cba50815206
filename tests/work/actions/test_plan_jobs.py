"""One kind of job for many assets at once."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from assets.actions.change_maintenance_state import change_maintenance_state
from assets.actions.complete_maintenance import complete_maintenance
from assets.actions.remove_asset import remove_asset
from assets.filters import read_filter
from assets.history import Actor
from assets.models import (
    Asset,
    Batch,
    Condition,
    Maintenance,
    MaintenanceKind,
    MaintenanceState,
    Origin,
    Priority,
)
from places.row_history import changes_of
from tests.conftest import District
from tests.factories import make_artwork, make_asset, make_unit
from tests.mapping.conftest import Town
from work.actions.plan_jobs import Work, plan_jobs, preview_jobs

REPAIR = Work(MaintenanceKind.REPAIR)


def web(user: User) -> Actor:
    return Actor(user, Origin.WEB)


def all_of(user: User) -> object:
    return read_filter("").assets(user)


def test_every_asset_of_a_filter_gets_a_job_in_one_batch(town: Town, publicity: User) -> None:
    crew = make_unit(is_crew=True)
    due = timezone.localdate() + timedelta(days=5)
    work = Work(MaintenanceKind.CLEAN, due, Priority.HIGH, " 擦净 ", crew=crew)
    planned = plan_jobs(
        web(publicity), read_filter("street=370105001").assets(publicity), work, title="西街清洁"
    )
    assert (planned.asked, planned.planned, planned.skipped) == (2, 2, {})
    jobs = Maintenance.objects.filter(batch=planned.batch)
    assert {job.asset_id for job in jobs} == {town.board.pk, town.mural.pk}
    for job in jobs:
        assert (job.kind, job.state, job.due_on, job.priority, job.description, job.crew, job.created_by) == (
            "clean",
            "assigned",
            due,
            2,
            "擦净",
            crew,
            publicity,
        )
    assert planned.batch is not None
    assert planned.batch.title == "西街清洁"
    assert planned.batch.report["planned"] == 2
    assert read_filter(f"batch={planned.batch.pk}").assets(publicity).count() == 2


def test_history_says_who_and_in_which_batch(town: Town, publicity: User) -> None:
    planned = plan_jobs(web(publicity), all_of(publicity), REPAIR, title="x")
    job = Maintenance.objects.filter(batch=planned.batch).first()
    assert job is not None
    assert planned.batch is not None
    (change,) = changes_of(job)
    assert (change.created, change.actor, change.batch) == (True, "publicity", planned.batch.pk)


def test_what_has_such_a_job_open_is_left_out_and_counted(town: Town, publicity: User) -> None:
    repaint = Work(MaintenanceKind.REPAINT)
    planned = plan_jobs(web(publicity), all_of(publicity), repaint, title="x")
    assert (planned.asked, planned.planned) == (6, 5)
    assert planned.skipped == {"open_already": 1}
    assert planned.examples == {"open_already": [town.mural.code]}
    assert town.mural.maintenance.count() == 1


def test_unless_one_asks_for_it(town: Town, publicity: User) -> None:
    plan_jobs(web(publicity), all_of(publicity), Work(MaintenanceKind.REPAINT), title="x", again=True)
    assert town.mural.maintenance.count() == 2


def test_a_job_that_is_done_is_no_obstacle(town: Town, publicity: User) -> None:
    complete_maintenance(web(publicity), town.mural.maintenance.get())
    planned = plan_jobs(web(publicity), all_of(publicity), Work(MaintenanceKind.REPAINT), title="x")
    assert planned.planned == 6


def test_what_lies_elsewhere_or_is_removed_is_left_out_and_counted(
    town: Town, owner: User, publicity: User
) -> None:
    remove_asset(web(publicity), town.board, reason="拆除")
    assets = read_filter("lifecycle=in_use,suspended,removed").assets(owner)
    planned = plan_jobs(web(owner), assets, REPAIR, title="x")
    # In the west stands the mural; the board and another one there are removed, four are not the owner's.
    assert (planned.planned, planned.skipped) == (1, {"not_yours": 4, "removed": 2})
    assert planned.asked == 7
    assert Maintenance.objects.filter(batch=planned.batch).get().asset == town.mural


def test_what_shows_the_artwork_already_needs_no_replacement(town: Town, publicity: User) -> None:
    new = make_artwork("poster-2026")
    Asset.objects.filter(pk=town.board.pk).update(artwork=new)
    work = Work(MaintenanceKind.REPLACE_CONTENT, artwork=new)
    planned = plan_jobs(web(publicity), all_of(publicity), work, title="x")
    assert planned.skipped == {"shown_already": 1}
    assert set(Maintenance.objects.filter(batch=planned.batch).values_list("artwork__code", flat=True)) == {
        "poster-2026"
    }


def test_each_street_may_have_its_crew(town: Town, district: District, publicity: User) -> None:
    west, east, rest = make_unit(is_crew=True), make_unit(is_crew=True), make_unit(is_crew=True)
    crews = {district.west.pk: west, district.east.pk: east}
    work = Work(MaintenanceKind.CLEAN, crew=rest, crews_by_street=crews)
    plan_jobs(web(publicity), all_of(publicity), work, title="x")
    crew_of = {
        job.asset_id: job.crew for job in Maintenance.objects.filter(kind="clean").select_related("crew")
    }
    assert crew_of[town.board.pk] == west
    assert crew_of[town.plaque.pk] == east
    assert crew_of[town.outside.pk] == rest


def test_a_street_whose_crew_is_decided_later_is_only_planned(
    town: Town, district: District, publicity: User
) -> None:
    work = Work(MaintenanceKind.CLEAN, crew=make_unit(is_crew=True), crews_by_street={district.west.pk: None})
    plan_jobs(web(publicity), all_of(publicity), work, title="x")
    assert town.board.maintenance.get().state == "planned"
    assert town.plaque.maintenance.get().state == "assigned"


def test_a_preview_tells_the_same_and_writes_nothing(town: Town, owner: User) -> None:
    told = preview_jobs(web(owner), all_of(owner), Work(MaintenanceKind.REPAINT))
    assert (told.asked, told.planned) == (6, 1)
    assert told.skipped == {"not_yours": 4, "open_already": 1}
    assert not Batch.objects.exists()
    assert Maintenance.objects.count() == 1


@pytest.mark.parametrize(
    "work, field",
    [
        (lambda: Work(MaintenanceKind.CLEAN, crew=make_unit()), "crew"),
        (lambda: Work(MaintenanceKind.CLEAN, crews_by_street={None: make_unit()}), "crew"),
        (lambda: Work(MaintenanceKind.CLEAN, date(2020, 1, 1)), "due_on"),
        (lambda: Work(MaintenanceKind.CLEAN, artwork=make_artwork()), "artwork"),
        (lambda: Work(MaintenanceKind.REPLACE_CONTENT, artwork=make_artwork(approval="draft")), "artwork"),
        (
            lambda: Work(
                MaintenanceKind.REPLACE_CONTENT,
                timezone.localdate() + timedelta(days=9),
                artwork=make_artwork(valid_to=timezone.localdate() + timedelta(days=3)),
            ),
            "artwork",
        ),
    ],
)
def test_impossible_work_is_refused_by_name(town: Town, publicity: User, work, field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        plan_jobs(web(publicity), all_of(publicity), work(), title="x")
    assert list(refused.value.message_dict) == [field]
    assert not Batch.objects.exists()


def test_nothing_to_plan_makes_no_batch(town: Town, publicity: User) -> None:
    only = read_filter(f"asset={town.mural.code}").assets(publicity)
    with pytest.raises(ValidationError) as refused:
        plan_jobs(web(publicity), only, Work(MaintenanceKind.REPAINT), title="x")
    assert list(refused.value.message_dict) == ["assets"]
    assert not Batch.objects.exists()


@pytest.mark.parametrize("name", ["crew", "planner", "viewer"])
def test_who_may_not_plan_cannot(town: Town, name: str, request: pytest.FixtureRequest) -> None:
    user = request.getfixturevalue(name)
    with pytest.raises(PermissionDenied):
        plan_jobs(web(user), all_of(user), REPAIR, title="x")
    with pytest.raises(PermissionDenied):
        preview_jobs(web(user), all_of(user), REPAIR)


def test_a_stranger_and_a_colleague_reach_only_their_own(town: Town, stranger: User, colleague: User) -> None:
    everything = Asset.objects.all()
    far = plan_jobs(web(stranger), everything, REPAIR, title="x")
    assert Maintenance.objects.filter(batch=far.batch).get().asset == town.foreign
    near = plan_jobs(web(colleague), everything, REPAIR, title="x")
    assert set(Maintenance.objects.filter(batch=near.batch).values_list("asset_id", flat=True)) == {
        town.plaque.pk,
        *(face.pk for face in town.faces),
    }


def test_many_assets_take_no_more_queries(
    town: Town, publicity: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(40):
        make_asset()
    assets = read_filter("").assets(publicity)
    with django_assert_max_num_queries(13):
        planned = plan_jobs(web(publicity), assets, REPAIR, title="x")
    assert planned.planned == 46


def test_a_command_plans_everywhere(town: Town) -> None:
    planned = plan_jobs(Actor(None, Origin.COMMAND), Asset.objects.all(), REPAIR, title="x")
    assert planned.skipped == {"removed": 1}


def test_the_replacement_hangs_when_the_crew_has_finished(town: Town, publicity: User, crew: User) -> None:
    new = make_artwork("poster-2026", wording="新画面")
    only = read_filter(f"asset={town.mural.code}").assets(publicity)
    plan_jobs(web(publicity), only, Work(MaintenanceKind.REPLACE_CONTENT, artwork=new), title="x")
    job = town.mural.maintenance.get(kind="replace_content")
    change_maintenance_state(web(crew), job, MaintenanceState.IN_PROGRESS)
    complete_maintenance(web(crew), job, resulting_condition=Condition.GOOD)
    town.mural.refresh_from_db()
    assert (town.mural.artwork, town.mural.wording, town.mural.condition) == (new, "新画面", Condition.GOOD)
    assert town.mural.postings.get(taken_down_on__isnull=True).artwork == new
