"""When .venv and node_modules count as made, and when they are made again. Nothing is downloaded here."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from parts import messages, virtual_environment
from parts.clone import CLONE, Trouble


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone in which everything is installed, by its stamps."""
    venv, modules = tmp_path / ".venv", tmp_path / "node_modules"
    version = "{}.{}".format(*sys.version_info[:2])
    (venv / "bin").mkdir(parents=True)
    (venv / "lib" / f"python{version}").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to(sys.executable)
    modules.mkdir()
    for name in ("requirements.txt", "requirements-dev.txt", "package-lock.json"):
        shutil.copy(CLONE / name, tmp_path / name)
    for name, value in {
        "CLONE": tmp_path,
        "VENV": venv,
        "PYTHON": venv / "bin" / "python",
        "_STAMP": venv / "installed.json",
        "_WORKING": venv / "being-installed",
        "_NODE_STAMP": modules / ".installed-from",
    }.items():
        monkeypatch.setattr(virtual_environment, name, value)
    stamp: dict[str, object] = {"clone": str(tmp_path), "python": version, "files": {}}
    stamp["files"] = virtual_environment._wanted(True, stamp)
    virtual_environment._save(stamp)
    monkeypatch.setattr(virtual_environment.shutil, "which", "/usr/bin/{}".format)
    monkeypatch.setattr(virtual_environment, "_machine_node_version", lambda: (20, 20))
    (modules / ".installed-from").write_text(virtual_environment._wanted_node_packages(True))
    return tmp_path


def test_what_is_installed_is_left_alone(clone: Path) -> None:
    assert virtual_environment.is_ready(tests=True)
    assert virtual_environment.is_ready(tests=False)


def test_a_changed_lock_file_is_noticed(clone: Path) -> None:
    with (clone / "requirements.txt").open("a") as requirements:
        requirements.write("# changed\n")
    assert not virtual_environment.is_ready(tests=False)


def test_a_changed_development_lock_file_is_noticed_by_the_server_too(clone: Path) -> None:
    # Else `script/server` after a pull would leave the two halves of one environment at odds.
    with (clone / "requirements-dev.txt").open("a") as requirements:
        requirements.write("# changed\n")
    assert not virtual_environment.is_ready(tests=False)


def test_tests_need_more_than_the_server(clone: Path) -> None:
    stamp = json.loads((clone / ".venv/installed.json").read_text())
    del stamp["files"]["requirements-dev.txt"]
    (clone / ".venv/installed.json").write_text(json.dumps(stamp))
    assert virtual_environment.is_ready(tests=False)
    assert not virtual_environment.is_ready(tests=True)


def test_an_environment_whose_installation_was_killed_is_not_trusted(clone: Path) -> None:
    (clone / ".venv/being-installed").touch()
    assert not virtual_environment.is_ready(tests=False)


def test_an_environment_that_was_moved_with_its_clone_is_not_trusted(clone: Path, tmp_path: Path) -> None:
    stamp = json.loads((clone / ".venv/installed.json").read_text())
    (clone / ".venv/installed.json").write_text(json.dumps({**stamp, "clone": "/another/place"}))
    assert not virtual_environment.is_ready(tests=False)


def test_an_environment_whose_python_is_gone_is_not_trusted(clone: Path) -> None:
    (clone / ".venv/bin/python").unlink()
    (clone / ".venv/bin/python").symlink_to("/usr/bin/python3.1")
    assert not virtual_environment.is_ready(tests=False)


def test_browser_packages_whose_installation_was_killed_are_not_trusted(clone: Path) -> None:
    (clone / "node_modules/.installed-from").unlink()
    assert not virtual_environment.is_ready(tests=False)


def test_the_tools_of_tests_in_javascript_are_not_the_server_s(clone: Path) -> None:
    stamp = clone / "node_modules/.installed-from"
    stamp.unlink()
    stamp.write_text(virtual_environment._wanted_node_packages(False))
    assert virtual_environment.is_ready(tests=False)
    assert not virtual_environment.is_ready(tests=True)


def test_what_tests_added_to_node_modules_the_server_keeps_up_to_date(clone: Path) -> None:
    before = virtual_environment._wanted_node_packages(False)
    with (clone / "package-lock.json").open("a") as lock:
        lock.write(" ")
    after = virtual_environment._wanted_node_packages(False)
    assert before != after
    assert before.endswith("tests need")
    assert after.endswith("tests need")


def test_a_machine_whose_node_is_too_old_for_tests_gets_one_of_its_own(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(virtual_environment, "_machine_node_version", lambda: (18, 20))
    assert virtual_environment.is_ready(tests=False)
    assert not virtual_environment.is_ready(tests=True)
    with pytest.raises(Trouble, match="script/setup --tests"):
        virtual_environment.node_environment()
    (clone / ".venv/bin/node").touch()
    assert virtual_environment.is_ready(tests=True)
    assert virtual_environment.node_environment()["PATH"].startswith(f"{clone}/.venv/bin:")


def test_no_registry_but_the_public_one_is_recorded_in_the_lock_file() -> None:
    packages = json.loads((CLONE / "package-lock.json").read_text())["packages"]
    hosts = {package["resolved"].split("/")[2] for package in packages.values() if "resolved" in package}
    assert hosts <= {"registry.npmjs.org"}


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalogue of one message in a clone of its own."""
    monkeypatch.setattr(messages, "CLONE", tmp_path)
    path = tmp_path / "locale/zh_Hans/LC_MESSAGES/django.po"
    path.parent.mkdir(parents=True)
    path.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        '#, python-format\nmsgid "%(n)s assets"\nmsgstr "%(n)s 处"\n',
        encoding="utf-8",
    )
    return path


def test_a_changed_catalogue_is_compiled_and_an_unchanged_one_is_not(catalogue: Path) -> None:
    messages.compile_catalogues()
    assert "处".encode() in catalogue.with_suffix(".mo").read_bytes()
    assert messages.stale_catalogues() == []
    catalogue.with_suffix(".mo").unlink()
    assert messages.stale_catalogues() == [catalogue]


def test_a_translation_that_lost_a_placeholder_does_not_compile(catalogue: Path) -> None:
    catalogue.write_text(
        catalogue.read_text(encoding="utf-8").replace('"%(n)s 处"', '"%(m)s 处"'), encoding="utf-8"
    )
    with pytest.raises(Trouble, match=r"django\.po does not compile"):
        messages.compile_catalogues()
    assert not catalogue.with_suffix(".mo").exists()


def test_the_compiled_catalogues_and_all_that_is_private_stay_out_of_git() -> None:
    names = [".venv/x", "node_modules/x", "var/secret-key", "locale/zh_Hans/LC_MESSAGES/django.mo"]
    command = ["git", "-C", str(CLONE), "-c", f"safe.directory={CLONE}", "check-ignore", *names]
    assert subprocess.run(command, capture_output=True, text=True, check=False).stdout.split() == names
