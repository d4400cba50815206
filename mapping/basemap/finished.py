"""Takes over tiles that somebody else has cut: a PMTiles or MBTiles file whose layers are called as ours."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from pmtiles.convert import mbtiles_to_pmtiles
from pmtiles.reader import MmapSource, Reader, all_tiles
from pmtiles.tile import Compression, TileType, zxy_to_tileid

from mapping.basemap.archive import origin_in
from mapping.basemap.errors import BasemapError
from mapping.basemap.layers import LAYERS

FINISHED = (".pmtiles", ".mbtiles")
# A tile that unfolds to more is no map of streets.
_LARGEST_TILE = 8 << 20
_GZIP_WINDOW = 31


class Finished:
    """A PMTiles file, open for taking its tiles over.

    Raises:
        BasemapError: it is none, or holds something else than vector tiles of ours.
    """

    def __init__(self, path: Path, label: str) -> None:
        self._label = label
        try:
            with path.open("rb") as file:
                self._bytes = MmapSource(file)
            reader = Reader(self._bytes)
            self.header: dict[str, Any] = dict(reader.header())
            metadata = reader.metadata()
            self.layers = _layers(metadata)
            self.origin = origin_in(metadata)
        except OSError as error:
            raise BasemapError(f"{label}: {error.strerror}") from error
        except Exception as error:  # whatever a damaged file makes of it
            raise BasemapError(
                _("%(path)s is not what its name says, or is damaged.") % {"path": label}
            ) from error
        if self.header["tile_type"] is not TileType.MVT:
            raise BasemapError(
                _("%(path)s holds pictures; a base map is made of vector tiles.") % {"path": label}
            )
        if not any(layer["id"] in LAYERS for layer in self.layers):
            raise BasemapError(
                _("%(path)s: none of its layers is one of ours (%(ours)s); it has: %(names)s")
                % {
                    "path": label,
                    "ours": ", ".join(LAYERS),
                    "names": ", ".join(layer["id"] for layer in self.layers),
                }
            )

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north."""
        west, south, east, north = (
            self.header[f"{name}_e7"] / 1e7 for name in ("min_lon", "min_lat", "max_lon", "max_lat")
        )
        return west, south, east, north

    def tiles(self) -> Iterator[tuple[int, bytes]]:
        """Every tile by its number, gzipped.

        Raises:
            BasemapError: one cannot be unfolded.
        """
        compressed = self.header["tile_compression"] is Compression.GZIP
        try:
            for (z, x, y), data in all_tiles(self._bytes):
                if compressed:
                    _check_tile(data)
                yield zxy_to_tileid(z, x, y), data if compressed else gzip.compress(data, mtime=0)
        except Exception as error:
            raise BasemapError(
                _("%(path)s is damaged: %(why)s") % {"path": self._label, "why": str(error)[:200]}
            ) from error


def open_finished(path: Path, folder: Path) -> Finished:
    """Open a finished file; an MBTiles file is brought into the other form first, in a folder to be cleared.

    Raises:
        BasemapError: it is none, or holds something else than vector tiles of ours.
    """
    if path.suffix.lower() == ".pmtiles":
        return Finished(path, path.name)
    converted = folder / "converted.pmtiles"
    try:
        with path.open("rb") as file:
            if not file.read(16).startswith(b"SQLite format 3\0"):
                raise BasemapError(
                    _("%(path)s is not what its name says, or is damaged.") % {"path": path.name}
                )
        mbtiles_to_pmtiles(str(path), str(converted), None)
    except BasemapError:
        raise
    except OSError as error:
        raise BasemapError(f"{path}: {error.strerror}") from error
    except Exception as error:  # no such table, no such key, a number that is none
        raise BasemapError(
            _("%(path)s is damaged: %(why)s") % {"path": path.name, "why": str(error)[:200]}
        ) from error
    return Finished(converted, path.name)


def _layers(metadata: dict[str, Any]) -> list[dict[str, Any]]:
    """The description of the layers; in an MBTiles file it is a text of its own."""
    described = metadata if "vector_layers" in metadata else json.loads(metadata.get("json", "{}"))
    layers = described.get("vector_layers", [])
    return [{**layer, "id": str(layer["id"])} for layer in layers]


def _check_tile(data: bytes) -> None:
    unfolding = zlib.decompressobj(_GZIP_WINDOW)
    unfolding.decompress(data, _LARGEST_TILE)
    if not unfolding.eof:
        raise ValueError(_("a tile is not whole, or too large"))
