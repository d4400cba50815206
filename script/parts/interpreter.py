"""Finds a Python that is new enough, and continues under it when this one is not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from parts.clone import Trouble

OLDEST_PYTHON = (3, 11)


def suitable_python(*, with_venv: bool = True) -> str | None:
    """Path of a Python 3.11+ (that can make virtual environments): the one running this, or another installed."""
    own = sys.version_info[:2] >= OLDEST_PYTHON
    others = [*(f"python3.{minor}" for minor in range(20, 10, -1)), "python3"]
    modules = "venv, ensurepip, ctypes, ssl" if with_venv else "sys"
    test = f"import sys, {modules}; sys.exit(sys.version_info[:2] < {OLDEST_PYTHON})"
    for name in [sys.executable, *others] if own else others:
        path = shutil.which(name)
        if path and subprocess.run([path, "-c", test], capture_output=True, check=False).returncode == 0:
            return path
    return None


def leave_old_python() -> None:
    """Run the same command again under a Python 3.11+ if this one is older."""
    if sys.version_info[:2] >= OLDEST_PYTHON:
        return
    python = suitable_python(with_venv=False)
    if python is None:
        raise Trouble(f"Python 3.11 or newer is needed; this one is {sys.version.split()[0]}.")
    os.execv(python, [python, *sys.argv])
