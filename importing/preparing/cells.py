"""The columns and cells of a ledger that is being prepared: which column is which field, and saying what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from importing import remarks
from importing.headers import COUNTING, ColumnGuess, guess_columns, own_columns
from importing.options import ImportOptions
from importing.reading import Table
from importing.reading.table import ABOUT_GEOMETRY
from importing.values.parsed import Parsed, control_character
from importing.verdicts import Verdict
from places.coordinates import CRS
from places.tables.columns import Cells, Remark, showable

Column = list[Any]

LONGEST_VALUE_SHOWN = 200
_POSITION_FIELDS = frozenset({"lon", "lat", "coordinates"})
# Understood as headers, but an asset has no such column, or it is not written by an import.
_NOT_IMPORTED = ("depth", "contact", "telephone", "artwork", "photos")
# What a row is told by: half a text does not do.
_KEYS = ("code", "legacy_code", "source_id", "name", "type")

# Codes of cells whose text is not all there: it is no value.
_INCOMPLETE = ("text_cut", "text_unreadable", "cell_too_long")


class NotImportable(Exception):
    """A ledger that cannot be imported with these options. `code` is stable, `str()` says what to do."""

    def __init__(self, code: str, sentence: str) -> None:
        self.code = code
        super().__init__(sentence)


class LedgerCells:
    """A ledger's columns on their way: the steps fill `columns`; values not stated are None."""

    def __init__(self, table: Table, options: ImportOptions) -> None:
        self.table = table
        self.options = options
        self.rows = table.rows.tolist()
        self.nothing: Column = [None] * len(self.rows)
        self.columns: dict[str, Column] = {"row_no": self.rows}
        self.verdicts: list[Verdict] = []
        self.notes: list[str] = []
        self.position_columns: dict[str, NDArray[Any]] = {}
        self.crs: CRS | None = None
        self.guess = self._map_columns()
        self.headers = dict(self.guess.columns)
        self.notes += [
            remarks.sentence(remark.code, remark.params) for remark in table.remarks if remark.row is None
        ]
        self.remarks = [remark for remark in table.remarks if remark.row is not None]

    def _map_columns(self) -> ColumnGuess:
        guess = guess_columns(self.table.names, self.options.columns, self._left_out_columns())
        number = guess.columns.get("source_id")
        if number and "source_id" not in self.options.columns and number.strip().lower() in COUNTING:
            del guess.columns["source_id"]
        self._say_columns(guess)
        return guess

    def _say_columns(self, guess: ColumnGuess) -> None:
        """Name the columns that are not taken, and why their headings alone did not do.

        The reasons are those of the headings, so that they are the same whether a person left the columns out or nobody
        was asked.
        """
        taken = set(guess.columns.values())
        bare = guess_columns(self.table.names)
        explained = set()
        number = bare.columns.get("source_id")
        if number and number not in taken and number.strip().lower() in COUNTING:
            explained.add(number)
            self.notes.append(
                _(
                    "Column “%(column)s” only counts the rows and is not taken for the office's own number. "
                    "If it is one, say source_id=%(column)s."
                )
                % {"column": number}
            )
        for name, claims in bare.contested.items():
            if name not in guess.columns and taken.isdisjoint(claims):
                explained.update(claims)
                self.notes.append(
                    _("Several columns could be “%(field)s” and none is taken: %(columns)s.")
                    % {"field": name, "columns": ", ".join(claims)}
                )
        for column, fields in bare.unclear.items():
            if column not in taken:
                explained.add(column)
                self.notes.append(
                    _("Column “%(column)s” could be %(fields)s and is not taken.")
                    % {"column": column, "fields": " / ".join(fields)}
                )
        self._say_left_out(
            guess, [name for name in self.table.names if name not in taken and name not in explained]
        )

    def _say_left_out(self, guess: ColumnGuess, names: Sequence[str]) -> None:
        """Name the columns without a meaning here, but for those of an export of ours, which follow from others."""
        if not self.options.positions_from_columns:
            names = [name for name in names if name != self.table.shape_column]
        left_out = [*names, *(guess.columns[name] for name in _NOT_IMPORTED if name in guess.columns)]
        ours = own_columns(self.table.names)
        left_out = [name for name in left_out if name not in ours]
        if left_out:
            self.notes.append(
                _("Columns that are not imported: %(columns)s.") % {"columns": ", ".join(left_out)}
            )

    def _left_out_columns(self) -> frozenset[str]:
        """The columns that are no field: a person said so, or they spell out shapes."""
        spells = self.table.shape_column
        return self.options.ignored if spells is None else self.options.ignored | {spells}

    def _takes_shapes(self) -> bool:
        """Whether positions come from shapes: they beat columns, unless a person said otherwise."""
        if self.table.geometry is None or self.options.positions_from_columns:
            return False
        return self.table.has_shapes or _POSITION_FIELDS.isdisjoint(self.guess.columns)

    def _cells(self, name: str) -> Cells | None:
        """The cells of a field's column, without what its reader had to leave incomplete."""
        column = self.guess.columns.get(name)
        if column is None:
            return None
        cells = self.table[column]
        broken = [
            remark.row or 0
            for remark in self.remarks
            if remark.column == column and remark.code in _INCOMPLETE
        ]
        if broken:
            cells = cells.copy()
            cells[np.isin(self.table.rows, broken)] = None
        return cells

    def _say_remarks(self) -> None:
        """What the reader noticed about rows, and about cells that are to be imported."""
        fields = {column: name for name, column in self.guess.columns.items()}
        for remark in self.remarks:
            if remark.code not in ABOUT_GEOMETRY and (not remark.column or remark.column in fields):
                self._say_remark(remark, fields.get(remark.column, ""))

    def _say_remark(self, remark: Remark, name: str) -> None:
        assert remark.row is not None
        code = "key_cut" if remark.code == "text_cut" and name in _KEYS else remark.code
        text = showable(remark.value[:LONGEST_VALUE_SHOWN])
        self.verdicts.append(
            Verdict(remark.row, code, name, self.headers.get(name, ""), text, dict(remark.params))
        )

    def _say(self, place: int, code: str, name: str = "", value: Any = None, **params: Any) -> None:
        text = "" if value is None else showable(str(value)[:LONGEST_VALUE_SHOWN])
        self.verdicts.append(
            Verdict(self.rows[place], code, name, self.guess.columns.get(name, ""), text, params)
        )

    def _parsed(self, name: str, parse: Callable[[Cells], Parsed]) -> Column:
        """The column of a field, parsed; its problems said."""
        cells = self._cells(name)
        if cells is None:
            return list(self.nothing)
        parsed = parse(cells)
        self._say_problems(name, cells, parsed.problems)
        values = parsed.values.tolist()
        if parsed.values.dtype != object:
            values = [None if value != value else value for value in values]
        return values

    def _say_problems(self, name: str, cells: Cells, problems: Cells) -> None:
        for place in filled(problems):
            self._say_problem(place, problems[place], name, cells[place])

    def _say_problem(self, place: int, code: str, name: str, cell: Any) -> None:
        params = {"character": control_character(cell)} if code == "control_character" else {}
        self._say(place, code, name, cell, **params)

    def _within(self, name: str, column: Column, least: float, most: float) -> Column:
        """The numbers of a column that fit; the others are refused, not bent."""
        for place, value in enumerate(column):
            if value is not None and not least <= value <= most:
                self._say(place, "number_out_of_range", name, value, least=least, most=most)
                column[place] = None
        return column


def filled(cells: Cells) -> list[int]:
    """The places of an object array that hold something."""
    return [place for place, cell in enumerate(cells.tolist()) if cell is not None]
