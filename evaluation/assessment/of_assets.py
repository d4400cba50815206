"""Upkeep as the register has it: how much is in order, and how much was looked at when it was to be.

Read as it stood at the end of the period: the latest inspection before it, not the latest of all. What a later voiding
or entry says of an earlier day is taken into account by a dry run; a sheet that is published no longer changes.
"""

from collections import defaultdict

from django.db import connection

from assets.models import Condition, Lifecycle
from assets.rules.due import next_due_sql
from evaluation.assessment.formulas import rate
from evaluation.assessment.measuring import Behind, ByFigure, Measured, Period
from evaluation.assessment.scheme import Scheme

# Good, or with minor damage that is not yet a repair's (基本完好).
IN_ORDER = (Condition.GOOD, Condition.MINOR)

_DUE = next_due_sql(
    seen="fact.effective_at",
    installed="asset.installed_on",
    registered="asset.created_at",
    interval="kind.inspection_interval_days",
)
_AS_IT_STOOD = f"""
    SELECT street.code, asset.code, coalesce(nullif(asset.name, ''), kind.name_zh), coalesce(fact.condition, 0), {_DUE}
    FROM assets_asset asset
    JOIN places_area street ON street.id = asset.street_id
    JOIN assets_assettype kind ON kind.id = asset.type_id
    LEFT JOIN LATERAL (
        SELECT condition, effective_at FROM assets_inspection inspection
        WHERE inspection.asset_id = asset.id AND inspection.effective_at < %(as_of)s
          AND (inspection.voided_at IS NULL OR inspection.voided_at >= %(as_of)s)
        ORDER BY effective_at DESC, id DESC LIMIT 1) fact ON true
    WHERE asset.district_id = %(district)s
      AND (asset.lifecycle IN ('{Lifecycle.IN_USE}', '{Lifecycle.SUSPENDED}')
           OR asset.lifecycle = '{Lifecycle.REMOVED}' AND asset.removed_on > %(day)s)
      AND (coalesce(asset.installed_on <= %(day)s, asset.created_at < %(as_of)s) OR fact.condition IS NOT NULL)
    ORDER BY asset.code
"""  # noqa: S608 -- constants and an expression of the rules


def measure_upkeep(period: Period, _scheme: Scheme) -> ByFigure:
    """Condition: in order ÷ those whose condition is known. Looked at: not overdue ÷ all that stand."""
    with connection.cursor() as cursor:
        cursor.execute(
            _AS_IT_STOOD, {"as_of": period.as_of, "district": period.district.pk, "day": period.day}
        )
        rows = cursor.fetchall()
    with_condition: dict[str, int] = defaultdict(int)
    standing: dict[str, int] = defaultdict(int)
    broken: dict[str, list[Behind]] = defaultdict(list)
    overdue: dict[str, list[Behind]] = defaultdict(list)
    for street, code, name, condition, due in rows:
        standing[street] += 1
        if condition:
            with_condition[street] += 1
            if condition not in IN_ORDER:
                broken[street].append(Behind("asset", code, name, Condition(condition).code))
        if due < period.day:
            overdue[street].append(Behind("asset", code, name, "overdue", {"due": due.isoformat()}))
    return {
        "condition": {
            street: Measured(rate(n - len(broken[street]), n), tuple(broken[street]))
            for street, n in with_condition.items()
        },
        "looked_at": {
            street: Measured(rate(n - len(overdue[street]), n), tuple(overdue[street]))
            for street, n in standing.items()
        },
    }
