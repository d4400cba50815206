"""Lint and types of the browser's code; script/javascript and .ci/run use it.

The tools come from npm by the lock file and run on the machine's node, or on the one in .venv.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from parts.clone import CLONE
from parts.virtual_environment import NODE_MODULES, node_environment

# The pages' modules and the snapshot's scripts (which are none) are programs of their own.
_PROGRAMS = (".", "mapping/snapshot/browser")


def lint() -> int:
    """Biome over JavaScript and CSS; a warning is a failure. Returns its exit status."""
    return _run([str(NODE_MODULES / ".bin" / "biome"), "lint", "--error-on-warnings"])


def types() -> int:
    """`tsc` over every program. Returns the worst exit status."""
    tsc = str(NODE_MODULES / ".bin" / "tsc")
    return max(_run([tsc, "--project", program]) for program in _PROGRAMS)


def _run(command: Sequence[str]) -> int:
    environment = node_environment()
    return subprocess.run(
        command, cwd=CLONE, env=environment, stdin=subprocess.DEVNULL, check=False
    ).returncode
