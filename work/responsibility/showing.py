"""How every page of this folder is shown: below its tab, with the way to importing for those who may."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

from accounts.permissions import MANAGE_RESPONSIBILITY, can
from web.access import SignedInRequest
from web.answers import show_page

_SECTIONS = {
    "people": "people",
    "holder": "people",
    "gaps": "gaps",
    "former": "gaps",
    "indicators": "indicators",
    "indicator": "indicators",
    "import": "import",
    "batch": "import",
}


def show(
    request: SignedInRequest, name: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """The page of one template."""
    given = {
        **context,
        "section": _SECTIONS.get(name, "list"),
        "may_say": can(request.user, MANAGE_RESPONSIBILITY),
    }
    return show_page(request, f"responsibility/{name}.html", given, status=status)
