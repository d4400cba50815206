"""What is said, and done, about programs that the machine lacks. No package is installed: apt-get is a stand-in."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from parts import system_packages
from parts.clone import Trouble
from parts.postgres_binaries import installations
from parts.system_packages import Need, ensure

MISSING = [
    Need("the first thing", "package-one", lambda: False),
    Need("the second", "package-two", lambda: False),
]
PRESENT = Need("something that is there", "package-three", lambda: True)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """A function that makes this look like another machine; returns the record of what apt-get was asked for."""

    def make(system: str, *, root: bool, apt_get: str = "exit 0") -> Path:
        asked = tmp_path / "asked"
        program = tmp_path / "apt-get"
        program.write_text(f'#!/bin/sh\necho "$@" >> {asked}\n{apt_get}\n')
        program.chmod(stat.S_IRWXU)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
        monkeypatch.setattr(system_packages, "_system", lambda: system)
        monkeypatch.setattr(system_packages, "_privilege", lambda: [] if root else None)
        return asked

    return make


def test_nothing_is_done_when_nothing_is_missing(machine: Callable[..., Path]) -> None:
    asked = machine("debian", root=True)
    ensure([PRESENT])
    assert not asked.exists()


def test_one_message_names_everything_missing_and_the_command_for_it(machine: Callable[..., Path]) -> None:
    asked = machine("debian", root=False)
    with pytest.raises(Trouble) as trouble:
        ensure([MISSING[0], PRESENT, MISSING[1]])
    message = str(trouble.value)
    assert "the first thing, the second" in message
    assert "sudo apt-get install --yes --no-install-recommends package-one package-two" in message
    assert "package-three" not in message
    assert not asked.exists()


def test_a_machine_without_apt_is_told_what_and_not_how(machine: Callable[..., Path]) -> None:
    machine("other", root=True)
    with pytest.raises(Trouble, match=r"lacks: the first thing\. Please install") as trouble:
        ensure(MISSING[:1])
    assert "sudo" not in str(trouble.value)


def test_root_has_the_missing_packages_installed_in_one_go(
    machine: Callable[..., Path], tmp_path: Path
) -> None:
    asked = machine("debian", root=True, apt_get=f"test $1 = update || touch {tmp_path}/installed")
    ensure([Need("a thing", "package-one", (tmp_path / "installed").exists), PRESENT])
    update, install = asked.read_text().splitlines()
    assert update.startswith("update")
    assert install.startswith("install --yes --no-install-recommends package-one")


def test_debian_is_kept_from_making_a_server_of_its_own(
    machine: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting = tmp_path / "createcluster.d" / "no-main-cluster.conf"
    monkeypatch.setattr(system_packages, "NO_MAIN_CLUSTER", setting)
    # Looked at when apt-get runs: afterwards it would be too late.
    asked = machine("debian", root=True, apt_get=f"cat {setting} >> {tmp_path}/seen")
    with pytest.raises(Trouble, match="still lacks"):
        ensure([Need("PostGIS", system_packages.POSTGIS.package, lambda: False)])
    assert asked.exists()
    assert "create_main_cluster = false" in (tmp_path / "seen").read_text()


def test_what_apt_says_when_it_fails_is_shown(machine: Callable[..., Path]) -> None:
    machine("debian", root=True, apt_get="test $1 = update || { echo E: no such package; exit 100; }")
    with pytest.raises(Trouble, match="E: no such package"):
        ensure(MISSING)


def test_a_package_that_does_not_bring_what_is_needed_is_said_to_fall_short(
    machine: Callable[..., Path],
) -> None:
    machine("ubuntu", root=True)
    with pytest.raises(Trouble, match="still lacks: the first thing"):
        ensure(MISSING[:1])


def test_ubuntus_chromium_which_is_a_snap_is_not_asked_of_apt(machine: Callable[..., Path]) -> None:
    machine("ubuntu", root=True)
    assert system_packages.CHROMIUM not in system_packages.needs(database=True, tests=True)
    machine("debian", root=True)
    assert system_packages.CHROMIUM in system_packages.needs(database=True, tests=True)


def test_a_second_browser_is_only_for_the_long_drills(machine: Callable[..., Path]) -> None:
    machine("debian", root=True)
    for need in (system_packages.WEBKIT, system_packages.QGIS):
        assert need not in system_packages.needs(database=True, tests=True)
        assert need in system_packages.needs(database=True, tests=True, drills=True)


def test_a_program_that_only_calls_the_snap_is_not_taken_for_a_browser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "chromium"
    program.write_text('#!/bin/sh\nexec /snap/bin/chromium "$@"\n')
    program.chmod(stat.S_IRWXU)
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert system_packages.chromium() is None
    program.write_text("\x7fELF")
    assert system_packages.chromium() == str(program)


def test_a_browser_that_is_named_has_to_be_a_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    with pytest.raises(Trouble, match="/nowhere/chromium"):
        system_packages.chromium()


@pytest.mark.parametrize(
    "major,postgis,usable",
    [
        ("15", "3.3.2", True),
        ("17", "3.10.0", True),
        ("14", "3.4.0", False),
        ("16", "3.2.9", False),
        ("15", None, False),
    ],
)
def test_postgresql_counts_from_15_on_and_with_postgis_from_3_3_on(
    tmp_path: Path, major: str, postgis: str | None, usable: bool
) -> None:
    programs = tmp_path / "lib" / major / "bin"
    extensions = tmp_path / "share" / major / "extension"
    programs.mkdir(parents=True)
    extensions.mkdir(parents=True)
    for name in ("postgres", "initdb", "pg_ctl", "psql"):
        (programs / name).touch()
    if postgis:
        (extensions / "postgis.control").write_text(f"comment = 'x'\ndefault_version = '{postgis}'\n")
    found = installations(tmp_path / "lib", tmp_path / "share")
    assert [installation.major for installation in found] == ([int(major)] if usable else [])
