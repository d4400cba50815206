"""The base map as a file: how it is sealed when it is built, and how it is read while it is served.

It is a PMTiles file (version 3) whose metadata also say where its data comes from. A build is named by a hash of its
contents, so what a browser keeps of one is right for ever. The file is written beside and renamed: whoever serves the
old one goes on reading it until they look again, which they do with every request.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import logging
import os
import re
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from pmtiles.tile import (
    Compression,
    Entry,
    HeaderDict,
    TileType,
    deserialize_directory,
    deserialize_header,
    find_tile,
    zxy_to_tileid,
)
from pmtiles.writer import Writer

from mapping.basemap.errors import BasemapError

_FILE = "basemap.pmtiles"
_OURS = "tianqiao"
_HEADER_BYTES = 127
_MOST_DEPTH = 4
_DIRECTORIES_HELD = 64
_PARTS_OF_HEADER = ("root", "metadata", "leaf_directory", "tile_data")
_MARKUP = re.compile(r"<[^>]*>")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Origin:
    """Where a base map's data comes from. `credit` by language; `date` as far as it is known: 2020, 2020-11 …"""

    sources: tuple[str, ...]
    credit: dict[str, str] = field(default_factory=dict)
    licence: str = ""
    date: str = ""

    def completed_by(self, other: Origin) -> Origin:
        """This one, with what it does not say taken from another."""
        return Origin(
            self.sources or other.sources,
            self.credit or other.credit,
            self.licence or other.licence,
            self.date or other.date,
        )


@dataclass(frozen=True)
class About:
    """What a sealed base map says of itself; `tile_bytes` is what a tile weighs on average."""

    build: str
    built_at: datetime
    origin: Origin
    layers: tuple[str, ...]
    bounds: tuple[float, float, float, float]
    zooms: tuple[int, int]
    tile_bytes: int


def seal(
    path: Path,
    tiles: Iterable[tuple[int, bytes]],
    layers: list[dict[str, Any]],
    bounds: tuple[float, ...],
    origin: Origin,
) -> str:
    """Write a base map of gzipped vector tiles, given by PMTiles' tile number. Returns its build."""
    digest = hashlib.sha256(json.dumps([layers, bounds, asdict(origin)], sort_keys=True).encode())
    with path.open("xb") as file:
        writer = Writer(file)
        for number, tile in tiles:
            digest.update(number.to_bytes(8, "big") + len(tile).to_bytes(8, "big"))
            digest.update(tile)
            writer.write_tile(number, tile)
        build = digest.hexdigest()[:16]
        west, south, east, north = (round(degrees * 1e7) for degrees in bounds)
        header = {
            "tile_compression": Compression.GZIP,
            "tile_type": TileType.MVT,
            "min_lon_e7": west,
            "min_lat_e7": south,
            "max_lon_e7": east,
            "max_lat_e7": north,
        }
        metadata = {
            "name": "basemap",
            "format": "pbf",
            "type": "baselayer",
            "attribution": next(iter(origin.credit.values()), ""),
            "vector_layers": layers,
            _OURS: {"build": build, "built_at": timezone.now().isoformat(), **asdict(origin)},
        }
        writer.finalize(header, metadata)
        file.flush()
        os.fsync(file.fileno())
    return build


def origin_in(metadata: dict[str, Any]) -> Origin:
    """Where the data comes from, as the metadata of a tile archive say it: ours, or the credit of somebody else's."""
    if _OURS in metadata:
        # An MBTiles file has texts only.
        ours = json.loads(metadata[_OURS]) if isinstance(metadata[_OURS], str) else metadata[_OURS]
        return Origin(tuple(ours["sources"]), dict(ours["credit"]), str(ours["licence"]), str(ours["date"]))
    credit = " ".join(_MARKUP.sub(" ", str(metadata.get("attribution") or "")).split())
    return Origin((), {"zh-hans": credit, "en": credit} if credit else {})


def location() -> Path:
    """Where the base map lies that is served."""
    return Path(settings.BASEMAP_ROOT) / _FILE


def put_in_place(sealed: Path) -> None:
    """Make a sealed base map, which lies in the same folder tree, the one that is served."""
    sealed.chmod(0o644)
    sealed.replace(location())


class Archive:
    """A sealed base map, open for reading; may be shared by threads.

    Raises:
        BasemapError: it is no base map of ours, or damaged.
        OSError: it is not there.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        try:
            self._header = self._read_header()
            self.about = self._read_about()
        except OSError:
            raise
        except (
            Exception
        ) as error:  # whatever a damaged file makes of it: no magic, no gzip, no JSON, no such key
            raise BasemapError(f"{path}: {type(error).__name__} {error}") from error
        self._directory = lru_cache(maxsize=_DIRECTORIES_HELD)(self._read_directory)

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """A tile, gzipped; None when nothing is drawn there.

        Raises:
            BasemapError: the file is damaged there.
        """
        number = zxy_to_tileid(z, x, y)
        offset, length = self._header["root_offset"], self._header["root_length"]
        try:
            for _depth in range(_MOST_DEPTH):
                entry = find_tile(self._directory(offset, length), number)
                if entry is None:
                    return None
                if entry.run_length:
                    return self._bytes(self._header["tile_data_offset"] + entry.offset, entry.length)
                offset, length = self._header["leaf_directory_offset"] + entry.offset, entry.length
        except Exception as error:
            raise BasemapError(f"tile {z}/{x}/{y}: {type(error).__name__} {error}") from error
        raise BasemapError(f"tile {z}/{x}/{y}: directories without end")

    def _read_header(self) -> HeaderDict:
        header = deserialize_header(self._bytes(0, _HEADER_BYTES))
        size = os.fstat(self._file.fileno()).st_size
        parts: dict[str, Any] = dict(header)
        if any(parts[f"{part}_offset"] + parts[f"{part}_length"] > size for part in _PARTS_OF_HEADER):
            raise ValueError("cut off")
        if header["tile_type"] is not TileType.MVT or header["tile_compression"] is not Compression.GZIP:
            raise ValueError("no gzipped vector tiles")
        return header

    def _read_about(self) -> About:
        header = self._header
        metadata = json.loads(
            gzip.decompress(self._bytes(header["metadata_offset"], header["metadata_length"]))
        )
        ours = metadata[_OURS]
        bounds = (header["min_lon_e7"], header["min_lat_e7"], header["max_lon_e7"], header["max_lat_e7"])
        west, south, east, north = (degrees / 1e7 for degrees in bounds)
        return About(
            build=str(ours["build"]),
            built_at=datetime.fromisoformat(ours["built_at"]),
            origin=origin_in(metadata),
            layers=tuple(layer["id"] for layer in metadata["vector_layers"]),
            bounds=(west, south, east, north),
            zooms=(header["min_zoom"], header["max_zoom"]),
            tile_bytes=header["tile_data_length"] // max(header["tile_contents_count"], 1),
        )

    def _read_directory(self, offset: int, length: int) -> list[Entry]:
        return deserialize_directory(self._bytes(offset, length))

    def _bytes(self, offset: int, length: int) -> bytes:
        # Not mapped into memory: a file that somebody cuts short meanwhile would end the process.
        found = os.pread(self._file.fileno(), length, offset)
        if len(found) != length:
            raise ValueError("cut off")
        return found


_Stamp = tuple[int, int, int]
_lock = threading.Lock()
_held: tuple[_Stamp, Archive | None] | None = None


def current() -> Archive | None:
    """The base map that is served now; None when none has been built, or what lies there is none."""
    global _held
    try:
        found = location().stat()
    except OSError:
        return None
    stamp = (found.st_ino, found.st_mtime_ns, found.st_size)
    with _lock:
        if _held is None or _held[0] != stamp:
            archive = None
            with contextlib.suppress(FileNotFoundError):
                try:
                    archive = Archive(location())
                except (BasemapError, OSError) as error:
                    _log.error("The base map cannot be served: %s", error)
            _held = stamp, archive
        return _held[1]
