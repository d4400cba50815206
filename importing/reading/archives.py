"""A data set inside a ZIP file, as shapefiles travel."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from importing.errors import LedgerError
from importing.reading.zips import BROKEN_MEMBER, open_zip

# Formats of several files of one name.
_OF_SEVERAL_FILES = {
    "shp": ("shp", "shx", "dbf", "prj", "cpg"),
    "mif": ("mif", "mid"),
    "tab": ("tab", "dat", "map", "id", "ind"),
}


@contextmanager
def unpacked(path: Path, readable: Collection[str]) -> Iterator[Path]:
    """The one data set in the archive, unpacked into a folder that is gone afterwards.

    Names inside archives are neither trusted (they may lead anywhere) nor kept (Chinese ones come garbled).

    Raises `LedgerError`: archive_without_data, archive_with_several, damaged, and those of `open_zip`.
    """
    with open_zip(path) as archive, tempfile.TemporaryDirectory(prefix="ledger-") as folder:
        members = [PurePosixPath(name) for name in archive.namelist() if not name.endswith("/")]
        members = [member for member in members if "__MACOSX" not in member.parts and member.name[0] != "."]
        found = [
            member for member in members if _extension(member) in readable and _extension(member) != "zip"
        ]
        # A text file beside a shapefile is its licence or readme.
        found = [member for member in found if _extension(member) != "txt"] or found
        geodatabases = sorted(
            {parent for member in members for parent in member.parents if _extension(parent) == "gdb"}
        )
        if len(found) + len(geodatabases) > 1:
            raise LedgerError(
                "archive_with_several", names=", ".join(str(name) for name in [*found, *geodatabases])
            )
        if geodatabases:
            yield _unpack_folder(archive, geodatabases[0], Path(folder))
        elif found:
            yield _unpack(archive, members, found[0], Path(folder))
        else:
            raise LedgerError("archive_without_data")


def _extension(member: PurePosixPath) -> str:
    return member.suffix.lower().lstrip(".")


def _stem(member: PurePosixPath) -> str:
    return str(member.with_suffix("")).casefold()


def _unpack(
    archive: zipfile.ZipFile, members: list[PurePosixPath], chosen: PurePosixPath, folder: Path
) -> Path:
    """The chosen member as "data.<ending>"; of a shapefile, its other parts too."""
    endings = _OF_SEVERAL_FILES.get(_extension(chosen), (_extension(chosen),))
    for member in members:
        if _stem(member) == _stem(chosen) and _extension(member) in endings:
            _copy(archive, member, folder / f"data.{_extension(member)}")
        elif member.parent == chosen.parent and member.name in (
            f"{chosen.name}-wal",
            f"{chosen.name}-journal",
        ):
            # Changes to a GeoPackage that are not in it yet.
            _copy(archive, member, folder / f"data.{member.name.removeprefix(chosen.stem + '.')}")
    return folder / f"data.{_extension(chosen)}"


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
