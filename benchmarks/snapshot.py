#!/usr/bin/env python3
"""How a snapshot compares with a plain folium map: `benchmarks/snapshot.py [--sample 3000 | --full] [--repeat 3]`.

Takes what is in the database (the demonstration, unless DATABASE_NAME or DATABASE_URL names another; nothing is
written to it), makes the snapshot of all of it and, in the same run, a folium map with one CircleMarker and one popup
for each asset, the way folium's own guide shows. The plain map takes long, so only a sample of it is made; its time
of writing and its size are then multiplied to the whole and marked as such. `--full` makes all of it.

Written: from the query to the finished text, the best of `--repeat`. Usable: from opening the file in Chromium
to the moment at which the map shows everything and answers; the plain map gets the scripts it links from
node_modules, since there is no network.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VIEWPORT = {"width": 1440, "height": 900}


@dataclass
class Figures:
    """What was measured of one file."""

    name: str
    seconds_to_write: float
    size: int
    seconds_to_usable: float | None
    seconds_to_switch: float | None = None

    def times(self, factor: float, name: str) -> Figures:
        """Writing and size for `factor` times as many assets; what a browser does with them does not grow evenly."""
        return Figures(name, self.seconds_to_write * factor, round(self.size * factor), None)

    def row(self) -> str:
        """One line of the table."""
        usable = "—" if self.seconds_to_usable is None else f"{self.seconds_to_usable:.1f} s"
        switch = "—" if self.seconds_to_switch is None else f"{self.seconds_to_switch * 1000:.0f} ms"
        return (
            f"| {self.name} | {self.seconds_to_write:.1f} s | {self.size / 1e6:.2f} MB | "
            f"{usable} | {switch} |"
        )


def best(repeat: int, make: Callable[[], str]) -> tuple[float, str]:
    """Shortest seconds of some runs, and the last one's result."""
    shortest, made = float("inf"), ""
    for _run in range(repeat):
        started = time.perf_counter()
        made = make()
        shortest = min(shortest, time.perf_counter() - started)
    return shortest, made


def make_snapshot() -> str:
    """The product's file with everything in it."""
    from assets.filters import read_filter
    from assets.models import Asset
    from mapping.snapshot import making

    return making.make_snapshot(read_filter(""), Asset.objects.all(), "benchmark").html


def make_plain_map(count: int) -> str:
    """A folium map as its guide shows it: one CircleMarker with a popup for each asset."""
    import folium

    from assets.filters import read_filter
    from assets.models import Asset, Condition

    colours = dict(zip(Condition.values, ("gray", "blue", "gold", "orange", "red", "black"), strict=True))
    chart = folium.Map(location=(36.69, 116.98), zoom_start=12, prefer_canvas=True)
    assets = read_filter("").filter_queryset(Asset.objects.select_related("type")).order_by("?")
    for asset in assets[:count]:
        words = f"{asset.name}<br>{asset.code}<br>{asset.type}<br>{asset.get_condition_display()}<br>{asset.address}"
        folium.CircleMarker(
            (asset.point.y, asset.point.x),
            radius=4,
            color=colours[asset.condition],
            fill=True,
            popup=folium.Popup(words, max_width=300),
        ).add_to(chart)
    return chart.get_root().render()


def in_chromium(snapshot: Path, plain: Path) -> tuple[float, float, float]:
    """Seconds until the snapshot is usable, until it has switched a street off, until the plain map is usable."""
    from playwright.sync_api import sync_playwright

    libraries = {"leaflet.js": "text/javascript", "leaflet.css": "text/css"}

    def from_node_modules(route) -> None:
        name = route.request.url.rsplit("/", 1)[-1]
        if route.request.url.startswith("file:"):
            route.continue_()
        elif name in libraries:
            route.fulfill(
                path=ROOT / "node_modules" / "leaflet" / "dist" / name, content_type=libraries[name]
            )
        else:
            route.fulfill(body="", content_type="text/javascript")

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or "/usr/bin/chromium",
            args=["--no-sandbox", "--disable-background-networking", "--no-first-run"],
        )
        page = chromium.new_page(viewport=VIEWPORT)
        page.set_default_timeout(600_000)
        started = time.perf_counter()
        page.goto(snapshot.as_uri())
        page.wait_for_selector("html.running")
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        usable = time.perf_counter() - started
        # Until the next picture is on the screen.
        switched = page.evaluate(
            """() => new Promise((done) => {
                const started = performance.now();
                document.querySelector('input[data-layer^="street:"]').click();
                requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - started)));
            })"""
        )
        page.close()
        page = chromium.new_page(viewport=VIEWPORT)
        page.set_default_timeout(600_000)
        page.route("**/*", from_node_modules)
        started = time.perf_counter()
        page.goto(plain.as_uri())
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        plain_usable = time.perf_counter() - started
        chromium.close()
    return usable, switched / 1000, plain_usable


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sample", type=int, default=3_000, help="assets on the plain map")
    parser.add_argument("--full", action="store_true", help="put all assets on the plain map")
    parser.add_argument("--repeat", type=int, default=3, help="times the snapshot is made")
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
    from assets.filters import read_filter
    from assets.models import Asset

    total = read_filter("").filter_queryset(Asset.objects.all()).count()
    if not total:
        sys.exit("The database holds no assets: run script/server once, or name another with DATABASE_NAME.")
    count = total if arguments.full else min(arguments.sample, total)
    with tempfile.TemporaryDirectory() as folder:
        snapshot, plain = Path(folder) / "snapshot.html", Path(folder) / "plain.html"
        seconds, text = best(arguments.repeat, make_snapshot)
        snapshot.write_text(text, "utf-8")
        plain_seconds, text = best(1, lambda: make_plain_map(count))
        plain.write_text(text, "utf-8")
        usable, switched, plain_usable = in_chromium(snapshot, plain)
        ours = Figures(f"snapshot, {total:,} assets", seconds, snapshot.stat().st_size, usable, switched)
        theirs = Figures(f"plain folium, {count:,} assets", plain_seconds, plain.stat().st_size, plain_usable)
    print(f"Load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    print("| | written in | size | usable in Chromium after | a street switched after |")
    print("|---|--:|--:|--:|--:|")
    print(ours.row())
    print(theirs.row())
    if count < total:
        name = f"plain folium, {total:,} assets (multiplied from {count:,}, not measured)"
        print(theirs.times(total / count, name).row())


if __name__ == "__main__":
    main()
