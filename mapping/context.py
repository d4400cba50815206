"""What every template may use: filled by the pages of this room."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor: settings that templates show."""
    return {"demonstration": settings.DEMONSTRATION}
