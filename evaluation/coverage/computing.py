"""What all rules that are switched on come to, written in one transaction in place of what was there.

The register is read once; a rule then takes milliseconds at sites and a second or so along all roads.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.contrib.gis.geos import LineString, Point
from django.db import transaction
from django.utils import timezone

from evaluation.coverage import metrics, upkeep
from evaluation.coverage.counting import Counting, counting_of
from evaluation.coverage.ground import Ground, read_ground
from evaluation.coverage.metrics import Finding, Measuring, as_decimal
from evaluation.coverage.roads import count_along_road
from evaluation.models import COUNTING, CoverageResult, CoverageRule, Metric

# A result keeps its address for as long as rule, place and beginning of the stretch stay.
_ADDRESSES = UUID("5e3f0c2a-6b0e-4d6f-9a59-0c0de0c0ffee")
METRICS: dict[str, Callable[[Measuring], Iterator[Finding]]] = {
    Metric.COUNT: metrics.count,
    Metric.COUNT_PROMINENT: metrics.count_prominent,
    Metric.COUNT_NEAR: metrics.count_near,
    Metric.COUNT_ALONG_ROAD: count_along_road,
    Metric.DISTINCT_THEMES: metrics.distinct_themes,
    Metric.DISTANCE: metrics.distance,
    Metric.THEME_SHARE: metrics.theme_share,
    Metric.LOCAL_SHARE: metrics.local_artwork_share,
    Metric.SITES_SHARE: metrics.share_of_sites,
    Metric.IDLE_DAYS: metrics.idle_days,
    Metric.NONE_ALLOWED: metrics.none_allowed,
    Metric.REPAIR_TIME: upkeep.repair_time,
    Metric.USED_UNSOUND: upkeep.used_unsound,
    Metric.UNAPPROVED: upkeep.unapproved,
    Metric.COUNT_IN_SEASON: upkeep.count_in_season,
}


@dataclass(frozen=True)
class Computed:
    """How many rules were computed, with how many results, how many of them gaps."""

    rules: int
    results: int
    gaps: int


def counting_in_force() -> Counting:
    """What the counting rules that are switched on come to."""
    return counting_of(CoverageRule.objects.filter(active=True, metric__in=COUNTING))


def measure(rule: CoverageRule, ground: Ground, counting: Counting) -> list[Finding]:
    """What one rule comes to; it need not be saved, nor switched on."""
    return list(METRICS[rule.metric](Measuring(rule, ground, counting, ground.pieces.why_not(counting))))


def compute(progress: Callable[[int, int], None] = lambda done, total: None) -> Computed:
    """Compute every rule that is switched on, and write what comes of it."""
    rules = list(CoverageRule.objects.filter(active=True).exclude(metric__in=COUNTING))
    ground, counting = read_ground(), counting_in_force()
    reasons = ground.pieces.why_not(counting)
    rows: list[CoverageResult] = []
    now = timezone.now()
    for done, rule in enumerate(rules):
        progress(done, len(rules))
        found = METRICS[rule.metric](Measuring(rule, ground, counting, reasons))
        rows += results_of(rule, found, now)
    with transaction.atomic():
        CoverageResult.objects.all().delete()
        CoverageResult.objects.bulk_create(rows, batch_size=2000)
    progress(len(rules), len(rules))
    return Computed(len(rules), len(rows), sum(not row.ok for row in rows))


def results_of(rule: CoverageRule, found: Iterable[Finding], now: datetime) -> list[CoverageResult]:
    """Findings as rows, not saved."""
    return [
        CoverageResult(
            uid=uuid5(_ADDRESSES, f"{rule.pk} {finding.place} {finding.from_m}"),
            rule=rule,
            kind=finding.kind,
            place=finding.place,
            name=finding.name,
            site_kind=finding.site_kind,
            site_id=finding.site,
            road_id=finding.road,
            from_m=finding.from_m,
            to_m=finding.to_m,
            streets=list(finding.streets),
            district=finding.district,
            point=Point(*finding.lonlat, srid=4326),
            shape=LineString([tuple(at) for at in finding.shape.coords], srid=4326)
            if finding.shape is not None
            else None,
            wanted=rule.threshold or 0,
            found=as_decimal(finding.found),
            ok=finding.ok,
            counted=finding.counted,
            counted_number=finding.counted_number,
            left_out=finding.left_out,
            computed_at=now,
        )
        for finding in found
    ]
