"""The desk of cases: inbox, orders for many, board, saved views, sheets of paper, photo pairs."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from cases.actions.dispatch_case import dispatch_case
from cases.actions.many_cases import Order, Planned, do_many, plan_many
from cases.desk.pairs import earlier_than, pairs_of
from cases.models import Case, CaseBatch, CasePhoto, State, Verb
from tests.cases.conftest import Scene, by
from tests.cases.test_case_table import STATES, case_in
from tests.factories import make_asset, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(scene: Scene, client: Client) -> Client:
    client.force_login(scene.desk)
    client.cookies["django_language"] = "en"
    return client


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


# --- Inbox ----------------------------------------------------------------------------------------------------------


def test_the_inbox_shows_what_waits_the_oldest_first(scene: Scene, desk: Client) -> None:
    later = scene.report(at="2026-03-03 09:00")
    filed = scene.file()
    scene.dispatch()
    page = text(desk.get("/cases/inbox/"))
    assert re.findall(r'href="\?at=(\S+?)"\s*(?:aria-current="true")?><b>', page) == [filed.code, later.code]
    assert f"{scene.unit}" in page
    assert "maintains the asset" in page


def test_a_case_is_filed_and_dispatched_by_two_presses(scene: Scene, desk: Client) -> None:
    case, following = scene.report(at="2026-03-02 09:00"), scene.report(at="2026-03-03 09:00")
    page = text(desk.get("/cases/inbox/"))
    assert 'aria-keyshortcuts="f"' in page
    filed = desk.post(f"/cases/inbox/{case.code}/file", {"category": case.category.code})
    assert filed["Location"] == f"/cases/inbox/?at={case.code}"
    page = text(desk.get(filed["Location"]))
    given = dict(re.findall(r'name="(unit|person|why|next)" value="([^"]*)"', page))
    gone_on = desk.post(f"/cases/inbox/{case.code}/dispatch", given)
    assert gone_on["Location"] == f"/cases/inbox/?at={following.code}"
    case.refresh_from_db()
    assert (case.state, case.unit, case.person) == (State.DISPATCHED, scene.unit, "王师傅")


def test_what_may_be_the_same_stands_beside_and_is_merged(scene: Scene, desk: Client) -> None:
    case = scene.report(at="2026-03-02 09:00", description="new")
    other = scene.dispatch(at="2026-03-03 10:00", description="known already")
    page = text(desk.get(f"/cases/inbox/?at={case.code}"))
    assert f"Merge with {other.code}" in page
    assert "known already" in page
    desk.post(f"/cases/inbox/{case.code}/merge", {"other": other.code})
    case.refresh_from_db()
    assert (case.state, case.duplicate_of) == (State.DUPLICATE, other)


def test_what_is_refused_is_said_and_what_is_gone_too(scene: Scene, desk: Client) -> None:
    case = scene.report()
    refused = desk.post(f"/cases/inbox/{case.code}/reject", {"reason": ""})
    assert refused.status_code == 422
    assert 'role="alert"' in text(refused)
    dispatched = scene.dispatch()
    assert "somebody has decided it" in text(desk.get(f"/cases/inbox/?at={dispatched.code}"))
    again = desk.post(f"/cases/inbox/{dispatched.code}/file", {"category": "soiled"})
    assert (again.status_code, "not possible while" in text(again)) == (422, True)
    assert desk.post(f"/cases/inbox/{case.code}/verify").status_code == 404


def test_the_inbox_is_the_desks(scene: Scene, client: Client, stranger: User) -> None:
    case = scene.report()
    for user, status in ((scene.liaison, 403), (scene.patrol, 403), (scene.leader, 403), (stranger, 200)):
        client.force_login(user)
        response = client.get("/cases/inbox/")
        assert response.status_code == status
        assert case.code not in text(response)
        posted = client.post(f"/cases/inbox/{case.code}/file", {"category": "soiled"})
        assert posted.status_code == (404 if status == 200 else 403)
    client.logout()
    assert client.get("/cases/inbox/").status_code == 302


def test_a_long_inbox_takes_no_more_queries(
    scene: Scene, desk: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(9):
        scene.report()
    desk.get("/cases/inbox/")
    with django_assert_max_num_queries(20):
        desk.get("/cases/inbox/")


# --- Many at once ---------------------------------------------------------------------------------------------------


def order_of(scene: Scene, verb: Verb, other: Case) -> Order:
    if verb is Verb.URGE:
        return Order(verb, {"reason": "hurry", "answer_by": timezone.now() + timedelta(days=1)})
    return Order(verb, {}, other=other) if verb is Verb.MERGE else Order(verb, {})


@pytest.mark.parametrize("verb", [Verb.DISPATCH, Verb.URGE, Verb.MERGE])
@pytest.mark.parametrize("who", ["desk", "leader", "stranger"])
def test_the_preview_refuses_what_the_action_refuses_in_the_same_words(
    scene: Scene, verb: Verb, who: str, stranger: User
) -> None:
    user = stranger if who == "stranger" else getattr(scene, who)
    nobody, nameless = make_asset(maintainer=None), make_asset(maintainer=make_unit("无联系人"))
    cases = [case_in(scene, state, "", scene.another()) for state in STATES]
    cases += [scene.file(asset=asset) for asset in (nobody, nameless)]
    order = order_of(scene, verb, cases[1])
    with translation.override("en"):
        planned = plan_many(user, order, cases)
        # The actions decide for themselves what the plan refuses; but they have to be told a unit.
        told = [item for item in planned if "Nobody is named" not in item.refused]
        batch, _done = do_many(by(user), order, [as_if_ready(item, scene) for item in told])
    assert dict(batch.refused) == {item.case.code: item.refused for item in told if item.refused}
    assert len(planned) - len(told) == (verb is Verb.DISPATCH and who == "desk")


def as_if_ready(item: Planned, scene: Scene) -> Planned:
    return replace(item, refused="", unit=item.unit or scene.unit, why=item.why or "why")


@given(st.lists(st.sampled_from(STATES), min_size=1, max_size=3))
@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_an_order_does_each_case_once_and_keeps_the_rest(scene: Scene, states: list[str]) -> None:
    cases = [case_in(scene, state, "", scene.another()) for state in states]
    order = order_of(scene, Verb.URGE, cases[0])
    planned = plan_many(scene.desk, order, cases)
    batch, done = do_many(by(scene.desk), order, planned)
    assert len(done) + len(batch.refused) == len(cases)
    assert {item.case.code for item in planned if item.refused} == {code for code, _why in batch.refused}
    assert batch.steps.count() == len(done) == len({step.case_id for step in batch.steps.all()})


def test_many_are_dispatched_as_the_preview_showed(scene: Scene, desk: Client) -> None:
    first, second, taken = scene.file(), scene.file(), scene.dispatch()
    nobody = scene.file(asset=make_asset(maintainer=None))
    preview = text(
        desk.post("/cases/many/?state=filed,dispatched", {"verb": "dispatch", "to": "", "why": ""})
    )
    assert "has it already" in preview
    assert "Nobody is named" in preview
    assert not CaseBatch.objects.exists()
    seen = re.search(r'name="seen" value="([^"]+)"', preview)
    assert seen
    given = {"verb": "dispatch", "to": "", "why": "", "seen": seen[1]}
    done = desk.post("/cases/many/?state=filed,dispatched", given)
    assert {case.state for case in Case.objects.filter(pk__in=[first.pk, second.pk])} == {"dispatched"}
    assert Case.objects.get(pk=nobody.pk).state == "filed"
    batch = CaseBatch.objects.get()
    assert batch.steps.count() == 2
    report = text(desk.get(done["Location"]))
    assert first.code in report
    assert second.code in report
    assert taken.code not in report


def test_what_changed_since_the_preview_is_left_and_said(scene: Scene, desk: Client) -> None:
    moved, gone = scene.file(), scene.file()
    given = {"verb": "dispatch", "to": "", "why": ""}
    seen = f"{moved.code}={scene.other_unit.pk},{gone.code}={scene.unit.pk}"
    dispatch_case(by(scene.desk), gone, scene.unit, "why")
    done = desk.post("/cases/many/", {**given, "seen": seen})
    refused = dict(CaseBatch.objects.get().refused)
    assert "changed meanwhile" in refused[moved.code]
    assert "has it already" in refused[gone.code]
    assert "changed meanwhile" in text(desk.get(done["Location"]))


@pytest.mark.parametrize(
    "given, sentence",
    [
        ({"verb": "urge", "reason": "", "answer_by": "2099-01-01"}, "field-problem"),
        ({"verb": "urge", "reason": "x", "answer_by": "soon"}, "field-problem"),
        ({"verb": "merge", "other": "nonsense"}, "nonsense"),
        ({"verb": "dispatch", "to": "999999", "why": "x"}, "field-problem"),
    ],
)
def test_an_order_that_lacks_something_says_so(
    scene: Scene, desk: Client, given: dict[str, str], sentence: str
) -> None:
    scene.report()
    response = desk.post("/cases/many/", given)
    assert response.status_code == 422
    assert sentence in text(response)
    assert not CaseBatch.objects.exists()


def test_orders_are_for_who_may_give_them(scene: Scene, client: Client, stranger: User) -> None:
    case = scene.file()
    given = {"verb": "dispatch", "to": scene.unit.pk, "why": "x", "seen": f"{case.code}={scene.unit.pk}"}
    client.force_login(scene.patrol)
    assert client.get("/cases/many/").status_code == 403
    client.force_login(scene.leader)
    page = text(client.get("/cases/many/"))
    assert 'value="urge"' in page
    assert 'value="dispatch"' not in page
    assert client.post("/cases/many/", given).status_code == 403
    client.force_login(stranger)
    assert case.code not in text(client.post("/cases/many/", given, follow=True))
    assert Case.objects.get(pk=case.pk).state == "filed"
    batch, _done = do_many(
        by(scene.desk), Order(Verb.DISPATCH, {}), plan_many(scene.desk, Order(Verb.DISPATCH, {}), [case])
    )
    assert client.get(f"/cases/batches/{batch.uid}/").status_code == 404
    client.logout()
    assert client.post("/cases/many/", given).status_code == 302


def test_a_preview_of_many_takes_no_more_queries(
    scene: Scene, desk: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(7):
        scene.file()
    with django_assert_max_num_queries(24):
        desk.post("/cases/many/", {"verb": "dispatch", "to": "", "why": ""})


# --- Board, views, paper --------------------------------------------------------------------------------------------


def test_the_board_has_a_column_for_each_open_state(
    scene: Scene, desk: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    cases = [scene.report(), scene.file(), scene.dispatch(), scene.accept(), scene.fix()]
    desk.get("/cases/board/")
    with django_assert_max_num_queries(30):
        page = text(desk.get("/cases/board/"))
    assert re.findall(r'data-case="([^"]+)"', page) == [case.code for case in cases]
    assert desk.get("/cases/board/?stat=x").status_code == 400


def test_a_view_is_kept_for_its_owner_alone(scene: Scene, desk: Client) -> None:
    desk.post("/cases/views/", {"name": "late", "query": "lamp=red"})
    desk.post("/cases/views/", {"name": "late", "query": "lamp=red&urgent=yes"})
    view = scene.desk.case_views.get()
    assert view.query == "lamp=red&urgent=yes"
    assert "?lamp=red&amp;urgent=yes" in text(desk.get("/cases/"))
    assert desk.post("/cases/views/", {"name": "x", "query": "stat=1"}).status_code == 400
    desk.force_login(scene.patrol)
    assert ">late<" not in text(desk.get("/cases/"))
    desk.post(f"/cases/views/{view.uid}/delete")
    assert scene.desk.case_views.exists()
    desk.force_login(scene.desk)
    desk.post(f"/cases/views/{view.uid}/delete")
    assert not scene.desk.case_views.exists()


def test_a_case_and_a_list_are_printed_for_who_sees_them(scene: Scene, desk: Client, stranger: User) -> None:
    case = scene.fix(description="left corner")
    paper = text(desk.get(f"/cases/{case.code}/print"))
    for words in (case.code, "left corner", "养护公司", "Put right"):
        assert words in paper
    listed = text(desk.get(f"/cases/print/?unit={scene.unit.pk}"))
    assert case.code in listed
    assert "1 of 1 cases" in listed
    desk.force_login(stranger)
    assert desk.get(f"/cases/{case.code}/print").status_code == 404
    assert case.code not in text(desk.get("/cases/print/"))
    desk.logout()
    assert desk.get("/cases/print/").status_code == 302


# --- Before and after -----------------------------------------------------------------------------------------------


def taken(stage: str, step: int, position: object = None, distance: float | None = None) -> CasePhoto:
    return CasePhoto(
        pk=step * 10 + (stage == "after"), stage=stage, step_id=step, position=position, distance=distance
    )


def test_the_last_attempt_stands_beside_what_was_before() -> None:
    before, failed, good = (
        taken("before", 1),
        taken("after", 2, distance=40.0),
        taken("after", 3, distance=7.0),
    )
    (pair,) = pairs_of([before, failed, good])
    assert (pair.before, pair.after, pair.whole) == (before, good, True)
    assert pair.metres == 7.0
    assert earlier_than([pair], [before, failed, good]) == [failed]
    (alone,) = pairs_of([before])
    assert (alone.whole, alone.metres) == (False, None)
    assert pairs_of([]) == []


def test_the_distance_between_two_positions_is_theirs(scene: Scene) -> None:
    here, there = scene.asset.point, make_asset(scene.district.east.boundary.point_on_surface).point
    (pair,) = pairs_of([taken("before", 1, here), taken("after", 2, there, 3.0)])
    assert pair.metres is not None
    assert pair.metres > 500


def test_pairs_stand_in_list_and_page(scene: Scene, desk: Client) -> None:
    case = scene.fix()
    page = text(desk.get(f"/cases/{case.code}/"))
    assert "data-pair" in page
    assert 'type="range"' in page
    assert text(desk.get("/cases/")).count('class="pair-small"') == 1
