"""Lint, types and unit tests of the browser's code; script/javascript, script/test and .ci/run use it.

The tools come from npm by the lock file and run on the machine's node, or on the one in .venv.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence

from parts.clone import CLONE
from parts.console import say
from parts.virtual_environment import NODE_MODULES, node_environment

# The pages' modules, the snapshot's scripts (which are none) and the tests (which see Node) are programs of their own.
_PROGRAMS = (".", "mapping/snapshot/browser", "tests/js")
_TESTS = CLONE / "tests" / "js"


def lint() -> int:
    """Biome: rules for JavaScript and CSS, and the form of JavaScript; a warning is a failure. Returns its status."""
    return _run([str(NODE_MODULES / ".bin" / "biome"), "check", "--error-on-warnings"])


def types() -> int:
    """`tsc` over every program. Returns the worst exit status."""
    tsc = str(NODE_MODULES / ".bin" / "tsc")
    return max(_run([tsc, "--project", program]) for program in _PROGRAMS)


def unit_tests(arguments: Sequence[str]) -> int:
    """The tests in tests/js, or those that `arguments` name; says how many, or what failed. Returns node's status."""
    options = [argument for argument in arguments if argument.startswith("-")]
    files = [argument for argument in arguments if not argument.startswith("-")]
    files = files or sorted(str(path.relative_to(CLONE)) for path in _TESTS.glob("*.test.js"))
    node = ["node", "--no-warnings", "--import", "./tests/js/setup.js", "--test", "--test-reporter=spec"]
    result = subprocess.run(
        [*node, *options, *files],
        cwd=CLONE,
        env=node_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=False,
    )
    passed = re.search(r"^. pass (\d+)$", result.stdout, re.MULTILINE)
    say(
        f"{passed[1]} tests in JavaScript passed."
        if passed and not result.returncode
        else "\n".join(line for line in result.stdout.splitlines() if not line.lstrip().startswith("✔"))
    )
    return result.returncode


def _run(command: Sequence[str]) -> int:
    environment = node_environment()
    return subprocess.run(
        command, cwd=CLONE, env=environment, stdin=subprocess.DEVNULL, check=False
    ).returncode
