"""The lists that coded fields take their values from (`Field.codes`): code, and what it means in both languages.

Exports put them on a sheet or in tables of their own, OGC queryables and the API's documents name them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils import translation

from assets.dictionaries import Dictionaries
from assets.models import (
    Approval,
    ArtworkOrigin,
    Condition,
    Family,
    Lifecycle,
    MaintenanceKind,
    MaintenanceState,
    Origin,
    Priority,
)
from places.models import BoundaryStatus, Dictionary, Level


@dataclass(frozen=True)
class Entry:
    """One code with its meaning."""

    code: str
    zh: str
    en: str

    def title(self, language: str) -> str:
        """The meaning in a language, by language code."""
        return self.en if language.startswith("en") and self.en else self.zh


def code_list(name: str, lists: Dictionaries) -> list[Entry]:
    """The list of a name that a field gives as `codes`, in its own order.

    Raises:
        KeyError: there is no such list.
    """
    return list(_LISTS[name](lists))


Choices = type[models.TextChoices] | type[models.IntegerChoices]


def fixed_list(choices: Choices) -> list[Entry]:
    """Choices that nobody edits. Numbers are called by the word that addresses and files use."""
    entries = []
    for choice in choices:
        code = choice.value if isinstance(choice.value, str) else choice.name.lower()
        titles = {}
        for language in ("zh-hans", "en"):
            with translation.override(language):
                titles[language] = str(choice.label)
        entries.append(Entry(code, titles["zh-hans"], titles["en"]))
    return entries


def _of_choices(choices: Choices) -> Callable[[Any], Any]:
    return lambda _lists: fixed_list(choices)


def _kept(entries: Callable[[Dictionaries], dict[str, Any]]) -> Callable[[Any], Any]:
    """A list that the office edits."""

    def listed(lists: Dictionaries) -> Iterable[Entry]:
        entry: Dictionary
        for entry in entries(lists).values():
            yield Entry(entry.code, entry.name_zh, entry.name_en)

    return listed


def _areas(level: Level) -> Callable[[Any], Any]:
    def listed(lists: Dictionaries) -> Iterable[Entry]:
        for area in lists.areas_at(level).values():
            yield Entry(area.code, area.name, area.name)

    return listed


_LISTS: dict[str, Callable[[Dictionaries], Iterable[Entry]]] = {
    "type": _kept(lambda lists: lists.types),
    "theme": _kept(lambda lists: lists.themes),
    "defect": _kept(lambda lists: lists.defects),
    "site_kind": _kept(lambda lists: lists.site_kinds),
    "family": _of_choices(Family),
    "condition": _of_choices(Condition),
    "lifecycle": _of_choices(Lifecycle),
    "maintenance_kind": _of_choices(MaintenanceKind),
    "maintenance_state": _of_choices(MaintenanceState),
    "priority": _of_choices(Priority),
    "origin": _of_choices(Origin),
    "approval": _of_choices(Approval),
    "artwork_origin": _of_choices(ArtworkOrigin),
    "level": _of_choices(Level),
    "boundary_status": _of_choices(BoundaryStatus),
    "district": _areas(Level.DISTRICT),
    "street": _areas(Level.STREET),
    "community": _areas(Level.COMMUNITY),
}


def offer_code_list(name: str, entries: Callable[[Dictionaries], Iterable[Entry]]) -> None:
    """Add a list of a room further left (from its `AppConfig.ready`), which declares fields of its own."""
    _LISTS[name] = entries


def code_lists() -> tuple[str, ...]:
    """The names of all lists."""
    return tuple(_LISTS)
