"""Every address of the product, from the address table itself: a new page is walked without anybody thinking of it."""

import re
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

_CONVERTER = re.compile(r"<(?:(\w+):)?(\w+)>")


def patterns(table: list[URLPattern | URLResolver] | None = None, before: str = "") -> Iterator[str]:
    """Every address as text, with its converters, from the address table."""
    for entry in get_resolver().url_patterns if table is None else table:
        text = before + _text(entry)
        if isinstance(entry, URLResolver):
            yield from patterns(entry.url_patterns, text)
        else:
            yield text


def _text(entry: URLPattern | URLResolver) -> str:
    pattern = str(entry.pattern)
    if "(?P<" in pattern or pattern.startswith("^"):
        return re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", pattern).strip("^$").replace("\\", "")
    return pattern


GOOD = {"int": "1", "uuid": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff", "slug": "x", "path": "x", "str": "x"}


def filled(pattern: str, value: str | None = None) -> str:
    """An address of a pattern, its gaps filled with something plausible, or all with one value."""
    return "/" + _CONVERTER.sub(lambda gap: value or GOOD.get(gap[1] or "str", "x"), pattern)


def has_gaps(pattern: str) -> bool:
    """Whether something in the address varies."""
    return bool(_CONVERTER.search(pattern))
