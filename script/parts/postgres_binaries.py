"""Finds an installed PostgreSQL 15+ that has PostGIS 3.3+."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

OLDEST_POSTGRESQL = 15
OLDEST_POSTGIS = (3, 3)


@dataclass(frozen=True)
class Installation:
    """One major version of PostgreSQL with PostGIS, laid out as Debian and Ubuntu do."""

    major: int
    bin: Path

    def program(self, name: str) -> str:
        """Path of one of its programs, such as `pg_ctl`."""
        return str(self.bin / name)


def installations(
    programs: Path = Path("/usr/lib/postgresql"), shared: Path = Path("/usr/share/postgresql")
) -> list[Installation]:
    """All usable installations, newest first."""
    found = []
    for bin_directory in programs.glob("*/bin"):
        version = bin_directory.parent.name
        if not version.isdigit() or int(version) < OLDEST_POSTGRESQL:
            continue
        if not all((bin_directory / name).exists() for name in ("postgres", "initdb", "pg_ctl", "psql")):
            continue
        if _postgis_version(shared / version / "extension/postgis.control") >= OLDEST_POSTGIS:
            found.append(Installation(int(version), bin_directory))
    return sorted(found, key=lambda installation: installation.major, reverse=True)


def _postgis_version(control: Path) -> tuple[int, ...]:
    """(major, minor) that an extension control file offers; () when there is none."""
    try:
        match = re.search(r"default_version\s*=\s*'(\d+)\.(\d+)", control.read_text())
    except OSError:
        return ()
    return (int(match[1]), int(match[2])) if match else ()
