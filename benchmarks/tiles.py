#!/usr/bin/env python3
"""How quick vector tiles are: `benchmarks/tiles.py [--tiles 60] [--user publicity]`.

Takes what is in the database (the demonstration, unless DATABASE_NAME or DATABASE_URL names another; nothing is
written to it) and makes tiles of every zoom, with and without a filter, never from the cache: time for the database
and for the whole answer in this process, and size. Against it, in the same run, a bare ST_AsMVT of all points in one
tile, which is what a map without cells would have to send.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from math import asinh, floor, pi, radians, tan
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
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
    times, sizes = (sorted(each) for each in zip(*figures, strict=True))
    middle, worst = statistics.median(times), times[min(len(times) - 1, round(len(times) * 0.95))]
    return (
        f"| {name} | {len(times)} | {middle:.1f} ms | {worst:.1f} ms | "
        f"{statistics.median(sizes) / 1000:.1f} kB | {sizes[-1] / 1000:.1f} kB |"
    )


def measure(most: int, username: str) -> None:
    """Measure and print a table."""
    from django.core.cache import cache
    from django.db import connection
    from django.test import Client

    from accounts.models import User
    from assets.filters import read_filter
    from assets.models import Asset
    from mapping.tiles.asset_tiles import asset_tile
    from mapping.tiles.grid import Tile

    user = User.objects.get(username=username)
    points = [(point.x, point.y) for point in Asset.objects.visible_to(user).values_list("point", flat=True)]
    if not points:
        sys.exit("The database holds no assets: run script/server once, or name another with DATABASE_NAME.")
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
            chosen = read_filter(query)
            made = [timed(lambda t=tile, c=chosen: asset_tile(c, user, Tile(*t))) for tile in tiles]
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


def main() -> None:
    """Find the database, then measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tiles", type=int, default=60, help="tiles of each zoom, at most")
    parser.add_argument(
        "--user", default="publicity", help="who looks, and so how much (publicity: a district)"
    )
    arguments = parser.parse_args()
    if "DATABASE_URL" not in os.environ:
        os.environ["DJANGO_ENV"] = "demo"
        cluster = ROOT / "script" / "cluster"
        python = ROOT / ".venv" / "bin" / "python"
        os.execv(cluster, [str(cluster), "run", "--", str(python), *sys.argv])
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    measure(arguments.tiles, arguments.user)


if __name__ == "__main__":
    main()
