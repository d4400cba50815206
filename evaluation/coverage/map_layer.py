"""What the assets' map is told of coverage: where its tiles are, and where a result is opened."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from web.addresses import with_gaps


def told_to_the_map(_request: HttpRequest) -> dict[str, Any]:
    """Addresses for the map's script."""
    return {
        "tiles": with_gaps("coverage-tile", "z", "x", "y"),
        "result": with_gaps("coverage-result", "uid"),
        "results": reverse("coverage-results"),
    }
