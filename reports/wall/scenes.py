"""What a wall shows: numbers, names of streets, dots, and words that somebody approved. Nothing about anybody.

It is read as a viewer of the district would read it, and whatever names a person, an address or a description of a
case is not asked for at all.
"""

from datetime import datetime, time
from typing import Any

import numpy as np
import shapely
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import passer_by
from assets.models import Inspection, Maintenance
from cases.filters import read_case_filter
from cases.lamps import lamp_at
from cases.models import Case, State
from places.models import Area, Level
from reports.in_time import in_time
from reports.models import Wall
from reports.start.assets import street_assets_now
from reports.start.streets import StreetRow, street_rows
from reports.wall.campaigns import running_campaigns
from reports.wall.slots import pairs_of
from work.job_filter import of_assets
from work.job_queries import FINISHED_STATES

MOST_DOTS = 2000
MOST_PAIRS = 6
# About ten metres: a dot says which corner, not which door.
_PLACES = 4
_TOLERANCE = 0.0004  # degrees


def scenes_of(wall: Wall, token: str) -> dict[str, Any]:
    """All that a wall shows until it asks again, as JSON has it."""
    reader, now = passer_by(wall.district.code), timezone.now()
    everywhere = street_rows(reader, street_assets_now(reader))
    rows = [row for row in everywhere if row.code != "none"]
    return {
        "district": wall.district.name,
        "at": timezone.localtime(now).isoformat(timespec="seconds"),
        "map": {"streets": _outlines(wall.district, rows), "dots": _dots(reader)},
        "today": [*_today(reader, now), *_whole(everywhere)],
        "streets": _streets(rows, reader, now),
        "pairs": [
            {
                "before": reverse("wall-photo", args=[token, pair.before]),
                "after": reverse("wall-photo", args=[token, pair.after]),
                "words": pair.words,
            }
            for pair in pairs_of(wall.district.code, MOST_PAIRS)
        ],
        "campaigns": running_campaigns(reader, timezone.localdate(now)),
    }


def _outlines(district: Area, rows: list[StreetRow]) -> list[dict[str, Any]]:
    """Each street's boundary, simplified so that neighbours still meet, with its numbers; its place for a label."""
    counted = {row.code: row for row in rows}
    areas = list(
        Area.objects.filter(parent=district, level=Level.STREET, boundary__isnull=False).order_by("code")
    )
    if not areas:
        return []
    shapes = shapely.coverage_simplify(
        shapely.from_wkb([bytes(area.boundary.wkb) for area in areas if area.boundary]), _TOLERANCE
    )
    labels = np.round(shapely.get_coordinates(shapely.point_on_surface(shapes)), _PLACES).tolist()
    found = []
    for area, shape, label in zip(areas, shapes, labels, strict=True):
        row = counted.get(area.code)
        found.append(
            {
                "name": area.name,
                "label": label,
                "rings": [
                    np.round(shapely.get_coordinates(part.exterior), _PLACES).tolist()
                    for part in shapely.get_parts(shape)
                ],
                "open": row.open if row else 0,
                "late": row.late if row else 0,
            }
        )
    return found


def _dots(reader: User) -> list[list[Any]]:
    """Open cases: longitude, latitude, lamp; late ones last, so that they lie on top."""
    asked = read_case_filter("", reader)
    rows: Any = asked.cases(reader).order_by(F("running_due").asc(nulls_last=True))
    found = [
        [round(point.x, _PLACES), round(point.y, _PLACES), lamp_at(due, amber, held, asked.reference.now)]
        for point, due, amber, held in rows.values_list(
            "point", "running_due", "running_amber", "running_held"
        )[:MOST_DOTS]
    ]
    return found[::-1]


def _today(reader: User, now: datetime) -> list[dict[str, Any]]:
    begin = timezone.make_aware(datetime.combine(timezone.localdate(now), time.min))
    seen = Case.objects.visible_to(reader)
    reported = seen.exclude(state=State.DRAFT).filter(reported_at__gte=begin)
    closed = seen.filter(steps__state_after=State.CLOSED, steps__at__gte=begin, state=State.CLOSED)
    inspected = Inspection.objects.filter(of_assets(reader), voided_at__isnull=True, effective_at__gte=begin)
    finished = Maintenance.objects.filter(
        of_assets(reader), state__in=FINISHED_STATES, completed_at__gte=begin
    )
    return [
        {"title": _("Reported today"), "count": reported.count()},
        {"title": _("Closed today"), "count": closed.distinct().count()},
        {"title": _("Inspected today"), "count": inspected.count()},
        {"title": _("Jobs finished today"), "count": finished.count()},
    ]


def _whole(rows: list[StreetRow]) -> list[dict[str, Any]]:
    inspected, damaged = sum(row.inspected for row in rows), sum(row.damaged for row in rows)
    rate = 100 * (inspected - damaged) / inspected if inspected else None
    return [
        {"title": _("Assets in the catalogue"), "count": sum(row.assets for row in rows)},
        {"title": _("Undamaged, of those inspected"), "rate": rate and round(rate, 1), "n": inspected},
        {"title": _("Open cases"), "count": sum(row.open for row in rows)},
        {"title": _("Late cases"), "count": sum(row.late for row in rows), "tone": "red"},
    ]


def _streets(rows: list[StreetRow], reader: User, now: datetime) -> list[dict[str, Any]]:
    """Every street with the number that each rate rests on; put right in time since the month began."""
    first = timezone.localdate(now).replace(day=1)
    begin = timezone.make_aware(datetime.combine(first, time.min))
    kept = in_time(Case.objects.visible_to(reader), begin, now, now)
    keys = dict(Area.objects.filter(code__in=[row.code for row in rows]).values_list("code", "pk"))
    told = []
    for row in rows:
        of_month = kept.get((keys.get(row.code), first))
        told.append(
            {
                "name": row.name,
                "assets": row.assets,
                "rate": None if row.rate is None else round(row.rate, 1),
                "inspected": row.inspected,
                "open": row.open,
                "late": row.late,
                "in_time": None if of_month is None or of_month.rate is None else round(of_month.rate, 1),
                "due": of_month.due if of_month else 0,
            }
        )
    return told
