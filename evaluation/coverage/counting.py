"""Which pieces count: only fixed carriers, only sound ones, and of those that stand close together only one.

Rules about counting are data (`CoverageRule` with a counting metric); `Counting` is what those switched on come to.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assets.models import Condition
from evaluation.models import CoverageRule, Metric

# What a rule about sound pieces means unless its parameters say otherwise.
UNSOUND_DEFECTS = (
    "faded",
    "soiled",
    "covered_by_stickers",
    "wrong_wording",
    "political_error",
    "missing_characters",
    "outdated",
)
UNSOUND_FROM = Condition.SEVERE

# Why a piece does not count; defects add their code: `defect:faded`.
MISSING, NOT_FIXED, OUTDATED, BAD, TOO_CLOSE, NOT_PROMINENT, PROMINENT_UNKNOWN = (
    "missing",
    "not_fixed",
    "outdated",
    "bad_condition",
    "too_close",
    "not_prominent",
    "prominent_unknown",
)


@dataclass(frozen=True)
class Counting:
    """How is counted. Lengths in metres; nothing is too close where they are 0."""

    fixed_only: bool = False
    sound_only: bool = False
    defects: frozenset[str] = frozenset(UNSOUND_DEFECTS)
    bad_from: int = UNSOUND_FROM
    outdoors: float = 0
    indoors: float = 0


def counting_of(rules: Iterable[CoverageRule]) -> Counting:
    """What the counting rules among some come to; of several that are alike the strictest holds."""
    told: dict[str, object] = {}
    apart = {"outdoor": 0.0, "indoor": 0.0}
    for rule in rules:
        if rule.metric == Metric.FIXED_ONLY:
            told["fixed_only"] = True
        elif rule.metric == Metric.SOUND_ONLY:
            told["sound_only"] = True
            if "defects" in rule.parameters:
                told["defects"] = frozenset(rule.parameters["defects"])
        elif rule.metric == Metric.SPACING and rule.threshold is not None:
            where = rule.parameters.get("where", "")
            for name in [where] if where in apart else apart:
                apart[name] = max(apart[name], float(rule.threshold))
    return Counting(outdoors=apart["outdoor"], indoors=apart["indoor"], **told)  # type: ignore[arg-type]


@dataclass
class Count:
    """The pieces that count, in the order they were given, and those that do not, by reason."""

    counted: list[int] = field(default_factory=list)
    left_out: dict[str, list[int]] = field(default_factory=dict)

    def leave_out(self, piece: int, why: str) -> None:
        """Say that a piece does not count."""
        self.left_out.setdefault(why, []).append(piece)


def far_enough(
    pieces: Sequence[int], xy: NDArray[np.float64], indoor: NDArray[np.bool_], counting: Counting
) -> Count:
    """Of pieces that stand closer together than they must, the first counts.

    Args:
        pieces: rows of `xy` and `indoor`, in the order in which one meets them.
        xy: positions in metres (EPSG:4548).
        indoor: whether each is indoors; indoor and outdoor pieces do not stand in each other's way.
    """
    count = Count()
    grids = {inside: _Grid(counting.indoors if inside else counting.outdoors) for inside in (False, True)}
    for piece in pieces:
        x, y = float(xy[piece, 0]), float(xy[piece, 1])
        if grids[bool(indoor[piece])].take(x, y):
            count.counted.append(piece)
        else:
            count.leave_out(piece, TOO_CLOSE)
    return count


class _Grid:
    """Places taken, found by cells as wide as the distance that they must keep."""

    def __init__(self, apart: float) -> None:
        self.apart = apart
        self.cells: dict[tuple[int, int], list[tuple[float, float]]] = {}

    def take(self, x: float, y: float) -> bool:
        """Take a place; False when one nearer than allowed is taken already."""
        if not self.apart:
            return True
        column, row = int(x // self.apart), int(y // self.apart)
        for near in ((column + i, row + j) for i in (-1, 0, 1) for j in (-1, 0, 1)):
            for other_x, other_y in self.cells.get(near, ()):
                if (x - other_x) ** 2 + (y - other_y) ** 2 < self.apart**2:
                    return False
        self.cells.setdefault((column, row), []).append((x, y))
        return True
