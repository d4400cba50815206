"""Photos that were begun and never finished: swept away, so that lost phones do not fill the disk.

Nothing is lost by it: the record stays, the photo is still on the phone, and a phone that comes back is told that
nothing of it is here and begins anew (`field/uploads.py`).
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from accounts.models import TokenPurpose
from accounts.tokens import LIFETIMES
from field.models import PhotoUpload
from field.up.claims import lock_photos
from field.up.uploads import incoming, path_of

# A phone that has sent nothing for as long as its token lasts has to be signed in again: it is out of use.
KEPT = LIFETIMES[TokenPurpose.FIELD]
_HASH = re.compile(r"[0-9a-f]{64}")


def sweep_photos() -> None:
    """Remove pieces untouched for `KEPT` with their rows, rows without pieces, and folders that are left empty."""
    oldest = timezone.now() - KEPT
    for user, sha256 in {*_old_pieces(oldest), *_old_rows(oldest)}:
        _sweep(user, sha256, oldest)
    for folder in incoming().glob("*"):
        # Refused as long as something is in it; whoever is just about to write makes it again.
        with suppress(OSError):
            folder.rmdir()


def _old_pieces(oldest: datetime) -> Iterator[tuple[int, str]]:
    """(user, hash) of files that nobody has written to since."""
    for path in incoming().glob("*/*"):
        if path.parent.name.isdecimal() and _HASH.fullmatch(path.name) and not _is_fresh(path, oldest):
            yield int(path.parent.name), path.name


def _old_rows(oldest: datetime) -> Iterator[tuple[int, str]]:
    """(user, hash) of photos begun before then and not finished."""
    rows = PhotoUpload.objects.filter(completed_at=None, begun_at__lt=oldest)
    yield from rows.values_list("user_id", "sha256")


def _sweep(user: int, sha256: str, oldest: datetime) -> None:
    """Remove one, unless a piece of it has come just now; whoever sends one waits until this is done."""
    path = path_of(user, sha256)
    with transaction.atomic():
        lock_photos(user, [sha256])
        if _is_fresh(path, oldest):
            return
        PhotoUpload.objects.filter(
            user_id=user, sha256=sha256, completed_at=None, begun_at__lt=oldest
        ).delete()
        path.unlink(missing_ok=True)


def _is_fresh(path: Path, oldest: datetime) -> bool:
    """Whether there is such a file, and somebody has written to it since."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC) >= oldest
    except FileNotFoundError:
        return False
