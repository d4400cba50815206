"""From the table of a ledger to columns ready for staging: headers to fields, cells to values, names to keys,
positions to WGS84 and to areas. Says what is wrong with single cells; what needs the assets is `checking`'s.

One class does it, step by step; each file here has the steps of one sort.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from importing.options import ImportOptions
from importing.preparing.cells import Column, NotImportable
from importing.preparing.identifying import Identifying
from importing.preparing.places import Places
from importing.preparing.plain_values import PlainValues
from importing.reading import Table
from importing.verdicts import Verdict
from places.coordinates import CRS

__all__ = [
    "STEPS", "Coordinates", "NotImportable", "Prepared", "Watch", "coordinates_of", "nobody_watches", "prepare",
]  # fmt: skip


@dataclass(frozen=True)
class Prepared:
    """A ledger ready for `staging.staged`.

    columns: one list for each of `staging.COPIED`, one element a row.
    headers: field → its header in the file.
    position_columns: x and y as numbers in the file's system, for geodata, whose rows to correct need columns.
    notes: sentences about the file as a whole.
    crs: code of the system its coordinates were read in; empty when it has none.
    """

    options: ImportOptions
    columns: Mapping[str, Column]
    verdicts: Sequence[Verdict]
    headers: Mapping[str, str]
    notes: tuple[str, ...] = ()
    position_columns: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    crs: str = ""


Watch = Callable[[int, Sequence[Verdict]], None]
"""Called after each step of `prepare` with its number, from 1 to STEPS, and all that has been said so far."""
STEPS = 6


def nobody_watches(_step: int, _verdicts: Sequence[Verdict]) -> None:
    """For callers that wait for the end."""


def prepare(table: Table, options: ImportOptions, watch: Watch = nobody_watches) -> Prepared:
    """Parse everything in a table that can be parsed without looking at the assets of the catalogue.

    Raises:
        LedgerError: `options.columns` names a field or column that does not exist.
        NotImportable: crs_needed, default_type_unknown, source_too_long.
    """
    return _Preparation(table, options).run(watch)


class Coordinates(NamedTuple):
    """x and y as a file has them, NaN where a row has none; whether they are its geometry, and the system it states."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    from_geometry: bool
    stated: CRS | None


def coordinates_of(table: Table, options: ImportOptions) -> Coordinates:
    """The coordinates of a table, or of some of its rows, before anybody says in which system they are."""
    preparation = _Preparation(table, options)
    x, y, from_geometry = preparation._coordinates()
    return Coordinates(x, y, from_geometry, preparation._stated(from_geometry))


class _Preparation(PlainValues, Places, Identifying):
    """The steps of `prepare` in their order."""

    def run(self, watch: Watch) -> Prepared:
        """All steps in their order: later ones use what earlier ones found."""
        self._say_remarks()
        for step, read in enumerate(
            (self._read_texts, self._read_numbers, self._read_days, self._find_names), start=1
        ):
            read()
            watch(step, self.verdicts)
        x, y = self._place()
        watch(5, self.verdicts)
        self._identify(x, y)
        watch(STEPS, self.verdicts)
        return Prepared(
            self.options,
            self.columns,
            self.verdicts,
            self.headers,
            tuple(self.notes),
            self.position_columns,
            str(self.crs) if self.crs else "",
        )
