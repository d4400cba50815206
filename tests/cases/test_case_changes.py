"""/export/cases/changes.geojson and `updated_since`: what became of cases since an earlier answer; nothing missed."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import Role, User
from cases.actions.extend_case import ask_extension
from cases.actions.fix_case import verify_fix
from cases.actions.urge_case import urge_case
from cases.models import Case
from mapping.models import Export
from tests.cases.conftest import Scene, as_user, by, moment
from tests.factories import make_user

__all__ = ["as_user"]
Looking = Callable[[User | None], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture
def planner(scene: Scene) -> User:
    return make_user(Role.PLANNER, scene.district.district, username="planner")


@pytest.fixture
def feed(settle: Callable[[], None], planner: User, as_user: Looking) -> Any:
    """The feed, once all that was written is settled: what became of each case, and the cursor."""
    client = as_user(planner)

    def ask(query: str = "") -> tuple[dict[str, str], str]:
        settle()
        answer = client.get(f"/export/cases/changes.geojson?{query}")
        assert answer.status_code == 200, answer.content
        collection = json.loads(answer.getvalue())
        became = {feature["id"]: feature["properties"]["change"] for feature in collection["features"]}
        return became, collection["updated_since"]

    return ask


@pytest.mark.django_db(transaction=True)
def test_a_case_comes_when_it_changes_and_leaves_when_it_is_closed(scene: Scene, feed: Any) -> None:
    case, other = scene.fix(), scene.report(asset=scene.another())
    began, cursor = feed()
    assert began == {case.code: "changed", other.code: "changed"}
    assert feed(f"updated_since={cursor}")[0] == {}

    verify_fix(by(scene.desk), case, seen=True, at=moment("2026-03-03 11:00"))

    became, later = feed(f"updated_since={cursor}")
    assert became == {case.code: "left"}
    assert feed(f"updated_since={later}")[0] == {}
    assert feed(f"state=all&updated_since={cursor}")[0] == {case.code: "changed"}
    assert set(Export.objects.values_list("layer", flat=True)) == {"changes: cases"}


@pytest.mark.django_db(transaction=True)
def test_a_program_is_told_by_the_api_as_well(
    scene: Scene, feed: Any, as_user: Looking, planner: User
) -> None:
    case = scene.accept()
    scene.report(asset=scene.another())
    cursor = feed()[1]
    urge(scene, case)
    feed()  # until it is settled
    answer = as_user(planner).get(f"/api/cases?updated_since={cursor}").json()
    assert [row["code"] for row in answer["results"]] == [case.code]


def urge(scene: Scene, case: Case) -> None:
    """At eleven, with an answer wanted by five."""
    hour = moment("2026-03-02 11:00")
    urge_case(by(scene.desk), case, "today", answer_by=moment("2026-03-02 17:00"), at=hour)


def changed_by(case: Case, act: Callable[[], object]) -> bool:
    version = Case.objects.get(pk=case.pk).version
    act()
    return Case.objects.get(pk=case.pk).version > version


def test_a_step_that_leaves_the_state_as_it_is_changes_the_case(scene: Scene) -> None:
    case = scene.accept()
    noon = moment("2026-03-02 12:00")
    assert changed_by(case, lambda: urge(scene, case))
    assert changed_by(case, lambda: ask_extension(by(scene.liaison), case, "rain", Decimal(1), at=noon))
    assert not changed_by(case, lambda: Case.objects.filter(pk=case.pk).update(description=case.description))


@pytest.mark.parametrize("who", ["liaison", "patrol", "leader", None])
def test_who_may_not_export_is_told_nothing(scene: Scene, as_user: Looking, who: str | None) -> None:
    scene.dispatch()
    reader = getattr(scene, who) if who else None
    answer = as_user(reader).get("/export/cases/changes.geojson")
    assert answer.status_code in (302, 401, 403)


def test_layers_that_are_no_subject_of_their_own_have_no_feed(planner: User, as_user: Looking) -> None:
    client = as_user(planner)
    for layer in ("inspections", "nothing"):
        assert client.get(f"/export/{layer}/changes.geojson").status_code == 404


def test_the_filter_asks_of_a_cases_asset_what_it_asks_of_assets(
    scene: Scene, planner: User, as_user: Looking
) -> None:
    case, elsewhere = scene.report(), scene.report(asset=None, point=scene.asset.point)
    client = as_user(planner)

    def codes(query: str) -> set[str]:
        answer = client.get(f"/api/cases?{query}")
        assert answer.status_code == 200, answer.content
        return {row["code"] for row in answer.json()["results"]}

    assert codes("") == {case.code, elsewhere.code}
    assert codes(f"type={scene.asset.type.code}") == {case.code}
    assert codes(f"condition=unknown&family={scene.asset.type.family}") == {case.code}
    assert codes("condition=missing") == set()
    assert codes("indoor=none") == {case.code}
    refused = client.get("/api/cases?type=saucer")
    assert refused.status_code == 400
    assert refused.json()["parameter"] == "type"
