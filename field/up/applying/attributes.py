"""An asset's attributes as a phone writes them, and is shown them. Which these are is declared (`assets.fields`)."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from assets.fields import ON_PHONES, Field, Kind
from assets.models import Asset, AssetType
from field.up.applying.work import Reading
from field.up.envelope import clean

EDITED = tuple(ON_PHONES)
CREATED = EDITED
LONGEST_TEXT = 10_000
# The least and the most that a number may be.
LIMITS: dict[str, tuple[int, int]] = {"facing": (0, 359)}


def read_attributes(reading: Reading, names: Iterable[str]) -> dict[str, Any]:
    """Those of `names` that the operation states, as values of the model; null and "" clear."""
    return {name: _reader(ON_PHONES[name])(reading, name) for name in names if name in reading.fields}


def _reader(field: Field) -> "Reader":
    """How a field is read: those of a meaning of their own by name, the others by kind."""
    name = field.written_as
    if name in _READERS:
        return _READERS[name]
    if field.kind is Kind.BOOLEAN:
        return _maybe if Asset._meta.get_field(name).null else _flag
    return _READERS_OF_KINDS[field.kind]


def as_json(name: str, value: Any) -> Any:
    """A value of the model as a phone is shown it."""
    if isinstance(value, date):
        return value.isoformat()
    return value.code if name == "type" and value is not None else value


def _text(reading: Reading, name: str) -> str:
    return reading.text(name, LONGEST_TEXT)


def _facing(reading: Reading, name: str) -> int | None:
    value = reading.fields[name]
    if value is None or value == "":
        return None
    least, most = LIMITS[name]
    if type(value) is not int or not least <= value <= most:
        reading.problems[name] = _("Degrees from 0 to 359.")
        return None
    return value


def _maybe(reading: Reading, name: str) -> bool | None:
    value = reading.fields[name]
    if value is None or value == "":
        return None
    if not isinstance(value, bool):
        reading.problems[name] = _("True or false.")
        return None
    return value


def _flag(reading: Reading, name: str) -> bool:
    return _maybe(reading, name) or False


def _type(reading: Reading, name: str) -> AssetType | None:
    code = reading.fields[name]
    found = (
        AssetType.objects.select_related("component").filter(code=clean(code)).first()
        if isinstance(code, str)
        else None
    )
    if found is None:
        reading.problems[name] = _("There is no such type.")
    return found


def _codes(reading: Reading, name: str) -> list[str]:
    return reading.codes(name)


def _day(reading: Reading, name: str) -> date | None:
    value = reading.fields[name]
    if value is None or value == "":
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        reading.problems[name] = _("A day as 2026-11-24.")
        return None


def _whole(reading: Reading, name: str) -> int | None:
    value = reading.fields[name]
    if value is None or value == "":
        return None
    if type(value) is not int:
        reading.problems[name] = _("A whole number.")
        return None
    return value


Reader = Callable[[Reading, str], Any]
_READERS: dict[str, Reader] = {"themes": _codes, "facing": _facing, "type": _type}
_READERS_OF_KINDS: dict[Kind, Reader] = {Kind.TEXT: _text, Kind.INTEGER: _whole, Kind.DATE: _day}
