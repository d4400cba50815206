"""What the assessment measures of other subjects: coverage rules as they stand now, leaders of streets at the time."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from evaluation.assessment.formulas import rate
from evaluation.assessment.measuring import Period
from evaluation.assessment.of_coverage import measure_coverage
from evaluation.assessment.of_responsibility import leaders_of
from evaluation.assessment.scheme import usual_scheme
from evaluation.coverage.computing import compute
from places.models import ResponsibilityKind
from tests.conftest import District
from tests.evaluation import coverage_scene
from tests.work.responsibility.conftest import COMMAND, MARCH
from web.months import before
from work.responsibility.actions.appoint import appoint
from work.responsibility.actions.checking import Named, Thing

pytestmark = pytest.mark.django_db


def test_rules_kept_are_counted_place_by_place_and_gaps_stand_behind(district: District) -> None:
    coverage_scene.rule(site_kinds=["square"])
    here = coverage_scene.site(east=0, area=district.southwest)
    coverage_scene.site(east=400, name="黄台广场", area=district.southwest)
    coverage_scene.piece(0, site=here)
    compute()
    today = timezone.localdate()
    measured = measure_coverage(Period.of(district.district, today), usual_scheme())["coverage"]
    assert list(measured) == [district.west.code]
    assert measured[district.west.code].rate == rate(1, 2)
    (gap,) = measured[district.west.code].behind
    assert (gap.kind, gap.name, gap.outcome) == ("coverage", "黄台广场", "gap")


def test_a_month_that_is_long_past_is_not_measured_by_what_stands_now(district: District) -> None:
    coverage_scene.rule(site_kinds=["square"])
    coverage_scene.site(area=district.southwest)
    compute()
    long_ago = before(before(timezone.localdate()))
    assert measure_coverage(Period.of(district.district, long_ago), usual_scheme()) == {}
    assert measure_coverage(Period.of(district.other_district, timezone.localdate()), usual_scheme()) == {
        "coverage": {}
    }


def test_a_score_follows_who_led_the_street_at_the_time(district: District) -> None:
    leader = Thing(ResponsibilityKind.LEADER, district.west, "")
    appoint(
        COMMAND, leader, Named("张三", "书记", None, "13800001234"), MARCH, ends_on=MARCH + timedelta(days=30)
    )
    appoint(COMMAND, leader, Named("李四", "主任", None, ""), MARCH + timedelta(days=31))
    streets = [district.west.code, district.east.code]
    assert leaders_of(streets, MARCH) == {district.west.code: "书记"}
    assert leaders_of(streets, date(2026, 5, 1)) == {district.west.code: "主任"}
