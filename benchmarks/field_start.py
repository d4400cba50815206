#!/usr/bin/env python3
"""How soon the phone page can be used: `benchmarks/field_start.py [--street 370105014] [--throttle 4] [--repeat 5]`.

Starts the server on the demonstration (unless DATABASE_NAME or DATABASE_URL names another database; it only adds a
sign-in and a device token to it), downloads a street to a Chromium profile as a phone would, and stops the server. Then
a new browser process opens the page from that profile with no network, `--repeat` times as fast as the machine is and
`--repeat` times with its processor slowed down (Chromium's own throttling, of the page's thread; the service worker
goes at full speed). In the same run, to hold it against: a profile on which nothing has been downloaded.

Usable: from the navigation's start until the list of near me, or the invitation to download, is on the screen and the
page has drawn two more pictures.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from serving import PYTHON, ROOT, our_server

HERE = {"longitude": 116.994, "latitude": 36.693, "accuracy": 8}
PASSWORD = "tianqiao-demo"
# Notes the moment at which something can be touched and has been drawn.
WATCH = """
    window.usableAfter = new Promise((resolve) => {
        new MutationObserver((_changes, observer) => {
            if (!document.querySelector('.near-view .card, .near-view .empty')) return;
            observer.disconnect();
            requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())));
        }).observe(document, { childList: true, subtree: true });
    });
"""


class Browser:
    """Chromium as a phone, each time as a new process on one profile."""

    def __init__(self, playwright, profile: Path, url: str) -> None:
        self._playwright, self._profile, self._url = playwright, profile, url

    @contextmanager
    def page(self):
        """A page of a new process."""
        context = self._playwright.chromium.launch_persistent_context(
            self._profile,
            executable_path=os.environ.get("CHROMIUM") or "/usr/bin/chromium",
            args=["--no-sandbox", "--disable-background-networking", "--no-first-run"],
            base_url=self._url,
            viewport={"width": 390, "height": 844},
            is_mobile=True,
            has_touch=True,
            geolocation=HERE,
            permissions=["geolocation"],
        )
        context.set_default_timeout(120_000)
        yield context.new_page()
        context.close()

    def prepare(self, street: str | None) -> int:
        """Sign in, open the page once so that it is kept, download a street; gives the number of assets."""
        with self.page() as page:
            page.goto("/sign-in/?next=/field/")
            page.fill("[name=username]", "crew")
            page.fill("[name=password]", PASSWORD)
            page.press("[name=password]", "Enter")
            page.wait_for_selector(".near-view .empty")
            page.evaluate("navigator.serviceWorker.ready.then(() => true)")
            if street:
                page.goto("/field/#/area")
                page.click(f'[data-area="{street}"] [role="switch"]')
                page.click("#download")
                page.wait_for_selector("#readiness .readiness:not(.not)")
            return page.evaluate("import('field/phone/store').then((store) => store.count('assets'))")

    def start(self, throttle: float) -> float:
        """Milliseconds until the page can be used."""
        with self.page() as page:
            page.context.set_offline(True)
            page.add_init_script(WATCH)
            session = page.context.new_cdp_session(page)
            session.send("Emulation.setCPUThrottlingRate", {"rate": throttle})
            page.goto("/field/", wait_until="commit")
            return page.evaluate("window.usableAfter")


def measure(street: str, throttle: float, repeat: int) -> None:
    """The whole benchmark, and its table."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        with our_server(workers=1) as server:
            url = f"http://127.0.0.1:{server.port}"
            phones = {}
            for name, code in (("street", street), ("nothing", None)):
                browser = Browser(playwright, Path(folder) / name, url)
                phones[browser] = browser.prepare(code)
        print(f"Load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
        print("| | usable after | slowest |\n|---|--:|--:|")
        for browser, assets in phones.items():
            for rate in (1.0, throttle):
                times = [browser.start(rate) for _run in range(repeat)]
                slowed = f", processor {rate:.0f} times slower" if rate > 1 else ""
                print(
                    f"| {assets:,} assets on the phone{slowed} | {statistics.median(times) / 1000:.2f} s | "
                    f"{max(times) / 1000:.2f} s |"
                )


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--street", default="370105014", help="9-digit code of the street to download")
    parser.add_argument("--throttle", type=float, default=4.0, help="how many times slower the phone is")
    parser.add_argument("--repeat", type=int, default=5, help="starts of each kind")
    arguments = parser.parse_args()
    if "DATABASE_URL" not in os.environ:
        os.environ["DJANGO_ENV"] = "demo"
        cluster = ROOT / "script" / "cluster"
        os.execv(cluster, [str(cluster), "run", "--", str(PYTHON), *sys.argv])
    measure(arguments.street, arguments.throttle, arguments.repeat)


if __name__ == "__main__":
    main()
