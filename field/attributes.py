"""What is written about an asset and corrected on phones, as the phone's page is told: its form follows from this."""

from typing import Any

from django.db import models

from assets.fields import ON_PHONES, Field, Kind
from assets.models import Asset
from field.up.applying.attributes import LIMITS

# These have views of their own.
_WITH_VIEWS_OF_THEIR_OWN = frozenset({"type", "themes"})
# As much as anybody types on a phone, where a column has no limit.
_LONGEST_ON_A_PHONE = 2_000
_KINDS = {Kind.TEXT: "text", Kind.BOOLEAN: "boolean", Kind.INTEGER: "integer", Kind.DATE: "date"}


def attributes() -> list[dict[str, Any]]:
    """The fields in the order of their declaration, with their titles in both languages: the page is everybody's."""
    return [_told(name, field) for name, field in ON_PHONES.items() if name not in _WITH_VIEWS_OF_THEIR_OWN]


def _told(name: str, field: Field) -> dict[str, Any]:
    column: Any = Asset._meta.get_field(name)
    titles = field.titles()
    least, most = LIMITS.get(name, (None, None))
    return {
        "name": name,
        "zh": titles["zh-hans"],
        "en": titles["en"],
        "kind": _KINDS[field.kind],
        "unit": field.unit,
        "long": isinstance(column, models.TextField),
        "empty": column.null,
        "longest": (column.max_length or _LONGEST_ON_A_PHONE) if field.kind is Kind.TEXT else None,
        "least": least,
        "most": most,
    }
