"""The lock files hold what the short lists beside them name, each package pinned and known by its hashes."""

import re
from pathlib import Path

import pytest

CLONE = Path(__file__).resolve().parents[2]

NAMED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\#]+)", re.MULTILINE)


def named_in(file: str) -> set[tuple[str, str]]:
    """Names, as an index writes them, and versions."""
    found = NAMED.findall((CLONE / file).read_text())
    return {(re.sub(r"[-_.]+", "-", name).lower(), version) for name, version in found}


@pytest.mark.parametrize("list_name", ["requirements", "requirements-dev"])
def test_what_is_named_is_locked(list_name: str) -> None:
    wanted = named_in(f"{list_name}.in")
    assert len(wanted) > 10
    assert wanted <= named_in(f"{list_name}.txt"), "run script/lock"


@pytest.mark.parametrize("list_name", ["requirements", "requirements-dev"])
def test_every_package_is_pinned_and_known_by_its_hashes(list_name: str) -> None:
    packages = re.split(r"\n(?=\S)", (CLONE / f"{list_name}.txt").read_text())
    packages = [package for package in packages if not package.startswith("#")]
    assert len(packages) > 50
    assert [package for package in packages if "==" not in package or "--hash=sha256:" not in package] == []


def test_both_files_lock_the_same_versions() -> None:
    """They are installed into one environment."""
    product, other = dict(named_in("requirements.txt")), dict(named_in("requirements-dev.txt"))
    shared = product.keys() & other.keys()
    assert {name: product[name] for name in shared} == {name: other[name] for name in shared}
