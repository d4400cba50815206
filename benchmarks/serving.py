"""Servers that a benchmark starts and ends, and a session to ask ours with.

Not a benchmark itself; the others import it.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = str(ROOT / ".venv" / "bin" / "python")
_SECONDS_TO_START = 60
_HEAD = b"HTTP/1.1"


class Served:
    """A server that answers."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.port = port

    @property
    def worker_memory(self) -> int:
        """Peak memory of the first worker process in MB."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        status = Path(f"/proc/{children[0]}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) // 1024


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def serving(
    command: Sequence[str], port: int, health: str, environment: Mapping[str, str] | None = None
) -> Iterator[Served]:
    """A server for as long as the block lasts; `health` is an address that it answers when it is ready."""
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + _SECONDS_TO_START
        while not _answers(port, health):
            if process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"{command[0]} did not start.")
            time.sleep(0.2)
        yield Served(process, port)
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def our_server(*options: str, workers: int = 2, threads: int = 8) -> Iterator[Served]:
    """gunicorn as `script/server` starts it, on a free port, with further options of gunicorn's."""
    port = free_port()
    shape = [
        "--worker-class",
        "config.web_worker.Worker",
        "--workers",
        str(workers),
        "--threads",
        str(threads),
    ]
    quiet = ["--log-level", "error", "--no-control-socket"]
    command = [PYTHON, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", *shape, *quiet]
    with serving([*command, *options], port, "/healthz") as served:
        yield served


def _answers(port: int, address: str) -> bool:
    request = f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as wire:
        wire.sendall(request.encode())
        return wire.recv(len(_HEAD)) == _HEAD
    return False


def session_of(username: str) -> str:
    """A session of a demonstration account, as signing in makes it; the caller deletes it."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from accounts.models import User
    from accounts.readers import SessionStore

    user = User.objects.get(username=username)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "accounts.backends.RoleBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def database_seconds() -> float:
    """How long the database's process of this connection has had a processor; 0 where it runs on another machine."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (process,) = cursor.fetchone()
    try:
        spent = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(spent[11]) + int(spent[12])) / os.sysconf("SC_CLK_TCK")
