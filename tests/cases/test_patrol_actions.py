"""Patrols: who may do what, what is refused, and that nothing depends on the order in which records arrive."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Role, User
from cases.actions.add_report import add_report
from cases.actions.change_patrol import change_patrol
from cases.actions.confirm_hours import confirm_hours
from cases.actions.draw_sites import draw_sites
from cases.actions.file_case import reject_case
from cases.actions.keep_team import keep_team
from cases.actions.plan_patrol import plan_patrol
from cases.actions.record_patrol import end_patrol, note_case, start_patrol, visit_site
from cases.actions.void_patrol import void_patrol
from cases.models import Case, Patrol, PatrolRecord, PatrolSite, PatrolState, RecordKind, State, Verb
from cases.patrols.drawing import Candidate, draw
from tests.cases.conftest import COMMAND, Scene, by, photo
from tests.cases.patrol_scene import HOUR, Outing, make_outing
from tests.factories import make_campaign, make_site, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def out(scene: Scene) -> Outing:
    return make_outing(scene)


def ended(out: Outing) -> Patrol:
    """A patrol of two hours that has come home."""
    patrol, now = out.plan(), timezone.now()
    start_patrol(COMMAND, patrol, 6, at=now - 3 * HOUR)
    end_patrol(COMMAND, patrol, at=now - HOUR)
    patrol.refresh_from_db()
    return patrol


def acts(out: Outing) -> dict[str, tuple[Callable[[User], Any], str]]:
    """Each verb, and who may: letters of roles, `m` for a member of the team, `l` for its leader."""
    planned, over = out.plan(), ended(out)
    case = out.scene.report()
    when = timezone.now() + HOUR
    named = {"kind": "volunteers", "area": out.team.area}
    return {
        "keep": (lambda user: keep_team(by(user), out.team, name="新名", **named), "A P"),
        "plan": (lambda user: plan_patrol(by(user), out.team, when, sites=out.sites), "A P"),
        "change": (lambda user: change_patrol(by(user), out.plan(), when, "雨", sites=out.sites), "A P"),
        "draw": (lambda user: draw_sites(by(user), out.plan(sites=(), areas=[out.team.area]), 1), "A P"),
        "start": (lambda user: start_patrol(by(user), planned, 3), "A P m l"),
        "visit": (lambda user: visit_site(by(user), planned, out.sites[0]), "A P m l"),
        "note": (lambda user: note_case(by(user), planned, case, RecordKind.PROBLEM), "A P m l"),
        "end": (lambda user: end_patrol(by(user), planned), "A P m l"),
        "confirm": (lambda user: confirm_hours(by(user), over, 6, 120), "A P l"),
        "void": (lambda user: void_patrol(by(user), planned, "why"), "A P"),
    }


VERBS = ("keep", "plan", "draw", "start", "visit", "note", "end", "confirm", "void")
ROLES = {
    "A": Role.ADMINISTRATOR,
    "P": Role.PUBLICITY,
    "S": Role.STREET_EDITOR,
    "C": Role.CREW,
    "V": Role.PATROL,
    "L": Role.LIAISON,
    "B": Role.LEADER,
    "N": Role.PLANNER,
    "R": Role.VIEWER,
}


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_is_for_those_the_table_names_and_for_nobody_elsewhere(out: Outing, verb: str) -> None:
    act, allowed = acts(out)[verb]
    here, away = out.scene.district.district, out.scene.district.other_district
    cast = {letter: make_user(role, here) for letter, role in ROLES.items()}
    cast |= {f"{letter} away": make_user(role, away) for letter, role in ROLES.items()}
    cast |= {"m": out.member, "l": out.lead, "nobody": make_user(None)}
    for letter, user in cast.items():
        with transaction.atomic():
            try:
                act(user)
                done = True
            except PermissionDenied:
                done = False
            transaction.set_rollback(True)
        assert done is (letter in allowed.split()), letter


def test_a_member_whose_role_lies_elsewhere_records_nothing(out: Outing, stranger: User) -> None:
    out.team.members.add(stranger)
    with pytest.raises(PermissionDenied):
        start_patrol(by(stranger), out.plan(), 3)


# --- What is refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "act, field",
    [
        (lambda out: start_patrol(COMMAND, out.plan(), 0), "people"),
        (lambda out: start_patrol(COMMAND, out.plan(), 3, at=timezone.now() + HOUR), "at"),
        (lambda out: plan_patrol(COMMAND, out.team, timezone.now()), "areas"),
        (lambda out: out.plan(sites=[out.sites[0]] * 2), "sites"),
        (lambda out: out.plan(sites=[make_site(area=out.scene.district.other_street)]), "sites"),
        (lambda out: out.plan(areas=[out.scene.district.other_street]), "areas"),
        (lambda out: draw_sites(COMMAND, out.plan(), 0), "per_group"),
        (lambda out: draw_sites(COMMAND, out.plan(), 1, seed=0), "seed"),
        (lambda out: draw_sites(COMMAND, out.plan(areas=[out.scene.district.east], sites=()), 1), "kinds"),
        (lambda out: draw_sites(COMMAND, ended(out), 1), "state"),
        (lambda out: confirm_hours(COMMAND, out.plan(), 3, 60), "state"),
        (lambda out: confirm_hours(COMMAND, ended(out), 3, 0), "minutes"),
        (lambda out: confirm_hours(COMMAND, ended(out), 0, 60), "people"),
        (lambda out: void_patrol(COMMAND, out.plan(), " "), "reason"),
        (lambda out: keep_team(COMMAND, None, name=" ", kind="staff", area=out.team.area), "name"),
        (lambda out: keep_team(COMMAND, None, name="巡访一队", kind="staff", area=out.team.area), "name"),
        (lambda out: keep_team(COMMAND, None, name="x", kind="army", area=out.team.area), "kind"),
        (
            lambda out: keep_team(
                COMMAND, None, name="x", kind="staff", area=out.team.area, members=[out.scene.liaison]
            ),
            "members",
        ),
        (
            lambda out: visit_site(COMMAND, out.plan(), make_site(area=out.scene.district.other_street)),
            "site",
        ),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_field(
    out: Outing, act: Callable[[Outing], Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        act(out)
    assert field in refused.value.message_dict


def test_hours_are_confirmed_once_and_a_patrol_is_voided_once(out: Outing) -> None:
    patrol = confirm_hours(by(out.lead), ended(out), 5, 110)
    assert (patrol.confirmed_people, patrol.confirmed_minutes, patrol.confirmed_by) == (5, 110, out.lead)
    for act in (lambda: confirm_hours(COMMAND, patrol, 5, 110),):
        with pytest.raises(ValidationError):
            act()
    void_patrol(COMMAND, patrol, "rain")
    with pytest.raises(ValidationError):
        void_patrol(COMMAND, patrol, "rain")
    with pytest.raises(ValidationError) as refused:
        visit_site(COMMAND, patrol, out.sites[0])
    assert "rain" in str(refused.value)


def test_records_and_the_sites_of_a_patrol_that_has_begun_stay_whatever_writes(out: Outing) -> None:
    patrol = out.plan()
    record = start_patrol(COMMAND, patrol, 3)
    for write in (
        lambda: PatrolSite.objects.filter(patrol=patrol).delete(),
        lambda: PatrolSite.objects.filter(patrol=patrol).update(place=9),
        lambda: PatrolRecord.objects.filter(pk=record.pk).update(people=9),
        lambda: PatrolRecord.objects.filter(pk=record.pk).delete(),
        lambda: Patrol.objects.filter(pk=patrol.pk).update(announced=False),
        lambda: Patrol.objects.filter(pk=patrol.pk).delete(),
    ):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            write()


# --- Draws ----------------------------------------------------------------------------------------------------------

CODES = st.sets(st.text("ABCDEF0123456789", min_size=1, max_size=6), max_size=30)


@given(data=st.data(), codes=CODES, per_group=st.integers(1, 6), seed=st.integers(1, 2**31 - 1))
def test_a_draw_is_the_same_for_its_seed_and_fair_to_each_street_and_kind(
    data: st.DataObject, codes: set[str], per_group: int, seed: int
) -> None:
    pool = [
        Candidate(code, data.draw(st.sampled_from("XY")), data.draw(st.sampled_from("kl")))
        for code in sorted(codes)
    ]
    drawn = draw(pool, per_group, seed)
    assert drawn == draw(data.draw(st.permutations(pool)), per_group, seed)
    groups: dict[tuple[str, str], set[str]] = {}
    for site in pool:
        groups.setdefault((site.street, site.kind), set()).add(site.code)
    for members in groups.values():
        assert len(members & set(drawn)) == min(per_group, len(members))
    assert len(drawn) == len(set(drawn))
    # Another street's sites change nothing in this one's draw.
    here = [site for site in pool if site.street == "X"]
    assert [code for code in drawn if code in {site.code for site in here}] == draw(here, per_group, seed)


def test_a_draw_is_kept_with_seed_and_pool_and_a_second_one_takes_a_reason(out: Outing) -> None:
    patrol = out.plan(sites=(), areas=[out.scene.district.west])
    first = draw_sites(COMMAND, patrol, 1, seed=7)
    assert first.pool == ["T0", "T1", "T2", "T3"]
    assert len(first.drawn) == 2
    assert list(patrol.stops.values_list("site__code", flat=True)) == first.drawn
    with pytest.raises(ValidationError) as refused:
        draw_sites(COMMAND, patrol, 1)
    assert "reason" in refused.value.message_dict
    again = draw_sites(COMMAND, patrol, 1, seed=7, reason="a site was closed")
    assert again.drawn == first.drawn
    assert patrol.stops.count() == 2


# --- Whatever order -------------------------------------------------------------------------------------------------


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_replayed_and_permuted_records_come_out_the_same(out: Outing, data: st.DataObject) -> None:
    now = timezone.now()
    records = data.draw(
        st.lists(
            st.tuples(
                st.sampled_from(["start", "visit", "end"]),
                st.integers(1, 300),
                st.integers(1, 20),
                st.integers(0, 3),
                st.uuids(version=4),
            ),
            max_size=8,
        )
    )
    sent = data.draw(st.permutations(records + records[: data.draw(st.integers(0, len(records)))]))
    with transaction.atomic():
        patrol = out.plan()
        for kind, ago, people, site, uid in sent:
            at = now - timedelta(minutes=ago)
            if kind == "start":
                start_patrol(COMMAND, patrol, people, at=at, uid=uid)
            elif kind == "visit":
                visit_site(COMMAND, patrol, out.sites[site], at=at, uid=uid)
            else:
                end_patrol(COMMAND, patrol, at=at, uid=uid)
        patrol.refresh_from_db()
        starts = [(now - timedelta(minutes=r[1]), r[2]) for r in records if r[0] == "start"]
        ends = [now - timedelta(minutes=r[1]) for r in records if r[0] == "end"]
        assert patrol.records.count() == len(records)
        assert patrol.started_at == min((at for at, _people in starts), default=None)
        assert patrol.people == max((people for _at, people in starts), default=None)
        assert patrol.ended_at == max(ends, default=None)
        assert (patrol.state == PatrolState.ENDED) is bool(ends)
        transaction.set_rollback(True)


# --- Adding to a case -----------------------------------------------------------------------------------------------


def test_a_report_is_added_to_an_open_case_once_and_changes_nothing_of_its_time(scene: Scene) -> None:
    case = scene.dispatch()
    before = list(case.clocks.order_by("id").values_list("due_at", "ended_at"))
    step = add_report(by(scene.patrol), case, "still there", [photo(4)], operation="a")
    assert add_report(by(scene.patrol), case, "still there", [photo(4)], operation="a") == step
    case.refresh_from_db()
    assert case.state == State.DISPATCHED
    assert list(case.clocks.order_by("id").values_list("due_at", "ended_at")) == before
    assert case.steps.filter(verb=Verb.ADD_REPORT).count() == 1
    assert case.photos.count() == 2


def test_nothing_is_added_to_a_closed_case_by_a_stranger_or_without_words(
    scene: Scene, stranger: User
) -> None:
    case = scene.report()
    with pytest.raises(PermissionDenied):
        add_report(by(stranger), case, "x")
    with pytest.raises(ValidationError):
        add_report(by(scene.patrol), case, " ")
    reject_case(by(scene.desk), case, "no")
    with pytest.raises(ValidationError) as refused:
        add_report(by(scene.patrol), Case.objects.get(pk=case.pk), "x")
    assert "state" in refused.value.message_dict


def test_the_uid_of_a_record_is_one_record(out: Outing) -> None:
    patrol, uid = out.plan(), uuid.uuid4()
    assert start_patrol(COMMAND, patrol, 3, uid=uid) == start_patrol(COMMAND, patrol, 3, uid=uid)


# --- Changing what is planned ---------------------------------------------------------------------------------------


def test_a_plan_is_changed_until_it_has_begun_and_what_was_before_stays(out: Outing) -> None:
    campaign = make_campaign(out.scene.district.district, "qingming")
    patrol = out.plan(sites=out.sites[:2], campaign=campaign)
    draw_sites(COMMAND, patrol, 1, seed=7)
    drawn = list(patrol.stops.filter(drawn=True).values_list("site__code", flat=True))
    later = patrol.planned_for + timedelta(days=2)
    change = change_patrol(
        by(out.scene.desk), patrol, later, "下雨", sites=[out.sites[1]], areas=[out.scene.district.west]
    )
    patrol.refresh_from_db()
    assert (patrol.planned_for, patrol.campaign) == (later, None)
    assert list(patrol.areas.all()) == [out.scene.district.west]
    assert list(patrol.stops.values_list("site__code", flat=True)) == ["T1", *drawn]
    assert change is not None
    assert (change.reason, change.by) == ("下雨", out.scene.desk)
    assert change.before["campaign"] == "qingming"
    assert change.before["sites"][:2] == ["T0", "T1"]
    assert set(change.after) == {"planned_for", "campaign", "areas", "sites"}
    same = change_patrol(
        by(out.scene.desk), patrol, later, "同样", sites=[out.sites[1]], areas=[out.scene.district.west]
    )
    assert same is None
    with pytest.raises(InternalError), transaction.atomic():
        patrol.changes.update(reason="x")
    start_patrol(COMMAND, patrol, 3, at=timezone.now())
    with pytest.raises(ValidationError, match="state"):
        change_patrol(by(out.scene.desk), patrol, later, "晚了", sites=out.sites)
    assert patrol.changes.count() == 1


def test_what_is_no_plan_is_refused_and_nothing_is_changed(out: Outing) -> None:
    patrol = out.plan()
    far = make_site("远处", "station", Point(116.2, 36.2, srid=4326), area=None, code="F1")
    for changed, name in (
        ({"reason": " "}, "reason"),
        ({"sites": ()}, "areas"),
        ({"sites": [far]}, "sites"),
        ({"sites": [out.sites[0]] * 2}, "sites"),
    ):
        values = {"reason": "雨", "sites": out.sites, **changed}
        with pytest.raises(ValidationError, match=name):
            change_patrol(by(out.scene.desk), patrol, timezone.now(), values.pop("reason"), **values)
    assert not patrol.changes.exists()
    assert patrol.stops.count() == 4
