"""script/server from the first line it prints to what is left after it: run for real, with an empty register.

Its database is given what migrations make, from the one that is kept for tests; a first start is a slow test's.
"""

import os
import signal
import socket
import stat
import subprocess
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from tests.kept_database import migrated_database
from tests.script.sandbox import (
    PATIENCE,
    Sandbox,
    database_address,
    is_alive,
    spare_database,
    wait_until,
)


@pytest.fixture
def port() -> int:
    """A port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def sandbox(
    make_sandbox: Callable[..., Sandbox], django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Sandbox:
    """A clone's var/ that all tests here share, with a database in which nothing is left to migrate."""
    made = make_sandbox()
    with django_db_blocker.unblock(), spare_database(template=migrated_database()) as migrated:
        dump = (
            f'pg_dump --format=custom --exclude-table-data="*.spatial_ref_sys" "{database_address(migrated)}"'
        )
        restore = 'pg_restore --exit-on-error --no-comments --no-owner --no-privileges --dbname="$DATABASE_OWNER_URL"'
        filled = made.run("cluster", "run", "--", "sh", "-c", f"{dump} | {restore}")
    assert (filled.returncode, filled.stderr) == (0, "")
    return made


def serve(sandbox: Sandbox, port: int) -> tuple[subprocess.Popen[str], str]:
    """Start the server; returns it and what it printed until it was ready."""
    server = sandbox.start("server", "--port", str(port), "--assets", "0")
    assert server.stdout is not None
    printed = ""
    for line in server.stdout:
        printed += line
        if line.startswith("Open http"):
            return server, printed
    raise AssertionError(f"it ended:\n{printed}")


def answer(port: int) -> int:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE) as response:
        return int(response.status)


def is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def descendants(pid: int) -> list[int]:
    children = [int(text) for text in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return children + [below for child in children for below in descendants(child)]


def test_a_taken_port_is_named_before_anything_is_started(sandbox: Sandbox) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        refused = sandbox.run("server", "--port", str(taken))
    assert refused.returncode == 1
    assert f"port {taken}" in refused.stderr
    assert "Choose another with --port" in refused.stderr


# Each start takes as long as Django, several times over: one of a kind belongs into the quick run.
@pytest.mark.parametrize(
    "number",
    [
        signal.SIGINT,
        pytest.param(signal.SIGTERM, marks=pytest.mark.slow),
        pytest.param(signal.SIGHUP, marks=pytest.mark.slow),
    ],
    ids=lambda number: number.name,
)
def test_it_serves_until_a_signal_and_leaves_nothing_behind(
    sandbox: Sandbox, port: int, number: signal.Signals
) -> None:
    server, printed = serve(sandbox, port)
    assert f"http://127.0.0.1:{port}/" in printed
    assert answer(port) == 200
    started = descendants(server.pid)
    assert len(started) >= 4  # gunicorn, its two workers, the background worker
    server.send_signal(number)
    rest, _ = server.communicate(timeout=PATIENCE)
    assert server.returncode == 0, rest
    assert not is_taken(port)
    wait_until(lambda: not any(is_alive(pid) for pid in started))
    assert sandbox.status()["state"] == "stopped"


def test_after_a_killed_run_the_next_serves_on_the_same_port(sandbox: Sandbox, port: int) -> None:
    killed, _ = serve(sandbox, port)
    killed.kill()
    killed.wait(PATIENCE)
    server, _ = serve(sandbox, port)
    assert answer(port) == 200
    server.terminate()
    server.communicate(timeout=PATIENCE)
    # What the killed run left behind ends when it notices; only then is nobody there who uses the database.
    wait_until(lambda: sandbox.status()["state"] == "stopped")


@pytest.mark.slow
def test_a_first_start_makes_the_database(make_sandbox: Callable[..., Sandbox], port: int) -> None:
    fresh = make_sandbox()
    server, _ = serve(fresh, port)
    assert answer(port) == 200
    server.terminate()
    server.communicate(timeout=PATIENCE)
    assert server.returncode == 0
    assert fresh.sql("SELECT count(*) > 50 FROM django_migrations").stdout == "t\n"
    assert fresh.status()["state"] == "stopped"


@pytest.mark.slow
def test_the_secret_key_is_made_once_and_is_nobody_elses_business(sandbox: Sandbox, port: int) -> None:
    keys = []
    for _ in range(2):
        server, _ = serve(sandbox, port)
        server.terminate()
        server.communicate(timeout=PATIENCE)
        keys.append((sandbox.var / "secret-key").read_text())
    assert keys[0] == keys[1]
    assert len(keys[0]) >= 50
    assert stat.S_IMODE((sandbox.var / "secret-key").stat().st_mode) == 0o600


def worker_of(server: subprocess.Popen[str]) -> int | None:
    """Process id of a server's background worker, if it has one at the moment."""
    with suppress(OSError):  # a process may end while it is looked at
        for pid in descendants(server.pid):
            if b"db_worker" in Path(f"/proc/{pid}/cmdline").read_bytes():
                return pid
    return None


def is_well(port: int) -> bool:
    try:
        return answer(port) == 200
    except OSError:  # also what urllib makes of 503
        return False


def test_a_killed_database_and_a_killed_worker_are_started_again(sandbox: Sandbox, port: int) -> None:
    server, _ = serve(sandbox, port)
    worker = worker_of(server)
    assert worker is not None
    os.kill(sandbox.postmaster(), signal.SIGKILL)
    wait_until(lambda: not is_well(port))
    wait_until(lambda: is_well(port))
    assert worker_of(server) == worker, "the worker outlives its database"
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: worker_of(server) not in (worker, None))
    assert is_well(port)
    server.terminate()
    rest, _ = server.communicate(timeout=PATIENCE)
    assert server.returncode == 0
    assert "The database had gone; it is started again." in rest
    assert sandbox.status()["state"] == "stopped"


@pytest.mark.slow
def test_a_worker_that_dies_again_and_again_ends_the_whole_and_is_named(sandbox: Sandbox, port: int) -> None:
    server, _ = serve(sandbox, port)
    while server.poll() is None:
        worker = worker_of(server)
        if worker is not None:
            os.kill(worker, signal.SIGKILL)
            wait_until(lambda killed=worker: server.poll() is not None or worker_of(server) != killed)
    rest, _ = server.communicate(timeout=PATIENCE)
    assert server.returncode == 1
    assert "db_worker" in rest
    assert not is_taken(port)
    assert sandbox.status()["state"] == "stopped"


def test_a_named_database_that_does_not_answer_is_said_in_a_sentence(sandbox: Sandbox, port: int) -> None:
    given = "postgresql://somebody:secret-word@127.0.0.1:1/nowhere"
    ended = sandbox.run("server", "--port", str(port), DATABASE_URL=given)
    assert ended.returncode != 0
    printed = ended.stdout + ended.stderr
    assert "DATABASE_URL" in printed
    assert "Connection refused" in printed
    assert "Traceback" not in printed
    assert "secret-word" not in printed


@pytest.mark.slow
def test_an_existing_database_is_used_when_it_is_named(
    sandbox: Sandbox, make_sandbox: Callable[..., Sandbox], port: int
) -> None:
    other = make_sandbox()
    assert other.run("cluster", "start").returncode == 0
    lines = other.run("cluster", "env").stdout.replace("export ", "").replace("'", "").splitlines()
    given = dict(line.split("=", 1) for line in lines)
    server = sandbox.start("server", "--port", str(port), "--assets", "0", **given)
    assert server.stdout is not None
    assert any(line.startswith("Open http") for line in server.stdout)
    assert sandbox.status()["state"] == "stopped"
    server.terminate()
    server.communicate(timeout=PATIENCE)
    assert other.status()["state"] == "running"
    assert "assets_asset" in other.sql("SELECT string_agg(tablename, ' ') FROM pg_tables").stdout
