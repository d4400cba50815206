"""What pages, phones and programs are told of the base map that is served."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from mapping.basemap.archive import About, current

# Stands in for a tile's numbers while its address is made.
_SAMPLE = {"z": 0, "x": 1, "y": 2}


def description(about: About) -> dict[str, Any]:
    """Build, bounds, zooms, layers and where the data comes from, in the language of the page."""
    origin = about.origin
    credit = origin.credit.get(get_language() or "") or next(iter(origin.credit.values()), "")
    return {
        "build": about.build,
        "tiles": _template(about.build),
        "bounds": list(about.bounds),
        "minzoom": about.zooms[0],
        "maxzoom": about.zooms[1],
        "tileBytes": about.tile_bytes,
        "layers": list(about.layers),
        "credit": credit,
        "licence": origin.licence,
        "date": origin.date,
        "sources": list(origin.sources),
        "builtAt": about.built_at.isoformat(),
    }


def offered_basemap() -> dict[str, Any] | None:
    """The base map as maps draw it; None when there is none, or when it would lie beside what is ours.

    Over a shifted base map from elsewhere everything of ours is shifted too; this one is not.
    """
    archive = current() if settings.BASEMAP_CRS == "wgs84" else None
    return None if archive is None else description(archive.about)


def _template(build: str) -> str:
    sample = reverse("basemap-tile", kwargs={"build": build, **_SAMPLE})
    start, _build, end = sample.rpartition(build)
    return start + build + end.replace("0/1/2", "{z}/{x}/{y}")
