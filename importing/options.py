"""What a person decides about an import, whichever way it is started (command, page, background run)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import shapely

from places.coordinates import CRS

DEFAULT_NEAR_METRES = 5.0
MOST_NEAR_METRES = 1_000
NO_POSITIONS = "none"
"""Said in place of a coordinate system: take no positions from this file."""

Progress = Callable[[str, int, int], None]
"""Called with the stage ("reading", "checking" …), rows done and rows in all."""


def no_progress(_stage: str, _done: int, _total: int) -> None:
    """For callers that do not watch."""


@dataclass(frozen=True, kw_only=True)
class ImportOptions:
    """The answers to everything a ledger leaves open.

    source: whose numbers the ledger's own numbers are; with them it is the key of an update.
    columns: field → header, over and above what the headers say by themselves.
    ignored: headers of columns that are left out, whatever they say.
    values: "type", "theme" or "unit" → a name in the ledger → the entry it means there (its code, or a unit's name).
    crs: the system of the coordinates; needed unless the file states it, and stronger than what the file states.
    exchanged: the first of the file's two numbers is latitude or northing, whatever the format prescribes.
    positions_from_columns: the columns say where things stand, although the file has shapes.
    without_positions: leave the positions alone, for a file whose system nobody knows: rows that name a known asset
        come in without one, new ones are refused.
    default_type: code of the type of rows that name none (or none that is known).
    district: WGS84 outline that rows must lie in; None for the district boundaries in the database.
    allow_outside: also take rows outside of it; they get the managing district's component ids.
    near_metres: a new row this close to an asset of its type is doubtful; 0 asks for no such check.
    strict: refuse what is only doubtful.
    create_units: enter owners, maintainers and supervisors that are not in the list of units.
    confirmed: codes of `verdicts.HELD` of which a person has said that such rows of this ledger are right.
    """

    source: str
    columns: Mapping[str, str] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    crs: CRS | None = None
    exchanged: bool = False
    positions_from_columns: bool = False
    without_positions: bool = False
    default_type: str = ""
    district: shapely.Geometry | None = None
    allow_outside: bool = False
    near_metres: float = DEFAULT_NEAR_METRES
    strict: bool = False
    create_units: bool = False
    confirmed: frozenset[str] = frozenset()
