"""Each metric on a small drawing, with the figure worked out by hand."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from assets.models import Asset, Campaign, Inspection, Maintenance, Origin, Posting
from evaluation.models import Metric
from tests.conftest import District
from tests.evaluation.coverage_scene import at, carrier, found, piece, road, rule, site
from tests.factories import make_artwork, make_asset, make_theme

pytestmark = pytest.mark.django_db


def inspect(asset, condition: int = 2, defects: tuple[str, ...] = ()) -> None:
    from assets.models import Defect

    for code in defects:
        Defect.objects.get_or_create(code=code, defaults={"name_zh": code, "name_en": code})
    now = timezone.now()
    Inspection.objects.create(
        asset=asset, condition=condition, defects=list(defects), observed_at=now, origin=Origin.WEB
    )


def test_pieces_at_a_site_are_counted_and_another_kind_of_site_is_not_asked(district: District) -> None:
    square, school = site("square"), site("school", 400)
    pieces = [piece(50, site=square), piece(100, site=square)]
    piece(400, site=school)
    (result,) = found(rule(Metric.COUNT, 3, site_kinds=["square"]))
    assert (result.found, result.ok, result.site) == (2, False, square.pk)
    assert sorted(result.counted) == [piece.pk for piece in pieces]
    assert result.streets == ("370105001",) or result.streets == ()


def test_only_the_carrier_and_the_theme_that_a_rule_names_are_asked(district: District) -> None:
    here = site()
    right = piece(0, site=here, themes=("core_values",), type=carrier("landscape_feature"))
    piece(60, site=here, themes=("minors",), type=carrier("landscape_feature"))
    piece(120, site=here, themes=("core_values",))
    (result,) = found(rule(Metric.COUNT, 1, carriers=["landscape_feature"], themes=["core_values"]))
    assert (result.counted, result.left_out, result.ok) == ([right.pk], {}, True)


def test_what_does_not_count_is_left_out_and_says_why(district: District) -> None:
    here = site()
    rule(Metric.SPACING, 20, parameters={"where": "outdoor"})
    rule(Metric.FIXED_ONLY, None)
    rule(Metric.SOUND_ONLY, None)
    first = piece(0, site=here)
    near = piece(12, site=here)
    loose = piece(100, site=here, type=carrier("display_board", fixed=False))
    faded = piece(200, site=here)
    inspect(faded, defects=("faded",))
    past = make_artwork(valid_to=timezone.localdate() - timedelta(days=1))
    old = piece(300, site=here, artwork=past)
    gone = piece(400, site=here)
    inspect(gone, condition=5)
    broken = piece(500, site=here)
    inspect(broken, condition=4)
    loose_but_there = piece(600, site=here)
    inspect(loose_but_there, defects=("loose",))
    (result,) = found(rule(Metric.COUNT, 3))
    assert sorted(result.counted) == [first.pk, loose_but_there.pk]
    assert result.left_out == {
        "too_close": [near.pk],
        "not_fixed": [loose.pk],
        "defect:faded": [faded.pk],
        "outdated": [old.pk],
        "missing": [gone.pk],
        "bad_condition": [broken.pk],
    }


def test_a_position_that_nobody_called_prominent_is_not_taken_for_one(district: District) -> None:
    here = site()
    yes = piece(0, site=here, prominent=True)
    no = piece(50, site=here, prominent=False)
    unknown = piece(100, site=here)
    (result,) = found(rule(Metric.COUNT_PROMINENT, 1))
    assert result.counted == [yes.pk]
    assert result.left_out == {"not_prominent": [no.pk], "prominent_unknown": [unknown.pk]}


def test_around_a_site_pieces_count_by_metres_whichever_site_they_belong_to(district: District) -> None:
    gate, other = site("school"), site("square", 90)
    near, further = piece(99), piece(60, site=other)
    piece(101)
    (result,) = found(rule(Metric.COUNT_NEAR, 2, site_kinds=["school"], parameters={"radius_m": 100}))
    assert (sorted(result.counted), result.ok, result.site) == ([near.pk, further.pk], True, gate.pk)


def test_along_a_road_every_500_metres_are_asked_and_the_empty_stretch_is_the_gap(district: District) -> None:
    #  0   100  200  300                    1000   pieces 10 m beside the line
    street = road(0, 1000)
    those = [piece(where, 10, road=street) for where in (100, 200, 300)]
    piece(700, 200, road=street)  # too far from the line
    (gap,) = found(rule(Metric.COUNT_ALONG_ROAD, 1, parameters={"window_m": 500}))
    assert (gap.found, gap.ok) == (0, False)
    assert (gap.from_m, gap.to_m) == (pytest.approx(300, abs=0.2), pytest.approx(1000, abs=0.2))
    assert gap.streets == ("370105001",)
    assert set(gap.counted) <= {those[2].pk}
    assert gap.shape is not None


def test_a_road_without_a_gap_is_one_result_with_its_poorest_window(district: District) -> None:
    street = road(0, 1000)
    for where in (0, 200, 400, 600, 800, 1000):
        piece(where, road=street)
    (result,) = found(rule(Metric.COUNT_ALONG_ROAD, 2, parameters={"window_m": 500}))
    assert (result.found, result.ok, result.from_m) == (2, True, 0)


def test_a_part_of_a_road_shorter_than_the_window_is_not_judged(district: District) -> None:
    road(0, 400)
    assert found(rule(Metric.COUNT_ALONG_ROAD, 1, parameters={"window_m": 500})) == []


def test_themes_are_counted_once_however_many_pieces_have_them(district: District) -> None:
    here = site("park")
    for where, themes in ((0, ("minors", "civility")), (50, ("minors",)), (100, ())):
        piece(where, site=here, themes=themes)
    (result,) = found(rule(Metric.DISTINCT_THEMES, 3, site_kinds=["park"]))
    assert (result.found, result.ok) == (2, False)


def test_the_nearest_piece_is_metres_away_as_the_crow_flies(district: District) -> None:
    site()
    nearest = piece(300, 400)
    piece(800)
    (result,) = found(rule(Metric.DISTANCE, 400, operator="<="))
    assert (result.found, result.counted, result.ok) == (pytest.approx(500, abs=0.2), [nearest.pk], False)


def test_where_there_is_no_piece_at_all_none_is_near(district: District) -> None:
    site()
    (result,) = found(rule(Metric.DISTANCE, 400, operator="<="))
    assert (result.counted, result.ok) == ([], False)


def test_a_theme_s_share_is_of_the_pieces_of_its_street(district: District) -> None:
    for where in range(3):
        piece(30 * where, themes=("minors",) if where == 0 else ())
    make_theme("minors")
    results = {
        result.name: result for result in found(rule(Metric.THEME_SHARE, 33.3, themes=["minors"], unit="%"))
    }
    assert list(results) == ["无影山街道"]  # nothing stands in the others, so there is no share
    assert (results["无影山街道"].found, results["无影山街道"].ok) == (33.33, True)


def test_a_share_of_local_designs_asks_only_pieces_whose_design_is_known(district: District) -> None:
    for where, origin in enumerate(("local", "central", "")):
        piece(30 * where, artwork=make_artwork(origin=origin))
    (result,) = found(rule(Metric.LOCAL_SHARE, 50, unit="%"))
    assert (result.found, result.ok) == (50, True)


def test_a_share_of_sites_is_of_those_with_enough_pieces(district: District) -> None:
    rich, poor = site("bus_stop", area=district.west), site("bus_stop", 500, area=district.west)
    for where in (0, 30, 60):
        piece(where, site=rich)
    piece(500, site=poor)
    (result,) = found(rule(Metric.SITES_SHARE, 50, site_kinds=["bus_stop"], parameters={"pieces": 3}))
    assert (result.found, result.ok, result.name) == (50, True, "无影山街道")


def test_a_face_is_idle_since_its_last_artwork_was_taken_down(district: District) -> None:
    empty, shows, never = piece(0), piece(50), piece(100)
    day = timezone.localdate()
    shown = make_artwork()
    Posting.objects.create(
        asset=empty, artwork=shown, posted_on=day - timedelta(days=90), taken_down_on=day - timedelta(days=40)
    )
    Posting.objects.create(asset=shows, artwork=shown, posted_on=day - timedelta(days=90))
    (result,) = found(rule(Metric.IDLE_DAYS, 30, operator="<=", unit="days"))
    assert (result.counted, result.found, result.ok) == ([empty.pk], 40, False)
    assert never.pk not in result.counted


def test_where_none_may_be_every_one_is_too_many(district: District) -> None:
    pillar = piece(0, type=carrier("large_pillar"))
    results = found(rule(Metric.NONE_ALLOWED, 0, operator="=", carriers=["large_pillar"]))
    bad = [result for result in results if not result.ok]
    assert [(result.name, result.found, result.counted) for result in bad] == [("无影山街道", 1, [pillar.pk])]


def test_what_is_removed_or_no_advertisement_is_not_there(district: District) -> None:
    here = site()
    make_asset(at(0), site=here, lifecycle="removed", removed_on=timezone.localdate(), removal_reason="old")
    piece(50, site=here, type=carrier("unit_plaque"))
    carrier("unit_plaque").__class__.objects.filter(code="unit_plaque").update(family="signboard")
    (result,) = found(rule(Metric.COUNT, 1))
    assert (result.found, result.ok) == (0, False)


def job(asset: Asset, planned: datetime, ended: datetime | None = None, **values: Any) -> None:
    made = Maintenance.objects.create(asset=asset, kind=values.pop("kind", "repair"), **values)
    Maintenance.objects.filter(pk=made.pk).update(
        created_at=planned, completed_at=ended, state="done" if ended else "planned"
    )


def test_a_piece_is_told_by_its_longest_repair_in_hours(district: District) -> None:
    now = timezone.now()
    quick, slow, old, other = (piece(30 * where) for where in range(4))
    job(quick, now - timedelta(hours=50), now - timedelta(hours=10))
    job(slow, now - timedelta(hours=30), now - timedelta(hours=29))
    job(slow, now - timedelta(hours=60))  # still under way
    job(old, now - timedelta(days=200), now - timedelta(days=100))
    job(other, now - timedelta(days=20), kind="relocate")
    results = found(rule(Metric.REPAIR_TIME, 48, operator="<=", unit="hours"))
    assert [(result.counted, round(result.found), result.ok) for result in results] == [
        ([quick.pk], 40, True),
        ([slow.pk], 60, False),
    ]


def test_working_days_of_a_repair_leave_out_its_first_day_and_days_off(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    zone = timezone.get_current_timezone()
    # A Friday evening until the Tuesday after next: Monday to Friday, Monday, Tuesday.
    friday = datetime(2026, 11, 6, 18, tzinfo=zone)
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 11, 20, 9, tzinfo=zone))
    job(piece(0), friday, datetime(2026, 11, 17, 9, tzinfo=zone))
    (result,) = found(rule(Metric.REPAIR_TIME, 5, operator="<=", unit="working days"))
    assert (result.found, result.ok) == (7, False)


def test_what_is_used_though_it_is_damaged_or_faded_is_counted_in_its_street(district: District) -> None:
    sound, broken, faded, gone, loose = (piece(30 * where) for where in range(5))
    inspect(sound, condition=2)
    inspect(broken, condition=3)
    inspect(faded, condition=2, defects=("faded",))
    inspect(gone, condition=5)
    inspect(loose, condition=2, defects=("loose",))
    (result,) = found(rule(Metric.USED_UNSOUND, 0, operator="="))
    assert (result.found, sorted(result.counted), result.ok) == (2, [broken.pk, faded.pk], False)


def test_an_artwork_is_approved_before_it_is_posted(district: District) -> None:
    day = timezone.localdate()
    earlier, later = day - timedelta(days=9), day - timedelta(days=5)
    good = make_artwork(approval="approved", approved_on=earlier)
    late = make_artwork(approval="approved", approved_on=day)
    draft = make_artwork(approval="draft")
    pieces = [piece(30 * where, artwork=artwork) for where, artwork in enumerate((good, late, draft, None))]
    for shown in pieces[:3]:
        Posting.objects.create(asset=shown, artwork=shown.artwork, posted_on=later)
    (result,) = found(rule(Metric.UNAPPROVED, 0, operator="="))
    assert (result.found, result.counted) == (2, [pieces[1].pk, pieces[2].pk])


def test_festival_pieces_are_asked_for_only_while_a_campaign_s_artworks_are_to_hang(
    district: District,
) -> None:
    day = timezone.localdate()
    here = site()
    piece(0, site=here, themes=("festivals",))
    asked = rule(Metric.COUNT_IN_SEASON, 2, themes=["festivals"])
    assert found(asked) == []
    campaign = Campaign.objects.create(
        code="spring",
        name_zh="春节",
        kind="theme",
        area=district.district,
        begins_on=day - timedelta(days=30),
        ends_on=day + timedelta(days=30),
        post_by=day,
        take_down_by=day + timedelta(days=7),
    )
    campaign.artworks.add(make_artwork(themes=["festivals"]))
    (result,) = found(asked)
    assert (result.found, result.ok) == (1, False)
    Campaign.objects.update(post_by=day + timedelta(days=1))
    assert found(asked) == []
