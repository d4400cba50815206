"""A migrated database that is kept between runs: making one takes half a minute, copying it a second.

Each test database (every process has one) is a copy of it; `migrate` runs on the copy all the same, and finds nothing
to do. Its name tells what it was made of, so that another migration or another lock file makes another one.
"""

import fcntl
import hashlib
import os
from pathlib import Path
from tempfile import gettempdir

from django.conf import settings
from django.db import connection

PLACE = hashlib.sha256(str(settings.BASE_DIR).encode()).hexdigest()[:8]
PREFIX = f"migrated_{PLACE}_"  # on a server that two clones share each keeps its own


def migrated_database() -> str:
    """The name of a database in which all migrations ran; made when there is none, others of its kind are dropped."""
    creation, wanted = connection.creation, PREFIX + _made_of()
    with _one_at_a_time(), creation._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
        kept = {name for (name,) in cursor.fetchall()}
        if wanted in kept:
            return wanted
        for name in kept:
            cursor.execute(f"DROP DATABASE {connection.ops.quote_name(name)}")
        making = f"{PREFIX}making"
        _migrate(making)
        cursor.execute(
            f"ALTER DATABASE {connection.ops.quote_name(making)} RENAME TO {connection.ops.quote_name(wanted)}"
        )
    return wanted


def _migrate(name: str) -> None:
    """Make the database `name` as Django makes the one for tests."""
    before, test = connection.settings_dict["NAME"], connection.settings_dict["TEST"]
    named = test["NAME"]
    test["NAME"] = name
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    finally:
        connection.close()
        test["NAME"] = named
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = before


def _made_of() -> str:
    """A digest of every migration, and of what runs them."""
    digest = hashlib.sha256((settings.BASE_DIR / "requirements.txt").read_bytes())
    for path in sorted(settings.BASE_DIR.glob("*/migrations/*.py")):
        digest.update(str(path.relative_to(settings.BASE_DIR)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


class _one_at_a_time:  # noqa: N801 (reads as what it does)
    """Whoever else runs tests of this clone waits."""

    def __enter__(self) -> None:
        place = hashlib.sha256(str(settings.BASE_DIR).encode()).hexdigest()[:16]
        self.lock = os.open(
            Path(gettempdir()) / f"tests-{os.getuid()}-{place}.lock", os.O_CREAT | os.O_RDWR, 0o600
        )
        fcntl.flock(self.lock, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        os.close(self.lock)
