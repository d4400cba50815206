"""A month's sheet: worked out from what is measured, and told as canonical JSON, which a published one keeps for good.

The dry run and the published sheet are the same value (`Worked`), so pages, print and DOCX show either alike. Numbers
are text: they come back to the digit, and two equal sheets are equal byte by byte.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils import timezone

from evaluation.assessment import scoring
from evaluation.assessment.measuring import Measured, Period, holders_of, measure_all, tell_all
from evaluation.assessment.scheme import Scheme, read_scheme
from evaluation.assessment.scoring import GivenBonus, Listed, StreetScore
from evaluation.models import ListKind, ScoreBonus, ScoreScheme, ScoreSheet
from places.models import Area
from web.months import before

FORMAT = 1
_EARLIER_MONTHS = 24
Evidence = Mapping[tuple[str, str], str]  # (street, figure) → rows as canonical JSON


@dataclass(frozen=True)
class Worked:
    """A sheet that is worked out: what it tells, what is behind it, and the lists it proposes."""

    content: str
    evidence: Evidence
    lists: Mapping[str, Sequence[dict[str, Any]]]

    @property
    def sha256(self) -> str:
        """By which a dry run is known again when it is published."""
        return digest(self.content, self.evidence)

    @property
    def told(self) -> dict[str, Any]:
        """What it tells."""
        read: dict[str, Any] = json.loads(self.content)
        return read


def canonical(value: Any) -> str:
    """One text for one value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(content: str, evidence: Evidence) -> str:
    """The hash of a sheet with all that is behind it."""
    whole = hashlib.sha256(content.encode())
    for key in sorted(evidence):
        whole.update(canonical([*key, evidence[key]]).encode())
    return whole.hexdigest()


def scheme_in_use(district: Area) -> ScoreScheme | None:
    """The newest edition of a district that is in use."""
    return ScoreScheme.objects.filter(district=district, active=True).order_by("-pk").first()


def work_out(kept: ScoreScheme, month: date, now: datetime | None = None) -> Worked:
    """Work out the sheet of a month under a scheme; nothing is written."""
    scheme = read_scheme(kept.content)
    period = Period.of(kept.district, month, now)
    streets = period.streets
    measured = measure_all(period, scheme)
    given = _bonuses(period)
    figures = {
        area.code: {
            figure: by_street[area.code].rate
            for figure, by_street in measured.items()
            if area.code in by_street
        }
        for area in streets
    }
    scores = scoring.score_streets(scheme, figures, given)
    earlier = _earlier(period)
    holders = holders_of([area.code for area in streets], period.last_day)
    names = {area.code: area.name for area in streets}
    content = {
        "format": FORMAT,
        "district": {"code": kept.district.code, "name": kept.district.name},
        "month": f"{period.month:%Y-%m}",
        "from": period.month.isoformat(),
        "to": period.day.isoformat(),
        "complete": period.has_ended,
        "scheme": {"edition": kept.edition, "name": kept.name, "draft": kept.draft, "source": kept.source}
        | scheme.as_json(),
        "streets": [
            _told(
                scheme, score, names[score.street], holders.get(score.street, ""), given.get(score.street, ())
            )
            | {"change": _change(score, earlier)}
            for score in scores
        ],
        "totals": _totals(scheme, measured, names, period),
        "bulletin": tell_all(period),
    }
    evidence = {
        (street, figure): canonical([row.as_json() for row in found.behind])
        for figure, by_street in measured.items()
        for street, found in by_street.items()
        if street in names
    }
    lists = {
        ListKind.HONOUR.value: _listed(scoring.of_honour(scheme, scores, earlier), names, scores),
        ListKind.CONCERN.value: _listed(scoring.of_concern(scheme, scores, earlier), names, scores),
    }
    return Worked(canonical(content), evidence, lists)


def with_requests(worked: Worked, requests: Sequence[Mapping[str, str]]) -> Worked:
    """The same sheet with what the bulletin asks for, each with its date."""
    told = worked.told
    told["bulletin"]["requests"] = [dict(request) for request in requests]
    return replace(worked, content=canonical(told))


def _told(
    scheme: Scheme, score: StreetScore, name: str, holder: str, given: Sequence[GivenBonus]
) -> dict[str, Any]:
    found = scheme.class_of(score.street)
    return {
        "code": score.street,
        "name": name,
        "holder": holder,
        "class": found.name if found else "",
        "coefficient": str(score.coefficient),
        "parts": [
            {
                "code": part.code,
                "standing": part.standing.value,
                "weight": str(part.weight),
                "share": _percent(part.share),
                "value": _hundredths(part.value),
                "figures": [_figure_told(figure) for figure in part.figures],
            }
            for part in score.parts
        ],
        "base": _hundredths(score.base),
        "bonuses": [
            {"code": bonus.code, "points": str(bonus.points), "reason": bonus.reason} for bonus in given
        ],
        "bonus": str(score.bonus),
        "score": None if score.score is None else str(score.score),
        "standing": score.standing.value,
        "place": score.place,
    }


def _figure_told(figure: scoring.FigureScore) -> dict[str, Any]:
    told: dict[str, Any] = {
        "code": figure.code,
        "standing": figure.standing.value,
        "fewest": figure.fewest,
        "n": 0,
        "top": "",
        "bottom": "",
        "rate": None,
    }
    if figure.rate is not None:
        told |= {
            "n": figure.rate.n,
            "top": str(figure.rate.top),
            "bottom": str(figure.rate.bottom),
            "rate": _percent(figure.rate.value),
        }
    return told


def _totals(
    scheme: Scheme, measured: Mapping[str, Mapping[str, Measured]], names: Mapping[str, str], period: Period
) -> list[dict[str, Any]]:
    """The figures of all streets together, and by how many points they differ from the sheet of the month before."""
    last = ScoreSheet.objects.filter(district=period.district, month=before(period.month)).first()
    told_before = {row["code"]: row["rate"] for row in last.told["totals"]} if last is not None else {}
    totals = []
    for code in (figure.code for part in scheme.parts for figure in part.figures):
        rates = [found.rate for street, found in measured.get(code, {}).items() if street in names]
        top, bottom = (
            sum((rate.top for rate in rates), Fraction(0)),
            sum((rate.bottom for rate in rates), Fraction(0)),
        )
        percent = _percent(top / bottom if bottom else None)
        earlier = told_before.get(code)
        totals.append(
            {
                "code": code,
                "n": sum(rate.n for rate in rates),
                "rate": percent,
                "change": f"{Decimal(percent) - Decimal(earlier):+}" if percent and earlier else None,
            }
        )
    return totals


def _hundredths(value: Fraction | None) -> str | None:
    return None if value is None else str(scoring.rounded(value))


def _percent(value: Fraction | None) -> str | None:
    return None if value is None else str(scoring.rounded(value * 100))


def _bonuses(period: Period) -> dict[str, list[GivenBonus]]:
    rows = ScoreBonus.objects.filter(month=period.month, street__code__startswith=period.district.code)
    given: dict[str, list[GivenBonus]] = {}
    for street, code, points, reason in rows.values_list("street__code", "code", "points", "reason"):
        given.setdefault(street, []).append(GivenBonus(code, points, reason))
    return given


def _earlier(period: Period) -> list[dict[str, Decimal]]:
    """The scores of ranked streets in the published months right before, the last first; a gap ends the row."""
    sheets = ScoreSheet.objects.filter(district=period.district, month__lt=period.month).order_by("-month")
    found: list[dict[str, Decimal]] = []
    expected = before(period.month)
    for sheet in sheets[:_EARLIER_MONTHS]:
        if sheet.month != expected:
            break
        found.append(
            {row["code"]: Decimal(row["score"]) for row in sheet.told["streets"] if row["place"] is not None}
        )
        expected = before(expected)
    return found


def _change(score: StreetScore, earlier: Sequence[Mapping[str, Decimal]]) -> str | None:
    """By how much the score differs from the month before; None where one of the two has no place."""
    if score.place is None or score.score is None or not earlier or score.street not in earlier[0]:
        return None
    return f"{score.score - earlier[0][score.street]:+}"


def _listed(
    listed: Sequence[Listed], names: Mapping[str, str], scores: Sequence[StreetScore]
) -> list[dict[str, Any]]:
    counted = {score.street: _n_of(score) for score in scores}
    return [
        {
            "code": entry.street,
            "name": names[entry.street],
            "score": str(entry.score),
            "streak": entry.streak,
            "n": counted[entry.street],
        }
        for entry in listed
    ]


def _n_of(score: StreetScore) -> int:
    """On how many counts a score rests in all."""
    return sum(
        figure.rate.n
        for part in score.parts
        for figure in part.figures
        if figure.rate is not None and figure.standing is scoring.Standing.COUNTED
    )


def last_month(today: date | None = None) -> date:
    """The first day of the month that ended last."""
    return before(today or timezone.localdate())
