"""What each verb does to a case, its clocks and its rows."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import LazySettings
from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.models import Membership, Role, User
from cases.actions.dispatch_case import accept_case, dispatch_case, return_case
from cases.actions.extend_case import ask_extension, extend_case, refuse_extension
from cases.actions.file_case import file_case, merge_case, reclassify, reject_case
from cases.actions.fix_case import fix_case, reject_fix, reopen_case, verify_fix
from cases.actions.hold_case import ask_hold, hold_case, refuse_hold, resume_case
from cases.actions.publish_calendar import publish_calendar
from cases.actions.report_problem import report_fixed, report_problem
from cases.actions.urge_case import answer_urge, urge_case
from cases.actions.void_case import ask_void, refuse_void, void_case
from cases.models import Case, CaseStep, Clock, ClockKind, ClockMove, MoveKind, Source, State, Verb
from places.models import Area
from tests.cases.conftest import COMMAND, Scene, by, make_category, moment, photo
from tests.factories import make_asset, make_site, make_user

pytestmark = pytest.mark.django_db


def due_of(case: Case, kind: ClockKind = ClockKind.HANDLE) -> str:
    """The date of a case's last clock of a kind, in Shanghai."""
    clock = case.clocks.filter(kind=kind).order_by("-id")[0]
    assert clock.due_at
    return f"{timezone.localtime(clock.due_at):%Y-%m-%d %H:%M}"


def running(case: Case) -> set[str]:
    return {clock.kind for clock in case.clocks.filter(ended_at=None, held_at=None)}


# --- Reporting ------------------------------------------------------------------------------------------------------


def test_a_report_becomes_a_numbered_case_where_the_asset_stands(scene: Scene) -> None:
    case = scene.report(description="  墙面被涂画  ")
    assert case.code == "370105-2026-000001"
    assert (case.state, case.description, case.asset) == (State.REPORTED, "墙面被涂画", scene.asset)
    assert (case.street, case.community) == (scene.asset.street, scene.asset.community)
    step = case.steps.get()
    assert (step.verb, step.state_before, step.actor_name) == (Verb.REPORT, State.DRAFT, "patrol")
    assert case.photos.get().stage == "before"
    assert due_of(case, ClockKind.FILE) == "2026-03-02 14:30"  # four working hours from 09:00
    assert scene.report().code == "370105-2026-000002"


def test_an_urgent_report_is_to_be_filed_within_the_hour(scene: Scene) -> None:
    urgent = make_category("hazard", "3 clock_hours", urgent=True)
    urgent.rule.file_limit = Decimal(1)
    urgent.rule.save()
    case = scene.report(category=urgent, at="2026-03-02 02:00")
    assert case.urgent
    assert due_of(case, ClockKind.FILE) == "2026-03-02 09:30"


def test_a_place_on_the_map_lies_in_its_areas(scene: Scene) -> None:
    case = scene.report(asset=None, point=Point(117.01, 36.68, srid=4326), address=" 路口 ")
    assert (case.street, case.address, case.asset) == (scene.district.east, "路口", None)
    site = make_site(point=Point(116.99, 36.69, srid=4326))
    assert scene.report(asset=None, site=site).site == site


@pytest.mark.parametrize(
    "values, name",
    [
        ({"photos": []}, "photo"),
        ({"asset": None}, "point"),
        ({"asset": None, "point": Point(0, 0, srid=4326)}, "point"),
        ({"asset": None, "point": Point(121.5, 31.2, srid=4326)}, "point"),
        ({"description": "x" * 2001}, "description"),
    ],
)
def test_a_report_that_says_too_little_is_refused_whole(
    scene: Scene, values: dict[str, object], name: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        scene.report(**values)
    assert name in refused.value.message_dict
    assert not Case.objects.exists()


def test_a_report_sent_twice_is_one_case(scene: Scene) -> None:
    first = scene.report()
    again = scene.report(uid=first.uid)
    assert again == first
    assert Case.objects.count() == CaseStep.objects.count() == 1
    with pytest.raises(ValidationError, match=r"id|编号"):
        report_problem(
            by(scene.desk), scene.category, Source.HOTLINE, asset=scene.asset, photos=[photo()], uid=first.uid
        )


def test_what_was_found_and_put_right_at_once_is_closed_without_a_clock(scene: Scene) -> None:
    case = report_fixed(
        by(scene.patrol),
        scene.category,
        Source.PATROL,
        asset=scene.asset,
        before=[photo(1)],
        after=[photo(2)],
    )
    assert case.state == State.CLOSED
    assert sorted(case.photos.values_list("stage", flat=True)) == ["after", "before"]
    assert not case.clocks.exists()
    with pytest.raises(ValidationError, match=r"photo|照片"):
        report_fixed(
            by(scene.patrol), scene.category, Source.PATROL, asset=scene.asset, before=[photo()], after=[]
        )


def test_reporting_is_confined_to_ones_area(
    scene: Scene, owner: User, colleague: User, stranger: User
) -> None:
    for user in (colleague, stranger, scene.liaison):
        with pytest.raises(PermissionDenied):
            report_problem(by(user), scene.category, Source.PATROL, asset=scene.asset, photos=[photo()])
    case = report_problem(by(owner), scene.category, Source.GRID_OFFICER, asset=scene.asset, photos=[photo()])
    assert case.state == State.REPORTED


# --- The desk -------------------------------------------------------------------------------------------------------


def test_filing_settles_category_and_rule_and_ends_the_time_to_file(scene: Scene) -> None:
    other = make_category("damaged", "5 working_days")
    case = file_case(
        by(scene.desk), scene.report(), category=other, urgent=True, at=moment("2026-03-02 09:40")
    )
    assert (case.state, case.category, case.rule, case.urgent) == (State.FILED, other, other.rule, True)
    assert running(case) == set()


def test_a_new_edition_does_not_reach_a_case_that_was_filed(scene: Scene) -> None:
    case = scene.file()
    rule = case.rule
    newer = make_category("newer", "9 working_days").rule
    scene.category.rule = newer
    scene.category.save()
    case = dispatch_case(by(scene.desk), case, scene.unit, "why", at=moment("2026-03-02 10:00"))
    assert case.rule == rule
    assert due_of(case) == "2026-03-04 17:30"


def test_where_the_setting_says_so_a_case_dispatches_itself_when_nobody_can_doubt(
    scene: Scene, settings: LazySettings
) -> None:
    settings.DISPATCH_CASES_BY_THEMSELVES = True
    case = scene.file()
    assert (case.state, case.unit, case.person) == (State.DISPATCHED, scene.unit, "王师傅")
    assert case.steps.last().actor is None
    assert due_of(case) == "2026-03-04 17:30"
    scene.unit.contact_person = ""
    scene.unit.save()
    assert scene.file().state == State.FILED
    assert scene.file(asset=None, point=scene.asset.point).state == State.FILED


def test_rejecting_and_merging_end_it(scene: Scene) -> None:
    rejected = reject_case(by(scene.desk), scene.report(), "not ours")
    assert (rejected.state, running(rejected)) == (State.REJECTED, set())
    first, second = scene.report(), scene.report()
    merged = merge_case(by(scene.desk), second, first)
    assert (merged.state, merged.duplicate_of) == (State.DUPLICATE, first)
    assert merged.steps.last().other == first
    for other in (rejected, scene.report()):
        third = scene.report() if other == rejected else other
        with pytest.raises(ValidationError, match=r"case|案件"):
            merge_case(by(scene.desk), third, other)


def test_dispatching_starts_the_time_to_put_right(scene: Scene) -> None:
    case = scene.dispatch()
    assert (case.state, case.unit, case.person) == (State.DISPATCHED, scene.unit, "王师傅")
    assert running(case) == {ClockKind.HANDLE, ClockKind.ACCEPT}
    assert due_of(case) == "2026-03-04 17:30"
    assert due_of(case, ClockKind.ACCEPT) == "2026-03-02 15:30"
    move = ClockMove.objects.get(clock__case=case, clock__kind=ClockKind.HANDLE)
    assert (move.kind, move.amount, move.unit) == (MoveKind.SET, 2, "working_days")
    with pytest.raises(ValidationError, match="养护公司"):
        dispatch_case(by(scene.desk), case, scene.unit, "again")


def test_a_dispatch_names_a_person_and_a_reason(scene: Scene) -> None:
    case = scene.file()
    scene.unit.contact_person = ""
    scene.unit.save()
    with pytest.raises(ValidationError) as refused:
        dispatch_case(by(scene.desk), case, scene.unit, "why")
    assert "person" in refused.value.message_dict
    with pytest.raises(ValidationError) as refused:
        dispatch_case(by(scene.desk), case, scene.unit, " ", person="周工")
    assert "why" in refused.value.message_dict


def test_a_return_does_not_reset_the_time_when_it_is_refused(scene: Scene) -> None:
    case = scene.dispatch()
    case = return_case(by(scene.liaison), case, "not our pole", "市政公司", at=moment("2026-03-03 09:00"))
    assert (case.state, running(case)) == (State.FILED, {ClockKind.HANDLE})
    back = dispatch_case(by(scene.desk), case, scene.unit, "it is", at=moment("2026-03-03 11:00"))
    assert due_of(back) == "2026-03-04 17:30"
    assert back.clocks.filter(kind=ClockKind.HANDLE).count() == 1


def test_another_unit_gets_a_time_of_its_own(scene: Scene) -> None:
    case = return_case(
        by(scene.liaison), scene.dispatch(), "not our pole", "市政公司", at=moment("2026-03-03 09:00")
    )
    case = dispatch_case(by(scene.desk), case, scene.other_unit, "their pole", at=moment("2026-03-04 09:00"))
    assert due_of(case) == "2026-03-06 17:30"
    assert Clock.objects.filter(case=case, kind=ClockKind.HANDLE, ended_at=None).count() == 1
    assert not Case.objects.visible_to(scene.liaison).exists()
    assert Case.objects.visible_to(scene.other_liaison).get() == case


def test_a_return_comes_within_two_working_days(scene: Scene) -> None:
    case = scene.dispatch()
    with pytest.raises(ValidationError, match="2026-03-04 17:30"):
        return_case(by(scene.liaison), case, "late", "somebody", at=moment("2026-03-04 17:31"))


# --- Hold, extension ------------------------------------------------------------------------------------------------


def test_a_hold_stops_the_clock_and_moves_the_date_by_what_would_have_counted(scene: Scene) -> None:
    case = scene.accept()
    ask_hold(by(scene.liaison), case, "rain", moment("2026-03-10 09:00"), at=moment("2026-03-02 15:00"))
    case = hold_case(by(scene.desk), case, at=moment("2026-03-02 16:00"))
    assert (case.state, running(case)) == (State.ON_HOLD, set())
    case = resume_case(by(scene.liaison), case, at=moment("2026-03-03 09:00"))
    assert (case.state, running(case)) == (State.IN_HAND, {ClockKind.HANDLE})
    assert due_of(case) == "2026-03-05 17:30"
    move = ClockMove.objects.get(clock__case=case, kind=MoveKind.HOLD)
    assert (move.held_from, move.held_until) == (moment("2026-03-02 16:00"), moment("2026-03-03 09:00"))


def test_a_priority_changed_while_on_hold_neither_moves_the_date_nor_loses_the_pause(scene: Scene) -> None:
    case = scene.accept()
    ask_hold(by(scene.liaison), case, "rain", moment("2026-03-10 09:00"), at=moment("2026-03-02 15:00"))
    hold_case(by(scene.desk), case, at=moment("2026-03-02 16:00"))
    urgent = make_category("hazard", "3 clock_hours", urgent=True)
    case = reclassify(by(scene.desk), case, category=urgent, reason="it leans", at=moment("2026-03-02 17:00"))
    assert (case.urgent, case.rule) == (True, scene.category.rule)
    assert due_of(case) == "2026-03-04 17:30"
    case = resume_case(by(scene.desk), case, at=moment("2026-03-03 09:00"))
    assert due_of(case) == "2026-03-05 17:30"


def test_a_hold_of_more_than_thirty_days_is_a_leaders(scene: Scene) -> None:
    case = scene.accept()
    ask_hold(by(scene.liaison), case, "rebuilding", moment("2026-05-01 09:00"), at=moment("2026-03-02 15:00"))
    with pytest.raises(PermissionDenied):
        hold_case(by(scene.desk), case, at=moment("2026-03-02 16:00"))
    assert hold_case(by(scene.leader), case, at=moment("2026-03-02 16:00")).state == State.ON_HOLD


def test_what_was_asked_for_is_answered_once_and_lapses_when_the_case_goes_on(scene: Scene) -> None:
    case = scene.accept()
    with pytest.raises(ValidationError) as refused:
        hold_case(by(scene.desk), case)
    assert "request" in refused.value.message_dict
    ask_hold(by(scene.liaison), case, "rain", moment("2026-03-10 09:00"), at=moment("2026-03-02 15:00"))
    with pytest.raises(ValidationError):
        ask_hold(by(scene.liaison), case, "rain", moment("2026-03-10 09:00"), at=moment("2026-03-02 15:10"))
    refuse_hold(by(scene.desk), case, "it is dry", at=moment("2026-03-02 15:20"))
    with pytest.raises(ValidationError):
        hold_case(by(scene.desk), case)
    ask_hold(by(scene.liaison), case, "rain", moment("2026-03-10 09:00"), at=moment("2026-03-02 15:30"))
    fix_case(by(scene.liaison), case, [photo(2)], at=moment("2026-03-02 16:00"))
    reject_fix(by(scene.patrol), case, "still there", seen=True, at=moment("2026-03-02 16:30"))
    with pytest.raises(ValidationError):
        hold_case(by(scene.desk), case)


def test_more_time_is_given_once_by_the_desk_and_once_by_a_leader(scene: Scene) -> None:
    case = scene.accept()
    two = Decimal(2)
    ask_extension(by(scene.liaison), case, "paint must dry", two, at=moment("2026-03-04 17:30"))
    extend_case(by(scene.desk), case, at=moment("2026-03-05 09:00"))
    assert due_of(case) == "2026-03-06 17:30"
    ask_extension(by(scene.liaison), case, "rain", two, at=moment("2026-03-06 09:00"))
    with pytest.raises(PermissionDenied):
        extend_case(by(scene.desk), case, at=moment("2026-03-06 10:00"))
    extend_case(by(scene.leader), case, amount=Decimal(1), at=moment("2026-03-06 10:00"))
    assert due_of(case) == "2026-03-09 17:30"
    with pytest.raises(ValidationError, match=r"third|第三次"):
        ask_extension(by(scene.liaison), case, "more", two, at=moment("2026-03-09 10:00"))


@pytest.mark.parametrize("amount", ["0", "-1", "0.5", "61", "NaN"])
def test_an_extension_is_of_whole_working_days(scene: Scene, amount: str) -> None:
    case = scene.accept()
    with pytest.raises(ValidationError) as refused:
        ask_extension(by(scene.liaison), case, "why", Decimal(amount), at=moment("2026-03-03 10:00"))
    assert "amount" in refused.value.message_dict


def test_after_the_limit_no_time_can_be_asked_for(scene: Scene) -> None:
    case = scene.accept()
    with pytest.raises(ValidationError) as refused:
        ask_extension(by(scene.liaison), case, "why", Decimal(1), at=moment("2026-03-04 17:31"))
    assert "at" in refused.value.message_dict
    ask_extension(by(scene.liaison), case, "why", Decimal(1), at=moment("2026-03-04 17:30"))
    refuse_extension(by(scene.desk), case, "no", at=moment("2026-03-05 09:00"))
    assert due_of(case) == "2026-03-04 17:30"


# --- Putting right and checking -------------------------------------------------------------------------------------


def test_putting_right_needs_a_photo_and_shows_how_far_it_was_taken(scene: Scene) -> None:
    case = scene.accept()
    with pytest.raises(ValidationError) as refused:
        fix_case(by(scene.liaison), case, [])
    assert "photo" in refused.value.message_dict
    spot = Point(case.point.x + 0.001, case.point.y, srid=4326)
    case = fix_case(by(scene.liaison), case, [photo(2)], position=spot, at=moment("2026-03-03 10:00"))
    assert (case.state, running(case)) == (State.FIXED, {ClockKind.CHECK})
    assert case.photos.get(stage="after").distance == pytest.approx(89, abs=1)


def test_whoever_checks_is_of_another_unit(scene: Scene) -> None:
    case = scene.fix()
    # A patrol member of the unit, the fixer with the right to check, and somebody of another unit of the fixer's.
    Membership.objects.create(user=scene.liaison, role=Role.PATROL, area=scene.district.district)
    insider = make_user(Role.PATROL, scene.district.district)
    insider.units.add(scene.unit)
    friend = make_user(Role.PUBLICITY, scene.district.district)
    friend.units.add(scene.other_unit)
    scene.liaison.units.add(scene.other_unit)
    root = make_user(None, is_superuser=True)
    root.units.add(scene.unit)
    for user in (scene.liaison, insider, friend, root):
        for act in (
            lambda user: verify_fix(by(user), case, seen=True),
            lambda user: reject_fix(by(user), case, "no", seen=True),
        ):
            with pytest.raises(PermissionDenied):
                act(User.objects.get(pk=user.pk))
    assert verify_fix(by(scene.patrol), case, seen=True).state == State.CLOSED


def test_a_check_needs_a_photo_or_the_word_that_it_was_seen(scene: Scene) -> None:
    case = scene.fix()
    with pytest.raises(ValidationError) as refused:
        verify_fix(by(scene.patrol), case)
    assert "photo" in refused.value.message_dict
    assert verify_fix(by(scene.patrol), case, photos=[photo(3)]).state == State.CLOSED
    assert running(case) == set()


def test_what_was_not_good_enough_goes_on_with_what_was_left(scene: Scene) -> None:
    case = reject_fix(by(scene.patrol), scene.fix(), "still there", seen=True, at=moment("2026-03-05 09:00"))
    assert (case.state, running(case)) == (State.IN_HAND, {ClockKind.HANDLE})
    assert due_of(case) == "2026-03-06 17:30"  # one day was left on Tuesday


def test_a_closed_case_is_opened_again_by_its_reporter_within_seven_days(scene: Scene, owner: User) -> None:
    reported = report_problem(
        by(owner),
        scene.category,
        Source.GRID_OFFICER,
        asset=scene.asset,
        photos=[photo()],
        at=moment("2026-03-02 09:00"),
    )
    case = file_case(by(scene.desk), reported, at=moment("2026-03-02 09:00"))
    dispatch_case(by(scene.desk), case, scene.unit, "why", at=moment("2026-03-02 09:00"))
    accept_case(by(owner), case, at=moment("2026-03-02 09:00"))  # the street office may
    fix_case(by(scene.liaison), case, [photo(2)], at=moment("2026-03-02 11:00"))
    verify_fix(by(scene.desk), case, seen=True, at=moment("2026-03-02 12:00"))
    with pytest.raises(PermissionDenied):
        reopen_case(by(owner), case, "again", at=moment("2026-03-09 12:01"))
    case = reopen_case(by(owner), case, "again", at=moment("2026-03-09 12:00"))
    assert (case.state, due_of(case)) == (State.IN_HAND, "2026-03-11 17:30")


def test_what_nobody_answered_for_is_reported_anew(scene: Scene) -> None:
    case = report_fixed(
        by(scene.patrol),
        scene.category,
        Source.PATROL,
        asset=scene.asset,
        before=[photo(1)],
        after=[photo(2)],
    )
    with pytest.raises(ValidationError) as refused:
        reopen_case(by(scene.desk), case, "it is back")
    assert "unit" in refused.value.message_dict


# --- Voiding, urging ------------------------------------------------------------------------------------------------


def test_voiding_takes_two(scene: Scene) -> None:
    case = scene.accept()
    ask_void(by(scene.desk), case, "test entry", at=moment("2026-03-02 11:00"))
    with pytest.raises(PermissionDenied):
        void_case(by(scene.desk), case)
    refuse_void(by(scene.second), case, "it is real", at=moment("2026-03-02 11:30"))
    with pytest.raises(ValidationError):
        void_case(by(scene.second), case)
    ask_void(by(scene.desk), case, "truly a test", at=moment("2026-03-02 12:00"))
    case = void_case(by(scene.second), case, at=moment("2026-03-02 12:30"))
    assert (case.state, running(case)) == (State.VOIDED, set())


def test_voiding_on_hold_leaves_no_clock(scene: Scene) -> None:
    case = scene.accept()
    ask_hold(by(scene.liaison), case, "rain", moment("2026-03-10 09:00"), at=moment("2026-03-02 15:00"))
    hold_case(by(scene.desk), case, at=moment("2026-03-02 16:00"))
    ask_void(by(scene.desk), case, "test", at=moment("2026-03-03 09:00"))
    void_case(by(scene.leader), case, at=moment("2026-03-03 09:00"))
    assert not case.clocks.filter(ended_at=None).exists()
    assert due_of(case) == "2026-03-05 17:30"


def test_an_urging_waits_for_one_answer(scene: Scene) -> None:
    case = scene.accept()
    urging = urge_case(
        by(scene.leader), case, "hurry", answer_by=moment("2026-03-03 12:00"), at=moment("2026-03-03 09:00")
    )
    assert (urging.person, urging.unit, urging.state_after) == ("王师傅", scene.unit, State.IN_HAND)
    answer = answer_urge(by(scene.liaison), case, "tomorrow", at=moment("2026-03-03 10:00"))
    assert answer.about == urging
    with pytest.raises(ValidationError):
        answer_urge(by(scene.liaison), case, "again", at=moment("2026-03-03 11:00"))


# --- Calendars ------------------------------------------------------------------------------------------------------


def test_a_published_calendar_dates_open_cases_anew_by_a_row(scene: Scene) -> None:
    case = file_case(COMMAND, scene.report(at="2026-03-02 09:00"), at=moment("2026-03-02 09:00"))
    # As if the dispatch came on New Year's Eve, before anybody knew next year's days off.
    from cases import clocks
    from cases.actions.stepping import take_step
    from cases.deadlines import Limit, LimitUnit

    step = take_step(COMMAND, case, Verb.URGE, moment("2026-12-30 10:00"))
    clock = clocks.start(case, ClockKind.HANDLE, step, Limit(Decimal(3), LimitUnit.WORKING_DAYS))
    assert clock.provisional
    assert due_of(case) == "2027-01-05 17:30"
    holidays = {moment(f"2027-01-0{day} 00:00").date(): False for day in (1, 4, 5)}
    assert publish_calendar(by(scene.desk), 2027, holidays, "State Council") == [clock]
    clock.refresh_from_db()
    assert not clock.provisional
    assert due_of(case) == "2027-01-07 17:30"
    move = clock.moves.get(kind=MoveKind.CALENDAR)
    assert move.due_before == moment("2027-01-05 17:30")
    assert move.step is None


# --- Rows -----------------------------------------------------------------------------------------------------------


def refused_by_the_database(write: object) -> bool:
    try:
        with transaction.atomic():
            write()  # type: ignore[operator]
    except DatabaseError:
        return True
    return False


def test_nothing_but_rows_carries_a_case_on(scene: Scene) -> None:
    case = scene.accept()
    step, clock = case.steps.first(), case.clocks.filter(kind=ClockKind.HANDLE).get()
    move = clock.moves.get()
    writes = [
        lambda: Case.objects.filter(pk=case.pk).update(state=State.CLOSED),
        lambda: Case.objects.filter(pk=case.pk).delete(),
        lambda: CaseStep.objects.filter(pk=step.pk).update(reason="other"),
        lambda: CaseStep.objects.filter(pk=step.pk).delete(),
        lambda: Clock.objects.filter(pk=clock.pk).update(due_at=timezone.now()),
        lambda: Clock.objects.filter(pk=clock.pk).update(amount=9),
        lambda: ClockMove.objects.filter(pk=move.pk).update(due_at=timezone.now()),
        lambda: ClockMove.objects.filter(pk=move.pk).delete(),
        lambda: CaseStep.objects.create(
            case=case,
            verb=Verb.VERIFY,
            state_before=State.FIXED,
            state_after=State.CLOSED,
            at=timezone.now(),
            actor_name="x",
            origin="web",
        ),
    ]
    for write in writes:
        assert refused_by_the_database(write)
    case.refresh_from_db()
    assert case.state == State.IN_HAND


def test_steps_come_in_the_order_of_time(scene: Scene) -> None:
    case = scene.dispatch()
    for at in (moment("2026-03-02 09:59"), timezone.now() + timedelta(hours=1)):
        with pytest.raises(ValidationError) as refused:
            accept_case(by(scene.liaison), case, at=at)
        assert "at" in refused.value.message_dict


def test_a_case_keeps_its_history_with_who_did_it(scene: Scene) -> None:
    case = scene.dispatch()
    events = case.events.order_by("pgh_id")  # type: ignore[attr-defined]
    assert [event.state for event in events][-1] == State.DISPATCHED
    assert events.last().pgh_context.metadata["actor"] == "publicity"


def test_an_asset_outside_every_area_is_its_districts(scene: Scene) -> None:
    outside = make_asset(Point(116.9, 36.9, srid=4326))
    case = scene.report(asset=outside)
    assert (case.area, case.scope_code) == (None, "370105")
    assert Area.objects.filter(code=case.scope_code).exists()
    assert case in Case.objects.visible_to(scene.desk)
