"""An asset's attributes as a phone writes them, and as it is shown them."""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext as _

from assets.models import AssetType
from field.up.applying.work import Reading
from field.up.envelope import clean

EDITED = (
    "name",
    "wording",
    "themes",
    "address",
    "building",
    "remarks",
    "facing",
    "material",
    "illuminated",
    "large",
    "type",
)
CREATED = EDITED
LONGEST_TEXT = 10_000


def read_attributes(reading: Reading, names: Iterable[str]) -> dict[str, Any]:
    """Those of `names` that the operation states, as values of the model; null and "" clear."""
    return {name: _READERS.get(name, _text)(reading, name) for name in names if name in reading.fields}


def as_json(name: str, value: Any) -> Any:
    """A value of the model as a phone is shown it."""
    return value.code if name == "type" and value is not None else value


def _text(reading: Reading, name: str) -> str:
    return reading.text(name, LONGEST_TEXT)


def _facing(reading: Reading, name: str) -> int | None:
    value = reading.fields[name]
    if value is None or value == "":
        return None
    if type(value) is not int or not 0 <= value <= 359:
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


_READERS: dict[str, Callable[[Reading, str], Any]] = {
    "themes": _codes,
    "facing": _facing,
    "illuminated": _maybe,
    "large": _flag,
    "type": _type,
}
