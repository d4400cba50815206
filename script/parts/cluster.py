"""The private PostGIS cluster of one clone: made on first use, shared by its users, stopped by the last.

It listens on a unix socket in a directory of mode 0700 and on nothing else, so being able to reach the
socket is the authentication ("trust"). Two locks keep several users of one cluster apart:

- `change` is held alone for the moment in which somebody makes, starts or stops the server;
- `holders` is held shared by everybody who uses it. Who leaves and finds no other holder stops the server.

Both are flock(2) locks, so a killed holder leaves none behind. What it may leave, a running server, a stale
pid file, a half-made data directory, is dealt with by whoever comes next.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from parts import locks
from parts.clone import Trouble, var_directory
from parts.cluster_home import PORT, choose_home
from parts.postgres_binaries import Installation, installations

OWNER_ROLE = "tianqiao_owner"
APP_ROLE = "tianqiao_app"
DEFAULT_DATABASE = "tianqiao"
START_SECONDS = 120

# Run once in template1, so that every database made later, test databases included, has the extensions: only a
# superuser may create postgis. What the runtime role may do is the application's to grant (accounts/database_roles.py);
# the owner can become it, so that tests can see what it is refused.
BOOTSTRAP_SQL = f"""
CREATE ROLE {OWNER_ROLE} LOGIN CREATEDB;
CREATE ROLE {APP_ROLE} LOGIN;
GRANT {APP_ROLE} TO {OWNER_ROLE};
CREATE EXTENSION postgis;
CREATE EXTENSION pg_trgm;
CREATE EXTENSION btree_gist;
"""


class Cluster:
    """The cluster that belongs to one var/ directory."""

    def __init__(self, var: Path | None = None) -> None:
        """Choose the place; nothing is made yet. `var` defaults to the clone's own."""
        self.var = var or var_directory()
        self._change = self.var / "postgres.change.lock"
        self._holders = self.var / "postgres.holders.lock"
        self._kept = self.var / "postgres.kept"
        self.home = choose_home(self.var)

    # -- using it -------------------------------------------------------------------------------------------

    @contextmanager
    def held(self, database: str | None = None) -> Iterator[int]:
        """Have the server running, with `database` in it, while the block runs.

        Yields the descriptor of the holder's lock. A child that inherits it keeps the server from being
        stopped under its feet should this process be killed.
        """
        with locks.exclusive(self._change):
            holder = locks.share(self._holders)
            try:
                self._ensure_running()
                self._ensure_database(database or database_name())
            except BaseException:
                os.close(holder)
                raise
        try:
            yield holder
        finally:
            with locks.exclusive(self._change):
                os.close(holder)
                if locks.is_free(self._holders) and not self._kept.exists():
                    self._stop()

    def start(self, database: str | None = None) -> None:
        """Start the server and keep it until `stop`, whoever leaves meanwhile."""
        with locks.exclusive(self._change):
            self._ensure_running()
            self._kept.touch()
            self._ensure_database(database or database_name())

    def stop(self) -> None:
        """Stop the server unless somebody uses it; then the last user to leave will stop it."""
        with locks.exclusive(self._change):
            self._kept.unlink(missing_ok=True)
            if not locks.is_free(self._holders):
                raise Trouble("The database is in use by another command, which will stop it when it ends.")
            self._stop()

    def revive(self) -> bool:
        """Start the server if it is gone though somebody holds it; whether it was. At most a look at a file else."""
        if self._postmaster() is not None:
            return False
        with locks.exclusive(self._change):
            self._ensure_running()
        return True

    def is_running(self) -> bool:
        """Whether the server answers."""
        postmaster = self._postmaster()
        return postmaster is not None and self._answers(postmaster.sockets)

    def environment(self, database: str | None = None) -> dict[str, str]:
        """What a program needs in its environment to reach the database, as runtime role and as owner."""
        postmaster = self._postmaster()
        sockets = postmaster.sockets if postmaster else self.home.sockets
        name, host = quote(database or database_name()), quote(str(sockets))
        return {
            "DATABASE_URL": f"postgresql://{APP_ROLE}@/{name}?host={host}",
            "DATABASE_OWNER_URL": f"postgresql://{OWNER_ROLE}@/{name}?host={host}",
        }

    # -- starting and stopping, always under the `change` lock ----------------------------------------------

    def _ensure_running(self) -> None:
        """Make the cluster if there is none, and start the server unless it runs already."""
        self._prepare_directories()
        running = self._postmaster()
        if running is not None:
            if self._wait_until_ready(running):
                return
            # It lives but cannot be reached, for instance because a cleaner took its socket away.
            self._stop()
        installation = self._installation()
        if not self.home.data.exists():
            self._make_data(installation)
        self._remove_stale_files()
        self._write_settings()
        self._launch(installation)

    def _launch(self, installation: Installation) -> None:
        if self.home.log.exists() and self.home.log.stat().st_size > 10_000_000:
            self.home.log.rename(self.home.log.with_name("log.1"))
        deadline = time.monotonic() + START_SECONDS
        while True:
            command = [
                installation.program("pg_ctl"),
                "start",
                "--wait",
                "--silent",
                "--timeout",
                str(START_SECONDS),
            ]
            result = self._run([*command, "--pgdata", str(self.home.data), "--log", str(self.home.log)])
            if result.returncode == 0:
                return
            # Children of a server that was killed may need a moment to notice and let go of its memory.
            if time.monotonic() > deadline or "pre-existing shared memory block" not in self._log_tail():
                raise Trouble(f"PostgreSQL did not start. The end of {self.home.log}:\n{self._log_tail()}")
            time.sleep(0.5)

    def _stop(self) -> None:
        """Stop the server if it runs: politely, then firmly."""
        for how in (signal.SIGINT, signal.SIGQUIT):
            postmaster = self._postmaster()
            if postmaster is None:
                return
            with contextlib.suppress(ProcessLookupError):
                os.kill(postmaster.pid, how)
            deadline = time.monotonic() + START_SECONDS
            while self._postmaster() is not None and time.monotonic() < deadline:
                time.sleep(0.02)
        if self._postmaster() is not None:
            raise Trouble(f"PostgreSQL does not stop. See {self.home.log}.")

    def _make_data(self, installation: Installation) -> None:
        """Make the data directory under another name and rename it once it is complete."""
        new = self.home.state / f"data.new-{secrets.token_hex(4)}"
        self._checked(
            [
                *[installation.program("initdb"), "--pgdata", str(new), "--username", "postgres"],
                *["--encoding", "UTF8", "--locale", "C.UTF-8", "--auth", "trust", "--no-instructions"],
            ]
        )
        self._write(
            new / "pg_hba.conf", "# The socket's directory is private (mode 0700).\nlocal all all trust\n"
        )
        # Single-user mode needs no server, so there is none to be left behind half-way. It reads one command a
        # line and carries on after an error (its exit_on_error would also end at errors that PostGIS catches).
        single = [installation.program("postgres"), "--single", "-D", str(new), "template1"]
        output = self._checked(single, BOOTSTRAP_SQL.lstrip())
        if "ERROR:" in output:
            raise Trouble(f"The new database could not be prepared:\n{output}")
        new.rename(self.home.data)

    def _ensure_database(self, name: str) -> None:
        exists = self._sql(f"SELECT 1 FROM pg_database WHERE datname = {_literal(name)}")
        if not exists:
            self._sql(f'CREATE DATABASE "{name}" OWNER {OWNER_ROLE}')

    def _installation(self) -> Installation:
        """The PostgreSQL to use: the one that made the data, or the newest."""
        available = installations()
        if not available:
            raise Trouble(
                "No PostgreSQL 15+ with PostGIS 3.3+ under /usr/lib/postgresql. Install the package "
                "`postgresql-postgis`, or set DATABASE_URL to a PostGIS database that you have."
            )
        try:
            made_by = int((self.home.data / "PG_VERSION").read_text())
        except FileNotFoundError:
            return available[0]
        for installation in available:
            if installation.major == made_by:
                return installation
        raise Trouble(
            f"The data in {self.home.data} were made by PostgreSQL {made_by}, which is no longer installed with "
            f"PostGIS. Install `postgresql-{made_by}-postgis-3`, or move that directory away to start afresh."
        )

    def _write_settings(self) -> None:
        settings = {
            **_server_settings(),
            "unix_socket_directories": str(self.home.sockets),
            "port": str(PORT),
        }
        lines = [f"{name} = {_literal(value)}\n" for name, value in settings.items()]
        self._write(
            self.home.data / "postgresql.conf",
            "# Written by script/cluster at every start.\n" + "".join(lines),
        )

    # -- what a killed run may have left --------------------------------------------------------------------

    def _postmaster(self) -> Postmaster | None:
        """The running server of this data directory, if there is one."""
        try:
            lines = (self.home.data / "postmaster.pid").read_text().splitlines()
            pid = int(lines[0])
            # A number may by now be another process's. A server works in its data directory.
            alive = os.path.samestat(os.stat(f"/proc/{pid}/cwd"), self.home.data.stat())
        except (OSError, ValueError, IndexError):
            return None
        if not alive:
            return None
        # The file grows as the server starts: its fifth line names the socket's directory, its eighth the state.
        sockets = Path(lines[4]) if len(lines) > 4 and lines[4] else self.home.sockets
        return Postmaster(pid, sockets, is_ready=len(lines) > 7 and lines[7].strip() == "ready")

    def _remove_stale_files(self) -> None:
        """With no server running, its pid file and socket are leftovers, whatever process has the number now."""
        (self.home.data / "postmaster.pid").unlink(missing_ok=True)
        for leftover in self.home.sockets.glob(".s.PGSQL.*"):
            leftover.unlink(missing_ok=True)
        for half_made in self.home.state.glob("data.new-*"):
            shutil.rmtree(half_made, ignore_errors=True)  # a killed run's initdb may still be writing there

    def _wait_until_ready(self, postmaster: Postmaster) -> bool:
        """Whether a server that somebody else started, perhaps just now, comes to answer."""
        deadline = time.monotonic() + START_SECONDS
        while self._postmaster() is not None and time.monotonic() < deadline:
            if self._answers(postmaster.sockets):
                return True
            if postmaster.is_ready and not (postmaster.sockets / f".s.PGSQL.{PORT}").exists():
                return False
            postmaster = self._postmaster() or postmaster
            time.sleep(0.1)
        return False

    def _answers(self, sockets: Path) -> bool:
        command = [
            self._installation().program("pg_isready"),
            "--quiet",
            "--host",
            str(sockets),
            "--port",
            str(PORT),
        ]
        return self._run(command).returncode == 0

    # -- directories and processes ----------------------------------------------------------------------------

    def _prepare_directories(self) -> None:
        for directory in (self.home.state, self.home.sockets):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            found = os.lstat(directory)
            if found.st_uid != self.home.user.pw_uid and os.geteuid() == 0 and stat.S_ISDIR(found.st_mode):
                os.chown(directory, self.home.user.pw_uid, self.home.user.pw_gid)
            elif found.st_uid != self.home.user.pw_uid or not stat.S_ISDIR(found.st_mode):
                # In a shared directory such as /tmp somebody else could have made it first.
                raise Trouble(
                    f"{directory} is not a directory of user {self.home.user.pw_name}; remove it first."
                )
            directory.chmod(0o700)
        if self.home.state.parent != self.var:
            self._claim_state()

    def _claim_state(self) -> None:
        """Set aside what an earlier clone at this same path left outside itself; it is not this clone's."""
        ours, theirs = self.var / "postgres.id", self.home.state / "id"
        if not ours.exists():
            ours.write_text(secrets.token_hex(8))
        if theirs.exists() and theirs.read_text() == ours.read_text():
            return
        if self.home.data.exists():
            self._stop()
            aside = self.home.state / f"data.of-an-earlier-clone-{time.strftime('%Y%m%d-%H%M%S')}"
            self.home.data.rename(aside)
            print(f"An earlier clone at this path left a database; it is now {aside}.", flush=True)
        self._write(self.home.state / "clone", f"{self.var}\n")
        self._write(theirs, ours.read_text())

    def _write(self, path: Path, text: str) -> None:
        path.write_text(text)
        path.chmod(0o600)
        if os.geteuid() == 0:
            os.chown(path, self.home.user.pw_uid, self.home.user.pw_gid)

    def _run(self, command: list[str], text: str = "") -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs as the server's user, in a session of its own.

        The session keeps a Ctrl-C at the terminal from reaching the server, which others may be using.
        """
        as_user: dict[str, Any] = {}
        if os.geteuid() == 0:
            as_user = {"user": self.home.user.pw_uid, "group": self.home.user.pw_gid, "extra_groups": []}
        environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "Asia/Shanghai"}
        # A file, not a pipe: the server inherits it and would keep a pipe open for as long as it lives.
        with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
            result = subprocess.run(
                command,
                input=text,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
                cwd=self.home.state,
                env=environment,
                umask=0o077,
                start_new_session=True,
                check=False,
                **as_user,
            )
            output.seek(0)
            result.stdout = output.read()
        return result

    def _checked(self, command: list[str], text: str = "") -> str:
        result = self._run(command, text)
        if result.returncode != 0:
            raise Trouble(f"{Path(command[0]).name} failed:\n{result.stdout.strip()}")
        return str(result.stdout)

    def _sql(self, statement: str) -> str:
        """Run one statement as superuser and return what it printed."""
        postmaster = self._postmaster()
        sockets = postmaster.sockets if postmaster else self.home.sockets
        options = ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1"]
        where = [
            "--host",
            str(sockets),
            "--port",
            str(PORT),
            "--username",
            "postgres",
            "--dbname",
            "postgres",
        ]
        return self._checked([self._installation().program("psql"), *options, *where, "--command", statement])

    def _log_tail(self) -> str:
        try:
            return "\n".join(self.home.log.read_text(errors="replace").splitlines()[-15:])
        except OSError:
            return "(no log)"


@dataclass(frozen=True)
class Postmaster:
    """A running server."""

    pid: int
    sockets: Path
    is_ready: bool


@contextmanager
def given_or_private_database() -> Iterator[tuple[dict[str, str], list[int]]]:
    """Have a database while the block runs: the one that DATABASE_URL names, else the clone's own.

    Yields what children need besides this process's environment, and descriptors for them to inherit.
    """
    if os.environ.get("DATABASE_URL"):
        yield {}, []
        return
    cluster = Cluster()
    with cluster.held() as holder:
        yield cluster.environment(), [holder]


def database_name() -> str:
    """The database to use: DATABASE_NAME, or the usual one."""
    name = os.environ.get("DATABASE_NAME") or DEFAULT_DATABASE
    if not name.replace("_", "").isalnum() or not name.isascii() or len(name) > 63:
        raise Trouble(f"DATABASE_NAME={name!r}: letters, digits and underscores only, 63 at most.")
    return name


def _server_settings() -> dict[str, str]:
    """Settings for a small development machine, scaled to its memory. Nothing that risks the data: fsync stays."""
    megabytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
    settings = {
        "listen_addresses": "",
        "max_connections": "100",
        "shared_buffers": f"{min(512, max(64, megabytes // 8))}MB",
        "effective_cache_size": f"{max(256, megabytes // 2)}MB",
        "work_mem": "32MB",
        "maintenance_work_mem": f"{min(256, max(64, megabytes // 16))}MB",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "max_wal_size": "2GB",
        "wal_compression": "on",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        # Compiling a plan costs more than the short queries of tiles and tests take.
        "jit": "off",
        "timezone": "Asia/Shanghai",
        "log_timezone": "Asia/Shanghai",
        "log_line_prefix": "%m [%p] %q%u@%d ",
        "log_lock_waits": "on",
    }
    shared_memory = os.statvfs("/dev/shm") if os.path.isdir("/dev/shm") else None
    if shared_memory is None or shared_memory.f_blocks * shared_memory.f_frsize < 512 * 2**20:
        # Containers often have 64 MB there, which one parallel query can fill.
        settings["dynamic_shared_memory_type"] = "mmap"
    return settings


def _literal(text: str) -> str:
    """Quote for SQL and for postgresql.conf, which agree on doubling quotes."""
    return "'" + text.replace("'", "''") + "'"
