"""The small town, looked at as somebody."""

from tests.mapping.conftest import as_user, reader, town

__all__ = ["as_user", "reader", "town"]
