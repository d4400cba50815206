"""Builds the base map: in a process with limits, beside the one that is served, and then in its place."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from mapping.basemap.archive import Origin, put_in_place, seal
from mapping.basemap.errors import BasemapError
from mapping.basemap.finished import FINISHED, Finished, open_finished
from mapping.basemap.naming import Rule
from mapping.basemap.reading import BBox, check, read_files
from mapping.basemap.tiling import cut
from places.apart import GaveUp, Limits, run_apart

# A province in buildings takes some gigabytes and a quarter of an hour.
_LIMITS = Limits(memory=12 << 30, processor_seconds=7200, seconds=3600)


@dataclass(frozen=True)
class Wanted:
    """What is to be built, and of what. `crs` is what the files' coordinates are, when they do not say it rightly."""

    paths: tuple[Path, ...]
    origin: Origin
    crs: str | None = None
    bbox: BBox | None = None
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True)
class Built:
    """What was built: features by layer (empty when the tiles were cut elsewhere) and the layers left out."""

    build: str
    features: dict[str, int]
    left_out: tuple[str, ...]
    size: int


def build(wanted: Wanted) -> Built:
    """Build the base map and have it served.

    Raises:
        BasemapError: nothing was built, and the one before, if any, is still there.
    """
    finished = [path for path in wanted.paths if path.suffix.lower() in FINISHED]
    if finished and (len(wanted.paths) > 1 or wanted.bbox or wanted.rules or wanted.crs):
        raise BasemapError(
            _("%(path)s is finished: it is taken as it is, alone and without --bbox, --map or --crs.")
            % {"path": finished[0].name}
        )
    for path in wanted.paths:
        if path not in finished:
            check(path)
    try:
        root = Path(settings.BASEMAP_ROOT)
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="building-", dir=root) as folder:
            sealed = Path(folder) / "sealed.pmtiles"
            built = run_apart(_build_apart, wanted, Path(folder), sealed, limits=_LIMITS)
            put_in_place(sealed)
    except GaveUp as error:
        raise BasemapError(
            _(
                "A file is damaged, or building needs more memory or time than it may have; a smaller --bbox helps."
            )
        ) from error
    except OSError as error:
        raise BasemapError(f"{settings.BASEMAP_ROOT}: {error.strerror or error}") from error
    return built


def _build_apart(wanted: Wanted, folder: Path, sealed: Path) -> Built:
    if wanted.paths[0].suffix.lower() in FINISHED:
        return _sealed(open_finished(wanted.paths[0], folder), wanted, sealed)
    found = read_files(wanted.paths, wanted.crs, wanted.bbox, wanted.rules)
    layers = [kind.layer for kind in found.drawn.kinds]
    features = {layer: layers.count(layer) for layer in dict.fromkeys(layers)}
    tiles = Finished(cut(found.drawn, folder), "tiles")
    return _sealed(tiles, wanted, sealed, features, found.left_out)


def _sealed(
    tiles: Finished,
    wanted: Wanted,
    sealed: Path,
    features: dict[str, int] | None = None,
    left_out: Sequence[str] = (),
) -> Built:
    origin = wanted.origin.completed_by(tiles.origin)
    name = seal(sealed, tiles.tiles(), tiles.layers, tiles.bounds, origin)
    return Built(name, features or {}, tuple(left_out), sealed.stat().st_size)
