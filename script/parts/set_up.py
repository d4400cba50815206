"""Everything between a fresh clone and a first run, in one function."""

from __future__ import annotations

from parts import locks, messages, system_packages, virtual_environment
from parts.clone import var_directory


def set_up(*, tests: bool, database: bool = True) -> None:
    """Install what is missing and bring what is there up to date.

    `tests` adds what only tests need; `database` says whether a PostGIS of our own will be wanted. With nothing to
    do it takes a fraction of a second and needs no network. Two at once take turns.
    """
    with locks.exclusive(var_directory() / "setup.lock"):
        system_packages.ensure(system_packages.needs(database=database, tests=tests))
        if not virtual_environment.is_ready(tests=tests):
            virtual_environment.ensure(tests=tests)
        messages.compile_catalogues()
