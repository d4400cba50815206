"""Photos arriving in pieces: kept in a folder of their own until whole, proved by their hash, then made ours.

The folder (`MEDIA_ROOT/incoming/<user>/<sha256>`) is never served. What the server has is the file's length; a piece
that does not begin there is refused, so a lost answer or a torn write costs one question, never a wrong photo.
"""

import hashlib
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from assets.history import Actor
from assets.models import Origin
from assets.photos import LARGEST_UPLOAD_BYTES, store_photo
from field.models import ClaimState, PhotoClaim, PhotoUpload, Status
from field.up.claims import attach, lock_photos, refuse

LARGEST_PIECE = 4 * 1024 * 1024
_RANGE = re.compile(r"bytes (\d{1,12})-(\d{1,12})/(\d{1,12})")


class PieceRefused(Exception):
    """A piece that cannot be taken; nothing was kept of it.

    Attributes:
        status, code: of the answer (docs/field-sync.md).
        received: how many bytes are here.
    """

    def __init__(self, status: int, code: str, message: str, received: int = 0) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.received = received


@dataclass(frozen=True)
class Piece:
    """Some bytes of a photo, and where they belong."""

    start: int
    size: int
    data: bytes


@dataclass(frozen=True)
class Received:
    """How much of a photo is here."""

    received: int
    complete: bool


def read_piece(content_range: str, data: bytes) -> Piece:
    """A piece as it came.

    Raises:
        PieceRefused: the header makes no sense, or does not fit the bytes.
    """
    found = _RANGE.fullmatch(content_range.strip())
    if not found:
        raise PieceRefused(400, "bad_range", _("Content-Range must read: bytes first-last/size."))
    start, last, size = (int(number) for number in found.groups())
    if size > LARGEST_UPLOAD_BYTES or len(data) > LARGEST_PIECE:
        raise PieceRefused(413, "too_large", _("The photo, or this piece of it, is too large."))
    if last - start + 1 != len(data) or last >= size:
        raise PieceRefused(400, "bad_range", _("Content-Range does not fit the bytes that came."))
    return Piece(start, size, data)


def received_of(user: User, sha256: str) -> Received:
    """How much of a photo is here; nothing, when nobody has begun."""
    upload = PhotoUpload.objects.filter(user=user, sha256=sha256).first()
    if upload is None:
        return Received(0, complete=False)
    if upload.completed_at is not None:
        return Received(upload.size, complete=True)
    return Received(_length(path_of(user.pk, sha256), upload.size), complete=False)


def take_piece(user: User, sha256: str, piece: Piece) -> Received:
    """Add a piece to a photo; the last one makes it a photo of the catalogue, at every record that names it.

    Raises:
        PieceRefused: it does not fit, nobody asked for it, or what is now whole is no photo.
    """
    with transaction.atomic():
        lock_photos(user.pk, [sha256])
        upload = _upload(user, sha256, piece.size)
        if upload.completed_at is not None:
            return Received(upload.size, complete=True)
        path = path_of(user.pk, sha256)
        here = _length(path, piece.size)
        if piece.start != here:
            raise PieceRefused(409, "wrong_offset", _("Go on from byte %(n)s.") % {"n": here}, here)
        _append(path, piece.data, here)
        if here + len(piece.data) < piece.size:
            return Received(here + len(piece.data), complete=False)
        refusal = _finish(user, upload, path)
    if refusal is not None:
        raise refusal
    return Received(piece.size, complete=True)


def _upload(user: User, sha256: str, size: int) -> PhotoUpload:
    upload = PhotoUpload.objects.filter(user=user, sha256=sha256).first()
    if upload is None:
        claims = claims_of(user, sha256)
        if not claims.exists():
            raise PieceRefused(409, "unclaimed", _("No record names this photo yet: send the record first."))
        if claims.filter(size__isnull=False).exclude(size=size).exists():
            raise PieceRefused(409, "wrong_size", _("The record names a photo of another size."))
        return PhotoUpload.objects.create(user=user, sha256=sha256, size=size)
    if upload.size != size:
        here = received_of(user, sha256).received
        raise PieceRefused(409, "wrong_size", _("This photo was begun with another size."), here)
    return upload


def claims_of(user: User, sha256: str) -> QuerySet[PhotoClaim]:
    """The namings of a photo by a user's operations."""
    return PhotoClaim.objects.filter(operation__user=user, sha256=sha256)


def _finish(user: User, upload: PhotoUpload, path: Path) -> PieceRefused | None:
    """Make a whole file a photo; a refusal, when it is none, is kept beside what it is about."""
    data = path.read_bytes()
    # Before the commit: should that fail, the phone begins again, and no leftover stands in its way.
    path.unlink()
    if hashlib.sha256(data).hexdigest() != upload.sha256:
        upload.delete()
        return PieceRefused(
            422, "wrong_hash", _("What arrived is not the photo that was named: send it again.")
        )
    try:
        stored = store_photo(data)
    except ValidationError as error:
        message = " ".join(error.messages)
        refuse(user, upload.sha256, message)
        upload.delete()
        return PieceRefused(422, "not_a_photo", message)
    upload.stored_sha256 = stored.sha256
    upload.width, upload.height, upload.taken_at = stored.width, stored.height, stored.taken_at
    upload.completed_at = timezone.now()
    upload.save(update_fields=["stored_sha256", "width", "height", "taken_at", "completed_at"])
    waiting = (
        claims_of(user, upload.sha256)
        .filter(state=ClaimState.WAITING, operation__status__in=(Status.APPLIED, Status.MERGED))
        .select_related(
            "operation__asset__area", "operation__job", "operation__applied_by", "operation__user"
        )
    )
    for claim in waiting:
        attach(claim, upload, Actor(claim.operation.applied_by or user, Origin.PHONE))
    return None


def incoming() -> Path:
    """Where pieces wait for the rest, in a folder of each user's (`field/sweeping.py` takes away what stays)."""
    return Path(settings.MEDIA_ROOT) / "incoming"


def path_of(user: int, sha256: str) -> Path:
    """The file of what has arrived of a photo of a user (a primary key)."""
    return incoming() / str(user) / sha256


def _length(path: Path, size: int) -> int:
    """How many bytes are here. A whole file that is still here was never finished: it is sent again."""
    try:
        length = path.stat().st_size
    except FileNotFoundError:
        return 0
    return length if length < size else 0


def _append(path: Path, data: bytes, offset: int) -> None:
    with _opened(path, "ab" if offset else "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _opened(path: Path, mode: str) -> BinaryIO:
    """The file, in a folder that may be swept away while it is empty."""
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            return path.open(mode)  # type: ignore[return-value]
