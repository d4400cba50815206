"""The cases' cast, and assets around it."""

from tests.cases.conftest import as_user, calendar, scene

__all__ = ["as_user", "calendar", "scene"]
