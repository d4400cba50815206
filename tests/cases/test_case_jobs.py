"""A case on an asset and its maintenance job: opened or joined by the dispatch, done together, checked together."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from accounts.models import Role, User
from assets.actions.change_jobs import change_jobs
from assets.actions.change_maintenance_state import change_maintenance_state
from assets.actions.complete_maintenance import complete_maintenance
from assets.actions.plan_maintenance import plan_maintenance
from assets.actions.record_inspection import record_inspection
from assets.actions.reopen_job import reopen_job
from assets.history import Actor
from assets.models import Condition, Defect, Inspection, Maintenance, MaintenanceState, Origin, Priority
from cases.actions.dispatch_case import dispatch_case, return_case
from cases.actions.file_case import file_case
from cases.actions.fix_case import fix_case, reject_fix, reopen_case, verify_fix
from cases.actions.hold_case import ask_hold, hold_case, resume_case
from cases.models import Case, CaseCategory, ClockKind, Source
from tests.cases.conftest import COMMAND, Scene, as_user, by, make_category, moment, photo
from tests.factories import make_unit, make_user

__all__ = ["as_user"]
pytestmark = pytest.mark.django_db
Job = MaintenanceState


def now(case: Case) -> Case:
    return Case.objects.select_related("job__crew", "unit").get(pk=case.pk)


def job_of(case: Case) -> Maintenance:
    job = now(case).job
    assert job is not None
    return job


@pytest.fixture
def crew_unit(scene: Scene) -> Scene:
    """The unit that answers is one that works in the field."""
    scene.unit.is_crew = True
    scene.unit.save()
    return scene


@pytest.fixture
def worker(crew_unit: Scene) -> User:
    """Somebody of the crew, who does jobs."""
    worker = make_user(Role.CREW, crew_unit.district.district, username="worker")
    worker.units.add(crew_unit.unit)
    return worker


def test_a_dispatched_case_opens_a_job_for_its_unit_due_on_the_day_of_its_limit(crew_unit: Scene) -> None:
    case = crew_unit.dispatch()
    job = job_of(case)
    assert (job.state, job.crew, job.asset_id) == (Job.ASSIGNED, crew_unit.unit, crew_unit.asset.pk)
    assert job.description == crew_unit.category.name
    assert job.due_on == timezone.localdate(case.clocks.get(kind=ClockKind.HANDLE).due_at)
    assert not now(crew_unit.file()).job  # not before


def test_a_unit_that_is_no_crew_leaves_the_job_without_one(scene: Scene) -> None:
    assert (job_of(scene.dispatch()).state, job_of(scene.dispatch()).crew) == (Job.PLANNED, None)


def test_a_case_elsewhere_than_at_an_asset_has_no_job(scene: Scene) -> None:
    assert now(scene.dispatch(asset=None, point=scene.asset.point)).job is None


def test_a_case_joins_the_job_that_is_open_on_its_asset(scene: Scene) -> None:
    crew = make_unit("别的班组", is_crew=True)
    planned = plan_maintenance(COMMAND, scene.asset, "repair", crew=crew)
    plan_maintenance(COMMAND, scene.asset, "clean")
    first, second = scene.dispatch(), scene.dispatch()
    assert job_of(first).pk == job_of(second).pk == planned.pk
    assert job_of(first).crew == crew  # who has begun goes on
    assert Maintenance.objects.count() == 2


def test_the_kind_of_job_is_that_of_the_defect_and_an_urgent_case_makes_it_urgent(scene: Scene) -> None:
    Defect.objects.create(code="dirt", name_zh="污", name_en="Dirt", remedy="clean")
    category = make_category("dirty", asset_defects=["dirt"], urgent=True)
    job = job_of(scene.dispatch(category=category))
    assert (job.kind, job.priority) == ("clean", Priority.URGENT)


def test_a_case_that_goes_to_another_unit_takes_its_job_along(crew_unit: Scene) -> None:
    other = make_unit("另一班组", is_crew=True, contact_person="赵师傅")
    case = crew_unit.dispatch()
    job = job_of(case)
    return_case(by(crew_unit.liaison), case, "not ours", "theirs", at=moment("2026-03-02 11:00"))
    assert (job_of(case).crew, job_of(case).state) == (None, Job.PLANNED)
    dispatch_case(by(crew_unit.desk), case, other, "theirs", at=moment("2026-03-02 14:00"))
    assert (job_of(case).pk, job_of(case).crew) == (job.pk, other)


def test_a_case_that_is_put_right_has_its_job_done_and_closing_it_verifies_the_job(scene: Scene) -> None:
    case = scene.fix()
    assert job_of(case).state == Job.DONE
    assert job_of(case).completed_at == moment("2026-03-03 10:00")
    verify_fix(by(scene.patrol), case, seen=True)
    assert job_of(case).state == Job.VERIFIED


def test_a_failed_check_sends_the_job_back_and_so_does_opening_the_case_again(scene: Scene) -> None:
    case = scene.fix()
    reject_fix(by(scene.patrol), case, "still dirty", seen=True, at=moment("2026-03-03 11:00"))
    job = job_of(case)
    assert (job.state, "still dirty" in job.description) == (Job.IN_PROGRESS, True)
    fix_case(by(scene.liaison), case, [photo(3)], at=moment("2026-03-03 15:00"))
    verify_fix(by(scene.patrol), case, seen=True, at=moment("2026-03-03 16:00"))
    reopen_case(by(scene.patrol), case, "there again", at=moment("2026-03-04 16:00"))
    job = job_of(case)
    assert (job.state, job.verified_at, now(case).state) == (Job.IN_PROGRESS, None, "in_hand")


def test_a_job_that_is_done_puts_its_case_right_whether_it_was_accepted_held_or_neither(
    crew_unit: Scene, worker: User
) -> None:
    dispatched, in_hand = crew_unit.dispatch(), crew_unit.accept()
    held = crew_unit.accept()
    ask_hold(by(crew_unit.liaison), held, "rain", moment("2026-03-09 09:00"), at=moment("2026-03-02 11:00"))
    hold_case(by(crew_unit.desk), held, at=moment("2026-03-02 12:00"))
    complete_maintenance(
        Actor(worker, Origin.PHONE), job_of(dispatched), note="washed", resulting_condition=Condition.GOOD
    )
    for case in (dispatched, in_hand, held):
        assert now(case).state == "fixed"
        assert not case.clocks.filter(kind=ClockKind.HANDLE, ended_at=None).exists()
        assert case.clocks.filter(kind=ClockKind.CHECK, ended_at=None, held_at=None).exists()
        step = case.steps.order_by("-id")[0]
        assert (step.actor, step.unit, step.reason, step.origin) == (
            worker,
            crew_unit.unit,
            "washed",
            "phone",
        )


def test_a_job_done_on_a_phone_before_the_last_step_counts_from_that_step_on(
    crew_unit: Scene, worker: User
) -> None:
    case = crew_unit.accept()
    job = job_of(case)
    complete_maintenance(by(worker), job, completed_at=moment("2026-03-02 08:00"))
    assert case.steps.order_by("-id")[0].at == moment("2026-03-02 10:30")


def test_a_job_that_is_verified_closes_its_case_and_one_opened_again_opens_it(scene: Scene) -> None:
    case = scene.fix()
    change_maintenance_state(by(scene.desk), job_of(case), Job.VERIFIED)
    assert now(case).state == "closed"
    reopen_job(by(scene.desk), job_of(case), "it fell off")
    assert now(case).state == "in_hand"
    assert case.steps.order_by("-id")[0].reason == "it fell off"


def test_a_job_handed_back_to_its_crew_is_rework_of_its_case(scene: Scene) -> None:
    case = scene.fix()
    change_maintenance_state(by(scene.desk), job_of(case), Job.IN_PROGRESS, note="not level")
    step = case.steps.order_by("-id")[0]
    assert (now(case).state, step.verb, step.reason) == ("in_hand", "reject_fix", "not level")


def test_whoever_may_not_check_a_case_checks_its_job_by_no_way(crew_unit: Scene, worker: User) -> None:
    case = crew_unit.accept()
    complete_maintenance(by(worker), job_of(case))
    planner = make_user(Role.STREET_EDITOR, crew_unit.district.west, username="planner")
    with pytest.raises(PermissionDenied):
        change_maintenance_state(by(planner), job_of(case), Job.VERIFIED)
    # A colleague of the desk who is of the crew as well.
    crew_unit.desk.units.add(crew_unit.unit)
    with pytest.raises(PermissionDenied, match=case.code):
        change_maintenance_state(by(crew_unit.desk), job_of(case), Job.VERIFIED)
    free = plan_maintenance(COMMAND, crew_unit.asset, "clean")
    complete_maintenance(COMMAND, free)
    changed = change_jobs(by(crew_unit.desk), [job_of(case).pk, free.pk], Job.VERIFIED)
    assert [job.pk for job in changed.jobs] == [free.pk]
    assert case.code in changed.refused[0][1]
    assert now(case).state == "fixed"
    assert change_jobs(by(crew_unit.second), [job_of(case).pk], Job.VERIFIED).jobs
    assert now(case).state == "closed"


def test_one_job_of_two_cases_is_verified_with_the_last_of_them(scene: Scene) -> None:
    first, second = scene.accept(), scene.accept()
    fix_case(by(scene.liaison), first, [photo(2)], at=moment("2026-03-03 10:00"))
    assert now(second).state == "fixed"
    verify_fix(by(scene.patrol), first, seen=True)
    assert job_of(first).state == Job.DONE
    verify_fix(by(scene.patrol), second, seen=True)
    assert job_of(first).state == Job.VERIFIED


def test_a_cancelled_job_leaves_the_case_to_itself_and_the_next_dispatch_opens_another(scene: Scene) -> None:
    case = scene.accept()
    first = job_of(case)
    change_maintenance_state(by(scene.desk), first, Job.CANCELLED, note="why")
    assert now(case).state == "in_hand"
    dispatch_case(by(scene.desk), case, scene.other_unit, "theirs")
    assert job_of(case).pk != first.pk


# --- Urgent defects -------------------------------------------------------------------------------------------------


@pytest.fixture
def danger(scene: Scene) -> CaseCategory:
    """A category of a defect that cannot wait."""
    Defect.objects.create(code="danger", name_zh="安全隐患", name_en="Danger", urgent=True, remedy="repair")
    return make_category("unsafe", asset_defects=["danger"])


def inspect(scene: Scene, user: User, *defects: str, **values: object) -> Inspection:
    return record_inspection(
        Actor(user, Origin.PHONE), scene.asset, Condition.SEVERE, defects=defects, **values
    )


def test_an_urgent_defect_raises_a_case_that_carries_the_job_once(
    crew_unit: Scene, worker: User, danger: CaseCategory
) -> None:
    inspect(crew_unit, worker, "danger", note="about to fall")
    case = Case.objects.get()
    assert (case.category, case.source, case.urgent, case.state) == (
        danger,
        Source.INSPECTION,
        True,
        "reported",
    )
    assert case.job == Maintenance.objects.get()
    assert "about to fall" in case.description
    assert case.clocks.get().kind == ClockKind.FILE
    inspect(crew_unit, crew_unit.desk, "danger")
    assert Case.objects.count() == 1


def test_an_urgent_defect_without_a_category_raises_the_job_alone(scene: Scene, danger: CaseCategory) -> None:
    Defect.objects.create(code="wrong", name_zh="错", name_en="Wrong", urgent=True, remedy="repair")
    inspect(scene, scene.desk, "wrong")
    assert (Case.objects.count(), Maintenance.objects.count()) == (0, 1)


def test_a_case_whose_job_was_done_before_the_dispatch_is_put_right_with_it(
    crew_unit: Scene, worker: User, danger: CaseCategory
) -> None:
    inspect(crew_unit, worker, "danger")
    case = Case.objects.get()
    complete_maintenance(by(worker), job_of(case))
    case = dispatch_case(by(crew_unit.desk), file_case(by(crew_unit.desk), case), crew_unit.unit, "theirs")
    assert case.state == "fixed"
    with pytest.raises(PermissionDenied):
        verify_fix(by(worker), case, seen=True)
    verify_fix(by(crew_unit.desk), case, seen=True)
    assert job_of(case).state == Job.VERIFIED


# --- Pages ----------------------------------------------------------------------------------------------------------


def test_both_pages_show_the_other(scene: Scene, as_user) -> None:
    case = scene.fix()
    page: Client = as_user(scene.desk)
    number = job_of(case).pk
    assert f"/jobs/{number}/" in page.get(f"/cases/{case.code}/").content.decode()
    assert case.code in page.get(f"/jobs/{number}/").content.decode()
    # A liaison of another unit sees the asset's job and not the case.
    stranger: Client = as_user(scene.other_liaison)
    assert case.code not in stranger.get(f"/jobs/{number}/").content.decode()


def test_the_page_of_a_job_says_why_it_is_not_verified(scene: Scene, as_user) -> None:
    case = scene.fix()
    scene.desk.units.add(scene.unit)
    answer = as_user(scene.desk).post(f"/jobs/{job_of(case).pk}/state", {"state": "verified"})
    assert answer.status_code == 403
    assert now(case).state == "fixed"


def test_a_hold_moves_the_day_of_the_job(crew_unit: Scene) -> None:
    case = crew_unit.accept()
    before = job_of(case).due_on
    ask_hold(by(crew_unit.liaison), case, "rain", moment("2026-03-09 09:00"), at=moment("2026-03-02 11:00"))
    hold_case(by(crew_unit.desk), case, at=moment("2026-03-02 12:00"))
    resume_case(by(crew_unit.desk), case, at=moment("2026-03-05 12:00"))
    assert before is not None
    assert job_of(case).due_on == timezone.localdate(case.clocks.get(kind=ClockKind.HANDLE).due_at)
    assert job_of(case).due_on - before >= timedelta(days=2)
