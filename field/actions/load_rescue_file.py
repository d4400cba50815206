"""Load the file that a phone wrote as "unsent work": the last way out when it cannot send."""

import zipfile
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import REVIEW_FIELD_WORK, require
from assets.photos import LARGEST_UPLOAD_BYTES
from field.models import Kind, Status
from field.permission import field_workers_of
from field.up.envelope import as_moment, loads
from field.up.receiving import Sender, receive
from field.up.uploads import Piece, PieceRefused, received_of, take_piece

LARGEST_OPS = 50 * 1024 * 1024
MOST_OPERATIONS = 5_000


@dataclass(frozen=True)
class Rescued:
    """One operation of the file, and what came of it."""

    author: User | None
    operation: Any
    result: dict[str, Any]

    @property
    def what(self) -> str:
        """What was done, in words."""
        kind = self.operation.get("kind") if isinstance(self.operation, dict) else None
        return str(Kind(kind).label) if kind in Kind.values else _("Record")

    @property
    def outcome(self) -> str:
        """What came of it, in words."""
        status = self.result["status"]
        if status == "duplicate":
            return _("Had arrived before")
        words = {"later": _("The server was busy: load the file again"), "refused": _("Not taken in")}
        return words.get(status) or str(Status(status).label)


@dataclass
class RescueReport:
    """What came of a file."""

    records: list[Rescued] = field(default_factory=list)
    photos: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """Number of records by status."""
        counts: dict[str, int] = defaultdict(int)
        for record in self.records:
            counts[record.result["status"]] += 1
        return dict(counts)


def load_rescue_file(user: User, file: BinaryIO) -> RescueReport:
    """Take in a file's operations as the people they name, under the rights of whoever loads it, and its photos.

    Loading it twice, or sending the same from the phone afterwards, changes nothing.

    Raises:
        PermissionDenied: the user reviews no field work.
        ValidationError: naming `file`: it is not what a phone writes.
    """
    require(user, REVIEW_FIELD_WORK)
    report = RescueReport()
    with _opened(file) as archive:
        body = _body(archive)
        device_time = as_moment(body.get("device_time"))
        people = _people(user, body["ops"])
        for came in body["ops"]:
            author = people.get(_named_user(came))
            if author is None:
                report.records.append(Rescued(None, came, _refused(came)))
                continue
            (result,) = receive(Sender(author, rescuer=user), [came], device_time)
            report.records.append(Rescued(author, came, result))
            for sha256 in result["photos_wanted"]:
                _take_photo(archive, author, sha256, report)
    return report


def _opened(file: BinaryIO) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except zipfile.BadZipFile:
        raise ValidationError({"file": _("This is not a ZIP file that a phone has written.")}) from None


def _body(archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        if archive.getinfo("ops.json").file_size > LARGEST_OPS:
            raise ValidationError({"file": _("There is more in it than a phone can have written.")})
        body = loads(archive.read("ops.json"))
    except (KeyError, ValueError, zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError):
        raise ValidationError({"file": _("There is no readable ops.json in it.")}) from None
    if not isinstance(body, dict) or not isinstance(body.get("ops"), list):
        raise ValidationError({"file": _("There is no readable ops.json in it.")})
    if len(body["ops"]) > MOST_OPERATIONS:
        raise ValidationError({"file": _("There is more in it than a phone can have written.")})
    return body


def _named_user(came: Any) -> int | None:
    user = came.get("user") if isinstance(came, dict) else None
    return user if type(user) is int else None


def _people(user: User, operations: list[Any]) -> dict[int | None, User]:
    """The people the operations name whose work the user may load."""
    named = {_named_user(came) for came in operations} - {None}
    wanted = [number for number in named if number is not None and 0 < number < 2**31]
    return {person.pk: person for person in field_workers_of(user).filter(pk__in=wanted)}


def _refused(came: Any) -> dict[str, Any]:
    return {
        "op_id": str(came.get("op_id"))[:40] if isinstance(came, dict) else "",
        "status": "refused",
        "message": _("It names nobody who works with a phone in your area. Nothing was kept of it."),
    }


def _take_photo(archive: zipfile.ZipFile, author: User, sha256: str, report: RescueReport) -> None:
    try:
        entry = archive.getinfo(f"photos/{sha256}.jpg")
        if entry.file_size > LARGEST_UPLOAD_BYTES:
            report.problems.append(_("Photo %(name)s is too large.") % {"name": sha256[:8]})
            return
        data = archive.read(entry)
        start = received_of(author, sha256).received
        take_piece(author, sha256, Piece(start, len(data), data[start:]))
        report.photos += 1
    except KeyError:
        report.problems.append(_("Photo %(name)s is not in the file.") % {"name": sha256[:8]})
    except (PieceRefused, zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError) as error:
        report.problems.append(_("Photo %(name)s: %(problem)s") % {"name": sha256[:8], "problem": error})
