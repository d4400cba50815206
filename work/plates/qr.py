"""QR codes as SVG, drawn on the server by segno: sharp at every size, and nothing to download."""

from functools import lru_cache

import segno
from django.utils.safestring import SafeString, mark_safe

QUIET_ZONE = 4  # modules of white around it, which readers need


@lru_cache(
    maxsize=2048
)  # finding the best mask takes 3 ms, and people look at the same plates in several layouts
def qr_svg(content: str) -> SafeString:
    """A QR code that survives a scratch (error correction M), as an SVG element without a size of its own."""
    code = segno.make(content, error="m", micro=False, boost_error=True)
    drawn = code.svg_inline(border=QUIET_ZONE, omitsize=True, svgclass="qr", lineclass=None)
    return mark_safe(drawn)


def grouped(code: str) -> str:
    """A component id as people read it aloud: district, class and item, serial number."""
    return f"{code[:6]} {code[6:11]} {code[11:]}" if len(code) == 17 else code
