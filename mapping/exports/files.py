"""The files that background runs make: where they lie, who may have them, and when they go."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from assets.models import BackgroundRun

KIND = "export"
# Long enough to come back for after a weekday's night; the register itself has newer data by then.
KEPT = timedelta(hours=24)
_FOR_NOBODY_ELSE = 0o077


def folder() -> Path:
    """Where they lie, one folder a run."""
    return Path(settings.VAR_DIR) / "exports"


@contextmanager
def new_file(run: BackgroundRun, name: str) -> Iterator[Path]:
    """Where a run is to write; what an earlier attempt left there is gone.

    Whatever it writes meanwhile, the file's own libraries and processes included, nobody else on the machine may read.
    The worker does one run at a time, so that the process's mask is the run's.
    """
    own = folder() / str(run.uid)
    shutil.rmtree(own, ignore_errors=True)
    before = os.umask(_FOR_NOBODY_ELSE)
    try:
        own.mkdir(parents=True)
        yield own / name
    finally:
        os.umask(before)


def file_of(run: BackgroundRun) -> Path | None:
    """What a run made; None when it has been tidied away."""
    path = folder() / str(run.uid) / str(run.result.get("filename", ""))
    return path if path.is_file() else None


def tidy_files() -> None:
    """Remove files older than a day, and those of runs that no longer exist."""
    oldest = timezone.now() - KEPT
    runs = BackgroundRun.objects.filter(kind=KIND).exclude(finished_at__lt=oldest)
    kept = {str(uid) for uid in runs.values_list("uid", flat=True)}
    for path in folder().glob("*"):
        if path.name not in kept:
            shutil.rmtree(path, ignore_errors=True)
