"""The visits of closed rounds as a part of the score, worked out by hand; and residents' answers."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from evaluation.assessment.measuring import Period
from evaluation.assessment.of_visits import measure_visits, tell_of_visits
from evaluation.assessment.scheme import usual_scheme
from evaluation.assessment.sheets import work_out
from evaluation.models import Answer, EvaluationItem, Observation, Round, StandardEdition, Visit
from portal.actions.mark_spam import mark_spam
from portal.desk.assessed import measure_satisfaction
from portal.models import ResidentAnswer, Satisfied
from tests.cases.conftest import Scene, by, moment
from tests.evaluation.assessment.conftest import AFTER, MARCH, Office
from tests.factories import make_asset, make_site

WEST = "370105001"


def _march(scene: Scene) -> Period:
    return Period.of(scene.district.district, MARCH, AFTER)


@pytest.fixture
def edition(db: None) -> StandardEdition:
    return StandardEdition.objects.create(
        code="e1", name="手册", third_answer=True, partly_counts=Decimal("0.50")
    )


def make_round(
    scene: Scene, edition: StandardEdition, closed: str = "2026-03-20 17:00", **values: object
) -> Round:
    return Round.objects.create(
        name="三月测评",
        edition=edition,
        area=scene.district.district,
        starts_on=date(2026, 3, 1),
        ends_on=date(2026, 3, 31),
        opened_at=moment("2026-02-01 08:00"),
        closed_at=moment(closed),
        **values,
    )


def make_visit(scene: Scene, round_: Round, yes: int, partly: int, no: int, name: str = "济南站") -> Visit:
    site = make_site(name)
    return Visit.objects.create(
        round=round_,
        site=site,
        kind=site.kind,
        street=scene.district.west,
        began_at=moment("2026-03-10 09:00"),
        ended_at=moment("2026-03-10 10:00"),
        origin="web",
        conforming=yes,
        partly=partly,
        failing=no,
    )


def test_the_rate_of_a_street_worked_out_by_hand(office: Office, edition: StandardEdition) -> None:
    """Two visits: 6 conform, 2 mostly, 2 not; 9 conform, 1 not. (6 + 2 × 0.5 + 9) ÷ 20 = 16 ÷ 20 = 80 %."""
    round_ = make_round(office.scene, edition)
    make_visit(office.scene, round_, 6, 2, 2)
    make_visit(office.scene, round_, 9, 0, 1, "市场")
    found = measure_visits(_march(office.scene), usual_scheme())["score_rate"][WEST]
    assert (found.rate.top, found.rate.n, found.rate.value) == (16, 20, Fraction(4, 5))
    assert [row.name for row in found.behind] == ["济南站", "市场"]


def test_rounds_that_were_not_closed_in_the_month_do_not_count(
    office: Office, edition: StandardEdition
) -> None:
    for closed in ("2026-04-01 09:00", "2026-02-27 09:00"):
        make_visit(office.scene, make_round(office.scene, edition, closed), 5, 0, 5)
    assert measure_visits(_march(office.scene), usual_scheme())["score_rate"] == {}
    assert tell_of_visits(_march(office.scene)) == {}


def test_the_bulletin_tells_what_was_tested_and_which_sites_were_worst(
    office: Office, edition: StandardEdition
) -> None:
    scene = office.scene
    round_ = make_round(scene, edition)
    item = EvaluationItem.objects.create(edition=edition, code="1", text_zh="公益广告", order=1)
    good, bad = make_visit(scene, round_, 1, 0, 0, "好"), make_visit(scene, round_, 0, 0, 1, "差")
    case = scene.fix()
    Observation.objects.create(visit=good, item=item, answer=Answer.YES)
    Observation.objects.create(visit=bad, item=item, answer=Answer.NO, case=case)
    told = work_out(office.scheme, MARCH, AFTER).told["bulletin"]
    assert told["tested"] == {
        "rounds": ["三月测评"],
        "sites": 2,
        "items": 1,
        "observations": 2,
        "critical": 0,
    }
    assert [(row["name"], row["top"], row["n"], row["cases"]) for row in told["worst"]] == [("差", "0", 1, 1)]
    assert {"case", "before", "after"} <= told["worst"][0]["pair"].keys()


def test_residents_answers_of_the_month_count_and_spam_does_not(office: Office) -> None:
    """Of five answers one is spam and one of April: yes, mostly, no remain. 2 ÷ 3."""
    scene = office.scene
    asset = make_asset()

    def say(answer: Satisfied, at: str = "2026-03-05 09:00") -> ResidentAnswer:
        return ResidentAnswer.objects.create(
            asset=asset,
            scope_code=asset.scope_code,
            street=scene.district.west,
            answer=answer,
            at=moment(at),
        )

    for answer in Satisfied:
        say(answer)
    say(Satisfied.NO, "2026-04-01 00:00")
    mark_spam(by(office.desk), say(Satisfied.NO))
    found = measure_satisfaction(_march(scene), usual_scheme())["satisfied"][WEST]
    assert (found.rate.top, found.rate.n) == (2, 3)
    assert {row.outcome: row.facts["n"] for row in found.behind} == {"yes": "1", "fairly": "1", "no": "1"}
    row = next(row for row in work_out(office.scheme, MARCH, AFTER).told["streets"] if row["code"] == WEST)
    assert next(part for part in row["parts"] if part["code"] == "residents")["value"] == "66.67"
