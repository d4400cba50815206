"""Opening ZIP files, which workbooks are too, without unpacking more than the machine can bear."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from pathlib import Path

from importing.errors import LedgerError
from importing.reading.table import MAX_EXPANDED_MB

_MB = 1 << 20
# Real sheets of repeated text reach 50:1; below this size no ratio does harm.
_HARMLESS_MB = 50
_LARGEST_RATIO = 200
_MOST_MEMBERS = 10_000

# What `zipfile` raises while it reads a member that is damaged, or packed in a way it does not know.
BROKEN_MEMBER = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)


def open_zip(path: Path) -> zipfile.ZipFile:
    """The archive, once its directory promises nothing monstrous.

    `zipfile` never gives more of a member than the directory says, so what was promised holds for whoever reads
    through this object.

    Raises `LedgerError`: not_a_zip, encrypted, expands_too_far.
    """
    try:
        archive = zipfile.ZipFile(path)
        members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RecursionError) as error:
        raise LedgerError("not_a_zip") from error
    if any(member.flag_bits & 0x1 for member in members):
        raise LedgerError("encrypted")
    expanded = sum(member.file_size for member in members)
    compressed = max(1, path.stat().st_size)
    if (
        expanded > MAX_EXPANDED_MB * _MB
        or (expanded > _HARMLESS_MB * _MB and expanded > _LARGEST_RATIO * compressed)
        or len(members) > _MOST_MEMBERS
    ):
        raise LedgerError("expands_too_far", megabytes=MAX_EXPANDED_MB)
    return archive
