"""Sheets of plates, whatever the plates stand for: paper, places used already, and where their codes lead to."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from assets.filter_parameters import FilterError
from work.plates.layouts import LAYOUTS, Layout

USUAL_LAYOUT = "a4-3x8"
_SOME_CODE = "-"


def address_of(request: HttpRequest, page: str, code: str) -> str:
    """What a QR code says; its tail is the code. `PUBLIC_URL` is where the district's server is reached.

    Args:
        page: the name of the page that it opens.
        code: of what the plate stands for; empty for what all such addresses begin with.
    """
    base = settings.PUBLIC_URL or request.build_absolute_uri("/")
    path = reverse(page, args=[code or _SOME_CODE]).removesuffix(_SOME_CODE)
    return base.rstrip("/") + path


def is_local(address: str) -> bool:
    """Whether an address leads to this computer only."""
    return urlsplit(address).hostname in ("localhost", "127.0.0.1", "::1")


def sheets_of(plates: list[dict[str, Any]], layout: Layout, skip: int) -> list[list[dict[str, Any] | None]]:
    """The plates by sheet; the first sheet may have been used in part."""
    places: list[dict[str, Any] | None] = [*([None] * skip), *plates]
    return (
        [places[at : at + layout.per_sheet] for at in range(0, len(places), layout.per_sheet)]
        if plates
        else []
    )


def layout_called(code: str) -> Layout:
    """A kind of paper.

    Raises:
        FilterError: there is none of this name.
    """
    if code not in LAYOUTS:
        raise FilterError("layout", _("“%(value)s” does not exist.") % {"value": code[:80]})
    return LAYOUTS[code]


def places_used(text: str, layout: Layout) -> int:
    """How many places of the first sheet are used already.

    Raises:
        FilterError: it has not so many.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and int(text) < layout.per_sheet):
        raise FilterError(
            "skip", _("Between 0 and %(most)s for this paper.") % {"most": layout.per_sheet - 1}
        )
    return int(text)
