"""Sandboxes for the tests of script/, removed with all that runs in them."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.script.sandbox import Sandbox


@pytest.fixture(scope="session")
def make_sandbox() -> Iterator[Callable[..., Sandbox]]:
    """A function that makes sandboxes, in a given directory or a short one that everybody may pass through."""
    made: list[Sandbox] = []

    def make(parent: Path | None = None) -> Sandbox:
        base = Path(tempfile.mkdtemp(prefix="tq-", dir=parent or "/tmp"))
        base.chmod(0o755)
        made.append(Sandbox(base / "var"))
        return made[-1]

    yield make
    for sandbox in made:
        sandbox.remove()
        shutil.rmtree(sandbox.var.parent, ignore_errors=True)


@pytest.fixture(scope="module")
def sandbox(make_sandbox: Callable[..., Sandbox]) -> Sandbox:
    """A sandbox that the tests of one file share; each leaves its cluster stopped and whole."""
    return make_sandbox()
