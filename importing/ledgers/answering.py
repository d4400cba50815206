"""Between a ledger's forms and its answers: what the pages offer, and what was said in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from assets.history import Actor
from assets.models import AssetType, Ledger, MeaningKind
from importing.actions.enter_in_list import enter_theme, enter_type, enter_unit
from importing.answers import Answers, recalled_columns, suggested_columns
from importing.headers import COUNTING
from importing.locating import Located
from importing.problems import in_words
from importing.reading.header import MOST_HEADER_ROWS
from importing.reading.layout import ENCODINGS, SEPARATORS, Layout
from importing.titles import GROUPS, title
from places.coordinates import CRS, GCJ02, WGS84
from places.models import Area, Level

_HIGHEST_HEADER_ROW = 1_000
_EXCHANGED = "|exchanged"
# A definition as WKT takes some hundred characters.
_LONGEST_SYSTEM = 4_000


# --- Sheet and columns ------------------------------------------------------------------------------------------------


def layout(form: Mapping[str, str], answers: Answers) -> Layout:
    """How the file is laid out, as the form says; what it does not ask stays as it was answered.

    Raises:
        ValidationError: naming the field: no number of a row, too many rows of names, no separator, no encoding.
    """
    delimiter = form.get("delimiter") or answers.delimiter
    if delimiter is not None and delimiter not in SEPARATORS:
        raise ValidationError({"delimiter": _("Choose one of the separators.")})
    encoding = (form["encoding"] or None) if "encoding" in form else answers.encoding
    if encoding is not None and encoding not in ENCODINGS:
        raise ValidationError({"encoding": _("Choose one of the encodings.")})
    return Layout(
        layer=form.get("layer") or answers.layer,
        header_row=_number_of(
            form,
            "header_row",
            _HIGHEST_HEADER_ROW,
            _("Give the number of the row as the spreadsheet shows it."),
        ),
        header_rows=_number_of(
            form, "header_rows", MOST_HEADER_ROWS, _("Column names take one to five rows.")
        ),
        delimiter=delimiter,
        encoding=encoding,
    )


_OF_HEADERS = frozenset({"no_header", "duplicate_headers", "header_missing", "no_rows"})
_OF_ENCODING = frozenset({"not_text", "not_in_encoding", "mixed_encodings", "nul_bytes"})
_OF_SEPARATOR = (
    frozenset({"quote_not_closed", "too_many_columns", "too_many_cells", "cell_too_long"}) | _OF_HEADERS
)


def unreadable(ledger: Ledger) -> dict[str, Any]:
    """What the page of a file that cannot be read shows: why, and what may be said for it to be read after all."""
    code = ledger.problem["code"]
    is_text = PurePath(ledger.filename).suffix.lower() in (".csv", ".txt", ".tsv")
    return {
        "answers": Answers.of(ledger),
        "sentence": in_words(ledger.problem),
        "asks_headers": code in _OF_HEADERS,
        "asks_separator": is_text and code in _OF_SEPARATOR,
        "asks_encoding": code in _OF_ENCODING,
        "delimiters": delimiters(),
        "encodings": encodings(),
    }


def delimiters() -> list[tuple[str, str]]:
    """The separators to choose from: (sign, name)."""
    names = {"\t": _("Tab"), " ": _("Blank"), "，": _("， (full width)"), "；": _("； (full width)")}
    return [(sign, names.get(sign, sign)) for sign in SEPARATORS]


def encodings() -> list[tuple[str, str]]:
    """The encodings to choose from: (name, name in words)."""
    names = {"cp1252": _("Windows-1252 (Western European)"), "big5": _("Big5 (traditional Chinese)")}
    return [(name, names.get(name, name.upper())) for name in ENCODINGS]


def _number_of(form: Mapping[str, str], name: str, most: int, otherwise: str) -> int | None:
    text = form.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most):
        raise ValidationError({name: otherwise})
    return int(text)


@dataclass(frozen=True)
class ColumnChoice:
    """A column of the file on the page: what it holds, what it is taken for, and what is to be said about that.

    note: why it needs a look, empty when nothing is to be said. guessed: nobody has said it yet. recalled: it was said
    of the last ledger with these headings.
    """

    number: int
    name: str
    examples: list[str]
    filled: int
    field: str
    note: str
    guessed: bool
    recalled: bool


def column_choices(ledger: Ledger, answers: Answers) -> list[ColumnChoice]:
    """The columns with what was said about them; before anything was, with what they most likely mean."""
    columns = ledger.contents["columns"]
    names = [column["name"] for column in columns]
    guess = suggested_columns(ledger, names)
    recalled = recalled_columns(ledger, names)
    suggested = {column: field for field, column in guess.columns.items()}
    contested = {column: field for field, claims in guess.contested.items() for column in claims}
    choices = []
    for number, column in enumerate(columns):
        name = column["name"]
        meaning = answers.columns.get(name)
        note = ""
        if meaning is None:
            if name in contested:
                note = _("Several columns could be “%(field)s”: choose one.") % {
                    "field": title(contested[name])
                }
            elif name in guess.unclear:
                meanings = " / ".join(title(field) for field in guess.unclear[name])
                note = _("Could be %(fields)s: choose.") % {"fields": meanings}
            elif name.strip().lower() in COUNTING and name not in suggested:
                note = _("Only counts the rows, so it is left out. If it is your own number, choose that.")
        choices.append(
            ColumnChoice(
                number=number,
                name=name,
                examples=column["examples"],
                filled=column["filled"],
                field=suggested.get(name, "") if meaning is None else meaning,
                note=note,
                guessed=meaning is None,
                recalled=meaning is None and name in recalled,
            )
        )
    return choices


def field_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """The fields to choose from: (group, [(field, title)])."""
    return [(str(group), [(field, title(field)) for field in fields]) for group, fields in GROUPS]


def outlines() -> list[tuple[str, str]]:
    """The areas whose outline rows may have to lie in: (code, name), streets below their district."""
    areas = Area.objects.filter(boundary__isnull=False, level__in=(Level.DISTRICT, Level.STREET))
    return list(areas.order_by("code").values_list("code", "name"))


def earlier_sources(ledger: Ledger) -> list[str]:
    """Whose numbers this office's ledgers were before."""
    sources = (
        Ledger.objects.filter(office=ledger.office)
        .exclude(pk=ledger.pk)
        .exclude(answers__source="")
        .order_by("-id")
        .values_list("answers__source", flat=True)[:50]
    )
    return list(dict.fromkeys(text for text in sources if text))[:10]


def columns(form: Mapping[str, str], ledger: Ledger) -> Answers:
    """What the form of the columns says; whether it can be so is the action's to judge."""
    names = [column["name"] for column in ledger.contents["columns"]]
    return Answers(
        columns={name: form.get(f"column-{number}", "") for number, name in enumerate(names)},
        source=form.get("source", ""),
        default_type=form.get("default_type", ""),
        positions_from_columns=form.get("positions_from_columns") == "yes",
        district=form.get("district", ""),
        allow_outside=form.get("allow_outside") == "yes",
        strict=form.get("strict") == "yes",
        create_units=form.get("create_units") == "yes",
        near_metres=_metres(form.get("near_metres", "")),
    )


def _metres(text: str) -> float:
    """A number of metres; what is none is a negative one, which the action refuses."""
    try:
        metres = float(text or 0)
    except ValueError:
        return -1.0
    return metres if metres == metres else -1.0


# --- Position ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ShownReading:
    """A coordinate system to choose: its value in the form and in words."""

    value: str
    title: str
    hint: str
    rows: int
    inside: int | None
    of: int
    stated: bool
    preset: bool
    number: int


def shown_readings(located: Located | None, answers: Answers) -> list[ShownReading]:
    """The systems to choose from. One is chosen beforehand only when the file states it, or a person said so before."""
    if located is None:
        return []
    stated = _value(located.stated) if located.stated else ""
    code = answers.crs or stated
    return [
        ShownReading(
            value=_value(reading.crs) + (_EXCHANGED if reading.exchanged else ""),
            title=(_("%(crs)s, columns exchanged") if reading.exchanged else "%(crs)s")
            % {"crs": reading.crs.title},
            hint=_hint(reading.crs.code),
            rows=reading.rows,
            inside=reading.inside,
            of=reading.of,
            stated=_value(reading.crs) == stated and not reading.exchanged,
            preset=_value(reading.crs) == code and reading.exchanged == answers.exchanged,
            number=number,
        )
        for number, reading in enumerate(located.readings)
    ]


def _value(crs: CRS) -> str:
    """What stands for a system in the form: its code, or the definition of one that has none."""
    return crs.definition or crs.code


def _hint(code: str) -> str:
    return {
        WGS84.code: _("GPS receivers, surveys, other map systems: without the GCJ-02 shift"),
        GCJ02.code: _("Picked on an AMap or Tencent map: with the GCJ-02 shift"),
        "bd09": _("Picked on a Baidu map"),
    }.get(code, "")


def sample(located: Located | None) -> dict[str, Any]:
    """The sample for the map: rows, their labels, and where each reading puts them."""
    if located is None:
        return {}
    return {
        "rows": located.rows,
        "labels": located.labels,
        "readings": [{"lon": reading.lon, "lat": reading.lat} for reading in located.readings],
    }


def crs(form: Mapping[str, str]) -> tuple[str, bool]:
    """The system that the form says, and whether the two columns are to be exchanged."""
    code = form.get("crs", "")
    return code.removesuffix(_EXCHANGED).strip()[:_LONGEST_SYSTEM], code.endswith(_EXCHANGED)


# --- Unknown names ----------------------------------------------------------------------------------------------------


def values(actor: Actor, form: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Kind → name → entry, as the form says; entries that are to be entered are entered, all of them or none.

    Raises:
        PermissionDenied: the actor may not keep the lists.
        ValidationError: an entry that cannot be.
    """
    meanings: dict[str, dict[str, str]] = {kind.value: {} for kind in MeaningKind.of_cells()}
    with transaction.atomic():
        for key in sorted(name for name in form if name.startswith("said-")):
            number = key.removeprefix("said-")
            kind, name, meaning = form.get(f"kind-{number}", ""), form[key], form.get(f"meaning-{number}", "")
            if kind not in meanings or not meaning:
                continue
            if meaning == "+":
                if not MeaningKind(kind).may_grow:
                    continue
                meaning = _entered(
                    actor, kind, name, form.get(f"english-{number}", ""), form.get(f"like-{number}", "")
                )
            meanings[kind][name] = meaning
    return meanings


def _entered(actor: Actor, kind: str, name: str, english: str, like: str) -> str:
    if kind == "unit":
        return enter_unit(actor, name).name
    if kind == "theme":
        return enter_theme(actor, name, english).code
    model = AssetType.objects.filter(code=like).first()
    if model is None:
        raise ValidationError(_("Say which type “%(name)s” is like.") % {"name": name})
    return enter_type(actor, name, english, model).code
