"""What this machine needs besides Python packages: says what is missing and, where it may, installs it.

Each need is looked for by what it provides (a program, a font), not by a package's name, so that software
installed in another way counts too. On Debian and Ubuntu the missing packages are installed when this is root or
sudo asks for no password; everywhere else one message names all of them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from parts.clone import Trouble
from parts.console import say
from parts.interpreter import suitable_python
from parts.postgres_binaries import installations

# Else Debian would make and start a server of its own at once, which nobody asked for.
NO_MAIN_CLUSTER = Path("/etc/postgresql-common/createcluster.d/no-main-cluster.conf")


@dataclass(frozen=True)
class Need:
    """Something the machine has to provide."""

    what: str
    package: str  # of Debian and Ubuntu
    is_met: Callable[[], bool]


def _has(*programs: str) -> Callable[[], bool]:
    return lambda: any(shutil.which(program) for program in programs)


def _has_writer() -> bool:
    office = shutil.which("soffice")
    return office is not None and any(Path(office).resolve().parent.glob("libswlo*"))


def _has_chinese_font() -> bool:
    fonts = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts")
    names = ("*[Cc][Jj][Kk]*", "*[Ss]ource[Hh]an*", "wqy-*", "*[Dd]roid*[Ff]allback*")
    return any(next(folder.rglob(name), None) for folder in fonts if folder.is_dir() for name in names)


POSTGIS = Need("PostgreSQL 15+ with PostGIS 3.3+", "postgresql-postgis", lambda: bool(installations()))
PYTHON = Need("Python 3.11+ with venv", "python3-venv", lambda: suitable_python() is not None)
GETTEXT = Need("gettext", "gettext", _has("msgfmt"))
CHROMIUM = Need("Chromium", "chromium", lambda: chromium() is not None)
CHINESE_FONT = Need("a Chinese font", "fonts-noto-cjk", _has_chinese_font)
WEBKIT = Need("WebKitGTK with its WebDriver", "webkit2gtk-driver", _has("WebKitWebDriver"))
SCREEN = Need("Xvfb", "xvfb", _has("Xvfb"))
QGIS = Need("QGIS with its Python", "python3-qgis", Path("/usr/lib/python3/dist-packages/qgis").is_dir)
# Its suite comes in parts: without Writer it opens no document.
WRITER = Need("LibreOffice Writer", "libreoffice-writer-nogui", _has_writer)
GDAL = Need("GDAL's programs", "gdal-bin", _has("ogr2ogr"))


def needs(*, database: bool, tests: bool, drills: bool = False) -> list[Need]:
    """What a command needs: a database of our own or not, tests or only the server, the long drills too or not."""
    # Only Debian has Chromium as a package; elsewhere `ensure_browser` looks after it.
    browser = [CHROMIUM] if _system() == "debian" else []
    return [
        *([POSTGIS] if database else []),
        PYTHON,
        GETTEXT,
        *([*browser, CHINESE_FONT, GDAL] if tests else []),
        *([WEBKIT, SCREEN, QGIS, WRITER] if drills else []),
    ]


def ensure(needs: Iterable[Need]) -> None:
    """Install what is missing, or say in one message what it is and how to get it."""
    missing = [need for need in needs if not need.is_met()]
    if not missing:
        return
    system = _system()
    packages = [_package(need) for need in missing]
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    how = f"    sudo {' '.join(install)}"
    names = ", ".join(need.what for need in missing)
    if system == "other":
        raise Trouble(
            f"This machine lacks: {names}. Please install them. (Debian's names: {' '.join(packages)})"
        )
    privilege = _privilege()
    if privilege is None:
        raise Trouble(f"This machine lacks: {names}. Please install them:\n{how}")
    say(f"Installing system packages: {' '.join(packages)} …")
    _apt(privilege, install)
    still = [need for need in missing if not need.is_met()]
    if still:
        # For instance a release whose PostGIS is too old.
        names = ", ".join(need.what for need in still)
        raise Trouble(f"This machine still lacks: {names}, although this succeeded:\n{how}")


def ensure_browser(python: Path) -> None:
    """Where Chromium is no package, have Playwright (of the environment of `python`) fetch its own."""
    if CHROMIUM.is_met():
        return
    say("Fetching Chromium …")
    with_libraries = ["--with-deps"] if _privilege() is not None and _system() == "ubuntu" else []
    command = [str(python), "-m", "playwright", "install", *with_libraries, "chromium"]
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
    if not CHROMIUM.is_met():
        raise Trouble(
            "There is no Chromium for the browser tests, and Playwright could not fetch one. (Ubuntu's is a snap, "
            "whose confinement keeps it from the tests' files.) Install Google Chrome, or set CHROMIUM to the path "
            "of a Chromium."
        )


def chromium() -> str | None:
    """Path of the browser to test with: CHROMIUM, an installed one, or the one Playwright fetched."""
    program = os.environ.get("CHROMIUM")
    if program:
        if not os.access(program, os.X_OK):
            raise Trouble(f"CHROMIUM={program} is not a program.")
        return program
    for name in ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser"):
        path = shutil.which(name)
        # Ubuntu's /usr/bin/chromium-browser only calls the snap.
        if path and not path.startswith("/snap/") and not _is_snap_stub(path):
            return path
    fetched = Path.home().glob(".cache/ms-playwright/chromium-*/chrome-linux*/chrome")
    return str(max(fetched, default="")) or None


def _is_snap_stub(path: str) -> bool:
    with open(path, "rb") as program:
        start = program.read(4096)
    return start.startswith(b"#!") and b"/snap/bin/" in start


def _package(need: Need) -> str:
    """The package that meets a need; a Python beside the system's own has a package of its own for venv."""
    if need is PYTHON:
        python = suitable_python(with_venv=False)
        if python and python.startswith("/usr/bin/python3."):
            return f"{Path(python).name}-venv"
    return need.package


def _system() -> str:
    """`debian`, `ubuntu` or `other`; what derives from them counts as them if it has apt-get."""
    try:
        lines = Path("/etc/os-release").read_text().splitlines()
    except OSError:
        return "other"
    release = {name: value.strip('"') for name, _, value in (line.partition("=") for line in lines)}
    family = f"{release.get('ID', '')} {release.get('ID_LIKE', '')}".split()
    if shutil.which("apt-get") is None:
        return "other"
    return next((name for name in ("ubuntu", "debian") if name in family), "other")


def _privilege() -> list[str] | None:
    """What to put before a command to run it as root; None when that is not allowed."""
    if os.geteuid() == 0:
        return []
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return ["sudo", "-n"]
    return None


def _apt(privilege: list[str], install: list[str]) -> None:
    environment = ["env", "DEBIAN_FRONTEND=noninteractive"]
    steps = [["apt-get", "update", "--quiet"], [*install, "--quiet", "--option", "DPkg::Lock::Timeout=600"]]
    if POSTGIS.package in install:
        setting = (
            f"mkdir -p {NO_MAIN_CLUSTER.parent} && echo 'create_main_cluster = false' > {NO_MAIN_CLUSTER}"
        )
        steps.insert(0, ["sh", "-c", setting])
    for step in steps:
        command = [*privilege, *environment, *step]
        result = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        if result.returncode != 0 and "update" not in step:  # a partly failed update may still be enough
            tail = "\n".join(result.stdout.decode(errors="replace").splitlines()[-20:])
            raise Trouble(f"This failed:\n    {' '.join([*privilege, *step])}\n{tail}")
