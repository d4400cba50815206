"""Where each script module lies: rooms name their folders, pages get one import map of all.

Modules import one another by room and name (`web/dom`), so that the addresses may carry a hash.
"""

from functools import lru_cache
from pathlib import Path

from django.templatetags.static import static

_folders: dict[str, Path] = {}


def offer_scripts(room: str, folder: Path) -> None:
    """Add a room's modules, the files of `static/<room>/js` (from its `AppConfig.ready`)."""
    _folders[room] = folder
    _modules.cache_clear()


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
    modules = {f"{room}/{name}": static(f"{room}/js/{name}.js") for room, name in _modules()}
    return {
        "maplibre-gl": static("vendor/maplibre/maplibre-gl.mjs"),
        "echarts": static("vendor/echarts/echarts.esm.min.mjs"),
        **modules,
    }
