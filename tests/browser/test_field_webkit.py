"""The phone page in WebKit, the engine of every browser on an iPhone: WebKitGTK, driven by its own WebDriver.

Chromium's tests look at everything; this one looks at what WebKit does in its own way: storage, the service worker, the
camera's upright pictures, the map. It installs a second browser, so it runs with `script/test --slow` only.
"""

import os
import selectors
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from accounts.models import User
from assets.models import Inspection, Photo
from tests.browser.conftest import Scene
from tests.browser.field_phone import picture

pytestmark = pytest.mark.slow

PATIENCE = 30  # seconds
WEST = "370105001"


class Wire:
    """The line between phone and server: a port of our own, whose bytes go to the server until it is cut."""

    def __init__(self, server: str) -> None:
        address = urlsplit(server)
        self._server = (address.hostname, address.port)
        self._cut = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://localhost:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                phone, _address = self._listening.accept()
                if self._cut.is_set():
                    phone.close()
                else:
                    threading.Thread(target=self._carry, args=(phone,), daemon=True).start()

    def _carry(self, phone: socket.socket) -> None:
        with (
            closing(phone),
            closing(socket.create_connection(self._server)) as server,
            suppress(OSError),
            selectors.DefaultSelector() as ready,
        ):
            ready.register(phone, selectors.EVENT_READ, server)
            ready.register(server, selectors.EVENT_READ, phone)
            while not self._cut.is_set():
                for key, _events in ready.select(timeout=0.2):
                    data = key.fileobj.recv(65_536)  # type: ignore[union-attr]
                    if not data:
                        return
                    key.data.sendall(data)

    @contextmanager
    def cut(self) -> Iterator[None]:
        """No server for a while."""
        self._cut.set()
        yield
        self._cut.clear()

    def close(self) -> None:
        self._cut.set()
        self._listening.close()


class WebKit:
    """The page /field/ in WebKit."""

    def __init__(self, driver: webdriver.WebKitGTK, url: str) -> None:
        self.driver = driver
        self.url = url

    def open(self, path: str) -> None:
        self.driver.get(f"{self.url}{path}")

    def sign_in(self, user: User) -> None:
        """As the sign-in page leaves the browser."""
        client = Client()
        client.force_login(user)
        self.open("/healthz")
        cookies = {
            settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value,
            settings.CSRF_COOKIE_NAME: "c" * 32,
            settings.LANGUAGE_COOKIE_NAME: "en",
        }
        for name, value in cookies.items():
            self.driver.add_cookie({"name": name, "value": value, "path": "/"})

    def go(self, view: str) -> None:
        self.driver.execute_script("location.hash = `#/${arguments[0]}`", view)

    def see(self, selector: str):
        """The first element that a selector names, when it is shown."""
        return self._wait(lambda: self._shown(selector), selector)

    def read(self, selector: str, beginning: str) -> None:
        """Wait until an element's text begins so."""
        self._wait(lambda: self._shown(selector).text.startswith(beginning), f"{selector}: {beginning}")

    def until(self, expression: str) -> None:
        """Wait until an expression with `await` in it is true."""
        self._wait(lambda: self.ask(f"Boolean({expression})"), expression)

    def ask(self, expression: str):
        """What an expression with `await` in it comes to."""
        told = self.driver.execute_async_script(
            "const done = arguments[0];"
            f"(async () => ({expression}))()"
            ".then((value) => done({ value }), (error) => done({ error: `${error}` }));"
        )
        assert "error" not in told, told["error"]
        return told["value"]

    def _shown(self, selector: str):
        found = self.driver.find_elements(By.CSS_SELECTOR, selector)
        return next((element for element in found if element.is_displayed()), None)

    def _wait(self, condition: Callable[[], object], what: str):
        faults = [WebDriverException, AttributeError]  # not shown yet
        waiting = WebDriverWait(self.driver, PATIENCE, ignored_exceptions=faults)
        return waiting.until(lambda _driver: condition(), message=what)


@pytest.fixture
def screen() -> Iterator[str]:
    """A screen that nobody sees: WebKitGTK has no headless mode."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "500x900x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with open(reading) as number:
        yield f":{number.readline().strip()}"
    server.terminate()
    server.wait()


@pytest.fixture
def wire(live_server) -> Iterator[Wire]:
    made = Wire(live_server.url)
    yield made
    made.close()


@pytest.fixture
def webkit(wire: Wire, screen: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebKit]:
    monkeypatch.setenv("DISPLAY", screen)
    options = Options()
    options.binary_location = str(next(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser")))
    options.add_argument("--automation")
    driver = webdriver.WebKitGTK(options=options, service=Service("/usr/bin/WebKitWebDriver"))
    driver.set_window_size(400, 844)
    driver.set_script_timeout(PATIENCE)
    yield WebKit(driver, wire.url)
    driver.quit()


def test_recorded_without_a_server_reloaded_and_sent_when_it_is_back(
    webkit: WebKit, wire: Wire, crew: User, scene: Scene, tmp_path: Path
) -> None:
    camera = tmp_path / "camera.jpg"
    camera.write_bytes(picture(size=(2400, 1600), rotated=True)["buffer"])
    webkit.sign_in(crew)
    webkit.open("/field/")
    webkit.until("(await import('field/phone/session')).token() !== null")
    webkit.go("area")
    webkit.see(f'[data-area="{WEST}"] [role="switch"]').click()
    webkit.see("#download").click()
    webkit.see("#readiness .readiness:not(.not)")

    with wire.cut():
        webkit.open("/field/#/near")
        webkit.driver.refresh()
        webkit.see(".card")
        webkit.go(f"report/{scene.alone.uid}")
        webkit.see('[data-condition="damaged"]').click()
        webkit.driver.find_element(By.CSS_SELECTOR, ".sheet-form input[type=file]").send_keys(str(camera))
        webkit.see(".shot img")
        webkit.see(".sheet-form .button.primary").click()
        webkit.until("(await (await import('field/up/outbox')).records()).length === 1")
        webkit.go("map")
        webkit.see('.map-box[aria-busy="false"]')
        webkit.driver.refresh()
        webkit.go("outbox")
        webkit.read(".tally", "1waiting")
        assert webkit.ask(
            "(await (await import('field/phone/store')).all('photos'))[0].bytes instanceof ArrayBuffer"
        )
        assert not Inspection.objects.exists()

    webkit.go("outbox")
    webkit.see("#send-now").click()
    webkit.until(
        "(await import('field/up/outbox')).isDone((await (await import('field/up/outbox')).records())[0])"
    )
    inspection = Inspection.objects.get()
    assert inspection.asset_id == scene.alone.pk
    photo = Photo.objects.get(inspection=inspection)
    assert (photo.width, photo.height) == (1365, 2048)
