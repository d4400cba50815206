"""From the names in a ledger to entries of the lists: types, themes, roads, sites, units, areas.

Each list is read once and looked up by every name its entries go by: code, Chinese and English name, aliases. Names are
compared in half width, without case and spaces. A name that two entries share means neither.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

from assets.models import AssetType, Theme
from importing.values.parsed import plain
from places.models import Area, Level, Road, Site, Unit

T = TypeVar("T")
_SPACE = re.compile(r"\s+")


def folded(name: str) -> str:
    """A name as it is compared."""
    return _SPACE.sub("", plain(name).casefold())


class Names(Generic[T]):
    """One list by the names of its entries."""

    def __init__(self, entries: Iterable[tuple[T, Iterable[str]]]) -> None:
        self._by_name: dict[str, T | None] = {}
        for entry, names in entries:
            for name in {folded(name) for name in names if name}:
                self._by_name[name] = None if name in self._by_name else entry

    def find(self, name: str) -> T | None:
        """The entry of that name; None when there is none or more than one."""
        return self._by_name.get(folded(name))

    def also_called(self, meanings: Mapping[str, str]) -> Names[T]:
        """Add names (said → known) that a person said mean an entry; those of entries that are gone mean nothing.

        What the list itself calls an entry means that entry, whatever was said before it was on the list.
        """
        added = {
            folded(text): entry
            for text, meaning in meanings.items()
            if (entry := self.find(meaning)) is not None
        }
        self._by_name = added | self._by_name
        return self


def types() -> Names[int]:
    """Types, also those no longer offered for new entries: a ledger may be old."""
    rows = AssetType.objects.values_list("pk", "code", "name_zh", "name_en")
    return Names((pk, (*names, *_without_brackets(names))) for pk, *names in rows)


def themes() -> Names[str]:
    """Themes, by their codes, which is what an asset keeps."""
    rows = Theme.objects.values_list("code", "name_zh", "name_en")
    return Names((code, (code, *names)) for code, *names in rows)


def roads() -> Names[int]:
    """Roads, with the misspellings known of them."""
    rows = Road.objects.values_list("pk", "code", "name", "aliases")
    return Names((pk, (code, name, *aliases)) for pk, code, name, aliases in rows)


def sites() -> Names[int]:
    """Sites."""
    return Names((pk, names) for pk, *names in Site.objects.values_list("pk", "code", "name"))


def units() -> Names[int]:
    """Units, by name, short name and credit code."""
    rows = Unit.objects.values_list("pk", "name", "short_name", "credit_code")
    return Names((pk, [name for name in names if name]) for pk, *names in rows)


class AreaNames(Names[int]):
    """Areas by name, with or without 街道, 街道办事处, 社区, 居委会, which ledgers put and leave out freely."""

    def __init__(self, level: Level) -> None:
        rows = Area.objects.filter(level=level).values_list("pk", "code", "name", "aliases")
        super().__init__(
            (pk, (code, name, *aliases, *(_bare(spelling) for spelling in (name, *aliases))))
            for pk, code, name, aliases in rows
        )

    def find(self, name: str) -> int | None:
        """The area as written, else without its ending."""
        return super().find(name) or super().find(_bare(name))


_ENDINGS = re.compile(
    r"(街道办事处|街道办|街道|办事处|镇|社区居民委员会|村民委员会|居民委员会|居委会|村委会|社区|村)$"
)


def _bare(name: str) -> str:
    bare = _ENDINGS.sub("", unicodedata.normalize("NFKC", name).strip())
    return bare or name


def _without_brackets(names: Iterable[str]) -> list[str]:
    """墙体彩绘（文化墙） is also called 墙体彩绘, and 文化墙."""
    parts: list[str] = []
    for name in names:
        half_width = unicodedata.normalize("NFKC", name)
        parts += re.findall(r"\(([^()]+)\)", half_width)
        if "(" in half_width:
            parts.append(re.sub(r"\([^()]*\)", "", half_width))
    return parts
