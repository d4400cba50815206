"""Finds GDAL, GEOS and PROJ for GeoDjango: in the pyogrio and shapely wheels unless the environment names others.

Used by `config/settings.py` only. The wheels spare a newcomer every GIS package of the system; a site that
prefers its own libraries sets GDAL_LIBRARY_PATH, GEOS_LIBRARY_PATH, PROJ_DATA or GDAL_DATA.
"""

import importlib.util
import os
from pathlib import Path


def _package_dir(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"The Python package {package} is not installed: run script/setup.")
    return Path(spec.origin).parent


def _bundled_library(package: str, stem: str) -> str:
    """Path of a shared library that a wheel carries in its `<package>.libs` folder."""
    folder = _package_dir(package).parent / f"{package}.libs"
    found = sorted(folder.glob(f"{stem}*.so*"))
    if not found:
        raise RuntimeError(f"No {stem} in {folder}: set its path in the environment (see docs/operator.md).")
    return str(found[0])


def library_paths() -> dict[str, str]:
    """GDAL_LIBRARY_PATH and GEOS_LIBRARY_PATH for Django; sets PROJ_DATA and GDAL_DATA where not given."""
    # shapely must load its GEOS first: GDAL's copy and GeoDjango's then resolve to the same library.
    import shapely  # noqa: F401

    gdal = os.environ.get("GDAL_LIBRARY_PATH")
    if not gdal:
        gdal = _bundled_library("pyogrio", "libgdal")
        data = _package_dir("pyogrio")
        os.environ.setdefault("PROJ_DATA", str(data / "proj_data"))
        os.environ.setdefault("GDAL_DATA", str(data / "gdal_data"))
    return {
        "GDAL_LIBRARY_PATH": gdal,
        "GEOS_LIBRARY_PATH": os.environ.get("GEOS_LIBRARY_PATH") or _bundled_library("shapely", "libgeos_c"),
    }
