"""Patrols and problems from phones: each once, late, out of order, without permission; photos after their record."""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from cases.actions.file_case import merge_case, reject_case
from cases.actions.void_patrol import void_patrol
from cases.models import Case, CaseStep, ClockKind, Patrol, PatrolRecord, PatrolState, Source, State, Verb
from field.models import Operation
from tests.cases.conftest import COMMAND, Scene, by, calendar, scene
from tests.cases.patrol_scene import Outing, make_outing
from tests.factories import make_type
from tests.field.conftest import Phone, jpeg, named, phone_of

__all__ = ["calendar", "scene"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def out(scene: Scene) -> Outing:
    return make_outing(scene)


@pytest.fixture
def members_phone(out: Outing) -> Phone:
    return phone_of(out.member)


def start(phone: Phone, patrol: Patrol, people: int = 5) -> dict[str, Any]:
    return phone.op("patrol_start", fields={"patrol": str(patrol.uid), "people": people})


def visit(phone: Phone, patrol: Patrol, site: str) -> dict[str, Any]:
    return phone.op("patrol_visit", fields={"patrol": str(patrol.uid), "site": site})


def end(phone: Phone, patrol: Patrol) -> dict[str, Any]:
    return phone.op("patrol_end", fields={"patrol": str(patrol.uid)})


def problem(phone: Phone, patrol: Patrol | None = None, **values: Any) -> dict[str, Any]:
    fields = {"category": "soiled", "note": "有泥点", **values.pop("fields", {})}
    if patrol is not None:
        fields["patrol"] = str(patrol.uid)
    given = {"photos": [named(jpeg())], "position": {"lon": 116.985, "lat": 36.675, "accuracy": 6}, **values}
    return phone.op("problem", fields=fields, **given)


def statuses(results: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(result["status"], result["reason"]) for result in results]


def test_a_whole_outing_arrives(out: Outing, members_phone: Phone) -> None:
    patrol, asset = out.plan(), out.scene.asset
    results = members_phone.send(
        start(members_phone, patrol),
        visit(members_phone, patrol, "T0"),
        problem(members_phone, patrol, asset=asset),
        problem(members_phone, patrol, fields={"site": "T1"}),
        problem(members_phone, patrol, fields={"place": {"lon": 116.986, "lat": 36.676, "accuracy": 4}}),
        end(members_phone, patrol),
    )
    assert statuses(results) == [("applied", None)] * 6
    patrol.refresh_from_db()
    assert (patrol.state, patrol.people) == (PatrolState.ENDED, 5)
    cases = list(Case.objects.order_by("pk").select_related("site", "asset"))
    assert [(case.state, case.source) for case in cases] == [(State.REPORTED, Source.PATROL)] * 3
    assert [(case.asset, case.site and case.site.code) for case in cases] == [
        (asset, None),
        (None, "T1"),
        (None, None),
    ]
    assert results[2]["message"] == f"Reported: {cases[0].code}."
    assert results[2]["asset"]["uid"] == str(asset.uid)
    assert [record.site_id for record in patrol.records.filter(kind="problem")] == [
        None,
        out.sites[1].pk,
        None,
    ]


def test_the_photo_follows_its_record_onto_the_case_once(out: Outing, members_phone: Phone) -> None:
    patrol, data = out.plan(), jpeg("blue")
    op = problem(members_phone, patrol, fields={"site": "T1"}, photos=[named(data)])
    assert members_phone.put_photo(data).status_code == 409
    wanted = members_phone.send(op)[0]["photos_wanted"]
    assert members_phone.put_photo(data).json()["complete"]
    assert members_phone.put_photo(data).json()["complete"]
    assert members_phone.send(op)[0]["first"]["photos_wanted"] == []
    assert len(wanted) == 1
    case = Case.objects.get()
    shot = case.photos.get()
    assert (shot.stage, shot.step.verb, shot.uploaded_by) == ("before", Verb.REPORT, out.member)
    assert shot.distance is not None
    # The same picture in a second record is that one's too.
    members_phone.send(problem(members_phone, patrol, fields={"site": "T2"}, photos=[named(data)]))
    assert [case.photos.count() for case in Case.objects.order_by("pk")] == [1, 1]


def test_the_time_to_file_begins_when_the_report_arrives(out: Outing, members_phone: Phone) -> None:
    op = problem(members_phone, at="2026-03-01T08:00:00+08:00")
    op["fields"]["site"] = "T1"
    members_phone.send(op)
    case = Case.objects.get()
    assert case.reported_at.isoformat().startswith("2026-03-01")
    clock = case.clocks.get(kind=ClockKind.FILE)
    assert (clock.started_at - case.reported_at).days > 200


@pytest.mark.parametrize(
    "fields, told",
    [
        ({"category": "none"}, "category: There is no such category."),
        ({"category": None}, "category: Say what it is about."),
        ({"category": 7}, "category: There is no such category."),
        ({"note": 7}, "note: Give a text."),
        ({"site": "none"}, "site: There is no such site."),
        ({"site": "\0"}, "site: There is no such site."),
        ({"same_as": "370105-2026-999999"}, "There is no such case that you can see."),
        ({"same_as": ["x"]}, "There is no such case that you can see."),
        ({"colour": "red"}, "There is no such field."),
        ({"place": {"lon": 10, "lat": 10}, "site": None}, "lies in no district"),
        ({"site": None}, "Say where it is"),
    ],
)
def test_what_is_wrong_with_a_report_is_said_by_field(
    out: Outing, members_phone: Phone, fields: dict[str, Any], told: str
) -> None:
    result = members_phone.send(problem(members_phone, out.plan(), fields={"site": "T1", **fields}))[0]
    assert (result["status"], result["reason"]) == ("rejected", "invalid")
    assert told in result["message"]
    assert not Case.objects.exists()


def test_a_report_without_a_photo_is_refused_by_name(out: Outing, members_phone: Phone) -> None:
    result = members_phone.send(problem(members_phone, fields={"site": "T1"}, photos=[]))[0]
    assert result["status"] == "rejected"
    assert "photos: Add at least one photo" in result["message"]


@pytest.mark.parametrize(
    "make",
    [
        lambda phone, patrol: phone.op("patrol_start", fields={"patrol": str(patrol.uid)}),
        lambda phone, patrol: phone.op("patrol_start", fields={"patrol": str(patrol.uid), "people": "5"}),
        lambda phone, patrol: phone.op("patrol_start", fields={"patrol": str(patrol.uid), "people": -1}),
        lambda phone, patrol: phone.op("patrol_start", fields={"people": 3}),
        lambda phone, patrol: phone.op("patrol_visit", fields={"patrol": str(patrol.uid)}),
        lambda phone, patrol: phone.op("patrol_visit", fields={"patrol": str(patrol.uid), "site": "none"}),
        lambda phone, patrol: phone.op("patrol_end", fields={"patrol": "x"}),
        lambda phone, patrol: phone.op("patrol_end", fields={"patrol": str(patrol.uid), "note": "x"}),
    ],
)
def test_a_record_that_cannot_be_read_is_refused_and_kept(
    out: Outing, members_phone: Phone, make: Any
) -> None:
    result = members_phone.send(make(members_phone, out.plan()))[0]
    assert (result["status"], result["reason"]) == ("rejected", "invalid")
    assert Operation.objects.count() == 1
    assert not PatrolRecord.objects.exists()


def test_of_another_team_s_patrol_nothing_is_said_but_that_there_is_none(out: Outing, crew: User) -> None:
    patrol, phone = out.plan(), phone_of(crew)
    missing = phone.op("patrol_end", fields={"patrol": "00000000-0000-4000-8000-000000000000"})
    theirs, none = phone.send(end(phone, patrol), missing)
    assert theirs["message"] == none["message"] == "patrol: There is no such patrol of your team."
    # What somebody saw is a case all the same.
    result = phone.send(problem(phone, patrol, fields={"site": "T1"}))[0]
    assert result["status"] == "applied"
    assert "stands without one" in result["message"]
    assert Case.objects.get().source == Source.GRID_OFFICER
    assert not PatrolRecord.objects.exists()


def test_a_stranger_reports_nothing_here(out: Outing, stranger: User) -> None:
    out.team.members.add(stranger)
    phone = phone_of(stranger)
    results = phone.send(start(phone, out.plan()), problem(phone, asset=out.scene.asset, position=None))
    assert [result["status"] for result in results] == ["rejected", "rejected"]
    assert results[1]["reason"] == "not_permitted"
    assert not Case.objects.exists()


def test_a_patrol_voided_meanwhile_keeps_its_reports_as_cases(out: Outing, members_phone: Phone) -> None:
    patrol = out.plan()
    void_patrol(COMMAND, patrol, "rain")
    results = members_phone.send(
        visit(members_phone, patrol, "T0"), problem(members_phone, patrol, fields={"site": "T1"})
    )
    assert statuses(results) == [("rejected", "invalid"), ("applied", None)]
    assert "rain" in results[0]["message"]
    assert Case.objects.count() == 1


# --- Mine too -------------------------------------------------------------------------------------------------------


def test_mine_is_added_to_an_open_case_and_to_what_it_was_merged_with(
    out: Outing, members_phone: Phone
) -> None:
    case, patrol, data = out.scene.report(), out.plan(), jpeg("green")
    op = problem(members_phone, patrol, fields={"same_as": case.code}, photos=[named(data)])
    result = members_phone.send(op)[0]
    assert result["message"] == f"Added to {case.code}."
    members_phone.put_photo(data)
    assert members_phone.send(op)[0]["status"] == "duplicate"
    step = case.steps.get(verb=Verb.ADD_REPORT)
    assert step.photos.count() == 1
    assert patrol.records.get().kind == "addition"
    other = out.scene.report(at="2026-03-02 11:00", asset=out.scene.another())
    merge_case(by(out.scene.desk), other, case)
    merged = problem(members_phone, patrol, fields={"same_as": other.code})
    assert members_phone.send(merged)[0]["message"] == f"Added to {case.code}."
    assert Case.objects.count() == 2


def test_mine_on_a_case_that_was_closed_meanwhile_is_a_new_one(out: Outing, members_phone: Phone) -> None:
    case = out.scene.report()
    reject_case(by(out.scene.desk), case, "no")
    op = problem(members_phone, out.plan(), fields={"same_as": case.code, "site": "T1"})
    assert members_phone.send(op)[0]["message"].startswith("Reported: ")
    assert Case.objects.count() == 2


def test_a_report_on_an_asset_made_on_this_phone_waits_for_it(out: Outing, crew: User) -> None:
    make_type()
    phone = phone_of(crew)
    made = phone.create()
    waiting = phone.send(problem(phone, asset=made["asset"]))[0]
    assert (waiting["status"], waiting["reason"]) == ("conflict", "unknown_asset")
    phone.send(made)
    assert Case.objects.get().asset.uid.hex == made["asset"].replace("-", "")  # type: ignore[union-attr]


# --- Hidden from streets --------------------------------------------------------------------------------------------


def test_what_a_street_reviews_and_supervises_tells_nothing_of_patrols(
    out: Outing, members_phone: Phone, client: Client
) -> None:
    patrol = out.plan(announced=False)
    members_phone.send(
        start(members_phone, patrol),
        visit(members_phone, patrol, "none"),
        problem(members_phone, patrol, asset=out.scene.asset, fields={"category": "none"}),
    )
    assert set(Operation.objects.values_list("scope_code", flat=True)) == {"370105"}
    client.force_login(out.street)
    for page in ("/fieldwork/review/", "/fieldwork/activity/"):
        assert "member" not in client.get(page).content.decode()
    client.force_login(out.scene.desk)
    assert "member" in client.get("/fieldwork/review/").content.decode()


# --- Exactly once, whatever order -----------------------------------------------------------------------------------


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_replayed_and_permuted_operations_come_out_the_same(
    out: Outing, members_phone: Phone, data: st.DataObject
) -> None:
    with transaction.atomic():
        patrol = out.plan()
        other = phone_of(out.lead)
        made = [start(members_phone, patrol, 5), start(other, patrol, 7)]
        for phone, site in data.draw(
            st.lists(st.tuples(st.sampled_from([members_phone, other]), st.integers(0, 3)), max_size=4)
        ):
            make = data.draw(st.sampled_from(["visit", "problem"]))
            made.append(
                visit(phone, patrol, f"T{site}")
                if make == "visit"
                else problem(phone, patrol, fields={"site": f"T{site}"})
            )
        made += [end(members_phone, patrol), end(other, patrol)]
        again = data.draw(st.lists(st.sampled_from(made), max_size=4))
        by_user = {members_phone.user.pk: members_phone, other.user.pk: other}
        for op in data.draw(st.permutations(made + again)):
            assert by_user[op["user"]].send(op)[0]["status"] in ("applied", "duplicate")
        patrol.refresh_from_db()
        problems = sum(op["kind"] == "problem" for op in made)
        assert patrol.records.count() == len(made)
        assert (patrol.state, patrol.people) == (PatrolState.ENDED, 7)
        assert Case.objects.count() == problems
        assert CaseStep.objects.count() == problems
        starts = patrol.records.filter(kind="start").values_list("at", flat=True)
        assert patrol.started_at == min(starts)
        transaction.set_rollback(True)


# --- Down -----------------------------------------------------------------------------------------------------------


def test_a_phone_is_told_its_teams_patrols_with_their_sites_and_no_others(
    out: Outing, members_phone: Phone, crew: User, stranger: User
) -> None:
    patrol = out.plan(announced=False, areas=[out.scene.district.west])
    members_phone.send(visit(members_phone, patrol, "T1"))
    case = out.scene.report()
    told = members_phone.get("patrols").json()
    assert [entry["uid"] for entry in told["patrols"]] == [str(patrol.uid)]
    assert [(stop["code"], stop["visited"]) for stop in told["patrols"][0]["stops"]] == [
        ("T0", False),
        ("T1", True),
        ("T2", False),
        ("T3", False),
    ]
    assert [entry["code"] for entry in told["cases"]] == [case.code]
    assert "soiled" in [entry["code"] for entry in told["categories"]]
    others = phone_of(crew).get("patrols", areas=out.scene.district.west.code).json()
    assert others["patrols"] == []
    assert [entry["code"] for entry in others["cases"]] == [case.code]
    away = phone_of(stranger).get("patrols").json()
    assert (away["patrols"], away["cases"]) == ([], [])
    assert phone_of(crew).get("patrols", areas="999").status_code == 400


def test_a_phone_s_list_of_patrols_takes_a_bounded_number_of_queries(
    out: Outing, members_phone: Phone, django_assert_max_num_queries: Any
) -> None:
    for _n in range(5):
        out.plan(areas=[out.scene.district.west])
        out.scene.report()
    members_phone.get("patrols")
    with django_assert_max_num_queries(24):
        assert len(members_phone.get("patrols").json()["patrols"]) == 5


def test_a_patrol_member_does_field_work_and_is_offered_the_phone(out: Outing, client: Client) -> None:
    client.force_login(out.member)
    assert 'href="/field/"' in client.get("/cases/").content.decode()
    me = phone_of(out.member).get("me").json()
    assert (me["can"]["patrol"], me["can"]["inspect"], me["can"]["report_problem"]) == (True, False, True)
