#!/usr/bin/env python3
"""How quick vector tiles are: `benchmarks/tiles.py [--tiles 60] [--user publicity] [--tipg PYTHON]`.

Takes what is in the database (the demonstration, unless DATABASE_NAME or DATABASE_URL names another; nothing is
written to it) and makes tiles of every zoom, with and without a filter, never from the cache: time for the database
and for the whole answer in this process, and size. Against it, in the same run, a bare ST_AsMVT of all points in one
tile, which is what a map without cells would have to send.

With `--tipg`, an interpreter that has tipg 1.6.0 and uvicorn (in an environment of its own; the product does not use
it), also requests a second over HTTP: eight clients, two processes each, ours never from the cache and tipg without
one, in turns on the same table, tile by tile the same; and our answers when they are kept.
"""

from __future__ import annotations

import argparse
import os
import random
import socket
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from itertools import cycle
from math import asinh, floor, pi, radians, tan
from multiprocessing import get_context
from pathlib import Path

from serving import PYTHON, ROOT, free_port, our_server, serving, session_of

ZOOMS = (9, 11, 12, 13, 14, 15, 16)
BARE = """
    SELECT ST_AsMVT(tile, 'assets', 4096, 'place', 'id') FROM (
        SELECT asset.id, asset.code, asset.name, kind.code AS type, asset.condition,
               ST_AsMVTGeom(ST_Transform(asset.point, 3857), ST_TileEnvelope(9, 422, 199), 4096, 0, false) AS place
        FROM assets_asset asset JOIN assets_assettype kind ON kind.id = asset.type_id
        WHERE asset.lifecycle IN ('in_use', 'suspended')) tile
"""


def tile_of(zoom: int, lon: float, lat: float) -> tuple[int, int, int]:
    """The tile that a position falls into."""
    side = 1 << zoom
    return zoom, floor((lon + 180) / 360 * side), floor((1 - asinh(tan(radians(lat))) / pi) / 2 * side)


def timed(make: Callable[[], bytes]) -> tuple[float, int]:
    """Milliseconds and bytes of one answer."""
    started = time.perf_counter()
    made = make()
    return (time.perf_counter() - started) * 1000, len(made)


def row(name: str, figures: Iterable[tuple[float, int]]) -> str:
    """One line of the table."""
    times, sizes = (sorted(measured) for measured in zip(*figures, strict=True))
    middle, worst = statistics.median(times), times[min(len(times) - 1, round(len(times) * 0.95))]
    return (
        f"| {name} | {len(times)} | {middle:.1f} ms | {worst:.1f} ms | "
        f"{statistics.median(sizes) / 1000:.1f} kB | {sizes[-1] / 1000:.1f} kB |"
    )


def points_of(username: str) -> list[tuple[float, float]]:
    """Where the assets stand that somebody sees."""
    from accounts.models import User
    from assets.models import Asset

    user = User.objects.get(username=username)
    points = [(point.x, point.y) for point in Asset.objects.visible_to(user).values_list("point", flat=True)]
    if not points:
        sys.exit("The database holds no assets: run script/server once, or name another with DATABASE_NAME.")
    return points


def measure(most: int, username: str, points: list[tuple[float, float]]) -> None:
    """Measure in this process and print a table."""
    from django.core.cache import cache
    from django.db import connection
    from django.test import Client

    from accounts.models import User
    from assets.filters import read_filter
    from assets.models import Asset
    from mapping.tiles.asset_tiles import asset_tile
    from mapping.tiles.grid import Tile

    user = User.objects.get(username=username)
    street = Asset.objects.visible_to(user).exclude(street=None).values_list("street__code", flat=True)[0]
    filters = {
        "": "",
        " of one street": f"street={street}",
        " of what is damaged": "condition=damaged,severe",
    }
    chance = random.Random(1)
    print(f"{len(points):,} assets; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    print("| | tiles | p50 | p95 | size p50 | largest |\n|---|--:|--:|--:|--:|--:|")
    for zoom in ZOOMS:
        tiles = sorted({tile_of(zoom, lon, lat) for lon, lat in points})
        tiles = chance.sample(tiles, min(most, len(tiles)))
        for name, query in filters.items():
            asset_filter = read_filter(query)
            made = [timed(lambda t=tile, c=asset_filter: asset_tile(c, user, Tile(*t))) for tile in tiles]
            print(row(f"zoom {zoom}{name}", made))
    client = Client()
    client.force_login(user)

    def answer(again: bool, address: str, **headers: str) -> bytes:
        if not again:
            cache.clear()
        return client.get(address, headers=headers).content

    whole = "/tiles/assets/9/422/199.mvt"
    held = client.get(whole)["ETag"]
    print(row("whole answer, zoom 9", [timed(lambda: answer(False, whole)) for _ in range(20)]))
    print(row("whole answer, zoom 9, kept", [timed(lambda: answer(True, whole)) for _ in range(50)]))
    unchanged = {"If-None-Match": held}
    print(
        row("whole answer, zoom 9, 304", [timed(lambda: answer(True, whole, **unchanged)) for _ in range(50)])
    )
    legend = "/api/legend"
    print(row("legend", [timed(lambda: answer(False, legend)) for _ in range(10)]))
    print(
        row(
            "legend of one street",
            [timed(lambda: answer(False, f"{legend}?street={street}")) for _ in range(10)],
        )
    )
    print(row("legend, kept", [timed(lambda: answer(True, legend)) for _ in range(50)]))
    listed = "/api/assets?page_size=50"
    print(row("first page of the list", [timed(lambda: answer(False, listed)) for _ in range(10)]))

    def bare() -> bytes:
        with connection.cursor() as cursor:
            cursor.execute(BARE)
            return bytes(cursor.fetchone()[0])

    print(row("bare ST_AsMVT of all points", [timed(bare) for _ in range(5)]))


# gunicorn asks this before each request: an answer that was kept would be no figure of a tile that is made.
_FORGETFUL = """
from django.core.cache import cache
def pre_request(worker, request):
    cache.clear()
"""
# tipg takes no address of a unix socket; asyncpg does.
_TIPG = """
import functools, os, asyncpg
asyncpg.create_pool = functools.partial(asyncpg.create_pool, host=os.environ["SOCKET"])
from tipg.main import app
"""
_CLIENTS = 8
_SECONDS = 6
_PLACES = {
    "zoom 9, the whole district": (9, 1),
    "zoom 12": (12, 4),
    "zoom 14, downtown": (14, 6),
    "zoom 16, downtown": (16, 40),
}


def fullest(zoom: int, most: int, points: list[tuple[float, float]]) -> list[tuple[int, int, int]]:
    """The tiles of a zoom that hold most assets."""
    held = Counter(tile_of(zoom, lon, lat) for lon, lat in points)
    return [tile for tile, _count in held.most_common(most)]


def ask(port: int, requests: list[bytes], until: float) -> int:
    """One client: how many answers it got by a moment, one after the other on one connection."""
    answers = 0
    with socket.create_connection(("127.0.0.1", port)) as wire:
        incoming = wire.makefile("rb")
        for request in cycle(requests):
            if time.monotonic() > until:
                return answers
            wire.sendall(request)
            status = incoming.readline()
            if b" 200 " not in status and b" 204 " not in status:
                sys.exit(f"Answered {status!r}.")
            length = 0
            while (line := incoming.readline()) != b"\r\n":
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            incoming.read(length)
            answers += 1
    return answers


def requests_a_second(port: int, addresses: list[str], cookie: str) -> float:
    """Answers a second of eight clients."""
    heads = f"Host: 127.0.0.1\r\nAccept-Encoding: gzip\r\nCookie: {cookie}\r\n\r\n"
    requests = [f"GET {address} HTTP/1.1\r\n{heads}".encode() for address in addresses]
    until = time.monotonic() + _SECONDS
    with ProcessPoolExecutor(_CLIENTS, mp_context=get_context("fork")) as pool:
        return sum(pool.map(ask, *zip(*[(port, requests, until)] * _CLIENTS, strict=True))) / _SECONDS


def beside_tipg(python: str, username: str, points: list[tuple[float, float]]) -> None:
    """Measure both over HTTP and print a table."""
    from django.contrib.sessions.models import Session
    from django.db import connection

    session = session_of(username)
    database = connection.get_connection_params()
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": f"postgresql://{database['user']}@localhost/{database['dbname']}",
        "TIPG_DB_TABLES": '["public.assets_asset"]',
        "TIPG_MAX_FEATURES_PER_TILE": "100000",
        "SOCKET": database["host"],
    }
    theirs_at = (
        "/collections/public.assets_asset/tiles/WebMercatorQuad/{}/{}/{}?geom-column=point&limit=100000"
    )
    ours_at = "/tiles/assets/{}/{}/{}.mvt"
    connection.close()
    try:
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "forgetful.py").write_text(_FORGETFUL)
            Path(folder, "tipg_here.py").write_text(_TIPG)
            command = [python, "-m", "uvicorn", "tipg_here:app", "--app-dir", folder, "--port", str(port)]
            with (
                serving([*command, "--workers", "2", "--log-level", "error"], port, "/healthz", environment),
                our_server("--config", f"{folder}/forgetful.py") as made,
                our_server() as kept,
            ):
                print(f"\nLoad {os.getloadavg()[0]:.1f} before\n")
                print(
                    "| answers a second | ours, made | tipg | ours ÷ tipg | ours, kept |\n|---|--:|--:|--:|--:|"
                )
                for name, (zoom, most) in _PLACES.items():
                    tiles = fullest(zoom, most, points)
                    cookie = f"sessionid={session}"
                    ours = requests_a_second(made.port, [ours_at.format(*tile) for tile in tiles], cookie)
                    theirs = requests_a_second(port, [theirs_at.format(*tile) for tile in tiles], "")
                    # Each of its processes makes a tile once before it keeps it.
                    requests_a_second(kept.port, [ours_at.format(*tile) for tile in tiles], cookie)
                    again = requests_a_second(kept.port, [ours_at.format(*tile) for tile in tiles], cookie)
                    print(f"| {name} | {ours:.0f} | {theirs:.1f} | {ours / theirs:.2f} | {again:.0f} |")
    finally:
        Session.objects.filter(session_key=session).delete()


def main() -> None:
    """Find the database, then measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tiles", type=int, default=60, help="tiles of each zoom, at most; 0 measures none")
    parser.add_argument(
        "--user", default="publicity", help="who looks, and so how much (publicity: a district)"
    )
    parser.add_argument("--tipg", metavar="PYTHON", help="an interpreter that has tipg and uvicorn")
    arguments = parser.parse_args()
    if "DATABASE_URL" not in os.environ:
        os.environ["DJANGO_ENV"] = "demo"
        cluster = ROOT / "script" / "cluster"
        os.execv(cluster, [str(cluster), "run", "--", PYTHON, *sys.argv])
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    points = points_of(arguments.user)
    if arguments.tiles:
        measure(arguments.tiles, arguments.user, points)
    if arguments.tipg:
        beside_tipg(arguments.tipg, arguments.user, points)


if __name__ == "__main__":
    main()
