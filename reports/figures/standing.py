"""What stood at a moment, out of history: conditions of assets, lamps of open cases. In SQL, one statement each.

A moment is the beginning of the day after; what was written at that very moment belongs to the next day. `Told` says
which time of a fact counts: when it was written, which is what the night itself saw, or when it happened, which is what
we know by now and what the demonstration's invented past goes by.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Any

from django.db import connection
from django.utils import timezone

from assets.models import STANDING
from assets.rules.due import next_due_sql
from cases.models import OPEN_STATES, ClockKind, State


class Told(Enum):
    """Which time of a fact counts."""

    WRITTEN = "written_at"
    HAPPENED = "at"


@dataclass(frozen=True)
class AssetsStanding:
    """Of one place and type: how many were in each condition, unknown to missing, and how many overdue."""

    place: str
    type: str
    conditions: tuple[int, int, int, int, int, int]
    overdue: int


@dataclass(frozen=True)
class CasesStanding:
    """Of one place and source: how many open cases showed each lamp."""

    place: str
    source: str
    green: int
    amber: int
    red: int
    held: int
    none: int


def end_of(day: date) -> datetime:
    """The moment at which a day is over, here."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


# Rows of what history last said of each asset: key, place (area keys and code), type, lifecycle, condition, due.
_WRITTEN = """
    SELECT DISTINCT ON (event.pgh_obj_id)
           event.street_id, event.district_id, event.code, event.type_id, event.lifecycle, event.condition,
           event.next_inspection_due AS due
    FROM assets_assetevent event
    WHERE event.pgh_created_at < %(moment)s
    ORDER BY event.pgh_obj_id, event.pgh_id DESC
"""
_DUE = next_due_sql(
    seen="fact.effective_at",
    installed="asset.installed_on",
    registered="asset.created_at",
    interval="kind.inspection_interval_days",
)
# The same out of today's register and the dates of inspections, where history was not yet written.
_HAPPENED = f"""
    SELECT asset.street_id, asset.district_id, asset.code, asset.type_id, asset.lifecycle,
           coalesce(fact.condition, 0) AS condition, {_DUE} AS due
    FROM assets_asset asset
    JOIN assets_assettype kind ON kind.id = asset.type_id
    LEFT JOIN LATERAL (
        SELECT condition, effective_at FROM assets_inspection
        WHERE asset_id = asset.id AND voided_at IS NULL AND effective_at < %(moment)s
        ORDER BY effective_at DESC, id DESC LIMIT 1) fact ON true
    WHERE coalesce(asset.installed_on, asset.created_at::date) < %(moment)s
"""  # noqa: S608 (an expression of the rules)
_ASSETS = """
    SELECT coalesce(street.code, district.code, left(known.code, 6)) AS place, kind.code,
           count(*) FILTER (WHERE known.condition = 0), count(*) FILTER (WHERE known.condition = 1),
           count(*) FILTER (WHERE known.condition = 2), count(*) FILTER (WHERE known.condition = 3),
           count(*) FILTER (WHERE known.condition = 4), count(*) FILTER (WHERE known.condition = 5),
           count(*) FILTER (WHERE known.due < %(day)s)
    FROM ({history}) known
    JOIN assets_assettype kind ON kind.id = known.type_id
    LEFT JOIN places_area street ON street.id = known.street_id
    LEFT JOIN places_area district ON district.id = known.district_id
    WHERE known.lifecycle = ANY(%(standing)s)
    GROUP BY 1, 2 ORDER BY 1, 2
"""


def assets_standing(day: date, moment: datetime, told: Told = Told.WRITTEN) -> list[AssetsStanding]:
    """The assets in the street at a moment of a day, by place and type.

    Args:
        day: what is overdue is so on this day.
    """
    history = _WRITTEN if told is Told.WRITTEN else _HAPPENED
    parameters: dict[str, Any] = {"moment": moment, "day": day, "standing": list(STANDING)}
    with connection.cursor() as cursor:
        cursor.execute(_ASSETS.replace("{history}", history), parameters)
        return [
            AssetsStanding(place, kind, tuple(conditions), overdue)
            for place, kind, *conditions, overdue in cursor.fetchall()
        ]


# A clock runs from the step that set it to the step whose time it ended at; its date is what its last move said.
_CASES = """
    WITH stood AS (
        SELECT DISTINCT ON (step.case_id) step.case_id, step.state_after AS state
        FROM cases_casestep step WHERE step.{when} < %(moment)s
        ORDER BY step.case_id, step.id DESC
    ), dated AS (
        SELECT DISTINCT ON (clock.case_id) clock.case_id, move.due_at, move.amber_at
        FROM cases_clock clock
        JOIN cases_clockmove move ON move.clock_id = clock.id
        LEFT JOIN cases_casestep step ON step.id = move.step_id
        WHERE clock.kind <> %(beside)s AND coalesce(step.{when}, move.at) < %(moment)s
          AND (clock.ended_at IS NULL OR coalesce(
                  (SELECT min(last.{when}) FROM cases_casestep last
                   WHERE last.case_id = clock.case_id AND last.at = clock.ended_at),
                  clock.ended_at) >= %(moment)s)
        ORDER BY clock.case_id, move.id DESC
    ), lit AS (
        SELECT coalesce(street.code, district.code, left(told.code, 6)) AS place, told.source,
               CASE WHEN dated.due_at IS NULL THEN 'none'
                    WHEN stood.state = %(held)s THEN 'held'
                    WHEN dated.due_at < %(moment)s THEN 'red'
                    WHEN dated.amber_at <= %(moment)s THEN 'amber'
                    ELSE 'green' END AS lamp
        FROM stood
        JOIN cases_case told ON told.id = stood.case_id
        LEFT JOIN dated ON dated.case_id = stood.case_id
        LEFT JOIN places_area street ON street.id = told.street_id
        LEFT JOIN places_area district ON district.id = told.district_id
        WHERE stood.state = ANY(%(open)s)
    )
    SELECT place, source,
           count(*) FILTER (WHERE lamp = 'green'), count(*) FILTER (WHERE lamp = 'amber'),
           count(*) FILTER (WHERE lamp = 'red'), count(*) FILTER (WHERE lamp = 'held'),
           count(*) FILTER (WHERE lamp = 'none')
    FROM lit GROUP BY 1, 2 ORDER BY 1, 2
"""


def cases_standing(moment: datetime, told: Told = Told.WRITTEN) -> list[CasesStanding]:
    """The open cases at a moment, by place and source; by the street that each lies in today."""
    parameters: dict[str, Any] = {
        "moment": moment,
        "beside": ClockKind.ACCEPT.value,
        "held": State.ON_HOLD.value,
        "open": [state.value for state in OPEN_STATES],
    }
    with connection.cursor() as cursor:
        cursor.execute(_CASES.replace("{when}", told.value), parameters)
        return [CasesStanding(*row) for row in cursor.fetchall()]
