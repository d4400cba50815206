"""What a person has said about one ledger, as it is kept with it, and the options of an import that follow from it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from assets.models import Ledger, MeaningKind, RememberedMeaning
from importing.headers import COUNTING, ColumnGuess, guess_columns, is_own_heading
from importing.names import folded
from importing.options import DEFAULT_NEAR_METRES, NO_POSITIONS, ImportOptions
from importing.outlines import outline_of
from importing.reading.layout import Layout
from importing.verdicts import refusing
from places.coordinates import parse_crs


@dataclass(frozen=True, kw_only=True)
class Answers:
    """Everything that is asked, with what holds while nothing has been said.

    layer, header_row, header_rows, delimiter, encoding: the layout, where the importer does not find it (`Layout`).
    columns: column → field, or "" for one that is left out; every column, once they have been answered.
    crs: code or definition of the coordinate system, or NO_POSITIONS; empty when the file states it, or has no
        positions.
    district: code of the area whose outline rows must lie in; empty for any known district.
    recalled: those of `values` that nobody has said of this file: they were said of the last one with its headings.
    confirmed: codes of `verdicts.HELD` of which somebody said that such rows are right.
    The others are those of `ImportOptions`.
    """

    layer: str | None = None
    header_row: int | None = None
    header_rows: int | None = None
    delimiter: str | None = None
    encoding: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    crs: str = ""
    exchanged: bool = False
    positions_from_columns: bool = False
    default_type: str = ""
    district: str = ""
    allow_outside: bool = False
    near_metres: float = DEFAULT_NEAR_METRES
    strict: bool = False
    create_units: bool = False
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    recalled: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    confirmed: tuple[str, ...] = ()

    @classmethod
    def of(cls, ledger: Ledger) -> Answers:
        """The answers kept with a ledger."""
        names = {field.name for field in dataclasses.fields(cls)}
        return cls(**{name: value for name, value in ledger.answers.items() if name in names})

    def as_json(self) -> dict[str, Any]:
        """What a ledger keeps."""
        return dataclasses.asdict(self)

    @property
    def layout(self) -> Layout:
        """How the file is laid out, as far as somebody has said it."""
        return Layout(
            layer=self.layer,
            header_row=self.header_row,
            header_rows=self.header_rows,
            delimiter=self.delimiter,
            encoding=self.encoding,
        )

    @property
    def fields(self) -> dict[str, str]:
        """Field → column, of the columns that are not left out."""
        return {name: column for column, name in self.columns.items() if name}

    @property
    def refusing(self) -> frozenset[str]:
        """The codes that keep rows out, as things were answered."""
        return refusing(self.confirmed, strict=self.strict)

    def options(self) -> ImportOptions:
        """The options of the import.

        Raises:
            UnknownCRSError: the coordinate system is not known here (any more).
            OutlineError: nor is the outline of the area.
        """
        return ImportOptions(
            source=self.source,
            columns=self.fields,
            ignored=frozenset(column for column, name in self.columns.items() if not name),
            values=self.values,
            crs=parse_crs(self.crs) if self.crs not in ("", NO_POSITIONS) else None,
            exchanged=self.exchanged,
            positions_from_columns=self.positions_from_columns,
            without_positions=self.crs == NO_POSITIONS,
            default_type=self.default_type,
            district=outline_of(self.district) if self.district else None,
            allow_outside=self.allow_outside,
            near_metres=self.near_metres,
            strict=self.strict,
            create_units=self.create_units,
            confirmed=frozenset(self.confirmed),
        )


def guessed_columns(ledger: Ledger, names: list[str]) -> ColumnGuess:
    """What a ledger's columns most likely mean by their headers alone."""
    return _guess(ledger, names, {}, set())


def suggested_columns(ledger: Ledger, names: list[str]) -> ColumnGuess:
    """What a ledger's columns most likely mean: as its office said of the same headings, else what the headers say.

    A heading of our own means what it says, whatever was said before.
    """
    columns_by_field: dict[str, str] = {}
    ignored = set()
    for name, meaning in recalled_columns(ledger, names).items():
        if meaning:
            columns_by_field.setdefault(meaning, name)
        else:
            ignored.add(name)
    return _guess(ledger, names, columns_by_field, ignored)


def _guess(
    ledger: Ledger, names: list[str], columns_by_field: Mapping[str, str], ignored: set[str]
) -> ColumnGuess:
    """A column that spells out shapes is no field, and one that only counts no number, unless somebody said so."""
    spells = ledger.contents.get("shape_column")
    guess = guess_columns(names, columns_by_field, ignored | {spells} - {None})
    number = guess.columns.get("source_id")
    if number and "source_id" not in columns_by_field and number.strip().lower() in COUNTING:
        del guess.columns["source_id"]
        guess.unknown.append(number)
    return guess


def recalled_columns(ledger: Ledger, names: list[str]) -> dict[str, str]:
    """Column → meaning, of the columns of a ledger whose guess a person changed the last time it had these headings."""
    remembered = dict(_memory(ledger).filter(kind=MeaningKind.COLUMN).values_list("said", "meaning"))
    meanings = {name: remembered[memorable(name)] for name in names if memorable(name) in remembered}
    return {name: meaning for name, meaning in meanings.items() if not is_own_heading(name, names)}


def recalled_values(ledger: Ledger) -> dict[str, dict[str, str]]:
    """What names of types, themes and units were said to mean when this office's ledger had these headings."""
    values: dict[str, dict[str, str]] = {}
    for kind, text, meaning in (
        _memory(ledger).exclude(kind=MeaningKind.COLUMN).values_list("kind", "said", "meaning")
    ):
        values.setdefault(kind, {})[text] = meaning
    return values


def remember_columns(ledger: Ledger, meanings: Mapping[str, str]) -> None:
    """Keep what a person changed in the guess (column → meaning), and forget what they left as it is guessed."""
    names = list(meanings)
    guessed = {column: field for field, column in guessed_columns(ledger, names).columns.items()}
    changed = {
        name: meaning
        for name, meaning in meanings.items()
        if meaning != guessed.get(name, "") and not is_own_heading(name, names)
    }
    _memory(ledger).filter(kind=MeaningKind.COLUMN).exclude(said__in=map(memorable, changed)).delete()
    remember(ledger, MeaningKind.COLUMN, changed)


def remember(ledger: Ledger, kind: MeaningKind, meanings: Mapping[str, str]) -> None:
    """Keep what words (said → meaning) mean in an office's ledgers of these headings; a later word overrides."""
    RememberedMeaning.objects.bulk_create(
        [
            RememberedMeaning(
                office=ledger.office,
                headings=ledger.contents["signature"],
                kind=kind,
                said=text,
                meaning=meaning,
            )
            for text, meaning in {memorable(text): meaning for text, meaning in meanings.items()}.items()
            if text
        ],
        update_conflicts=True,
        unique_fields=["office", "headings", "kind", "said"],
        update_fields=["meaning"],
    )


def forget(ledger: Ledger) -> None:
    """Forget everything that this office has said of ledgers with these headings."""
    _memory(ledger).delete()


def _memory(ledger: Ledger) -> QuerySet[RememberedMeaning]:
    return RememberedMeaning.objects.filter(
        office=ledger.office, headings=ledger.contents.get("signature", "")
    )


def memorable(text: str) -> str:
    """A word as it is remembered."""
    return folded(text)[:200]
