"""The one way through a long list, for every page and API: keyset pages, continued where a cursor says.

A cursor holds the sorting values of the last row that was shown, so a page costs the same however far down it lies,
and rows that come or go meanwhile neither skip nor repeat others. Its name in every address is `cursor`.
"""

import base64
import binascii
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from assets.filter_parameters import FilterError

PARAMETER = "cursor"
# Names that earlier editions had: who still uses one is told the new one.
FORMER_NAMES = ("after", "before", "page")
_LARGEST_KEY = 2**63 - 1

Row = TypeVar("Row")
Stored = TypeVar("Stored", bound=Model)


def no_cursor() -> FilterError:
    """What is said of a cursor that is none of this list."""
    return FilterError(PARAMETER, _("The cursor does not belong to this list."))


def no_parameter(name: str, parameters: Collection[str] = ()) -> FilterError:
    """What is said of a parameter that does not exist, or has another name now; `parameters` are those that do."""
    if name in FORMER_NAMES and PARAMETER in parameters:
        return FilterError(name, _("Its name is “%(name)s” now.") % {"name": PARAMETER})
    return FilterError(name, _("There is no such parameter."))


def written(content: Sequence[Any]) -> str:
    """A cursor of some values; letters, digits, `-` and `_` only."""
    return base64.urlsafe_b64encode(json.dumps(list(content)).encode()).decode().rstrip("=")


def read(cursor: str, length: int) -> list[Any]:
    """The values of a cursor.

    Raises:
        FilterError: it is none, or does not hold so many.
    """
    try:
        content = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise no_cursor() from None
    if not isinstance(content, list) or len(content) != length:
        raise no_cursor()
    return content


def _key(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else -1
    if not 0 <= number <= _LARGEST_KEY:
        raise ValueError(text)
    return number


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def _words(text: str) -> str:
    if "\0" in text:
        raise ValueError(text)
    return text


# How a value of each kind is read again; it is written by `str`.
_READERS: dict[type, Callable[[str], Any]] = {
    int: _key,
    date: date.fromisoformat,
    datetime: _moment,
    str: _words,
}


@dataclass(frozen=True)
class Key:
    """A field or annotation that a list is sorted by; never empty."""

    name: str
    kind: type
    descending: bool = False


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows of a list, and the cursor of the next ones."""

    rows: list[Row]
    next: str | None


@dataclass(frozen=True)
class Keyset:
    """An order of a list: its name, which a cursor carries, and its keys; the last one tells all rows apart."""

    name: str
    keys: tuple[Key, ...]

    def page_of(self, rows: "QuerySet[Stored]", cursor: str | None, size: int) -> Page[Stored]:
        """One page of a queryset in this order.

        Raises:
            FilterError: the cursor is none of this list.
        """
        found = list(self.continued(rows, cursor)[: size + 1])
        following = self.cursor_after(found[size - 1]) if len(found) > size else None
        return Page(found[:size], following)

    def page_in(self, rows: Sequence[Row], cursor: str | None, size: int) -> Page[Row]:
        """One page of rows that are here already, sorted in this order.

        Raises:
            FilterError: the cursor is none of this list.
        """
        last = None if cursor is None else self._values_in(cursor)
        rest = rows if last is None else [row for row in rows if self._is_beyond(row, last)]
        following = self.cursor_after(rest[size - 1]) if len(rest) > size else None
        return Page(list(rest[:size]), following)

    def continued(self, rows: "QuerySet[Stored]", cursor: str | None) -> "QuerySet[Stored]":
        """The queryset in this order, from the cursor on."""
        if cursor is not None:
            rows = rows.filter(self._beyond(cursor))
        return rows.order_by(*(f"-{key.name}" if key.descending else key.name for key in self.keys))

    def cursor_after(self, row: Any) -> str:
        """The cursor of what comes after a row."""
        return self.cursor_of([getattr(row, key.name) for key in self.keys])

    def cursor_of(self, values: Sequence[Any]) -> str:
        """The cursor of what comes after a row with these values of the keys."""
        return written(
            [self.name, *(value.isoformat() if isinstance(value, date) else str(value) for value in values)]
        )

    def _beyond(self, cursor: str) -> Q:
        """What comes after the cursor's row."""
        beyond, alike = Q(), Q()
        for key, value in zip(self.keys, self._values_in(cursor), strict=True):
            beyond |= alike & Q(**{f"{key.name}__{'lt' if key.descending else 'gt'}": value})
            alike &= Q(**{key.name: value})
        return beyond

    def _is_beyond(self, row: Any, last: Sequence[Any]) -> bool:
        for key, value in zip(self.keys, last, strict=True):
            own = getattr(row, key.name)
            if own != value:
                return bool(own < value if key.descending else own > value)
        return False

    def _values_in(self, cursor: str) -> list[Any]:
        name, *texts = read(cursor, 1 + len(self.keys))
        if name != self.name or not all(isinstance(text, str) for text in texts):
            raise no_cursor()
        try:
            return [_READERS[key.kind](text) for key, text in zip(self.keys, texts, strict=True)]
        except (ValueError, OverflowError):
            raise no_cursor() from None
