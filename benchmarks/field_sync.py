#!/usr/bin/env python3
"""How many phones one server bears: `benchmarks/field_sync.py [--phones 50] [--operations 20] [--megapixels 3]`.

Makes a database of its own (`field_drill`, begun anew each time) with the demonstration's lists and 3,000 assets,
starts the server as script/server does (gunicorn, 2 processes of 8 threads) and lets that many phones come back online
at the same moment: each fetches the pack of a street, sends its operations ten at a time and their photos in pieces of
a megabyte, waits when it is told to, and sends every tenth request twice, as after a lost answer. Afterwards every
operation must be in the database exactly once, with its photo. Phones and server share the machine, over loopback.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import io
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from serving import PYTHON, ROOT, our_server

PIECE = 1024 * 1024
BATCH = 10
LONGEST = 900  # seconds until the drill is given up


@dataclass
class Figures:
    """How long answers took, by what was asked."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    refused: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, what: str, seconds: float) -> None:
        """One answer."""
        with self.lock:
            self.times[what].append(seconds)

    def wait(self) -> None:
        """One answer that said: later."""
        with self.lock:
            self.refused += 1


class Phone:
    """One phone with its queue."""

    def __init__(self, port: int, user: int, secret: str, figures: Figures, chance: random.Random) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
        self.user, self.secret, self.figures, self.chance = user, secret, figures, chance
        self.id = str(uuid.uuid4())

    def ask(self, what: str, method: str, path: str, body: bytes = b"", **headers: str) -> Any:
        """One request, sent again for as long as the server says so."""
        sent = {"Authorization": f"Bearer {self.secret}", "Accept-Encoding": "gzip", **headers}
        while True:
            started = time.perf_counter()
            self.connection.request(method, path, body or None, sent)
            answer = self.connection.getresponse()
            text = answer.read()
            self.figures.add(what, time.perf_counter() - started)
            if answer.status == 429:
                self.figures.wait()
                time.sleep(float(answer.headers["Retry-After"]))
                continue
            if answer.status != 200:
                raise RuntimeError(f"{method} {path}: {answer.status} {text[:300]!r}")
            return text if answer.headers.get("Content-Encoding") == "gzip" else json.loads(text)

    def work(self, street: str, assets: list[dict[str, Any]], photos: list[bytes]) -> None:
        """Come back online: fetch, send, upload."""
        self.ask("pack", "GET", f"/api/field/pack?areas={street}")
        ops = [
            self._inspection(number, *pair) for number, pair in enumerate(zip(assets, photos, strict=True))
        ]
        for first in range(0, len(ops), BATCH):
            self._send(ops[first : first + BATCH])
        for data in photos:
            self._upload(data)

    def _inspection(self, number: int, asset: dict[str, Any], photo: bytes) -> dict[str, Any]:
        return {
            "op_id": str(uuid.uuid4()),
            "user": self.user,
            "phone": self.id,
            "seq": number + 1,
            "kind": "inspect",
            "asset": asset["uid"],
            "at": datetime.now(UTC).isoformat(),
            "position": {"lon": asset["lon"], "lat": asset["lat"], "accuracy": 8},
            "fields": {"condition": self.chance.choice(["good", "minor", "damaged"]), "note": "巡检"},
            "photos": [
                {"sha256": hashlib.sha256(photo).hexdigest(), "size": len(photo), "type": "image/jpeg"}
            ],
        }

    def _send(self, ops: list[dict[str, Any]]) -> None:
        left = ops
        while left:
            body = json.dumps({"device_time": datetime.now(UTC).isoformat(), "ops": left}).encode()
            for _time in range(2 if self.chance.random() < 0.1 else 1):
                answer = self.ask(
                    "sync", "POST", "/api/field/sync", body, **{"Content-Type": "application/json"}
                )
            states = {result["op_id"]: (result["first"] or result)["status"] for result in answer["results"]}
            wrong = set(states.values()) - {"applied", "later"}
            if wrong:
                raise RuntimeError(f"Operations came to nothing: {wrong}")
            left = [op for op in left if states[op["op_id"]] == "later"]

    def _upload(self, data: bytes) -> None:
        sha256 = hashlib.sha256(data).hexdigest()
        for start in range(0, len(data), PIECE):
            piece = data[start : start + PIECE]
            answer = self.ask(
                "photo",
                "PUT",
                f"/api/field/photos/{sha256}",
                piece,
                **{"Content-Range": f"bytes {start}-{start + len(piece) - 1}/{len(data)}"},
            )
        if not answer["complete"]:
            raise RuntimeError(f"Photo {sha256} is not complete.")


def make_photos(count: int, megapixels: float) -> list[bytes]:
    """Photos as a phone sends them: 4 to 3, the last ones no larger than the phone makes them, all different."""
    from PIL import Image, ImageDraw, ImageFilter

    width = min(2048, int((megapixels * 1e6 * 4 / 3) ** 0.5))
    size = (width, width * 3 // 4)
    base = Image.effect_noise((size[0] // 2, size[1] // 2), 60).resize(size).convert("RGB")
    base = base.filter(ImageFilter.GaussianBlur(1))
    photos = []
    for number in range(count):
        picture = base.copy()
        draw = ImageDraw.Draw(picture)
        colour = (number * 37 % 256, number * 101 % 256, number * 197 % 256)
        draw.rectangle((number % 700, number % 500, number % 700 + 600, number % 500 + 400), fill=colour)
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=80)
        photos.append(out.getvalue())
    return photos


def prepare(phones: int) -> list[tuple[int, str]]:
    """An empty catalogue with 3,000 assets and a crew; gives each phone's user and secret."""
    from accounts.models import Membership, Role, TokenPurpose, User
    from accounts.tokens import issue_token
    from places.models import Area

    district = Area.objects.get(code="370105")
    given = []
    for number in range(phones):
        user = User.objects.create(username=f"drill{number}", display_name=f"演练{number}")
        Membership.objects.create(user=user, role=Role.CREW, area=district)
        given.append((user.pk, issue_token(user, TokenPurpose.FIELD, "drill")[1]))
    return given


def manage(*arguments: str) -> None:
    """Run manage.py as the database's owner."""
    environment = {**os.environ, "DATABASE_ROLE": "owner"}
    subprocess.run(
        [PYTHON, ROOT / "manage.py", *arguments], env=environment, check=True, stdout=subprocess.DEVNULL
    )


def drill(phones: int, operations: int, megapixels: float) -> None:
    """The whole drill, and its table."""
    from assets.models import Asset, Inspection, Photo
    from field.models import Operation, PhotoUpload, ReviewItem

    given = prepare(phones)
    assets = list(
        Asset.objects.filter(lifecycle="in_use").exclude(street=None).order_by("?")[: phones * operations]
    )
    if len(assets) < phones * operations:
        raise SystemExit("There are fewer assets than operations.")
    told = [{"uid": str(asset.uid), "lon": asset.point.x, "lat": asset.point.y} for asset in assets]
    street = assets[0].street.code  # type: ignore[union-attr]
    inspections, photos_before = Inspection.objects.count(), Photo.objects.count()
    print(f"Making {phones * operations} photos …", file=sys.stderr)
    photos = make_photos(phones * operations, megapixels)
    megabytes = sum(map(len, photos)) / 1e6
    figures = Figures()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    before = used.ru_utime + used.ru_stime
    load = os.getloadavg()[0]
    with our_server() as server:
        workers = [Phone(server.port, user, secret, figures, random.Random(user)) for user, secret in given]
        started = time.perf_counter()
        with ThreadPoolExecutor(phones) as pool:
            jobs = [
                pool.submit(
                    worker.work,
                    street,
                    told[number * operations : (number + 1) * operations],
                    photos[number * operations : (number + 1) * operations],
                )
                for number, worker in enumerate(workers)
            ]
            for job in jobs:
                job.result(timeout=LONGEST)
        seconds = time.perf_counter() - started
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    worked = used.ru_utime + used.ru_stime - before
    expected = phones * operations
    found = {
        "operations": Operation.objects.count(),
        "inspections": Inspection.objects.count() - inspections,
        "photos": Photo.objects.count() - photos_before,
        "complete uploads": PhotoUpload.objects.exclude(completed_at=None).count(),
    }
    print(
        f"{phones} phones × {operations} operations, {megabytes:.0f} MB of photos; load before {load:.1f}, "
        f"{os.cpu_count()} cores\n"
    )
    print("| | answers | p50 | p95 | slowest |\n|---|--:|--:|--:|--:|")
    for what, times in sorted(figures.times.items()):
        times.sort()
        ninety_five = times[min(len(times) - 1, round(len(times) * 0.95))]
        print(
            f"| {what} | {len(times)} | {statistics.median(times) * 1000:.0f} ms | {ninety_five * 1000:.0f} ms | "
            f"{times[-1] * 1000:.0f} ms |"
        )
    print(
        f"\nAll of it in {seconds:.1f} s: {expected / seconds:.1f} records with photo a second, "
        f"{figures.refused} times told to wait.\n"
        f"The server worked {worked:.0f} s for it (without the database): {worked / expected * 1000:.0f} ms a record."
    )
    print(
        "In the database: "
        + ", ".join(f"{count} {name}" for name, count in found.items())
        + f"; {ReviewItem.objects.count()} to decide."
    )
    if set(found.values()) != {expected}:
        raise SystemExit(f"Expected {expected} of each.")


def main() -> None:
    """Get a database of its own, fill it, and let the phones loose."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--phones", type=int, default=50)
    parser.add_argument("--operations", type=int, default=20)
    parser.add_argument("--megapixels", type=float, default=3.0)
    arguments = parser.parse_args()
    if "DATABASE_URL" not in os.environ:
        os.environ |= {"DJANGO_ENV": "demo", "DATABASE_NAME": "field_drill"}
        cluster = ROOT / "script" / "cluster"
        os.execv(cluster, [str(cluster), "run", "--", str(PYTHON), *sys.argv])
    os.environ["MEDIA_ROOT"] = tempfile.mkdtemp(prefix="field-drill-")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        manage("migrate")
        manage("flush", "--no-input")
        manage("load_fixtures")
        manage("load_demo", "--assets", "3000")
        sys.path.insert(0, str(ROOT))
        import django

        django.setup()
        drill(arguments.phones, arguments.operations, arguments.megapixels)
    finally:
        shutil.rmtree(os.environ["MEDIA_ROOT"], ignore_errors=True)


if __name__ == "__main__":
    main()
