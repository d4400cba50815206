"""A ledger in words: its steps, its counts, its rows, and what was said about them, in the reader's language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.fields import IN_LEDGERS, Kind
from assets.models import AssetType, Condition, Ledger, LedgerRow, LedgerState, Lifecycle, RowOutcome, Theme
from importing import remarks
from importing.answers import Answers
from importing.folding import Folded, kept_folded, without_folded
from importing.ledger_corrections import verdict_of
from importing.locating import has_positions
from importing.report import Change, named
from importing.titles import title
from importing.verdicts import HELD, SENTENCES, Verdict

# --- Steps ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """One of the steps of an import: `state` is done, current or ahead; `address` leads back to one that is done."""

    name: Promise
    state: str
    address: str = ""


_STEPS: tuple[tuple[str, Promise], ...] = (
    ("upload", gettext_lazy("Upload")),
    ("columns", gettext_lazy("Columns")),
    ("position", gettext_lazy("Position")),
    ("check", gettext_lazy("Check and compare")),
    ("done", gettext_lazy("Import")),
)


def steps(ledger: Ledger, current: str) -> list[Step]:
    """The steps of a ledger, seen from one of them."""
    keys = [key for key, _name in _STEPS]
    place = keys.index(current)
    open_again = ledger.state in (LedgerState.READ, LedgerState.CHECKED)
    shown = []
    for number, (key, name) in enumerate(_STEPS):
        if key == "position" and not _asks_for_position(ledger):
            continue
        state = "done" if number < place else "current" if number == place else "ahead"
        address = ""
        if open_again and state == "done" and key in ("columns", "position"):
            address = reverse(f"ledger-{key}", args=[ledger.uid])
        shown.append(Step(name, state, address))
    return shown


def _asks_for_position(ledger: Ledger) -> bool:
    """Whether there is such a step; as long as the columns are not answered there may be."""
    answers = Answers.of(ledger)
    return not answers.columns or has_positions(ledger, answers)


def remarks_in_words(ledger: Ledger) -> list[str]:
    """What was noticed about the file as a whole while it was read."""
    return [
        remarks.sentence(remark["code"], remark["params"]) for remark in ledger.contents.get("remarks", ())
    ]


# --- Rows -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ShownVerdict:
    """Something said about a row."""

    column: str
    value: str
    sentence: str
    refuses: bool


@dataclass(frozen=True)
class ShownChange:
    """A field that the row changes."""

    title: str
    old: str
    new: str


@dataclass(frozen=True)
class ShownRow:
    """A row as the list shows it."""

    number: int
    outcome: str
    outcome_name: str
    doubtful: bool
    code: str
    own_number: str
    name: str
    position: str
    verdicts: list[ShownVerdict]
    changes: list[ShownChange]
    has_asset: bool


def shown_rows(ledger: Ledger, rows: Sequence[LedgerRow]) -> list[ShownRow]:
    """The rows of one page; names of list entries are looked up together."""
    changes = _changes(rows)
    of_the_file = kept_folded(ledger.report)
    return [
        ShownRow(
            number=row.row,
            outcome=row.outcome,
            outcome_name=str(RowOutcome(row.outcome).label),
            doubtful=row.doubtful,
            code=row.code,
            own_number=row.own_number,
            name=row.name,
            position=f"{row.point.x:.6f},{row.point.y:.6f}" if row.point else "",
            verdicts=_shown_verdicts(ledger, row, of_the_file),
            changes=changes.get(row.row, []),
            has_asset=row.asset_id is not None,
        )
        for row in rows
    ]


def _shown_verdicts(ledger: Ledger, row: LedgerRow, of_the_file: Sequence[Folded]) -> list[ShownVerdict]:
    """What was said of a row and not of the whole file."""
    verdicts = [verdict_of(ledger, row.row, kept) for kept in row.verdicts]
    return [_shown_verdict(ledger, verdict) for verdict in without_folded(verdicts, of_the_file)]


def _shown_verdict(ledger: Ledger, verdict: Verdict) -> ShownVerdict:
    refuses = verdict.code in Answers.of(ledger).refusing
    return ShownVerdict(verdict.column, verdict.value, verdict.sentence, refuses)


@dataclass(frozen=True)
class SaidOfTheFile:
    """Something said once of the whole file: of how many rows, and the first of them."""

    code: str
    column: str
    sentence: str
    rows: int
    first: str
    refuses: bool


def said_of_the_file(ledger: Ledger) -> list[SaidOfTheFile]:
    """What is wrong with the whole file, in words."""
    refuse = Answers.of(ledger).refusing
    return [
        SaidOfTheFile(
            fold.verdict.code,
            fold.verdict.column,
            fold.verdict.sentence,
            fold.rows,
            ", ".join(map(str, fold.first)),
            fold.verdict.code in refuse,
        )
        for fold in kept_folded(ledger.report)
    ]


def _changes(rows: Iterable[LedgerRow]) -> dict[int, list[ShownChange]]:
    flat = [
        (row.row, row.code, change["field"], change["old"] or "", change["new"] or "")
        for row in rows
        for change in row.changes
    ]
    themes = _theme_names(flat)
    by_row: dict[int, list[ShownChange]] = {}
    for change in named(flat):
        old, new = (_in_words(change, text, themes) for text in (change.old, change.new))
        by_row.setdefault(change.row, []).append(ShownChange(title(change.field), old, new))
    return by_row


def _theme_names(changes: list[tuple[int, str, str, str, str]]) -> dict[str, str]:
    if not any(field == "themes" for _row, _code, field, _old, _new in changes):
        return {}
    return {theme.code: theme.name for theme in Theme.objects.all()}


def _in_words(change: Change, text: str, themes: dict[str, str]) -> str:
    """What PostgreSQL writes, as a person does."""
    if change.field == "themes":
        return "、".join(themes.get(code, code) for code in text.strip("{}").split(",") if code)
    if change.field in IN_LEDGERS and IN_LEDGERS[change.field].kind is Kind.BOOLEAN:
        return {"true": _("yes"), "false": _("no")}.get(text, text)
    if change.field == "point":
        return text.removeprefix("POINT(").removesuffix(")").replace(" ", ", ")
    return text


# --- Codes ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ShownCode:
    """A kind of verdict and how many rows it was said about."""

    code: str
    sentence: str
    times: int
    refuses: bool


_SHORT: dict[str, Promise] = {
    "all_on_one_point": gettext_lazy("On one point with most other rows"),
    "id_leads_elsewhere": gettext_lazy("Its number leads to an asset that says otherwise"),
    "id_rounded": gettext_lazy("Component id rounded by a spreadsheet"),
    "id_rounded_uid_known": gettext_lazy("Component id rounded by a spreadsheet; the unique id is used"),
    "row_hidden": gettext_lazy("Hidden in the sheet"),
    "row_struck": gettext_lazy("Crossed out in the sheet"),
    "cells_beyond": gettext_lazy("More cells than named columns"),
    "other_names_above": gettext_lazy("Below other column names"),
    "rows_in_cell": gettext_lazy("Seems to hold other rows in one of its cells"),
    "number_of_zeros": gettext_lazy("Differs from a known number only by zeros before it"),
    "control_character": gettext_lazy("A character that nobody sees"),
    "system_differs": gettext_lazy("In another coordinate system than the positions are read in"),
    "type_unknown": gettext_lazy("Type is not on the list"),
    "type_defaulted": gettext_lazy("Type is not on the list; the one given for such rows is used"),
    "theme_unknown": gettext_lazy("Theme is not on the list"),
    "unit_unknown": gettext_lazy("Unit is not on the list"),
    "road_unknown": gettext_lazy("Road is not known"),
    "site_unknown": gettext_lazy("Site is not known"),
    "area_unknown": gettext_lazy("Street or community is not known"),
    "condition_unknown": gettext_lazy("Condition is not understood"),
    "lifecycle_unknown": gettext_lazy("Lifecycle is not understood"),
    "near_duplicate": gettext_lazy("An asset of the same type stands beside it"),
    "repeated_row": gettext_lazy("Says the same as another row"),
    "identical_row": gettext_lazy("Repeats another row, number and all"),
    "same_id_twice": gettext_lazy("The same number as another row"),
    "street_differs": gettext_lazy("Lies in another street than the ledger says"),
    "community_differs": gettext_lazy("Lies in another community than the ledger says"),
    "own_number_differs": gettext_lazy("The asset has another number already"),
    "reopened": gettext_lazy("Was removed; will be opened again"),
    "text_too_long": gettext_lazy("Text is too long"),
    "text_cut": gettext_lazy("Text is cut off in the file; left out"),
    "key_cut": gettext_lazy("What the row is told by is cut off in the file"),
    "text_may_be_cut": gettext_lazy("Text may be cut off in the file"),
    "several_places": gettext_lazy("Several places in one row"),
    "number_out_of_range": gettext_lazy("Number cannot be"),
}


def code_in_words(code: str) -> str:
    """What a code means, without the particulars of a row."""
    return str(_SHORT.get(code) or SENTENCES[code])


def shown_codes(codes: dict[str, int], answers: Answers) -> list[ShownCode]:
    """Codes in words, those that refuse first."""
    refuse = answers.refusing
    shown = [
        ShownCode(code, code_in_words(code), times, code in refuse)
        for code, times in Counter(codes).most_common()
        if code in SENTENCES
    ]
    return sorted(shown, key=lambda code: not code.refuses)


@dataclass(frozen=True)
class RecalledName:
    """A name that is understood as it was said the last time, and the entry it means."""

    name: str
    means: str


def recalled_names(ledger: Ledger) -> list[RecalledName]:
    """The words in this file's answers that were said of the last one with its headings, with what they mean."""
    recalled = Answers.of(ledger).recalled
    names = {
        "type": {entry.code: entry.name for entry in AssetType.objects.all()} if recalled.get("type") else {},
        "theme": {entry.code: entry.name for entry in Theme.objects.all()} if recalled.get("theme") else {},
        "condition": {condition.code: str(condition.label) for condition in Condition},
        "lifecycle": {lifecycle.value: str(lifecycle.label) for lifecycle in Lifecycle},
    }
    return [
        RecalledName(name, names.get(kind, {}).get(meaning, meaning))
        for kind, meanings in sorted(recalled.items())
        for name, meaning in sorted(meanings.items())
    ]


def held_codes(ledger: Ledger) -> list[ShownCode]:
    """What keeps rows out until a person has confirmed that they are right."""
    codes = {code: times for code, times in ledger.report.get("codes", {}).items() if code in HELD}
    return [code for code in shown_codes(codes, Answers.of(ledger)) if code.refuses]
