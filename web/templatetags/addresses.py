"""`{% with_gaps "places-tile" "z" "x" "y" %}`: an address that a script fills in."""

from django import template

from web.addresses import with_gaps as address_with_gaps

register = template.Library()


@register.simple_tag
def with_gaps(name: str, *gaps: str, given: object = None) -> str:
    """The address with `{z}` and the like in it; `given` is the part that stands before them."""
    return address_with_gaps(name, *gaps, given=() if given is None else (given,))
