"""Numbers as they are read: in groups of three digits."""

from typing import Any

from django import template

register = template.Library()


@register.filter
def grouped(number: Any) -> str:
    """1204 → "1,204"; what is no whole number stays as it is, nothing stays nothing."""
    if number is None:
        return ""
    return f"{number:,}" if isinstance(number, int) else str(number)
