#!/usr/bin/env python3
"""How quick the exports are: `benchmarks/export.py [--repeat 5] [--formats geojson,csv,gpkg,parquet]`.

Takes what is in the database (the demonstration, unless DATABASE_NAME or DATABASE_URL names another; nothing but a
session and the exports' own audit lines are written to it). Starts the server as `script/server` does, signs in as the
demonstration's planner and reads each export over HTTP; against each, in the same run, what `psql` or `ogr2ogr` needs
for the same rows and columns. Each is run `--repeat` times, one after the other in turn, and the best counts.

The GeoPackage holds inspections and maintenance beside the assets, so ogr2ogr writes the same three tables. GDAL as
distributions build it has no Parquet driver, so GeoParquet is compared with psql's COPY of the same columns as CSV.
"""

from __future__ import annotations

import argparse
import http.client
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial

from serving import PYTHON, ROOT, our_server, session_of


def fetched(port: int, address: str, session: str) -> tuple[float, int]:
    """Seconds until the first byte of the body, and the number of bytes."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
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


def statements() -> dict[str, str]:
    """The statements of the exports, with parameters written in: the features as JSON, and the layers' columns."""
    from django.db import connection
    from django.http import QueryDict

    from accounts.models import User
    from assets.layers import LAYERS
    from mapping.exports.geojson import features_sql
    from mapping.exports.wanted import read_wanted

    planner = User.objects.get(username="planner")
    found = {}
    with connection.cursor() as cursor:
        for name in ("assets", "inspections", "maintenance"):
            wanted = read_wanted(QueryDict("lang=zh"), LAYERS[name], "geojson", "http://localhost", planner)
            sql, params = wanted.statement(planner)
            found[name] = cursor.mogrify(sql, params).decode()
            if name == "assets":
                found["features"] = cursor.mogrify(*features_sql(wanted, planner)).decode()
    return found


def best(repeat: int, runs: dict[str, Callable[[], None]]) -> dict[str, float]:
    """Shortest seconds of each, all in turn so that a busy moment meets all."""
    shortest = dict.fromkeys(runs, float("inf"))
    for _round in range(repeat):
        for name, run in runs.items():
            started = time.perf_counter()
            run()
            shortest[name] = min(shortest[name], time.perf_counter() - started)
    return shortest


class References:
    """What the exports are compared with."""

    def __init__(self) -> None:
        from django.db import connection

        self.sql = statements()
        settings = connection.get_connection_params()
        self.database = " ".join(
            f"{name}={settings[name]}" for name in ("dbname", "host", "user", "port") if settings.get(name)
        )

    def copy(self, name: str, options: str) -> None:
        """psql's COPY of a statement to nowhere."""
        command = f"COPY ({self.sql[name]}) TO STDOUT {options}"
        with open(os.devnull, "wb") as nowhere:
            subprocess.run(["psql", "-qX", "-d", self.database, "-c", command], stdout=nowhere, check=True)

    def ogr2ogr(self, driver: str, ending: str, *layers: str, options: tuple[str, ...] = ()) -> None:
        """ogr2ogr from the database to a file, one layer after the other."""
        with tempfile.TemporaryDirectory() as folder:
            target = f"{folder}/export.{ending}"
            for place, name in enumerate(layers):
                command = ["ogr2ogr", "-f", driver, *options, target, f"PG:{self.database}", "-nln", name]
                more = ["-update"] if place else []
                subprocess.run([*command, *more, "-sql", self._drawn(name)], check=True)

    def _drawn(self, name: str) -> str:
        """The statement with the position as geometry, where the layer is drawn."""
        if name != "assets":
            return self.sql[name]
        return (
            "SELECT w.*, ST_SetSRID(ST_MakePoint(position_lon, position_lat), 4326) AS geom"
            f" FROM ({self.sql[name]}) w"
        )


def measure(repeat: int, formats: list[str]) -> None:
    """Measure and print a table."""
    from django.contrib.sessions.models import Session
    from django.db import connection

    references = References()
    session = session_of("planner")
    firsts: dict[str, float] = {}
    sizes: dict[str, int] = {}

    def export(ending: str) -> None:
        first, sizes[ending] = fetched(server.port, f"/export/assets.{ending}?lang=zh", session)
        firsts[ending] = min(first, firsts.get(ending, first))

    against: dict[str, tuple[str, Callable[[], None]]] = {
        "geojson": ("psql COPY of the same JSON", lambda: references.copy("features", "")),
        "csv": ("psql COPY to CSV", lambda: references.copy("assets", "(FORMAT csv, HEADER)")),
        "parquet": ("psql COPY to CSV", lambda: references.copy("assets", "(FORMAT csv, HEADER)")),
        "gpkg": (
            "ogr2ogr, the same three tables",
            lambda: references.ogr2ogr("GPKG", "gpkg", "assets", "inspections", "maintenance"),
        ),
        "fgb": ("ogr2ogr", lambda: references.ogr2ogr("FlatGeobuf", "fgb", "assets")),
        "xlsx": ("ogr2ogr", lambda: references.ogr2ogr("XLSX", "xlsx", "assets")),
    }
    runs: dict[str, Callable[[], None]] = {}
    for ending in formats:
        runs[f"{ending}: export over HTTP"] = partial(export, ending)
        runs[f"{ending}: {against[ending][0]}"] = against[ending][1]
    try:
        with our_server(workers=1, threads=4) as server:
            seconds = best(repeat, runs)
            memory = server.worker_memory
    finally:
        Session.objects.filter(session_key=session).delete()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({references.sql['assets']}) assets")
        count = cursor.fetchone()[0]
    print(f"{count:,} assets; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    print(
        "| format | MB | export | compared with | takes | ratio | first byte |\n|---|--:|--:|---|--:|--:|--:|"
    )
    for ending in formats:
        ours, theirs = seconds[f"{ending}: export over HTTP"], seconds[f"{ending}: {against[ending][0]}"]
        print(
            f"| {ending} | {sizes[ending] / 1e6:.1f} | {ours:.2f} s | {against[ending][0]} | {theirs:.2f} s"
            f" | {ours / theirs:.2f} | {firsts[ending]:.2f} s |"
        )
    print(f"\nThe worker's memory at its peak: {memory} MB.")


def main() -> None:
    """Find the database, then measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--formats", default="geojson,csv,gpkg,parquet")
    arguments = parser.parse_args()
    if "DATABASE_URL" not in os.environ:
        os.environ["DJANGO_ENV"] = "demo"
        cluster = ROOT / "script" / "cluster"
        os.execv(cluster, [str(cluster), "run", "--", PYTHON, *sys.argv])
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    measure(arguments.repeat, arguments.formats.split(","))


if __name__ == "__main__":
    main()
