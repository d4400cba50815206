"""Reads a table of coverage rules, as `../actions/import_rules.py` keeps them: a row a rule, CSV or XLSX.

Columns: rule_id, rule_zh, metric, operator, threshold; and where there are any rule_en, site_kind, carrier, theme,
unit, window, place, year, status_here, source, confidence, computable_from_catalogue, needs. Several codes in a cell
are parted by commas; `*` is all. What cannot be understood is said and kept as written: such a rule is there, and
cannot be switched on. Free text is read for the few things that a metric needs: "any 500 m", "200 m each side".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from assets.models import AssetType, Theme
from cases.models import Confidence
from evaluation.coverage.obstacles import in_words, joined, obstacle
from evaluation.coverage.parameters import missing
from evaluation.models import Computable, Metric, Operator
from importing.apart import read_apart
from importing.errors import LedgerError
from places.apart import Limits
from places.models import SiteKind

NEEDED = ("rule_id", "rule_zh", "metric", "operator", "threshold")
OPTIONAL = (
    "rule_en",
    "site_kind",
    "carrier",
    "theme",
    "unit",
    "window",
    "place",
    "year",
    "status_here",
    "source",
    "confidence",
    "computable_from_catalogue",
    "needs",
)
MOST_ROWS = 1000
LARGEST_FILE = 5 << 20
LIMITS = Limits(processor_seconds=60, seconds=90)
# People walk so many metres in a minute.
METRES_A_MINUTE = 80
# Kinds of site that are roads: what is asked along a line is asked of roads.
ROAD_KINDS = frozenset({"trunk_road", "secondary_road", "commercial_street", "back_lane"})
# What these measure is no site: a kind that the list does not have keeps nobody from measuring it.
NOT_AT_SITES = (
    Metric.COUNT_ALONG_ROAD,
    Metric.THEME_SHARE,
    Metric.LOCAL_SHARE,
    Metric.REPAIR_TIME,
    Metric.USED_UNSOUND,
    Metric.UNAPPROVED,
)
# Written as what must be so (= 1); measured is how many pieces are otherwise (= 0).
NONE_OTHERWISE = (Metric.USED_UNSOUND, Metric.UNAPPROVED)
DEFAULT_ON = "general wording found in many places: default on"
_METRES = re.compile(r"(\d+(?:\.\d+)?)\s*(?:m\b|米)")
_PLAIN = {
    "count": Metric.COUNT,
    "count_prominent": Metric.COUNT_PROMINENT,
    "count_near": Metric.COUNT_NEAR,
    "count_along_road": Metric.COUNT_ALONG_ROAD,
    "distinct_themes": Metric.DISTINCT_THEMES,
    "distinct_themes_at_gates": Metric.DISTINCT_THEMES,
    "distance": Metric.DISTANCE,
    "theme_share": Metric.THEME_SHARE,
    "local_artwork_share": Metric.LOCAL_SHARE,
    "idle_commercial_days": Metric.IDLE_DAYS,
    "idle_days": Metric.IDLE_DAYS,
    "allowed": Metric.NONE_ALLOWED,
    "none_allowed": Metric.NONE_ALLOWED,
    "repair_time": Metric.REPAIR_TIME,
    "use_stopped_until_repaired": Metric.USED_UNSOUND,
    "used_unsound": Metric.USED_UNSOUND,
    "artwork_approved_before_posting": Metric.UNAPPROVED,
    "unapproved": Metric.UNAPPROVED,
    "theme_present_in_period": Metric.COUNT_IN_SEASON,
    "count_in_season": Metric.COUNT_IN_SEASON,
    "distance_between_counted_pieces": Metric.SPACING,
    "counts_towards_coverage": Metric.FIXED_ONLY,
    "condition_ok": Metric.SOUND_ONLY,
}
_LONGEST = {"name_zh": 200, "name_en": 300, "unit": 30, "window": 120, "needs": 120, "place": 60, "year": 20}


class BadRules(Exception):
    """A file that cannot be taken at all, in a sentence or several."""

    def __init__(self, sentences: list[str]) -> None:
        self.sentences = sentences
        super().__init__("\n".join(sentences))


@dataclass
class RuleRow:
    """One rule as the file has it: the columns of `CoverageRule`, and what was not understood of it."""

    number: int
    code: str
    columns: dict[str, Any]
    default_on: bool
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Words:
    """The codes of the office's lists, by code and by Chinese name."""

    site_kinds: Mapping[str, str]
    carriers: Mapping[str, str]
    themes: Mapping[str, str]

    @classmethod
    def from_lists(cls) -> "Words":
        """As the lists stand."""
        return cls(*(_words(model) for model in (SiteKind, AssetType, Theme)))


def _words(model: Any) -> dict[str, str]:
    entries = list(model.objects.values_list("code", "name_zh"))
    return {name: code for code, name in entries} | {code: code for code, _name in entries}


def read_rules(path: Path, filename: str) -> list[RuleRow]:
    """The rules of a file; it is read in a process of its own.

    Raises:
        BadRules: it is no such table.
    """
    try:
        table = read_apart(path, filename=filename, limits=LIMITS)
    except LedgerError as error:
        raise BadRules([str(error)]) from error
    names = [name.strip().lower() for name in table.names]
    problems = [
        _("The column “%(name)s” is missing.") % {"name": name} for name in NEEDED if name not in names
    ]
    problems += [
        _("There is no column “%(name)s” in such a file.") % {"name": name[:60]}
        for name in names
        if name not in (*NEEDED, *OPTIONAL)
    ]
    if len(table) > MOST_ROWS:
        problems.append(_("At most %(most)s rules in a file.") % {"most": f"{MOST_ROWS:,}"})
    if not len(table):
        problems.append(_("The file has no rows."))
    if problems:
        raise BadRules(problems)
    words = Words.from_lists()
    rows = []
    for place, number in enumerate(table.rows):
        cells = {name: _text(column[place]) for name, column in zip(names, table.columns, strict=True)}
        rows.append(read_row(int(number), cells, words))
    codes = [row.code for row in rows]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    problems = [
        _("Row %(row)s: give the rule a code of at most 20 characters in rule_id.") % {"row": row.number}
        for row in rows
        if not 0 < len(row.code) <= 20
    ]
    problems += [_("“%(code)s” is in the file twice.") % {"code": code} for code in twice if code]
    if problems:
        raise BadRules(problems)
    return rows


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def read_row(number: int, cells: Mapping[str, str], words: Words) -> RuleRow:
    """One row of such a table."""
    remarks: list[str] = []
    obstacles: list[str] = []

    def cell(column: str) -> str:
        return cells.get(column, "").strip()

    columns: dict[str, Any] = {
        "name_zh": cell("rule_zh"),
        "name_en": cell("rule_en"),
        "metric_as_written": cell("metric")[:60],
        "unit": cell("unit"),
        "window": cell("window"),
        "needs": cell("needs"),
        "place": cell("place"),
        "year": cell("year"),
        "status": cell("status_here")[:120],
        "source": cell("source")[:300],
    }
    for name, most in _LONGEST.items():
        if len(columns[name]) > most:
            remarks.append(
                _("%(column)s is longer than %(most)s characters.") % {"column": name, "most": most}
            )
            columns[name] = columns[name][:most]
    if not columns["name_zh"]:
        obstacles.append(obstacle("wording"))
    columns["operator"] = cell("operator") or Operator.AT_LEAST
    if columns["operator"] not in Operator.values:
        obstacles.append(obstacle("operator", columns["operator"]))
        columns["operator"] = Operator.AT_LEAST
    columns["confidence"] = _choice(
        cell("confidence") or "low", Confidence, "confidence", remarks, Confidence.LOW
    )
    computable = cell("computable_from_catalogue") or "yes"
    columns["computable"] = _choice(
        computable, Computable, "computable_from_catalogue", remarks, Computable.NO
    )
    columns["threshold"] = _threshold(cell("threshold"), obstacles)
    metric, parameters = _metric(cell("metric"), cell("site_kind"), cell("window"))
    columns["metric"], columns["parameters"] = metric, parameters
    if metric == Metric.COUNT_PROMINENT and _METRES.search(columns["window"]):
        remarks.append(
            _("“%(words)s” is not measured: all of the site counts.") % {"words": columns["window"]}
        )
    if not metric:
        obstacles.append(obstacle("metric", cell("metric") or "—"))
    if columns["computable"] == Computable.NO:
        obstacles.append(obstacle("no_data"))
    if metric in NONE_OTHERWISE and columns["operator"] == Operator.EXACTLY and columns["threshold"] == 1:
        columns["threshold"], columns["unit"] = Decimal(0), "pieces"
        remarks.append(_("Read as: no piece is otherwise."))
    if metric == Metric.REPAIR_TIME and columns["window"]:
        remarks.append(
            _("“%(words)s” is not told apart: every repair has the same limit.")
            % {"words": columns["window"]}
        )
    if metric == Metric.DISTANCE and columns["unit"] == "min" and columns["threshold"] is not None:
        columns["threshold"] *= METRES_A_MINUTE
        remarks.append(_("A minute's walk is taken for %(metres)s metres.") % {"metres": METRES_A_MINUTE})
        columns["unit"] = "m"
    if metric not in (Metric.FIXED_ONLY, Metric.SOUND_ONLY):
        if columns["threshold"] is None:
            obstacles.append(obstacle("no_threshold"))
        _lists(columns, cell, words, remarks, obstacles)
        if metric == Metric.COUNT_ALONG_ROAD and columns["operator"] != Operator.AT_LEAST:
            obstacles.append(obstacle("along_road"))
    obstacles += [obstacle("needs", parameter.name) for parameter in missing(metric, parameters)]
    columns["obstacle"] = joined(obstacles)
    remarks += in_words("\n".join(obstacles))
    return RuleRow(number, cell("rule_id"), columns, cell("status_here").lower() == DEFAULT_ON, remarks)


def _choice(text: str, choices: Any, column: str, problems: list[str], otherwise: Any) -> Any:
    if text.lower() in choices.values:
        return choices(text.lower())
    problems.append(
        _("%(column)s “%(value)s”: use one of %(codes)s")
        % {"column": column, "value": text[:40], "codes": ", ".join(choices.values)}
    )
    return otherwise


def _threshold(text: str, obstacles: list[str]) -> Decimal | None:
    if not text:
        return None
    try:
        number = Decimal(text.rstrip("%"))
        if not (number.is_finite() and 0 <= number < 1_000_000):
            raise InvalidOperation
    except InvalidOperation:
        obstacles.append(obstacle("threshold", text))
        return None
    return round(number, 2)


def _metric(written: str, site_kind: str, window: str) -> tuple[str, dict[str, Any]]:
    """The metric that is meant, and what the words around it say that it needs."""
    metres = _METRES.search(window)
    length = float(metres[1]) if metres else None
    kinds = set(_parted(site_kind))
    if written == "count_along_line":
        # Along a road it is a window that moves; at a gate it is a circle around the site's point.
        if kinds & ROAD_KINDS:
            return Metric.COUNT_ALONG_ROAD, {} if length is None else {"window_m": length}
        return Metric.COUNT_NEAR, {} if length is None else {"radius_m": length}
    if found := re.fullmatch(r"share_of_sites_with_count_(\d+)", written):
        return Metric.SITES_SHARE, {"pieces": int(found[1])}
    if written == "walking_time_to_nearest":
        return Metric.DISTANCE, {}
    if written == "distance_between_counted_pieces":
        where = "indoor" if "indoor" in window else "outdoor" if "outdoor" in window else ""
        return Metric.SPACING, {"where": where} if where else {}
    metric = _PLAIN.get(written, "")
    if metric == Metric.COUNT_NEAR and length is not None:
        return metric, {"radius_m": length}
    if metric == Metric.COUNT_ALONG_ROAD and length is not None:
        return metric, {"window_m": length}
    return metric, {}


def _parted(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,;、，；]", text) if part.strip() not in ("", "*")]


def _lists(
    columns: dict[str, Any], cell: Any, words: Words, remarks: list[str], obstacles: list[str]
) -> None:
    """Codes of the office's lists; of several a rule goes on with those that are known, of none it cannot."""
    for column, register, name in (
        ("site_kind", words.site_kinds, "site_kinds"),
        ("carrier", words.carriers, "carriers"),
        ("theme", words.themes, "themes"),
    ):
        parts = _parted(cell(column))
        unknown = [part for part in parts if part not in register]
        columns[name] = [register[part] for part in parts if part in register]
        asks_no_site = columns["metric"] in NOT_AT_SITES and column == "site_kind"
        if not unknown:
            continue
        codes = [obstacle(column, ", ".join(unknown))]
        if columns[name] or asks_no_site:
            remarks += in_words("\n".join(codes))
        else:
            obstacles += codes
