"""Runs the commands of script/ on a var/ directory of their own, apart from the one these tests may run on."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote, urlencode

from django.db import connection

from parts.clone import CLONE

# The tests' own database is no business of the commands under test.
INHERITED = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "DATABASE_NAME",
    "DATABASE_ROLE",
    "PGOPTIONS",
    "DJANGO_ENV",
)
PATIENCE = 300  # seconds; a machine that does other things too can be slow


def database_address(name: str) -> str:
    """A database of the server that the tests run on, as its owner reaches it."""
    to = connection.get_connection_params()
    named = {key: to[key] for key in ("host", "port", "user", "password") if to.get(key)}
    return f"postgresql:///{quote(name)}?{urlencode(named, quote_via=quote)}"


@contextmanager
def spare_database(template: str = "template1") -> Iterator[str]:
    """The name of a database beside the tests' own, a copy of another to which nobody is connected."""
    quoted = connection.ops.quote_name
    name = f"{connection.settings_dict['NAME']}_spare"
    with connection.creation._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {quoted(name)}")
        cursor.execute(f"CREATE DATABASE {quoted(name)} TEMPLATE {quoted(template)}")
    yield name
    with connection.creation._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE {quoted(name)}")


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for something that happens in another process."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and that nobody has asked about does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Sandbox:
    """One var/ directory and the commands run with it."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.environment = {name: value for name, value in os.environ.items() if name not in INHERITED}
        self.environment["VAR_DIR"] = str(var)
        self._started: list[subprocess.Popen[str]] = []

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command of script/ to its end."""
        return subprocess.run(
            [str(CLONE / "script" / command[0]), *command[1:]],
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def start(self, *command: str, **environment: str) -> subprocess.Popen[str]:
        """Start a command of script/; what it prints is read from its `stdout`."""
        process = subprocess.Popen(
            [str(CLONE / "script" / command[0]), *command[1:]],
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._started.append(process)
        return process

    def hold(self) -> subprocess.Popen[str]:
        """Start a command that holds the cluster until it is ended; returns once the cluster is up."""
        holder = self.start("cluster", "run", "--", "sh", "-c", "echo up; exec sleep 600")
        assert holder.stdout is not None
        assert holder.stdout.readline() == "up\n"
        return holder

    def sql(self, statement: str, role: str = "DATABASE_URL") -> subprocess.CompletedProcess[str]:
        """Run one statement through `script/cluster run`."""
        return self.run("cluster", "run", "--", "sh", "-c", f'exec psql -XAtq "${role}" -c "$0"', statement)

    def status(self) -> dict[str, str]:
        """What `script/cluster status` says: state, data, socket, user."""
        state, *rest = self.run("cluster", "status").stdout.splitlines()
        return {"state": state, **dict(line.split(maxsplit=1) for line in rest)}

    def postmaster(self) -> int:
        """Process id of the server."""
        return int((Path(self.status()["data"].split(" (")[0]) / "postmaster.pid").read_text().split()[0])

    def remove(self) -> None:
        """End and delete everything."""
        for process in self._started:
            if process.poll() is None:
                process.kill()
            process.communicate()
        self.run("cluster", "start")
        status = self.status()
        self.run("cluster", "stop")
        with suppress(OSError, ValueError):
            os.kill(self.postmaster(), signal.SIGQUIT)
        for name in ("data", "socket"):
            place = Path(status[name])
            if self.var not in place.parents:  # outside the clone: a directory of its own
                shutil.rmtree(place.parent if name == "data" else place, ignore_errors=True)
        shutil.rmtree(self.var, ignore_errors=True)
