"""The base map that a try-out begins with: real roads of Jinan, from the fixtures."""

from pathlib import Path

from django.conf import settings

from mapping.basemap.archive import Origin, current
from mapping.basemap.building import Built, Wanted, build

_EXTRACT = "jinan-roads-2020.osm.pbf"
_ORIGIN = Origin(
    sources=(_EXTRACT,),
    credit={
        "zh-hans": "© OpenStreetMap 贡献者，ODbL；2020 年的道路，黄河以北较少",
        "en": "© OpenStreetMap contributors, ODbL; roads of 2020, few north of the river",
    },
    licence="ODbL 1.0",
    date="2020-11",
)


def build_shipped_if_none() -> Built | None:
    """Build it unless a base map is served already; None when there was nothing to do.

    Raises:
        BasemapError: it could not be built.
    """
    if current() is not None:
        return None
    extract = Path(settings.BASE_DIR) / "fixtures" / "basemap" / _EXTRACT
    return build(Wanted((extract,), _ORIGIN))
