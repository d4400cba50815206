"""The steps of preparing that say what a row is told by: whose number it has, a derived one, rows that say the same."""

from __future__ import annotations

import numpy as np
import shapely
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from importing import identity
from importing.headers import export_titles, squeezed
from importing.preparing.cells import Column, LedgerCells, NotImportable
from importing.preparing.plain_values import LONGEST_SOURCE
from importing.values import words


class Identifying(LedgerCells):
    """Numbers and copies."""

    def _identify(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
        """The ledger's numbers under its source, a derived one for rows without any; rows that say the same."""
        numbered = zip(
            self.columns["code"], self.columns["legacy_code"], self.columns["source_id"], strict=True
        )
        unnumbered = [place for place, keys in enumerate(numbered) if not any(keys)]
        self._say_copies(set(unnumbered))
        self.columns["derived"] = [False] * len(self.rows)
        self.columns["source"] = self._sources()
        if not unnumbered:
            return
        position = [
            [None if value != value else round(value, 9) for value in column.tolist()] for column in (x, y)
        ]
        said_type = self._cells("type")
        kinds = self.nothing if said_type is None else words.parse_text(said_type).values.tolist()
        identifying = [
            self.columns["name"],
            self.columns["address"],
            self.columns["building"],
            kinds,
            *position,
        ]
        stated = [
            column if name != "themes" else [",".join(codes or ()) for codes in column]
            for name, column in sorted(self.columns.items())
            if name not in ("row_no", "derived", "source", "source_id")
        ]
        # Without a position a row does not come in, and what it would have said is not all there.
        placed = [place for place in unnumbered if self.columns["lon"][place] is not None]
        for place, earlier in identity.copies(
            [[column[place] for place in placed] for column in stated]
        ).items():
            self._say(placed[place], "repeated_row", other=self.rows[placed[earlier]])
        numbers_ = identity.derived_numbers(identifying, stated, unnumbered)
        for place, number in numbers_.items():
            self.columns["source_id"][place] = number
            self.columns["derived"][place] = True

    def _sources(self) -> Column:
        """Whose numbers they are: the import's source, or row by row in an export of ours that comes back."""
        column = [self.options.source] * len(self.rows)
        said_in = self._column_of_sources()
        if said_in is not None:
            texts = words.parse_text(self.table[said_in]).values.tolist()
            column = [text or source for text, source in zip(texts, column, strict=True)]
            if max(map(len, column)) > LONGEST_SOURCE:
                raise NotImportable("source_too_long", _("The name of the source is too long."))
        return column

    def _column_of_sources(self) -> str | None:
        """The column that names each row's source; only an export of ours has one, beside its numbers."""
        if squeezed(self.headers.get("source_id", "")) not in export_titles("source_id"):
            return None
        return next((name for name in self.table.names if squeezed(name) in export_titles("source")), None)

    def _say_copies(self, unnumbered: set[int]) -> None:
        """Rows that repeat an earlier one in every cell, its number too: that one stands for all of them.

        Without a number they may well be two things, such as two lamps on one mast.
        """
        columns = [cells.tolist() for cells in self.table.columns]
        if self.table.geometry is not None:
            columns.append(shapely.to_wkb(self.table.geometry).tolist())
        for place, earlier in identity.copies(columns).items():
            if place not in unnumbered:
                self._say(place, "identical_row", other=self.rows[earlier])
