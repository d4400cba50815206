"""Add the photos of a ZIP file to the assets of an imported ledger: by component id, by the office's own number, or by
the file names that the ledger gives in a column. Photos are told apart by their content, so sending them again is safe.
"""

from __future__ import annotations

import os
import re
import uuid
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assets.actions.attach_photo import attach_photo
from assets.history import Actor
from assets.models import Asset, Ledger, LedgerState
from assets.photos import LARGEST_UPLOAD_BYTES
from assets.runs import Progress, start_run
from importing.actions.locking_ledgers import idle
from importing.actions.receive_ledger import table_of
from importing.errors import LedgerError
from importing.names import folded
from importing.reading.zips import BROKEN_MEMBER, open_zip
from importing.values import words

ADD_PHOTOS = "add_photos"
MOST_PHOTO_MEGABYTES = 500
_ENDINGS = {".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif"}
_BETWEEN_NAMES = re.compile(r"[、,，;；|\n\r\t]+")
# 37010503008000001-2.jpg, 37010503008000001_2.jpg and 37010503008000001 (2).jpg are three photos of one asset.
_COUNTED = re.compile(r"(?:[-_ ]{1,9}\d{1,3}|\s{0,9}[(（]\d{1,3}[)）])$")
_LISTED = 500


def receive_photos(actor: Actor, ledger: Ledger, file: Path, filename: str) -> Ledger:
    """Take over an uploaded ZIP file (it is moved) and queue its photos.

    Raises:
        PermissionDenied: the actor may not go on with this ledger.
        ValidationError: naming `state` or `file`: no ZIP file, or one that cannot be opened.
    """
    with idle(actor, ledger, LedgerState.IMPORTED) as current:
        assert actor.user is not None
        if current.undone is not None:
            raise ValidationError({"state": _("The import has been undone.")})
        if not filename.lower().endswith(".zip"):
            raise ValidationError({"file": _("Put the photos into one ZIP file.")})
        try:
            open_zip(file).close()
        except LedgerError as error:
            raise ValidationError({"file": str(error)}) from error
        current.photos_run = start_run(ADD_PHOTOS, actor.user, {"language": get_language()})
        current.save(update_fields=["photos_run"])
        current.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.replace(file, _archive(current))
    return current


def add_photos(actor: Actor, ledger: Ledger, progress: Progress) -> None:
    """What the worker does then; each photo is there or not, and a run that was killed goes on where it was.

    Fills the run's result: attached, known (there already), unmatched (names), refused ([name, sentence]).
    """
    attached, known_already = 0, 0
    unmatched: list[str] = []
    refused: list[tuple[str, str]] = []
    try:
        with open_zip(_archive(ledger)) as archive:
            members = list(_photos(archive))
            by_name = _assets_by_name(ledger)
            for number, (member, name) in enumerate(members, start=1):
                asset = _asset_of(name, by_name)
                if asset is None:
                    unmatched.append(name)
                else:
                    try:
                        uid = uuid.uuid4()
                        photo = attach_photo(actor, asset, _content(archive, member), uid=uid)
                        attached, known_already = (
                            (attached + 1, known_already)
                            if photo.uid == uid
                            else (attached, known_already + 1)
                        )
                    except (ValidationError, PermissionDenied) as error:
                        reason = (
                            " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
                        )
                        refused.append((name, reason))
                progress.result = {"attached": attached, "known": known_already}
                progress(number, len(members))
    except (LedgerError, FileNotFoundError) as error:
        progress.result = {"problem": str(error)}
        return
    progress.result = {
        "attached": attached,
        "known": known_already,
        "unmatched": unmatched[:_LISTED],
        "unmatched_in_all": len(unmatched),
        "refused": refused[:_LISTED],
        "refused_in_all": len(refused),
    }
    _archive(ledger).unlink(missing_ok=True)


def _archive(ledger: Ledger) -> Path:
    return ledger.folder / "photos.zip"


def _photos(archive: zipfile.ZipFile) -> Iterator[tuple[zipfile.ZipInfo, str]]:
    """The pictures in the archive, under their names without folders."""
    for member in archive.infolist():
        name = PurePosixPath(_name(member).replace("\\", "/")).name
        hidden = name.startswith(".") or "__MACOSX" in member.filename
        if not member.is_dir() and not hidden and PurePosixPath(name).suffix.lower() in _ENDINGS:
            yield member, name


def _name(member: zipfile.ZipInfo) -> str:
    """A name as it was meant: a Chinese Windows writes GBK and does not say so."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename


def _content(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    if member.file_size > LARGEST_UPLOAD_BYTES:
        raise ValidationError(
            _("The photo is larger than %(limit)s MB.") % {"limit": LARGEST_UPLOAD_BYTES // 1024**2}
        )
    try:
        return archive.read(member)
    except BROKEN_MEMBER as error:
        raise ValidationError(_("The photo is damaged and cannot be read.")) from error


def _assets_by_name(ledger: Ledger) -> dict[str, int]:
    """Assets of the ledger by every name a photo of theirs may have; a name of two assets means neither."""
    by_name: dict[str, set[int]] = defaultdict(set)
    of_row: dict[int, int] = {}
    rows = ledger.rows.filter(asset__isnull=False).exclude(outcome="refused")
    for row, asset, code, own in rows.values_list("row", "asset_id", "code", "own_number"):
        of_row[row] = asset
        for name in filter(None, (code, own)):
            by_name[folded(name)].add(asset)
    for row, names in _names_in_column(ledger):
        if row in of_row:
            for name in names:
                by_name[folded(name)].add(of_row[row])
                by_name[folded(PurePosixPath(name).stem)].add(of_row[row])
    return {name: assets.pop() for name, assets in by_name.items() if len(assets) == 1}


def _names_in_column(ledger: Ledger) -> Iterator[tuple[int, list[str]]]:
    """Row and file names, where a column of the ledger gives them."""
    column = ledger.headers.get("photos")
    if column is None:
        return
    table = table_of(ledger)
    cells: list[Any] = words.parse_text(table[column]).values.tolist()
    for row, text in zip(table.rows.tolist(), cells, strict=True):
        if text:
            parts = (part.strip().replace("\\", "/") for part in _BETWEEN_NAMES.split(text))
            yield row, [PurePosixPath(part).name for part in parts if part]


def _asset_of(name: str, by_name: dict[str, int]) -> Asset | None:
    """The asset a photo is of: by its whole name, without its ending, without a number behind it."""
    stem = PurePosixPath(name).stem
    for text in (name, stem, _COUNTED.sub("", stem)):
        key = by_name.get(folded(text))
        if key is not None:
            return Asset.objects.select_related("area").get(pk=key)
    # A component id is one all over the catalogue, also of an asset that this ledger does not name.
    found = re.match(r"\d{17}(?!\d)", stem)
    return Asset.objects.select_related("area").filter(code=found.group()).first() if found else None
