"""Results, reasons and rules in words, for pages and files."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assets.models import Asset, Defect
from cases.models import Case
from evaluation.coverage.actions.raise_gap import plain
from evaluation.coverage.gaps import open_cases
from evaluation.models import CoverageResult, PlaceKind
from places.models import SiteKind

MOST_PIECES = 300


@dataclass(frozen=True)
class Card:
    """A result as a row shows it; `case` is the open case of its gap."""

    result: CoverageResult
    where: str
    kind: str
    streets: str
    wanted: str
    found: str
    case: Case | None


@dataclass(frozen=True)
class Group:
    """Pieces that count, or that are left out for one reason; `shown` of `number`."""

    reason: str
    number: int
    shown: list[Asset]


def cards_of(results: Iterable[CoverageResult], streets: Mapping[str, str]) -> list[Card]:
    """Rows of results, which name their rules; two further queries.

    Args:
        streets: names of streets by code.
    """
    rows = list(results)
    kinds = {kind.code: kind.name for kind in SiteKind.objects.all()}
    cases = open_cases(rows)
    return [
        Card(
            result,
            where_of(result),
            kinds.get(result.site_kind, str(PlaceKind(result.kind).label)),
            "、".join(streets.get(code, code) for code in result.streets),
            f"{result.rule.get_operator_display()} {plain(result.wanted)} {unit_in_words(result.rule.unit)}".strip(),
            plain(result.found),
            cases.get(result.pk),
        )
        for result in rows
    ]


def unit_in_words(unit: str) -> str:
    """The unit of a rule in the reader's language; an unusual one as it was written."""
    words = {
        "pieces": pgettext("unit", "pieces"),
        "themes": pgettext("unit", "themes"),
        "days": pgettext("unit", "days"),
        "panels": pgettext("unit", "panels"),
        "hours": pgettext("unit", "hours"),
        "working days": pgettext("unit", "working days"),
    }
    return words.get(unit, unit)


def where_of(result: CoverageResult) -> str:
    """The place in words, a stretch of road with its metres."""
    if result.kind != PlaceKind.ROAD or result.ok:
        return result.name
    return _("%(road)s, metres %(first)s to %(last)s") % {
        "road": result.name,
        "first": f"{result.from_m:,.0f}",
        "last": f"{result.to_m:,.0f}",
    }


def reason_in_words(reason: str, defects: Mapping[str, str]) -> str:
    """Why a piece does not count."""
    kind, _colon, defect = reason.partition(":")
    if kind == "defect":
        return defects.get(defect, defect)
    words = {
        "missing": _("Missing"),
        "not_fixed": _("No fixed carrier"),
        "outdated": _("Its artwork has expired or was withdrawn"),
        "bad_condition": _("Severe damage"),
        "too_close": _("Too close to one that counts"),
        "not_prominent": _("Not in a prominent position"),
        "prominent_unknown": _("Nobody has said whether its position is prominent"),
    }
    return words.get(reason, reason)


def names_of_defects() -> dict[str, str]:
    """Names of defects by code, in the reader's language."""
    return {defect.code: defect.name for defect in Defect.objects.all()}


def pieces_of(result: CoverageResult, seen: Q) -> tuple[Group, list[Group]]:
    """The pieces that count, and those left out by reason; of very many the first are shown.

    Args:
        seen: which assets the reader may see.
    """
    left_out: dict[str, list[int]] = result.left_out
    wanted = result.counted[:MOST_PIECES] + [key for keys in left_out.values() for key in keys[:MOST_PIECES]]
    found = Asset.objects.filter(seen, pk__in=wanted).select_related("type")
    by_key = {asset.pk: asset for asset in found.order_by("code")}
    defects = names_of_defects()

    def shown(keys: list[int]) -> list[Asset]:
        return [by_key[key] for key in keys[:MOST_PIECES] if key in by_key]

    counted = Group("", result.counted_number, shown(result.counted))
    groups = [
        Group(reason_in_words(reason, defects), len(keys), shown(keys)) for reason, keys in left_out.items()
    ]
    return counted, groups
