"""What kind of file this is, and which reader takes it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from importing.errors import LedgerError
from importing.reading import archives, delimited, geojson, vector, workbooks
from importing.reading.layout import FOUND, Layout
from importing.reading.shape_texts import with_shapes
from importing.reading.table import MAX_FILE_MB, Table
from places.tables.columns import Remark

_TEXT = ("csv", "txt", "tsv")
_WORKBOOKS = ("xlsx", "xlsm", "xls", "et")
_GEOJSON = ("geojson", "json", "geojsonl")
READABLE = (*_TEXT, *_WORKBOOKS, *_GEOJSON, *vector.FORMATS, "zip")
"""The endings of readable files, for file choosers and messages."""

_ZIP = b"PK\x03\x04"
# Old workbooks are OLE files, and so are new ones behind a password.
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")

_PICTURE, _ARCHIVE, _PROGRAM = _("a picture"), _("an archive of another kind"), _("a program")

# What people upload under the name of a table.
_STRANGERS = (
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"BM", _PICTURE),
    (b"II*\x00", _PICTURE),
    (b"MM\x00*", _PICTURE),
    (b"%PDF", _("a PDF document")),
    (b"Rar!", _ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", _ARCHIVE),
    (b"\x1f\x8b", _ARCHIVE),
    (b"MZ", _PROGRAM),
    (b"\x7fELF", _PROGRAM),
)


def read_table(path: Path, *, filename: str | None = None, layout: Layout = FOUND) -> Table:
    """Read the ledger at `path`, with its shapes where there are any.

    `filename` is the name a person gave the file, when `path` is a temporary one. `layout` says what is not found
    rightly: which sheet or layer, where the column names stand, what separates cells, the encoding.

    Raises `LedgerError` for whatever is wrong with the file, OSError when it is not there.
    """
    return with_shapes(_read(path, filename, layout))


def _read(path: Path, filename: str | None, layout: Layout) -> Table:
    name = filename or path.name
    extension = Path(name).suffix.lower().lstrip(".")
    size = path.stat().st_size
    if extension not in READABLE or path.is_dir() != (extension == "gdb"):
        raise LedgerError("unknown_extension", extension=extension, readable=", ".join(READABLE))
    if path.is_dir():
        return vector.read_vector(path, extension, layout)
    if size == 0:
        raise LedgerError("empty_file")
    if size > MAX_FILE_MB << 20:
        raise LedgerError("too_large", megabytes=MAX_FILE_MB)
    with path.open("rb") as file:
        head = file.read(4096)
    kind = _kind(extension, head)
    if kind == "xls" and _ENCRYPTED_PACKAGE in path.read_bytes():
        raise LedgerError("encrypted")
    _refuse_strangers(extension, kind, head)

    if kind == "text":
        return delimited.read_delimited(path, layout)
    if kind in ("xlsx", "xls"):
        return workbooks.read_workbook(path, kind, layout)
    if kind == "geojson":
        return geojson.read_geojson(path, layout)
    if kind == "zip":
        with archives.unpacked(path, READABLE, layout.layer) as inner:
            return _read_one_of(inner, layout)
    return vector.read_vector(path, kind, layout)


def _read_one_of(inner: archives.Unpacked, layout: Layout) -> Table:
    """A data set of an archive. Beside others its name leads the names of its layers."""
    if not inner.others:
        return _read(inner.path, None, layout)
    lead = inner.name + archives.LAYER_OF
    layer = (layout.layer or "").removeprefix(inner.name).removeprefix(archives.LAYER_OF) or None
    try:
        table = _read(inner.path, None, dataclasses.replace(layout, layer=layer))
    except LedgerError as error:
        if error.code != "choose_layer":
            raise
        choices = [lead + choice for choice in error.params["choices"]]
        raise LedgerError("choose_layer", names=", ".join(choices), choices=choices) from error
    name = lead + table.layer if table.other_layers and table.layer else inner.name
    left = Remark("layers_left", params={"layer": inner.name, "names": ", ".join(inner.others)})
    return dataclasses.replace(
        table,
        layer=name,
        other_layers=(*(lead + other for other in table.other_layers), *inner.others),
        remarks=(left, *table.remarks),
    )


def _kind(extension: str, head: bytes) -> str:
    """The reader's kind: by the name, and by the contents where names are known to lie (.xls)."""
    if extension in _TEXT:
        return "text"
    if extension in _WORKBOOKS:
        return "xls" if head.startswith(_OLE) else "xlsx"
    if extension in _GEOJSON:
        return "geojson"
    return extension


def _refuse_strangers(extension: str, kind: str, head: bytes) -> None:
    """Raises not_a_table, web_page, other_workbook, not_what_it_says when the contents belie the name."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower()
    for magic, what in _STRANGERS:
        # Two letters are too few to condemn a text by: a ledger may begin with the column "BM".
        if head.startswith(magic) and (len(magic) > 2 or b"\0" in head):
            raise LedgerError("not_a_table", kind=what)
    if kind == "text" and head.startswith((_ZIP, _OLE)):
        raise LedgerError("not_what_it_says", extension=extension)
    if kind in ("text", "xlsx") and start.startswith(
        (b"<html", b"<!doctype html", b"<table", b"<meta", b"<head")
    ):
        raise LedgerError("web_page")
    if kind == "xlsx" and start.startswith(b"<?xml"):
        raise LedgerError("other_workbook")
    if kind in ("xlsx", "zip") and not head.startswith(_ZIP):
        raise LedgerError("not_a_zip" if kind == "zip" else "not_what_it_says", extension=extension)
