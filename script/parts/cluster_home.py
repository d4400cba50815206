"""Where the private PostGIS cluster of one clone lives, and as whom its server runs (its doings: cluster.py)."""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from parts.clone import Trouble

PORT = 5432  # only the last part of the socket's name: there is no TCP
# The kernel allows 107 bytes; the margin is for the lock file beside the socket and for client libraries.
LONGEST_SOCKET_PATH = 90


@dataclass(frozen=True)
class Home:
    """Where a cluster lives and as whom its server runs."""

    state: Path  # holds the data directory and the log
    sockets: Path
    user: pwd.struct_passwd

    @property
    def data(self) -> Path:
        """PGDATA. Exists only when it is complete."""
        return self.state / "data"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.state / "log"


def choose_home(var: Path) -> Home:
    """Decide where the cluster of `var` lives.

    In var/postgres if the server's user can go there and the socket's path is short enough. Root otherwise
    keeps all of it outside the clone; somebody else, who can always reach their own clone, only the socket.
    """
    inside = var / "postgres"
    tag = hashlib.sha256(str(var).encode()).hexdigest()[:12]
    too_long = len(os.fsencode(inside / "socket" / f".s.PGSQL.{PORT}")) > LONGEST_SOCKET_PATH
    if os.geteuid() == 0:
        user = _user_for_root(inside)
        if too_long or not _can_enter(user, var):
            return Home(Path(f"/var/lib/tianqiao-{tag}"), Path(f"/run/tianqiao-{tag}"), user)
        return Home(inside, inside / "socket", user)
    user = pwd.getpwuid(os.geteuid())
    if inside.exists() and inside.stat().st_uid != user.pw_uid:
        raise Trouble(
            f"{inside} belongs to {_user_name(inside.stat().st_uid)}: somebody else, probably root, started the "
            "database of this clone. Start it as they did, or use a clone of your own."
        )
    return Home(inside, _private_directory(tag) if too_long else inside / "socket", user)


def _user_for_root(inside: Path) -> pwd.struct_passwd:
    """Whose server root starts: the owner of what is there already, else `postgres`."""
    with contextlib.suppress(FileNotFoundError, KeyError):
        owner = inside.stat().st_uid
        if owner != 0:
            return pwd.getpwuid(owner)
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        raise Trouble(
            "There is no user `postgres`; PostgreSQL refuses to run as root. Install it first."
        ) from None


def _can_enter(user: pwd.struct_passwd, directory: Path) -> bool:
    """Whether `user` may pass through `directory` and all above it, by asking the kernel as that user."""
    command = ["test", "-x", str(directory)]
    result = subprocess.run(
        command, user=user.pw_uid, group=user.pw_gid, extra_groups=[], cwd="/", check=False
    )
    return result.returncode == 0


def _private_directory(tag: str) -> Path:
    """A short directory that only this user enters; its ownership is verified when it is made."""
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or "/nonexistent")
    if (
        len(str(runtime)) < 40
        and os.access(runtime, os.W_OK | os.X_OK)
        and runtime.stat().st_uid == os.geteuid()
    ):
        return runtime / f"tianqiao-{tag}"
    return Path(f"/tmp/tianqiao-{os.geteuid()}-{tag}")


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user id {uid}"
