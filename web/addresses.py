"""Addresses with gaps, for scripts and programs that fill them in."""

from collections.abc import Sequence
from uuid import UUID

from django.urls import NoReverseMatch, reverse

# Stand in the gaps while the address is made; no name of a page holds them.
_NUMBERS = tuple(range(900_000_001, 900_000_010))
_UIDS = tuple(str(UUID(int=number)) for number in _NUMBERS)


def with_gaps(name: str, *gaps: str, given: Sequence[object] = ()) -> str:
    """The address of this name with a gap for each of its parts: `with_gaps("assets-tile", "z", "x", "y")` is
    "/tiles/assets/{z}/{x}/{y}.mvt". What is `given` stands before the gaps.
    """
    try:
        marks = [str(number) for number in _NUMBERS[: len(gaps)]]
        address = reverse(name, args=[*given, *marks])
    except NoReverseMatch:
        marks = list(_UIDS[: len(gaps)])
        address = reverse(name, args=[*given, *marks])
    for mark, gap in zip(marks, gaps, strict=True):
        address = address.replace(mark, f"{{{gap}}}")
    return address
