"""Runs the tests on real PostGIS and in real Chromium; script/test and .ci/run use it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from parts import locks
from parts.clone import CLONE, var_directory
from parts.cluster import given_or_private_database
from parts.processes import Children, signals_held
from parts.system_packages import chromium
from parts.virtual_environment import PYTHON


def run_tests(arguments: Sequence[str], *, slow: bool) -> int:
    """Run pytest with `arguments` after the project's own; returns its exit status."""
    # A process for every core, each with a database of its own; `-n 0` keeps to one, for a debugger. A file's tests
    # stay together, since some share what is dear to make. Files come in their order: pytest-xdist would leave those
    # with the fewest tests to the end, which are the longest drills, and one process would wait for another's.
    spread = ["-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder"]
    # The long drills are left out by an option in pyproject.toml, which this one replaces.
    command = [str(PYTHON), "-m", "pytest", "-q", *spread, *(["-m", ""] if slow else []), *arguments]
    with (
        signals_held(),
        given_or_private_database() as (variables, descriptors),
        _test_database() as test_database,
        Children() as children,
    ):
        environment = {
            **os.environ,
            **variables,
            "DJANGO_ENV": "test",
            "DATABASE_ROLE": "owner",  # it makes the test database
            "TEST_DATABASE_NAME": test_database,
            "CHROMIUM": chromium() or "",
            # Losing the last moment of a test database in a power cut is no loss.
            "PGOPTIONS": "-c synchronous_commit=off",
        }
        process = children.start(command, environment, cwd=CLONE, pass_fds=descriptors)
        return children.follow(process)


def names_tests(arguments: Sequence[str]) -> bool:
    """Whether one of pytest's arguments is a path, so that not everything is meant."""
    return any(
        (CLONE / argument.split("::")[0]).exists() for argument in arguments if not argument.startswith("-")
    )


@contextmanager
def _test_database() -> Iterator[str]:
    """A name for the test database that no other run of this clone is using now.

    The first free one of a few fixed names, so that what a killed run left is found and overwritten.
    """
    name = os.environ.get("TEST_DATABASE_NAME")
    if name:
        yield name
        return
    number, lock = 1, _take_slot(1)
    while lock is None:
        number += 1
        lock = _take_slot(number)
    try:
        yield "test_tianqiao" if number == 1 else f"test_tianqiao_{number}"
    finally:
        os.close(lock)


def _take_slot(number: int) -> int | None:
    return locks.take_alone(var_directory() / f"test-{number}.lock")
