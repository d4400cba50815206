"""Numbers as a reader expects them in a page."""

from typing import Any

from django import template

register = template.Library()


@register.filter
def thousands(number: Any) -> str:
    """51000 → 51,000; what is no whole number stays as it is, nothing stays nothing."""
    if number is None:
        return ""
    return f"{number:,}" if isinstance(number, int) else str(number)
