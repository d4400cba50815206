"""The demonstration's patrols: eleven invented teams that go out over a year, and found the demonstration's cases.

Past outings are written as sets, in the order in which the tables ask for it (plan, sites, draws, records, and what
follows from the records); those to come are planned by the actions. The same cases, seed and moment give the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import numpy as np
from django.contrib.gis.geos import Point
from django.utils import timezone

from accounts.models import User
from assets.history import Actor, acting
from assets.models import Origin
from cases.actions.draw_sites import draw_sites
from cases.actions.plan_patrol import plan_patrol
from cases.actions.record_patrol import start_patrol, visit_site
from cases.models import (
    Case,
    Patrol,
    PatrolDraw,
    PatrolRecord,
    PatrolSite,
    RecordKind,
    Source,
    Team,
    TeamKind,
)
from cases.patrols.drawing import Candidate, draw
from places.models import Area, Level, Site

DISTRICT = "370105"
_ITSELF = Actor(None, Origin.COMMAND)
# Name, kind, leader, heads; none of them exists.
TEAMS: tuple[tuple[str, TeamKind, str, int], ...] = (
    ("泺口市民巡访团（演示）", TeamKind.VOLUNTEERS, "周队长", 1260),
    ("北园市民巡访团（演示）", TeamKind.VOLUNTEERS, "吴队长", 2140),
    ("堤口路市民巡访团（演示）", TeamKind.VOLUNTEERS, "郑队长", 980),
    ("大桥文明志愿队（演示）", TeamKind.VOLUNTEERS, "王队长", 1530),
    ("桑梓店文明志愿队（演示）", TeamKind.VOLUNTEERS, "冯队长", 740),
    ("官扎营银龄巡访队（演示）", TeamKind.VOLUNTEERS, "陈队长", 320),
    ("高校青年志愿队（演示）", TeamKind.VOLUNTEERS, "褚队长", 1860),
    ("巾帼文明岗巡访队（演示）", TeamKind.VOLUNTEERS, "卫队长", 610),
    ("区文明办督导组（演示）", TeamKind.STAFF, "蒋组长", 14),
    ("鹊华拍客团（演示）", TeamKind.PHOTO_TEAM, "沈团长", 86),
    ("黄河岸拍客团（演示）", TeamKind.PHOTO_TEAM, "韩团长", 52),
)
_OWN_KINDS = {
    Source.PATROL: (TeamKind.VOLUNTEERS, TeamKind.STAFF),
    Source.PHOTO_TEAM: (TeamKind.PHOTO_TEAM,),
}
_METRES = 1 / 111_000


class NoCases(Exception):
    """There are no cases or no sites of the demonstration."""


@dataclass
class _Outing:
    """One past outing in the making."""

    team: Team
    day: date
    cases: list[Case] = field(default_factory=list)


def make_patrols(seed: int, now: datetime) -> int:
    """Make teams and their patrols around the demonstration's cases; returns how many patrols there are then.

    Raises:
        NoCases: there are none yet, or no sites.
    """
    district = Area.objects.filter(code=DISTRICT).first()
    sites = list(
        Site.objects.filter(area__code__startswith=DISTRICT)
        .select_related("kind", "area")
        .defer("outline", "area__boundary")
        .order_by("code")
    )
    if district is None or not sites or not Case.objects.exists():
        raise NoCases
    with acting(_ITSELF):
        teams = _teams(district)
        rng = np.random.default_rng([seed, 91])
        outings = _outings(teams, rng)
        patrols = _write(outings, sites, rng)
        _plan_ahead(teams, district, sites, now)
    return len(patrols)


def _teams(district: Area) -> list[Team]:
    carries = User.objects.filter(username="patrol", is_active=True).first()
    teams = []
    for place, (name, kind, leader, heads) in enumerate(TEAMS):
        values = {"kind": kind, "leader": leader, "headcount": heads, "area": district}
        # A number that nobody can have.
        values["phone"] = f"0531-0000{place:04d}"
        team, _made = Team.objects.get_or_create(name=name, defaults=values)
        if carries is not None and place in (0, 9):
            team.members.add(carries)
            team.confirms = carries
            team.save(update_fields=["confirms"])
        teams.append(team)
    return teams


def _outings(teams: list[Team], rng: np.random.Generator) -> list[_Outing]:
    """Each case that a patrol or photo team brought up, on an outing of that day."""
    by_day: dict[tuple[date, str], _Outing] = {}
    cases = (
        Case.objects.filter(source__in=list(_OWN_KINDS))
        .select_related("asset", "street")
        .order_by("reported_at", "pk")
    )
    for case in cases.defer("asset__footprint", "street__boundary"):
        day = timezone.localdate(case.reported_at)
        key = (day, case.source)
        if key not in by_day:
            own = [team for team in teams if team.kind in _OWN_KINDS[Source(case.source)]]
            by_day[key] = _Outing(own[int(rng.integers(len(own)))], day)
        by_day[key].cases.append(case)
    return list(by_day.values())


def _write(outings: list[_Outing], sites: list[Site], rng: np.random.Generator) -> list[Patrol]:
    """Plans, sites and draws first; then records; then what follows from them."""
    patrols = Patrol.objects.bulk_create([_plan(outing, rng) for outing in outings])
    by_street: dict[str, list[Site]] = {}
    for site in sites:
        assert site.area is not None
        by_street.setdefault(site.area.code[:9], []).append(site)
    streets = sorted(by_street)
    areas = dict(Area.objects.filter(level=Level.STREET, code__in=streets).values_list("code", "pk"))
    stops: list[list[Site]] = []
    draws, through = [], []
    for patrol, outing in zip(patrols, outings, strict=True):
        # Where its cases are, if there are sites.
        theirs = [case.street.code for case in outing.cases if case.street and case.street.code in by_street]
        street = theirs[0] if theirs else streets[int(rng.integers(len(streets)))]
        seed = int(rng.integers(1, 2**31))
        drawn, made = _drawn(patrol, by_street[street], seed)
        draws.append(made)
        stops.append(drawn)
        if street in areas:
            through.append(Patrol.areas.through(patrol_id=patrol.pk, area_id=areas[street]))
    PatrolDraw.objects.bulk_create(draws)
    Patrol.areas.through.objects.bulk_create(through)
    PatrolSite.objects.bulk_create(
        [
            PatrolSite(patrol=patrol, site=site, place=place, drawn=True)
            for patrol, route in zip(patrols, stops, strict=True)
            for place, site in enumerate(route, 1)
        ],
        batch_size=2_000,
    )
    records: list[PatrolRecord] = []
    for patrol, outing, route in zip(patrols, outings, stops, strict=True):
        records += _records(patrol, outing, route, rng)
    PatrolRecord.objects.bulk_create(records, batch_size=2_000)
    Patrol.objects.bulk_update(
        patrols,
        ["started_at", "ended_at", "people", "confirmed_at", "confirmed_people", "confirmed_minutes"],
        batch_size=200,
    )
    return patrols


def _plan(outing: _Outing, rng: np.random.Generator) -> Patrol:
    first = min(case.reported_at for case in outing.cases)
    return Patrol(
        team=outing.team,
        area=outing.team.area,
        announced=bool(rng.random() < 0.62),
        concentrated=outing.day.weekday() == 5,
        regular=bool(rng.random() < 0.7),
        planned_for=first - timedelta(minutes=int(rng.integers(20, 70))),
    )


def _drawn(patrol: Patrol, sites: list[Site], seed: int) -> tuple[list[Site], PatrolDraw]:
    """A draw in one street, as `draw_sites` would have made it the day before."""
    pool = [Candidate(site.code, site.area.code[:9] if site.area else "", site.kind.code) for site in sites]
    codes = draw(pool, 1, seed)[:12]
    by_code = {site.code: site for site in sites}
    made = PatrolDraw(
        patrol=patrol,
        seed=seed,
        per_group=1,
        pool=sorted(by_code),
        drawn=codes,
        at=patrol.planned_for - timedelta(days=1),
    )
    return [by_code[code] for code in codes], made


def _records(
    patrol: Patrol, outing: _Outing, route: list[Site], rng: np.random.Generator
) -> Iterable[PatrolRecord]:
    """Setting out, most sites one after the other, the cases when they were reported, and coming home."""
    people = int(rng.integers(3, 9)) if patrol.team.kind != TeamKind.STAFF else int(rng.integers(2, 4))
    times = sorted(case.reported_at for case in outing.cases)
    begin = patrol.planned_for + timedelta(minutes=int(rng.integers(0, 12)))
    begin = min(begin, times[0] - timedelta(minutes=5))
    end = max(times[-1], begin + timedelta(minutes=70)) + timedelta(minutes=int(rng.integers(4, 30)))
    end = min(end, timezone.now() - timedelta(minutes=1))
    patrol.started_at, patrol.ended_at, patrol.people = begin, end, people
    common = {"patrol": patrol, "by": None}
    yield PatrolRecord(
        **common, kind=RecordKind.START, at=begin, people=people, position=_near(route[0].point, rng)
    )
    seen = [site for site in route if rng.random() < 0.86]
    for place, site in enumerate(seen, 1):
        at = begin + (end - begin) * (place / (len(seen) + 1))
        yield PatrolRecord(**common, kind=RecordKind.VISIT, at=at, site=site, position=_near(site.point, rng))
    for case in outing.cases:
        site_id = case.site_id or (case.asset.site_id if case.asset else None)
        yield PatrolRecord(
            **common,
            kind=RecordKind.PROBLEM,
            at=case.reported_at,
            case=case,
            site_id=site_id,
            position=_near(case.point, rng),
        )
    yield PatrolRecord(**common, kind=RecordKind.END, at=end, position=_near(route[-1].point, rng))
    if timezone.now() - end > timedelta(days=3) and rng.random() < 0.92:
        patrol.confirmed_at = end + timedelta(hours=float(rng.uniform(2, 40)))
        patrol.confirmed_people = people
        patrol.confirmed_minutes = max(1, round((end - begin).total_seconds() / 60))


def _near(point: Point, rng: np.random.Generator) -> Point:
    """Where a phone says one is: some metres off."""
    east, north = rng.normal(0, 9, 2) * _METRES
    return Point(point.x + float(east), point.y + float(north), srid=4326)


def _plan_ahead(teams: list[Team], district: Area, sites: list[Site], now: datetime) -> None:
    """What is under way, and what is planned for the days to come, some of it unannounced."""
    zone = timezone.get_default_timezone()
    today = timezone.localdate(now)
    codes = {site.area.code[:9] for site in sites if site.area is not None}
    streets = list(Area.objects.filter(level=Level.STREET, code__in=codes).order_by("code")) or [district]
    for number, (team, days, announced) in enumerate(
        ((0, 0, True), (0, 1, False), (9, 2, True), (1, 1, True), (8, 3, False))
    ):
        when = datetime.combine(today + timedelta(days=days), time(9), zone)
        area = streets[number % len(streets)]
        patrol = plan_patrol(_ITSELF, teams[team], when, announced=announced, areas=[area], regular=announced)
        draw_sites(_ITSELF, patrol, 1, seed=1_000 + number)
    out = plan_patrol(_ITSELF, teams[3], now - timedelta(hours=1), sites=sites[:8], concentrated=True)
    start_patrol(_ITSELF, out, 7, at=now - timedelta(minutes=50), position=sites[0].point)
    for place, site in enumerate(sites[:3], 1):
        visit_site(_ITSELF, out, site, at=now - timedelta(minutes=50 - 12 * place), position=site.point)
