"""Before and after on walls: whoever keeps approved pairs, further left, names them and hands out their files."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID


@dataclass(frozen=True)
class Pair:
    """A pair that somebody approved for everybody's eyes: two covered copies, and the words that go with them."""

    before: UUID
    after: UUID
    words: str


@dataclass(frozen=True)
class Gallery:
    """Who keeps pairs.

    Args:
        pairs: those of a district, by its code, the newest first, at most so many.
        file: of a copy that is shown there now; None of any other.
    """

    pairs: Callable[[str, int], Iterable[Pair]]
    file: Callable[[str, UUID], Path | None]


_galleries: list[Gallery] = []


def offer_gallery(gallery: Gallery) -> None:
    """Add pairs to the walls (from an `AppConfig.ready` further left)."""
    _galleries.append(gallery)


def pairs_of(district: str, most: int) -> list[Pair]:
    """The pairs of a district."""
    return [pair for gallery in _galleries for pair in gallery.pairs(district, most)][:most]


def file_of(district: str, copy: UUID) -> Path | None:
    """The file of a copy that is shown in a district."""
    return next((file for gallery in _galleries if (file := gallery.file(district, copy)) is not None), None)
