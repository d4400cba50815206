"""The metrics of upkeep: how long repairs take, what is used though damaged, what hangs unapproved or in season.

As those of `metrics`, each takes a rule and the ground; what the ground does not hold is read here, once a rule.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from assets.models import Condition
from cases.calendars import the_calendar
from evaluation.coverage.counting import UNSOUND_DEFECTS, Count
from evaluation.coverage.metrics import Finding, Measuring, at_face, count

# Repairs that ended longer ago say nothing of today.
REPAIRS_OF_DAYS = 90
WORKING_DAYS = "working days"
# Repairs that are under way, or ended not long ago, by asset.
_REPAIRS = """
    SELECT asset.id, asset.name, asset.code, ST_X(asset.point), ST_Y(asset.point), street.code, type.code,
           job.created_at, job.completed_at
    FROM assets_maintenance job
    JOIN assets_asset asset ON asset.id = job.asset_id
    JOIN assets_assettype type ON type.id = asset.type_id
    LEFT JOIN places_area street ON street.id = asset.street_id
    WHERE job.kind IN ('clean', 'repair', 'repaint') AND job.state <> 'cancelled'
      AND asset.lifecycle = 'in_use' AND type.family = 'psa'
      AND (job.completed_at IS NULL OR job.completed_at >= %(since)s)
    ORDER BY asset.id, job.id
"""
_UNAPPROVED = """
    SELECT asset.id FROM assets_asset asset
    JOIN assets_artwork artwork ON artwork.id = asset.artwork_id
    LEFT JOIN assets_posting posting ON posting.asset_id = asset.id AND posting.taken_down_on IS NULL
    WHERE asset.lifecycle = 'in_use'
      AND (artwork.approval <> 'approved' OR artwork.approved_on > posting.posted_on)
"""
_SEASON = """
    SELECT true FROM assets_campaign campaign
    JOIN assets_campaign_artworks shown ON shown.campaign_id = campaign.id
    JOIN assets_artwork artwork ON artwork.id = shown.artwork_id
    WHERE campaign.closed_at IS NULL AND artwork.themes && %(themes)s::varchar[]
      AND %(day)s BETWEEN coalesce(campaign.post_by, campaign.begins_on)
                      AND coalesce(campaign.take_down_by, campaign.ends_on)
    LIMIT 1
"""


def repair_time(measuring: Measuring) -> Iterator[Finding]:
    """Hours or working days from a job's planning to its end, or to now; of each piece the longest repair."""
    now = timezone.now()
    lasted = _duration(measuring.rule.unit)
    with connection.cursor() as cursor:
        cursor.execute(_REPAIRS, {"since": now - timedelta(days=REPAIRS_OF_DAYS)})
        rows = cursor.fetchall()
    longest: dict[int, tuple[float, Sequence[Any]]] = {}
    for row in rows:
        if measuring.carriers and row[6] not in measuring.carriers:
            continue
        took = lasted(row[7], row[8] or now)
        if row[0] not in longest or took > longest[row[0]][0]:
            longest[row[0]] = took, row
    for took, row in longest.values():
        yield at_face(measuring, row[:6], took)


def _duration(unit: str) -> Callable[[datetime, datetime], float]:
    """How the time between two moments is told: in hours, or in working days, where the first day does not count."""
    if unit != WORKING_DAYS:
        return lambda begin, end: round((end - begin).total_seconds() / 3600, 1)
    calendar = the_calendar()

    def working_days(begin: datetime, end: datetime) -> float:
        day, last, number = calendar.day_of(begin), calendar.day_of(end), 0
        while day < last:
            day += timedelta(days=1)
            number += calendar.works(day)
        return float(number)

    return working_days


def used_unsound(measuring: Measuring) -> Iterator[Finding]:
    """Pieces of each street that are in use though they are damaged, faded, soiled or covered."""
    pieces = measuring.ground.pieces
    bad = frozenset(measuring.rule.parameters.get("defects", UNSOUND_DEFECTS))

    def unsound(row: int) -> bool:
        broken = Condition.DAMAGED <= pieces.condition[row] <= Condition.SEVERE
        return bool(broken or bad.intersection(pieces.defects.get(int(pieces.ids[row]), ())))

    yield from _in_streets(measuring, unsound)


def unapproved(measuring: Measuring) -> Iterator[Finding]:
    """Pieces of each street that show an artwork which nobody has approved, or had not when it was posted."""
    with connection.cursor() as cursor:
        cursor.execute(_UNAPPROVED)
        wrong = {key for (key,) in cursor}
    ids = measuring.ground.pieces.ids
    yield from _in_streets(measuring, lambda row: int(ids[row]) in wrong)


def _in_streets(measuring: Measuring, wrong: Callable[[int], bool]) -> Iterator[Finding]:
    """How many pieces of each street that has any are wrong; what is wrong is what counts."""
    pieces = measuring.ground.pieces
    for street in measuring.ground.streets:
        there = [row for row in pieces.in_street.get(street.key, ()) if measuring.is_about(row)]
        if there:
            found = Count([row for row in there if wrong(row)])
            yield measuring.in_street(street, len(found.counted), found)


def count_in_season(measuring: Measuring) -> Iterator[Finding]:
    """Pieces at each site while artworks of the rule's themes are to hang; at other times nothing is asked.

    When that is, say the campaigns: from "post by" to "take down by", of those with an artwork of such a theme.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SEASON, {"themes": list(measuring.rule.themes), "day": measuring.ground.day})
        in_season = cursor.fetchone() is not None
    if in_season:
        yield from count(measuring)
