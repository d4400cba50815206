"""File locks that the kernel lets go of when their holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def open_lock(path: Path) -> int:
    """Open (making it if need be) a lock file; the descriptor is not inherited by children."""
    # Read-only is enough for flock(2), so that a file made by root can be locked by everybody.
    return os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold `path` alone while the block runs; waits for whoever holds it."""
    descriptor = open_lock(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def share(path: Path) -> int:
    """Take a shared lock on `path` and return its descriptor; closing that gives the lock back."""
    descriptor = open_lock(path)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def take_alone(path: Path) -> int | None:
    """Take `path` alone if nobody holds it, and return the descriptor to close; None if somebody does."""
    descriptor = open_lock(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def is_free(path: Path) -> bool:
    """Whether nobody holds `path`, shared or alone."""
    descriptor = take_alone(path)
    if descriptor is not None:
        os.close(descriptor)
    return descriptor is not None
