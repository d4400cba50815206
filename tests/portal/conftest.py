"""The small town, looked at by somebody or by a passer-by."""

from tests.mapping.conftest import as_user, town

__all__ = ["as_user", "town"]
