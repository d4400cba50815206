"""Before and after: which photos of a case belong together, and how far from one another they were taken.

The first photo from before stands beside the last one from afterwards, and so on outwards in; what has no partner
stands alone. A photo that was taken elsewhere says so by the distance between the two positions.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from assets.models import PhotoStage
from cases.models import Case, CasePhoto
from places.distance import metres_between


@dataclass(frozen=True)
class Pair:
    """Two photos of one spot, or one that has no partner yet."""

    before: CasePhoto | None
    after: CasePhoto | None

    @property
    def whole(self) -> bool:
        """Whether there is something to compare."""
        return self.before is not None and self.after is not None

    @property
    def metres(self) -> float | None:
        """How far apart the two were taken; None when one of the positions is not known.

        A photo from before mostly has no position of its own: then the case's own spot counts, which the photo from
        afterwards has its distance from.
        """
        if self.before is None or self.after is None:
            return None
        if self.before.position is not None and self.after.position is not None:
            return metres_between(self.before.position, self.after.position)
        return self.after.distance


def pairs_of(photos: Iterable[CasePhoto]) -> list[Pair]:
    """The photos of one case, in the order they came, as pairs; from afterwards the latest attempt counts."""
    there = list(photos)
    before = [photo for photo in there if photo.stage == PhotoStage.BEFORE]
    after = [photo for photo in there if photo.stage == PhotoStage.AFTER]
    last = [photo for photo in after if photo.step_id == after[-1].step_id] if after else []
    return [Pair(first, second) for first, second in zip_longest(before, last)]


def earlier_than(pairs: Iterable[Pair], photos: Iterable[CasePhoto]) -> list[CasePhoto]:
    """The photos that stand in no pair: attempts that were not good enough."""
    shown = {photo.pk for pair in pairs for photo in (pair.before, pair.after) if photo is not None}
    return [photo for photo in photos if photo.pk not in shown]


def first_pairs(cases: Sequence[Case]) -> dict[int, Pair]:
    """Key of a case → its first pair, for lists; one query."""
    by_case: dict[int, list[CasePhoto]] = {}
    for photo in CasePhoto.objects.filter(case__in=[case.pk for case in cases]).order_by("id"):
        by_case.setdefault(photo.case_id, []).append(photo)
    return {key: pairs_of(photos)[0] for key, photos in by_case.items()}
