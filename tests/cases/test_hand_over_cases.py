"""Open cases go to whoever answers now; proposals ask who does; the filter finds where somebody answers."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from assets.filters import read_filter
from assets.models import Asset
from cases.actions.many_cases import Order, plan_many
from cases.filters import read_case_filter
from cases.models import Case, Clock, Responsible, State, Verb
from cases.proposing import propose
from places.models import Responsibility, ResponsibilityKind
from tests.cases.conftest import COMMAND, Scene, by
from tests.factories import make_asset, make_road, make_site
from work.responsibility.actions.appoint import appoint
from work.responsibility.actions.checking import Named, Thing
from work.responsibility.actions.end_responsibility import end_responsibility
from work.responsibility.actions.hand_over import hand_over
from work.responsibility.followers import going_with

As = Callable[[User | None], Client]
pytestmark = pytest.mark.django_db
BEGAN, SUCCEEDED = date(2026, 1, 1), date(2026, 3, 4)


def community_unit(scene: Scene) -> Responsibility:
    """The unit answers for the southwest."""
    thing = Thing(ResponsibilityKind.UNIT, scene.district.southwest)
    return appoint(COMMAND, thing, Named("", "", scene.unit), BEGAN)


def not_its_own(scene: Scene) -> Case:
    """A case in hand on something that the unit does not maintain."""
    scene.asset = make_asset()
    return scene.accept()


def test_open_cases_move_with_the_responsibility_and_their_clocks_run_on(scene: Scene, owner: User) -> None:
    row, case = community_unit(scene), not_its_own(scene)
    clocks = list(Clock.objects.filter(case=case).values_list("kind", "due_at", "ended_at"))
    assert going_with(row) == 1
    done = hand_over(by(owner), row, Named("", "", scene.other_unit), SUCCEEDED)
    assert done.moved == 1
    case.refresh_from_db()
    assert (case.unit, case.state, case.person) == (scene.other_unit, State.IN_HAND, "李师傅")
    assert list(Clock.objects.filter(case=case).values_list("kind", "due_at", "ended_at")) == clocks
    step = case.steps.order_by("-id")[0]
    assert (step.verb, step.actor) == (Verb.HAND_OVER, owner)
    assert going_with(done.begun) == 1


def test_what_the_former_unit_maintains_itself_stays_with_it(scene: Scene) -> None:
    row, case = community_unit(scene), scene.accept()
    assert hand_over(COMMAND, row, Named("", "", scene.other_unit), SUCCEEDED).moved == 0
    case.refresh_from_db()
    assert case.unit == scene.unit


def test_what_is_put_right_stays_with_those_who_did_it(scene: Scene) -> None:
    row = community_unit(scene)
    scene.asset = make_asset()
    scene.fix()
    assert hand_over(COMMAND, row, Named("", "", scene.other_unit), SUCCEEDED).moved == 0


def test_a_refused_handover_moves_nothing(scene: Scene) -> None:
    row, case = community_unit(scene), not_its_own(scene)
    with pytest.raises(ValidationError):
        hand_over(COMMAND, row, Named("", "", scene.other_unit), BEGAN)
    case.refresh_from_db()
    assert case.unit == scene.unit


def test_the_keeper_then_the_chief_then_the_community_is_proposed(scene: Scene) -> None:
    road, site = make_road(district=scene.district.district), make_site(area=scene.district.southwest)
    scene.asset = make_asset(road=road, site=site)
    case = scene.file()
    assert propose(case) is None
    community_unit(scene)
    found = propose(case)
    assert found is not None
    assert found.unit == scene.unit
    chief = Thing(ResponsibilityKind.CHIEF, road)
    appoint(COMMAND, chief, Named("张三", "路长", scene.other_unit), BEGAN)
    found = propose(case)
    assert found is not None
    assert (found.unit, found.person) == (scene.other_unit, "李师傅")
    keeper = Thing(ResponsibilityKind.KEEPER, site)
    appoint(COMMAND, keeper, Named("", "", scene.unit), BEGAN)
    found = propose(case)
    assert found is not None
    assert found.unit == scene.unit
    case.category.responsible = Responsible.ROAD
    found = propose(case)
    assert found is not None
    assert found.unit == scene.other_unit


def test_many_proposals_cost_one_question(
    scene: Scene, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    community_unit(scene)
    cases = [scene.file(asset=make_asset()) for _number in range(4)]
    scene.desk.units.exists()
    whole = list(
        Case.objects.filter(pk__in=[case.pk for case in cases]).select_related(
            "area", "category__rule", "asset__maintainer",
        )
    )  # fmt: skip
    plan_many(scene.desk, Order(Verb.DISPATCH, {}), whole[:1])
    with django_assert_num_queries(1):
        planned = plan_many(scene.desk, Order(Verb.DISPATCH, {}), whole)
    assert {item.unit for item in planned} == {scene.unit}


def test_the_filter_finds_where_a_person_or_a_unit_answers(scene: Scene) -> None:
    row, case = community_unit(scene), scene.file()
    elsewhere = make_asset(area=scene.district.east)
    for value in (f"p{row.holder_id}", f"u{scene.unit.pk}"):
        assert list(read_case_filter(f"answers={value}", scene.desk).cases(scene.desk)) == [case]
        found = set(read_filter(f"answers={value}").assets(scene.desk))
        assert found == set(Asset.objects.exclude(pk=elsewhere.pk).filter(community=scene.district.southwest))
        assert found
    assert not read_case_filter(f"answers=u{scene.other_unit.pk}", scene.desk).cases(scene.desk)
    words = read_filter(f"answers=p{row.holder_id}").in_words()
    assert scene.unit.name in str(words)


def test_a_case_shows_who_answered_on_its_day(as_user: As, scene: Scene) -> None:
    row, case = community_unit(scene), scene.accept()
    hand_over(COMMAND, row, Named("张三", "书记", scene.other_unit), SUCCEEDED)
    shown = as_user(scene.desk).get(f"/cases/{case.code}/").content.decode()
    assert f"/responsibility/{row.uid}/" in shown
    assert "张三" not in shown
    asked = f"/responsibility/here/?case={case.code}"
    assert asked.replace("&", "&amp;") in shown


def test_the_page_of_who_answers_asks_about_cases_too(as_user: As, scene: Scene, stranger: User) -> None:
    row, case = community_unit(scene), scene.accept()
    hand_over(COMMAND, row, Named("张三", "书记", scene.other_unit), SUCCEEDED)
    client = as_user(scene.desk)
    for day, unit in (("2026-03-03", scene.unit), ("2026-03-04", scene.other_unit)):
        rows = client.get(f"/responsibility/here/?case={case.code}&on={day}").context["rows"]
        assert [gap.row.holder.unit for gap in rows] == [unit]
    gap = client.get(f"/responsibility/here/?case={case.code}&on=2025-12-31").context
    assert not gap["rows"]
    assert BEGAN in {span.until + timedelta(days=1) for span in gap["nobody"] if span.until}
    # Units see their own cases only, and strangers none.
    asked = f"/responsibility/here/?case={case.code}"
    assert as_user(scene.liaison).get(asked).status_code == 200
    assert as_user(scene.other_liaison).get(asked).status_code == 400
    assert as_user(stranger).get(asked).status_code == 400


def test_the_streets_leader_is_asked_where_nobody_else_answers(scene: Scene) -> None:
    case = scene.file(asset=make_asset())
    thing = Thing(ResponsibilityKind.LEADER, scene.district.west)
    row = appoint(COMMAND, thing, Named("张三", "书记", scene.unit), BEGAN)
    found = propose(case)
    assert found is not None
    assert (found.unit, found.post) == (scene.unit, "书记")
    end_responsibility(COMMAND, row, SUCCEEDED)
    assert propose(case) is None


def test_reporting_asks_nothing_about_who_answers_and_little_else(scene: Scene) -> None:
    community_unit(scene)
    asset = make_asset()
    with CaptureQueriesContext(connection) as asked:
        scene.report(asset=asset)
    assert not [query["sql"] for query in asked if "places_responsibility" in query["sql"]]
    assert len(asked) <= 13


def test_a_proposal_is_one_question_and_none_where_somebody_maintains_it(
    scene: Scene, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    community_unit(scene)
    whole = Case.objects.select_related("category", "asset__maintainer")
    theirs, maintained = (whole.get(pk=scene.file(asset=asset).pk) for asset in (make_asset(), scene.asset))
    with django_assert_num_queries(1):
        found = propose(theirs)
    assert found is not None
    assert found.unit == scene.unit
    with django_assert_num_queries(0):
        assert propose(maintained) is not None
