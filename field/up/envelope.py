"""Reading one operation as it came: what it is, whose, about what, from where and when (docs/field-sync.md).

A phone may send anything. What is only nice to have (its clock, its position) is dropped when it makes no sense; what
decides the effect is a problem that names the field. Nothing here looks into the database.
"""

import hashlib
import json
import re
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from django.contrib.gis.geos import Point
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from assets.models import PhotoStage
from field.models import Kind

LARGEST_OPERATION = 256 * 1024
LONGEST_NOTE = 4_000
MOST_PHOTOS = 20
_LARGEST = 2**53  # what JavaScript counts to
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class NamedPhoto:
    """A photo that an operation names."""

    sha256: str
    size: int | None
    role: str
    taken_at: datetime | None


@dataclass(frozen=True)
class Envelope:
    """An operation, read. `problems` are by field; with any of them it cannot be applied."""

    op_id: uuid.UUID
    raw: str
    claimed_user: int | None = None
    phone: uuid.UUID | None = None
    seq: int | None = None
    kind: str = ""
    asset: uuid.UUID | None = None
    job: int | None = None
    base_version: int | None = None
    at: datetime | None = None
    position: Point | None = None
    accuracy: float | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    photos: tuple[NamedPhoto, ...] = ()
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def order(self) -> tuple[int, str]:
        """By which one phone's operations follow each other."""
        return (self.seq or 0, str(self.op_id))


def loads(text: bytes) -> Any:
    """JSON whose numbers may be of any size: an endless one is somebody's mistake in one field, not in all.

    Raises:
        ValueError: no JSON in UTF-8.
    """
    try:
        return json.loads(text, parse_int=_whole_number, parse_constant=lambda _name: None)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _whole_number(digits: str) -> int | str:
    return int(digits) if len(digits) <= 18 else digits


def read_envelope(came: Any) -> Envelope:
    """Whatever a phone sent as one operation."""
    raw = json.dumps(came)
    if not isinstance(came, dict):
        return Envelope(_derived_id(raw), _digest(raw), problems={"op": _("An operation is an object.")})
    problems: dict[str, str] = {}
    op_id = as_uuid(came.get("op_id"))
    if op_id is None:
        problems["op_id"] = _("Give a UUID.")
    if len(raw) > LARGEST_OPERATION:
        problems["size"] = _("Larger than %(most)s KB.") % {"most": LARGEST_OPERATION // 1024}
    kind = clean(came["kind"])[:12] if isinstance(came.get("kind"), str) else ""
    for name, read in (("asset", as_uuid), ("job", _number), ("base_version", _number)):
        if came.get(name) is not None and read(came[name]) is None:
            problems[name] = _("This cannot be read.")
    fields = came.get("fields")
    if fields is not None and not isinstance(fields, dict):
        problems["fields"] = _("Fields are an object.")
    position, accuracy = read_position(came.get("position"))
    return Envelope(
        op_id=op_id or _derived_id(raw),
        raw=raw if kind in Kind.values else _digest(raw),
        claimed_user=_number(came.get("user")),
        phone=as_uuid(came.get("phone")),
        seq=_number(came.get("seq")),
        kind=kind,
        asset=as_uuid(came.get("asset")),
        job=_number(came.get("job")),
        base_version=_number(came.get("base_version")),
        at=as_moment(came.get("at")),
        position=position,
        accuracy=accuracy,
        fields=fields if isinstance(fields, dict) else {},
        photos=_photos(came.get("photos"), problems),
        problems=problems,
    )


def _digest(raw: str) -> str:
    """What is kept of something no version of this server can apply: enough to tell whether a file is what came."""
    return json.dumps({"bytes": len(raw), "sha256": hashlib.sha256(raw.encode()).hexdigest()})


def _derived_id(raw: str) -> uuid.UUID:
    """Stands in for an id that is missing: the same content gets the same one."""
    return uuid.uuid5(uuid.NAMESPACE_OID, raw)


def as_uuid(value: Any) -> uuid.UUID | None:
    """A UUID written as text, or None."""
    if not isinstance(value, str) or len(value) > 45:
        return None
    try:
        return uuid.UUID(value)
    except ValueError:
        return None


def _number(value: Any) -> int | None:
    """A whole number from 0 to what JavaScript counts to, or None."""
    return value if type(value) is int and 0 <= value <= _LARGEST else None


def as_moment(value: Any) -> datetime | None:
    """A time with offset, or None."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        moment = parse_datetime(value)
        # Years 1 and 9999 exist, but not in every time zone.
        return moment.astimezone(UTC) if moment is not None and moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def read_position(value: Any) -> tuple[Point | None, float | None]:
    """`{lon, lat, accuracy}` as a WGS84 point and metres; (None, None) when it is none."""
    if not isinstance(value, dict):
        return None, None
    lon, lat = _measure(value.get("lon")), _measure(value.get("lat"))
    if lon is None or lat is None or not (-180 <= lon <= 180 and -90 <= lat <= 90) or (lon == 0 and lat == 0):
        return None, None
    accuracy = _measure(value.get("accuracy"))
    return Point(lon, lat, srid=4326), accuracy if accuracy is not None and 0 <= accuracy <= 1e6 else None


def _measure(value: Any) -> float | None:
    return float(value) if type(value) in (int, float) and isfinite(value) else None


def clean(text: str) -> str:
    """Text as it may be stored: no NUL, no other control characters, no halves of characters, no margins."""
    return _CONTROL.sub("", text.replace("\r\n", "\n")).strip()


def _photos(value: Any, problems: dict[str, str]) -> tuple[NamedPhoto, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > MOST_PHOTOS:
        problems["photos"] = _("A list of at most %(most)s photos.") % {"most": MOST_PHOTOS}
        return ()
    photos: dict[tuple[str, str], NamedPhoto] = {}
    for entry in value:
        sha256 = entry.get("sha256") if isinstance(entry, dict) else None
        if not isinstance(sha256, str) or not _HASH.fullmatch(sha256):
            problems["photos"] = _("A photo is named by its SHA-256 in small letters.")
            continue
        role = entry.get("role")
        role = role if isinstance(role, str) and role in PhotoStage.values else ""
        photos[sha256, role] = NamedPhoto(
            sha256, _number(entry.get("size")), role, as_moment(entry.get("taken_at"))
        )
    return tuple(photos.values())
