"""Numbers as they are read: in groups of three digits."""

from django import template

register = template.Library()


@register.filter
def grouped(number: int | None) -> str:
    """1204 → "1,204"; nothing for None."""
    return "" if number is None else f"{number:,}"
