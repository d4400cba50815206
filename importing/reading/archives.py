"""A data set inside a ZIP file, as shapefiles travel."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from importing.errors import LedgerError
from importing.reading.zips import BROKEN_MEMBER, open_zip

# Formats of several files of one name.
_OF_SEVERAL_FILES = {
    "shp": ("shp", "shx", "dbf", "prj", "cpg"),
    "mif": ("mif", "mid"),
    "tab": ("tab", "dat", "map", "id", "ind"),
}


# What Office, WPS and LibreOffice keep beside a file that is open; what begins with a dot is hidden.
_OF_OPEN_FILES = ("~$", ".")
LAYER_OF = " / "
"""Between the name of a data set in an archive and the layer in it."""


class Unpacked(NamedTuple):
    """A data set of an archive: where it is now, its name in the archive, and the names of the others."""

    path: Path
    name: str
    others: tuple[str, ...]


@contextmanager
def unpacked(path: Path, readable: Collection[str], wanted: str | None = None) -> Iterator[Unpacked]:
    """One data set in the archive, unpacked into a folder that is gone afterwards: the only one, or the `wanted` one.

    Names inside archives are not trusted (they may lead anywhere); they are kept to choose by only.

    Raises `LedgerError`: archive_without_data, choose_layer, unknown_layer, damaged, and those of `open_zip`.
    """
    with open_zip(path) as archive, tempfile.TemporaryDirectory(prefix="ledger-") as folder:
        members = [PurePosixPath(name) for name in archive.namelist() if not name.endswith("/")]
        members = [
            member
            for member in members
            if "__MACOSX" not in member.parts and not member.name.startswith(_OF_OPEN_FILES)
        ]
        found = [
            member for member in members if _extension(member) in readable and _extension(member) != "zip"
        ]
        # A text file beside a shapefile is its licence or readme.
        found = [member for member in found if _extension(member) != "txt"] or found
        geodatabases = sorted(
            {parent for member in members for parent in member.parents if _extension(parent) == "gdb"}
        )
        data = {_name_of(archive, member): member for member in [*found, *geodatabases]}
        if not data:
            raise LedgerError("archive_without_data")
        name = _data_set_wanted(list(data), wanted)
        others = tuple(other for other in data if other != name)
        if data[name] in geodatabases:
            yield Unpacked(_unpack_folder(archive, data[name], Path(folder)), name, others)
        else:
            yield Unpacked(_unpack(archive, members, data[name], Path(folder)), name, others)


def _data_set_wanted(names: list[str], wanted: str | None) -> str:
    """The only data set, or the one that a person wants or wants a layer of."""
    if len(names) == 1:
        return names[0]
    if wanted is None:
        raise LedgerError("choose_layer", names=", ".join(names), choices=names)
    for name in names:
        if wanted == name or wanted.startswith(name + LAYER_OF):
            return name
    raise LedgerError("unknown_layer", name=wanted, names=", ".join(names))


def _name_of(archive: zipfile.ZipFile, member: PurePosixPath) -> str:
    """A member's name as its owner reads it: where none is stated, Chinese names are in GB18030 as a rule."""
    name = str(member)
    stated = next(
        (member.flag_bits & 0x800 for member in archive.infolist() if member.filename == name), 0x800
    )
    try:
        return name if stated else name.encode("cp437").decode("gb18030")
    except UnicodeError:
        return name


def _extension(member: PurePosixPath) -> str:
    return member.suffix.lower().lstrip(".")


def _stem(member: PurePosixPath) -> str:
    return str(member.with_suffix("")).casefold()


def _unpack(
    archive: zipfile.ZipFile, members: list[PurePosixPath], main: PurePosixPath, folder: Path
) -> Path:
    """The chosen member as "data.<ending>"; of a shapefile, its other parts too."""
    endings = _OF_SEVERAL_FILES.get(_extension(main), (_extension(main),))
    for member in members:
        if _stem(member) == _stem(main) and _extension(member) in endings:
            _copy(archive, member, folder / f"data.{_extension(member)}")
        elif member.parent == main.parent and member.name in (
            f"{main.name}-wal",
            f"{main.name}-journal",
        ):
            # Changes to a GeoPackage that are not in it yet.
            _copy(archive, member, folder / f"data.{member.name.removeprefix(main.stem + '.')}")
    return folder / f"data.{_extension(main)}"


def _unpack_folder(archive: zipfile.ZipFile, geodatabase: PurePosixPath, folder: Path) -> Path:
    target = folder / "data.gdb"
    target.mkdir()
    for name in archive.namelist():
        member = PurePosixPath(name)
        if member.parent == geodatabase and not name.endswith("/"):
            _copy(archive, member, target / member.name)
    return target


def _copy(archive: zipfile.ZipFile, member: PurePosixPath, target: Path) -> None:
    try:
        with archive.open(str(member)) as source, target.open("wb") as out:
            while piece := source.read(1 << 20):
                out.write(piece)
    except (*BROKEN_MEMBER, KeyError) as error:
        raise LedgerError("damaged", detail=str(error)[:200]) from error
