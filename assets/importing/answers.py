"""What a person has said about one ledger, as it is kept with it, and the options of an import that follow from it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assets.importing.headers import ColumnGuess, guess_columns
from assets.importing.names import folded
from assets.importing.options import DEFAULT_NEAR_METRES, ImportOptions
from assets.importing.preparing import COUNTING
from assets.models import Ledger, MeaningKind, RememberedMeaning
from places.coordinates import parse_crs


@dataclass(frozen=True, kw_only=True)
class Answers:
    """Everything that is asked, with what holds while nothing has been said.

    layer, header_row: which sheet or layer, and where its headers stand, when the importer does not find them.
    columns: column → field, or "" for one that is left out; every column, once they have been answered.
    crs: code of the coordinate system; empty when the file states it or has no positions.
    confirmed: codes of `verdicts.HELD` of which somebody said that such rows are right.
    The others are those of `ImportOptions`.
    """

    layer: str | None = None
    header_row: int | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    crs: str = ""
    default_type: str = ""
    allow_outside: bool = False
    near_metres: float = DEFAULT_NEAR_METRES
    create_units: bool = False
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    confirmed: tuple[str, ...] = ()

    @classmethod
    def of(cls, ledger: Ledger) -> Answers:
        """The answers kept with a ledger."""
        known = {one.name for one in dataclasses.fields(cls)}
        return cls(**{name: value for name, value in ledger.answers.items() if name in known})

    def as_json(self) -> dict[str, Any]:
        """What a ledger keeps."""
        return dataclasses.asdict(self)

    @property
    def fields(self) -> dict[str, str]:
        """Field → column, of the columns that are not left out."""
        return {name: column for column, name in self.columns.items() if name}

    def options(self) -> ImportOptions:
        """The options of the import.

        Raises:
            UnknownCRSError: the coordinate system is not known here (any more).
        """
        return ImportOptions(
            source=self.source,
            columns=self.fields,
            ignored=frozenset(column for column, name in self.columns.items() if not name),
            values=self.values,
            crs=parse_crs(self.crs) if self.crs else None,
            default_type=self.default_type,
            allow_outside=self.allow_outside,
            near_metres=self.near_metres,
            create_units=self.create_units,
            confirmed=frozenset(self.confirmed),
        )


def suggested_columns(ledger: Ledger, names: list[str]) -> ColumnGuess:
    """What a ledger's columns most likely mean: as this office said before, else what their headers say."""
    remembered = dict(
        RememberedMeaning.objects.filter(
            office=ledger.office, kind=MeaningKind.COLUMN, said__in=[memorable(name) for name in names]
        ).values_list("said", "meaning")
    )
    given: dict[str, str] = {}
    ignored = set()
    for name in names:
        meaning = remembered.get(memorable(name))
        if meaning == "":
            ignored.add(name)
        elif meaning is not None:
            given.setdefault(meaning, name)
    guess = guess_columns(names, given, ignored)
    number = guess.columns.get("source_id")
    # A column that only counts the rows is no number, unless this office said so.
    if number and "source_id" not in given and number.strip().lower() in COUNTING:
        del guess.columns["source_id"]
        guess.unknown.append(number)
    return guess


def remembered_values(office: str) -> dict[str, dict[str, str]]:
    """What an office's names of types, themes and units have been said to mean."""
    values: dict[str, dict[str, str]] = {}
    for kind, said, meaning in (
        RememberedMeaning.objects.filter(office=office)
        .exclude(kind=MeaningKind.COLUMN)
        .values_list("kind", "said", "meaning")
    ):
        values.setdefault(kind, {})[said] = meaning
    return values


def remember(office: str, kind: MeaningKind, meanings: Mapping[str, str]) -> None:
    """Keep what words (said → meaning) mean in an office; a later word on the same overrides an earlier one."""
    RememberedMeaning.objects.bulk_create(
        [
            RememberedMeaning(office=office, kind=kind, said=said, meaning=meaning)
            for said, meaning in {memorable(said): meaning for said, meaning in meanings.items()}.items()
            if said
        ],
        update_conflicts=True,
        unique_fields=["office", "kind", "said"],
        update_fields=["meaning"],
    )


def memorable(said: str) -> str:
    """A word as it is remembered."""
    return folded(said)[:200]
