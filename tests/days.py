"""Days as tests mean them: counted from the day on which a test runs.

A day read when the file is imported is yesterday for whatever runs after midnight. Cases of a test that need a day say
how far from today it is; `tests/test_days.py` finds what reads the clock on import.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

DAY = timedelta(days=1)


def today() -> date:
    """The day it is now, where the settings' clocks are."""
    return timezone.localdate()


def dated(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values, with the day itself for each that says how far from today it is (a `timedelta`)."""
    return {
        name: today() + value if isinstance(value, timedelta) else value for name, value in values.items()
    }
