#!/usr/bin/env python3
"""How quick the GeoJSON export is: `benchmarks/export.py [--repeat 5]`.

Takes what is in the database (the demonstration, unless DATABASE_NAME or DATABASE_URL names another; nothing but a
session is written to it). Starts the server as `script/server` does, signs in as the demonstration's planner and reads
/export/assets.geojson; against it, in the same run, `psql`'s COPY of the same features and `ogr2ogr` with the same
columns. Each is run `--repeat` times, one after the other in turn, and the best counts.
"""

from __future__ import annotations

import argparse
import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = str(ROOT / ".venv" / "bin" / "python")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Server:
    """gunicorn with one worker, for as long as the block lasts."""

    def __init__(self) -> None:
        self.port = free_port()

    def __enter__(self) -> Server:
        options = ["--bind", f"127.0.0.1:{self.port}", "--worker-class", "gthread", "--workers", "1"]
        options += ["--threads", "4", "--log-level", "error", "--no-control-socket"]
        self.process = subprocess.Popen([PYTHON, "-m", "gunicorn", "config.wsgi", *options], cwd=ROOT)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                self.get("/healthz", "")
                return self
            except OSError:
                time.sleep(0.2)
        self.__exit__()
        sys.exit("The server did not start.")

    def __exit__(self, *_exception: object) -> None:
        self.process.terminate()
        self.process.wait(20)

    def get(self, address: str, session: str) -> tuple[float, int]:
        """Seconds until the first byte of the body, and the number of bytes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        started = time.perf_counter()
        connection.request("GET", address, headers={"Cookie": f"sessionid={session}"})
        answer = connection.getresponse()
        size = len(answer.read(1))
        first = time.perf_counter() - started
        while piece := answer.read(1 << 20):
            size += len(piece)
        connection.close()
        if answer.status != 200:
            sys.exit(f"{address} answered {answer.status}.")
        return first, size

    @property
    def worker_memory(self) -> int:
        """Peak memory of the worker process in MB."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        status = Path(f"/proc/{children[0]}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) // 1024


def session_of(username: str) -> str:
    """A session of a demonstration account, as signing in makes it."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from accounts.models import User

    user = User.objects.get(username=username)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "accounts.backends.RoleBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def statements() -> tuple[str, str]:
    """The features as the export selects them, and the same columns for ogr2ogr, with parameters written in."""
    from django.db import connection

    from accounts.models import User
    from accounts.permissions import EXPORT
    from assets.fields import Output, columns, fields_for, joins
    from assets.filters import read_filter
    from assets.models import Asset
    from assets.queries import chosen_ids
    from mapping.exports.geojson import features_sql

    planner = User.objects.get(username="planner")
    chosen = read_filter("")
    fields = fields_for(Output.FILE)
    select = columns(fields, language="zh", today=chosen.known.today)
    ids, params = chosen_ids(chosen.filter_queryset(Asset.objects.writable_by(planner, EXPORT)))
    plain = f"SELECT asset.point, {select} FROM assets_asset asset {joins(fields)} WHERE asset.id IN ({ids})"
    with connection.cursor() as cursor:
        features = cursor.mogrify(*features_sql(chosen, planner, "zh")).decode()
        return features, cursor.mogrify(f"{plain} ORDER BY asset.code", params).decode()


def best(repeat: int, runs: dict[str, Callable[[], None]]) -> dict[str, float]:
    """Shortest seconds of each, all in turn so that a busy moment meets all."""
    shortest = dict.fromkeys(runs, float("inf"))
    for _round in range(repeat):
        for name, run in runs.items():
            started = time.perf_counter()
            run()
            shortest[name] = min(shortest[name], time.perf_counter() - started)
    return shortest


def measure(repeat: int) -> None:
    """Measure and print a table."""
    from django.contrib.sessions.models import Session
    from django.db import connection

    features, plain = statements()
    session = session_of("planner")
    settings = connection.get_connection_params()
    pg = " ".join(
        f"{ours}={settings[theirs]}"
        for ours, theirs in (("dbname", "dbname"), ("host", "host"), ("user", "user"), ("port", "port"))
        if settings.get(theirs)
    )
    firsts: list[float] = []
    size = 0

    def export() -> None:
        nonlocal size
        first, size = server.get("/export/assets.geojson", session)
        firsts.append(first)

    def copy() -> None:
        with open(os.devnull, "wb") as nowhere:
            command = ["psql", "-qX", "-d", pg, "-c", f"COPY ({features}) TO STDOUT"]
            subprocess.run(command, stdout=nowhere, check=True)

    def ogr2ogr() -> None:
        with tempfile.TemporaryDirectory() as folder:
            target = f"{folder}/assets.geojson"
            command = ["ogr2ogr", "-f", "GeoJSON", "-lco", "COORDINATE_PRECISION=7", target, f"PG:{pg}"]
            subprocess.run([*command, "-sql", plain], check=True)

    runs: dict[str, Callable[[], None]] = {"export over HTTP": export, "psql COPY of the same JSON": copy}
    if shutil.which("ogr2ogr"):
        runs["ogr2ogr to GeoJSON"] = ogr2ogr
    try:
        with Server() as server:
            seconds = best(repeat, runs)
            memory = server.worker_memory
    finally:
        Session.objects.filter(session_key=session).delete()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({features}) features")
        count = cursor.fetchone()[0]
    reference = seconds["psql COPY of the same JSON"]
    print(
        f"{count:,} features, {size / 1e6:.1f} MB; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n"
    )
    print("| | seconds | of psql's COPY |\n|---|--:|--:|")
    for name, taken in seconds.items():
        print(f"| {name} | {taken:.2f} | {taken / reference:.2f} |")
    print(f"\nFirst byte after {min(firsts) * 1000:.0f} ms; the worker's memory at its peak {memory} MB.")


def main() -> None:
    """Find the database, then measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeat", type=int, default=5)
    arguments = parser.parse_args()
    if "DATABASE_URL" not in os.environ:
        os.environ["DJANGO_ENV"] = "demo"
        cluster = ROOT / "script" / "cluster"
        os.execv(cluster, [str(cluster), "run", "--", PYTHON, *sys.argv])
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    measure(arguments.repeat)


if __name__ == "__main__":
    main()
