"""The small town of the mapping tests, for tests that need one asset of every sort."""

from tests.mapping.conftest import town

__all__ = ["town"]
