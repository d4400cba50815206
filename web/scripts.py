"""Where each script module lies: rooms name their folders, pages get one import map of all.

Modules import one another by room and name (`web/dom`), so that the addresses may carry a hash.
"""

import json
from functools import lru_cache
from pathlib import Path

from django.core.files.storage import Storage, storages
from django.utils.safestring import SafeString, mark_safe

_folders: dict[str, Path] = {}


def offer_scripts(room: str, folder: Path) -> None:
    """Add a room's modules, the files of `static/<room>/js` (from its `AppConfig.ready`)."""
    _folders[room] = folder
    _modules.cache_clear()
    _written.cache_clear()


@lru_cache(maxsize=1)
def _modules() -> tuple[tuple[str, str], ...]:
    """Room of every module, and its name with the folder it lies in."""
    return tuple(
        (room, module.relative_to(folder).with_suffix("").as_posix())
        for room, folder in _folders.items()
        for module in sorted(folder.rglob("*.js"))
    )


def import_map() -> dict[str, str]:
    """Module name → address, for the page's import map."""
    return _addresses(storages["staticfiles"])


def import_map_text() -> SafeString:
    """The import map as it stands in a page; written once, since every page has it and no name changes meanwhile."""
    return _written(storages["staticfiles"])


@lru_cache(maxsize=1)
def _written(storage: Storage) -> SafeString:
    # An address is one of our own file names: nothing in it ends a script element.
    return mark_safe(json.dumps({"imports": _addresses(storage)}, separators=(",", ":")))


def _addresses(storage: Storage) -> dict[str, str]:
    modules = {f"{room}/{name}": storage.url(f"{room}/js/{name}.js") for room, name in _modules()}
    return {
        "maplibre-gl": storage.url("vendor/maplibre/maplibre-gl.mjs"),
        "echarts": storage.url("vendor/echarts/echarts.esm.min.mjs"),
        **modules,
    }
