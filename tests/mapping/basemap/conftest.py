"""Files of base maps as operators have them, and the one that the try-out ships with."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from django.conf import settings
from django.utils.translation import override

from mapping.basemap.archive import Archive, Origin, location
from mapping.basemap.building import Built, Wanted, build

SHIPPED = Path(settings.BASE_DIR) / "fixtures" / "basemap" / "jinan-roads-2020.osm.pbf"
CREDIT = {"zh-hans": "© 测试", "en": "© Test"}
ROADS = [
    ({"highway": "primary", "name": "北园大街"}, shapely.LineString([(116.97, 36.685), (117.03, 36.685)])),
    ({"highway": "residential", "name": None}, shapely.LineString([(116.99, 36.68), (116.99, 36.69)])),
    ({"highway": "construction", "name": "没有的路"}, shapely.LineString([(117.0, 36.68), (117.0, 36.69)])),
]


def write(
    path: Path, features: list[tuple[dict[str, Any], Any]], crs: str = "EPSG:4326", **options: Any
) -> Path:
    """A file of any kind that GDAL writes, by its ending."""
    columns = list(features[0][0])
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array([shape for _values, shape in features], dtype=object)),
        [np.array([values[name] for values, _shape in features], dtype=object) for name in columns],
        np.array(columns, dtype=object),
        geometry_type=options.pop("geometry_type", "Unknown"),
        crs=crs,
        **options,
    )
    return path


def geojson(path: Path, features: list[tuple[dict[str, Any], Any]]) -> Path:
    """A GeoJSON file."""
    listed = [
        {"type": "Feature", "properties": values, "geometry": json.loads(shapely.to_geojson(shape))}
        for values, shape in features
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": listed}, ensure_ascii=False))
    return path


def made_of(*paths: Path, **wanted: Any) -> Built:
    """Build a base map of these files."""
    origin = Origin(tuple(path.name for path in paths), CREDIT, "ODbL 1.0", "2020-11")
    return build(Wanted(paths, wanted.pop("origin", origin), **wanted))


def served() -> Archive:
    """The base map that is in place."""
    return Archive(location())


@pytest.fixture
def english() -> Iterator[None]:
    """Sentences in English."""
    with override("en"):
        yield


@pytest.fixture
def roads(tmp_path: Path) -> Path:
    """Three roads, of which one is only being built."""
    return geojson(tmp_path / "roads.geojson", ROADS)


@pytest.fixture
def built(roads: Path) -> Built:
    """A base map of these roads, in place."""
    return made_of(roads)


@pytest.fixture
def rebuilt(tmp_path: Path) -> Callable[[], Built]:
    """Call it to have another base map in place: one road, elsewhere."""
    return lambda: made_of(
        geojson(tmp_path / "others.geojson", [({"highway": "trunk", "name": "新路"}, ROADS[1][1])])
    )
