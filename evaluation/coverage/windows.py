"""The moving window: how many pieces lie in any so many metres of a line, and where there are too few.

Positions and lengths are metres along the line (EPSG:4548). A window is closed: a piece exactly on its edge counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Stretch:
    """A part of the line that failing windows cover, and the fewest pieces that one of them has."""

    from_m: float
    to_m: float
    found: int


@dataclass(frozen=True)
class Walk:
    """What a window comes to that is moved from one end to the other."""

    fewest: int
    gaps: list[Stretch]


def walk(positions: Sequence[float], length: float, window: float, wanted: float) -> Walk | None:
    """Move a window along a line.

    The count changes only where an edge of the window meets a piece, and there it is never less than beside it: so it
    is enough to look once between every two such places.

    Args:
        positions: of the pieces, in ascending order.
        wanted: how many pieces every window is to have, at least.

    Returns:
        None when the line is shorter than the window: no window lies on it.
    """
    if length < window:
        return None
    last_start = length - window
    edges = {edge for place in positions for edge in (place, place - window) if 0 < edge < last_start}
    turns = sorted({0.0, last_start, *edges})
    spans = list(pairwise(turns)) or [(0.0, 0.0)]
    fewest = len(positions)
    gaps: list[Stretch] = []
    first = beyond = 0
    for begin, end in spans:
        start = (begin + end) / 2
        while first < len(positions) and positions[first] < start:
            first += 1
        while beyond < len(positions) and positions[beyond] <= start + window:
            beyond += 1
        count = beyond - first
        fewest = min(fewest, count)
        if count < wanted:
            _add(gaps, Stretch(begin, end + window, count))
    return Walk(fewest, gaps)


def _add(gaps: list[Stretch], found: Stretch) -> None:
    """Stretches that meet are one gap; they come in the order of their beginnings."""
    if gaps and found.from_m <= gaps[-1].to_m:
        before = gaps.pop()
        found = Stretch(before.from_m, max(before.to_m, found.to_m), min(before.found, found.found))
    gaps.append(found)
