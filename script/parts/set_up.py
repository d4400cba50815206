"""Everything between a fresh clone and a first run, in one function."""

from __future__ import annotations

import os

from parts import locks, messages, system_packages, virtual_environment
from parts.clone import var_directory


def set_up(*, tests: bool, drills: bool = False) -> None:
    """Install what is missing and bring what is there up to date; `tests` adds what only tests need, `drills` what
    only the long ones do.

    With nothing to do it takes a fraction of a second and needs no network. Two at once take turns.
    """
    database = not os.environ.get("DATABASE_URL")  # else somebody has one for us
    with locks.exclusive(var_directory() / "setup.lock"):
        system_packages.ensure(system_packages.needs(database=database, tests=tests, drills=drills))
        if not virtual_environment.is_ready(tests=tests):
            virtual_environment.ensure(tests=tests)
        if tests:
            system_packages.ensure_browser(virtual_environment.PYTHON)
        messages.compile_catalogues()
