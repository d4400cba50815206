"""Media pieces from a file: received and checked, taken over, and undone; nothing is entered unseen."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import KEEP_MEDIA
from assets.history import Actor, acting, authorise
from assets.models import Campaign
from cases.media.reading import COMPARED, BadFile, as_row, read_pieces
from cases.models import MediaColumn, MediaImport, MediaPiece
from places.models import Area


def receive_media(actor: Actor, area: Area, path: Path, filename: str) -> MediaImport:
    """Read a file, and keep what it says; no piece is entered by that.

    Raises:
        PermissionDenied: the actor keeps no media there.
        ValidationError: naming `file`.
    """
    authorise(actor, KEEP_MEDIA, area)
    assert actor.user is not None
    try:
        read = read_pieces(path, filename, area, actor.user)
    except BadFile as error:
        raise ValidationError({"file": str(error)}) from None
    with acting(actor):
        return MediaImport.objects.create(
            filename=filename[-200:], area=area, rows=read.rows, refused=read.refused, by=actor.user
        )


def apply_media(actor: Actor, brought: MediaImport) -> int:
    """Take over the rows that can be: enter the new ones, change the others; how many pieces that were.

    Raises:
        PermissionDenied: the actor keeps no media there.
        ValidationError: naming `state` (taken over already, nothing to take over, or a piece changed meanwhile).
    """
    authorise(actor, KEEP_MEDIA, brought)
    with _no_twins(), acting(actor):
        current = (
            MediaImport.objects.select_for_update(of=("self",)).select_related("area").get(pk=brought.pk)
        )
        rows = [row for row in current.rows if row["outcome"] != "same"]
        if current.applied_at is not None or not rows:
            raise ValidationError({"state": _("It is taken over already, or there is nothing to take over.")})
        columns = {column.code: column for column in MediaColumn.objects.all()}
        places = {area.code: area for area in _streets(rows)}
        campaigns = {
            campaign.code: campaign
            for campaign in Campaign.objects.filter(code__in=[row["campaign"] for row in rows])
        }
        there = _locked([row["number"] for row in rows if row["number"]])
        keys = {(row["published_on"], row["outlet"], row["title"]) for row in rows if not row["number"]}
        _refuse_twins(current.area, keys)
        new, before = [], {}
        for row in rows:
            piece = there.get(row["number"]) if row["number"] else None
            if row["number"] and piece is None:
                raise ValidationError(
                    {"state": _("Row %(row)s: the piece was taken out meanwhile.") % {"row": row["row"]}}
                )
            if piece is None:
                piece = MediaPiece(area=current.area, entered_by=actor.user, brought_by=current)
                new.append(piece)
            else:
                before[str(piece.pk)] = as_row(piece)
            _fill(piece, row, columns, places, campaigns)
        MediaPiece.objects.bulk_create(new)
        if there:
            MediaPiece.objects.bulk_update(list(there.values()), [*COMPARED], batch_size=500)
        current.applied_at, current.before = timezone.now(), before
        current.save(update_fields=["applied_at", "before"])
    return len(rows)


def undo_media(actor: Actor, brought: MediaImport) -> tuple[int, int]:
    """Take out what an import entered and put back what it changed; pieces changed since are left as they are.

    Returns how many were undone, and how many were left.

    Raises:
        PermissionDenied: the actor keeps no media there.
        ValidationError: naming `state` (never taken over, or undone already).
    """
    authorise(actor, KEEP_MEDIA, brought)
    with _no_twins(), acting(actor):
        current = MediaImport.objects.select_for_update(of=("self",)).get(pk=brought.pk)
        if current.applied_at is None or current.undone_at is not None:
            raise ValidationError({"state": _("Only what was taken over can be undone, once.")})
        by_number = {
            row["number"]: row for row in current.rows if row["number"] and row["outcome"] == "changed"
        }
        by_key = {
            (row["published_on"], row["outlet"], row["title"]): row
            for row in current.rows
            if not row["number"]
        }
        entered = {
            piece.pk: piece for piece in _locked(list(current.pieces.values_list("pk", flat=True))).values()
        }
        changed = _locked(list(by_number))
        untouched = [
            piece.pk
            for piece in entered.values()
            if _says(piece, by_key.get((piece.published_on.isoformat(), piece.outlet, piece.title)))
        ]
        MediaPiece.objects.filter(pk__in=untouched).update(removed_at=timezone.now())
        back = [piece for piece in changed.values() if _says(piece, by_number[piece.pk])]
        rows = [current.before[str(piece.pk)] for piece in back]
        columns = {column.code: column for column in MediaColumn.objects.all()}
        places = {area.code: area for area in _streets(rows)}
        campaigns = {
            campaign.code: campaign
            for campaign in Campaign.objects.filter(code__in=[row["campaign"] for row in rows])
        }
        for piece, row in zip(back, rows, strict=True):
            _fill(piece, row, columns, places, campaigns)
        if back:
            MediaPiece.objects.bulk_update(back, [*COMPARED], batch_size=500)
        current.undone_at = timezone.now()
        current.save(update_fields=["undone_at"])
    undone = len(untouched) + len(back)
    return undone, len(by_key) + len(by_number) - undone


@contextmanager
def _no_twins() -> Iterator[None]:
    """Say in words what the database refuses: a piece that somebody entered at the same moment.

    Raises:
        ValidationError: naming `state`.
    """
    try:
        yield
    except IntegrityError:
        raise ValidationError(
            {"state": _("One of the pieces was entered meanwhile by somebody else.")}
        ) from None


def _says(piece: MediaPiece, row: dict[str, Any] | None) -> bool:
    """Whether a piece is still as a row says."""
    now = as_row(piece)
    return row is not None and all(now[name] == row[name] for name in COMPARED)


def _locked(numbers: list[int]) -> dict[int, MediaPiece]:
    found = MediaPiece.objects.there().select_for_update(of=("self",)).filter(pk__in=numbers).order_by("pk")
    named = found.select_related("column", "street", "campaign").defer("street__boundary")
    return {piece.pk: piece for piece in named}


def _streets(rows: list[dict[str, Any]]) -> Any:
    return Area.objects.filter(code__in={row["street"] for row in rows if row["street"]}).defer("boundary")


def _refuse_twins(area: Area, keys: set[tuple[str, str, str]]) -> None:
    """What somebody else entered since the file was read.

    Raises:
        ValidationError: naming `state`.
    """
    days = {day for day, _outlet, _title in keys}
    there = MediaPiece.objects.there().filter(area=area, published_on__in=days)
    for day, outlet, title in there.values_list("published_on", "outlet", "title"):
        if (day.isoformat(), outlet, title) in keys:
            raise ValidationError(
                {"state": _("“%(title)s” was entered meanwhile: send the file again.") % {"title": title}}
            )


def _fill(
    piece: MediaPiece,
    row: dict[str, Any],
    columns: dict[str, MediaColumn],
    places: dict[str, Area],
    campaigns: dict[str, Campaign],
) -> None:
    piece.title, piece.outlet, piece.link = row["title"], row["outlet"], row["link"]
    piece.published_on = date.fromisoformat(row["published_on"])
    piece.column = columns[row["column"]]
    piece.street = places[row["street"]] if row["street"] else None
    piece.campaign = campaigns[row["campaign"]] if row["campaign"] else None
