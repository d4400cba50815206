"""The audit line of every export: written before anything leaves, completed whatever becomes of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.models import User
from assets.models import BackgroundRun
from mapping.exports.wanted import Wanted
from mapping.models import Export, ExportOutcome


def begin(wanted: Wanted, user: User, run: BackgroundRun | None = None) -> Export:
    """Write the line of an export that begins."""
    columns = [] if wanted.all_columns else wanted.as_parameters()["columns"]
    return begin_plain(
        user,
        layer=wanted.layer.name,
        format=wanted.format.name,
        filter=wanted.filter.query_string,
        crs=wanted.crs.code,
        columns=columns,
        titles=wanted.titles,
        language=wanted.language,
        run=run,
    )


def begin_plain(user: User, **values: Any) -> Export:
    """Write the line of something that has no format of `mapping.exports`."""
    return Export.objects.create(user=user, name=str(user), **values)


def note_live(user: User, layer: str, way: str, rows: int) -> None:
    """Add to the line that says how many rows of a layer somebody read live today, by `way` ("api" or "ogc").

    One line a day, however many first reads come at once.
    """
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    line = Export.objects.filter(
        user=user, layer=layer, format=way, outcome=ExportOutcome.LIVE, started_at__gte=today
    ).order_by("pk")[:1]
    if _add(line, rows):
        return
    with transaction.atomic():
        # Whoever begins the day's line is waited for, and then it is there.
        with connection.cursor() as cursor:
            lock = f"live:{user.pk}:{layer}:{way}"
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [lock])
        if not _add(line, rows):
            begin_plain(user, layer=layer, format=way, outcome=ExportOutcome.LIVE, rows=rows)


def _add(line: QuerySet[Export], rows: int) -> int:
    """Add to a line, if it is there; how many lines there were."""
    found = Export.objects.filter(pk__in=line.values("pk"))
    return found.update(rows=F("rows") + rows, finished_at=timezone.now())


def finish(export: Export, outcome: ExportOutcome, *, rows: int, size: int) -> None:
    """Complete the line."""
    export.outcome, export.rows, export.bytes, export.finished_at = outcome, rows, size, timezone.now()
    export.save(update_fields=["outcome", "rows", "bytes", "finished_at"])


class Audited:
    """Pieces on their way to a reader, each with the rows in it; completes the line when they end or are let go.

    Django calls `close` when the answer is done with, also when the reader has gone or never read a byte.
    """

    def __init__(self, pieces: Iterator[tuple[bytes, int]], export: Export) -> None:
        self._pieces = pieces
        self._export = export
        self._rows = self._bytes = 0
        self._open = True

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            piece, rows = next(self._pieces)
        except StopIteration:
            self._finish(ExportOutcome.COMPLETE)
            raise
        except Exception:
            self._finish(ExportOutcome.FAILED)
            raise
        self._rows += rows
        self._bytes += len(piece)
        return piece

    def close(self) -> None:
        """Let go of what was not read."""
        close = getattr(self._pieces, "close", None)
        if close is not None:
            close()
        self._finish(ExportOutcome.INTERRUPTED)

    def _finish(self, outcome: ExportOutcome) -> None:
        if self._open:
            self._open = False
            finish(self._export, outcome, rows=self._rows, size=self._bytes)
