"""Real Chromium against a live server: a small district, a signed-in reader, and a page that minds its manners.

Every page of these tests fails the test at its end when a script threw, when something broke the content security
policy, or when it asked another host for anything: the product must work on an intranet.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.gis.geos import Point
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from accounts.models import User
from assets.models import Asset, Batch, BatchKind, Condition, Maintenance, MaintenanceKind, Support
from tests.browser.underway import UNDERWAY
from tests.conftest import District
from tests.factories import make_artwork, make_asset, make_road, make_support, make_type, make_unit

if TYPE_CHECKING:
    from tests.browser.field_phone import FieldPhone

# Playwright's synchronous interface runs an event loop, in which Django would refuse the ORM (only these tests do it).
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PATIENCE = 20_000  # ms: two busy cores and a software-drawn map

expect.set_options(timeout=PATIENCE)


@dataclass
class Scene:
    """The assets that the browser tests look at: 12 in the west street, 6 in the east, one pole with three faces."""

    west: list[Asset]
    east: list[Asset]
    alone: Asset
    pole: Support
    faces: list[Asset]

    @property
    def count(self) -> int:
        """How many there are altogether."""
        return len(self.west) + len(self.east) + 1 + len(self.faces)


@pytest.fixture(autouse=True)
def _fresh_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the lists held in memory: emptying tables between tests sets generations back; nothing else does."""
    monkeypatch.setattr("assets.dictionaries._held", None)


@pytest.fixture(autouse=True)
def _all_is_answered(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let the server end what closed pages have asked for, before the tables are emptied."""
    if "live_server" in request.fixturenames:
        request.getfixturevalue("transactional_db")  # so that this ends before it does
    yield
    UNDERWAY.wait_for_none()


@pytest.fixture
def scene(district: District) -> Scene:
    """The small district with something in it."""
    panel = make_type()
    flag = make_type("lamp_banner", "03006", name_zh="灯杆道旗", name_en="Lamp banner", symbol="flag")
    road = make_road("北园大街")
    late = timezone.localdate() - timedelta(days=6)
    west = [
        make_asset(
            Point(116.983 + 0.001 * n, 36.676, srid=4326),
            type=panel,
            road=road,
            name=f"西街 {n} 号宣传栏",
            condition=Condition.GOOD if n % 3 else Condition.DAMAGED,
        )
        for n in range(12)
    ]
    east = [
        make_asset(
            Point(117.004 + 0.002 * n, 36.690, srid=4326),
            type=flag,
            name=f"东街 {n} 号道旗",
            condition=Condition.MINOR,
        )
        for n in range(6)
    ]
    alone = make_asset(
        Point(116.990, 36.690, srid=4326),
        type=panel,
        name="孤立宣传栏",
        wording="讲文明树新风",
        condition=Condition.SEVERE,
        next_inspection_due=late,
    )
    pole = make_support(Point(117.012, 36.680, srid=4326))
    faces = [
        make_asset(support=pole, type=flag, name=f"灯杆第 {n} 面", condition=Condition.GOOD) for n in "一二三"
    ]
    return Scene(west, east, alone, pole, faces)


@pytest.fixture
def office(scene, publicity: User) -> User:
    """A bit of everything on every page."""
    crew = make_unit("养护一班", is_crew=True)
    batch = Batch.objects.create(kind=BatchKind.JOBS, title="秋季清洗", origin="web", actor=publicity)
    today, now = timezone.localdate(), timezone.now()
    late = today - timedelta(days=3)
    done = {"started_at": now, "completed_at": now, "cost": 120}
    for state, values in (
        ("planned", {"due_on": late, "priority": 3}),
        ("assigned", {"due_on": today, "priority": 2, "crew": crew}),
        ("in_progress", {"crew": crew}),
        ("done", {"crew": crew, **done}),
        ("verified", {"crew": crew, "verified_at": now, **done}),
        ("cancelled", {}),
    ):
        Maintenance.objects.create(
            asset=scene.west[0], kind=MaintenanceKind.CLEAN, state=state, batch=batch, **values
        )
    old = make_artwork("old", title="旧画面", valid_to=late, wording="讲文明树新风")
    make_artwork("new", title="新画面")
    Asset.objects.filter(pk=scene.west[1].pk).update(artwork=old)
    return publicity


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all browser tests."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@dataclass
class Manners:
    """What no page may do, collected while the test runs."""

    host: str
    faults: list[str] = field(default_factory=list)
    allowed: set[str] = field(default_factory=set)

    def watch(self, page: Page) -> None:
        """Listen to one page."""
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("console", self._console)
        page.on("request", self._request)

    def _console(self, message) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            self.faults.append(
                f"{message.text} ({message.location.get('url')}:{message.location.get('lineNumber')})"
            )

    def _request(self, request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https") and address.netloc not in {self.host, *self.allowed}:
            self.faults.append(f"asked another host: {request.url}")


@pytest.fixture
def manners(live_server) -> Iterator[Manners]:
    """Watches pages that a test opens by itself, and fails the test at its end when one misbehaved."""
    watching = Manners(urlsplit(live_server.url).netloc)
    yield watching
    assert watching.faults == []


@pytest.fixture
def phone(browser: Browser, live_server, scene: Scene, manners: Manners) -> Iterator["FieldPhone"]:
    """A phone that has never been at the phone page; in English."""
    from tests.browser.field_phone import FieldPhone

    made = FieldPhone.new(browser, live_server.url, manners)
    yield made
    made.put_away()


@pytest.fixture
def open_page(browser: Browser, live_server, scene: Scene) -> Iterator[Callable[..., Page]]:
    """`open_page("/map/", user=viewer, phone=True)`: a page in a context of its own, signed in."""
    contexts: list[BrowserContext] = []
    manners = Manners(urlsplit(live_server.url).netloc)

    def open_one(
        path: str, user: User | None = None, *, phone: bool = False, language: str = "en", **options
    ) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport=PHONE if phone else DESKTOP,
            has_touch=phone,
            is_mobile=phone,
            reduced_motion="reduce",
            **options,
        )
        contexts.append(context)
        cookies = {settings.LANGUAGE_COOKIE_NAME: language}
        if user is not None:
            client = Client()
            client.force_login(user)
            cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies(
            [{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()]
        )
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        manners.watch(page)
        page.goto(path)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert manners.faults == []


def wait_for_map(page: Page) -> None:
    """Until legend, list and map show what the server has said."""
    expect(page.locator("#legend-groups")).to_have_attribute("aria-busy", "false")
    expect(page.locator("#results-list")).to_have_attribute("aria-busy", "false")
    expect(page.locator("#map")).to_have_attribute("aria-busy", "false")


def row(page: Page, group: str, code: str):
    """A row of the legend."""
    return page.locator(f'[data-group="{group}"] .legend-row[data-code="{code}"]')
