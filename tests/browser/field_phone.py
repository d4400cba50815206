"""A phone in the tests: Chromium with a position, a touch screen and storage of its own, at the page /field/."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts.models import User
from assets.models import Asset
from tests.browser.conftest import ARGUMENTS, CHROMIUM, PATIENCE, PHONE, Manners

# Where the crew stands: by the first notice board of the west street.
HERE = {"longitude": 116.9831, "latitude": 36.6761, "accuracy": 6}


def picture(colour: str = "#c33", size: tuple[int, int] = (60, 40), rotated: bool = False) -> dict:
    """A JPEG as a camera would hand it over; `rotated` as phones do, upright only by its EXIF."""
    image = Image.new("RGB", size, colour)
    exif = Image.Exif()
    if rotated:
        exif[0x0112] = 6
    bytes_ = io.BytesIO()
    image.save(bytes_, "JPEG", exif=exif)
    return {"name": "camera.jpg", "mimeType": "image/jpeg", "buffer": bytes_.getvalue()}


class FieldPhone:
    """What a crew member does with it."""

    def __init__(self, context: BrowserContext, url: str, manners: Manners) -> None:
        self.context = context
        self.url = url
        self.manners = manners
        context.set_default_timeout(PATIENCE)
        self.page = self._page()

    @classmethod
    def new(cls, browser: Browser, url: str, manners: Manners, language: str = "en") -> "FieldPhone":
        """A phone that has never been here."""
        return cls(_prepared(browser.new_context(**_options(url)), url, language), url, manners)

    @classmethod
    def kept(
        cls, browser: Browser, url: str, manners: Manners, profile: Path, arguments: Sequence[str] = ()
    ) -> "FieldPhone":
        """A phone whose storage lies in a folder, so that it outlives its being killed."""
        context = browser.browser_type.launch_persistent_context(
            profile, executable_path=CHROMIUM, args=[*ARGUMENTS, *arguments], **_options(url)
        )
        return cls(_prepared(context, url, "en"), url, manners)

    def _page(self) -> Page:
        page = self.context.new_page()
        self.manners.watch(page)
        return page

    def sign_in(self, user: User) -> None:
        """As the sign-in page leaves the browser."""
        client = Client()
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookies = {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: "c" * 32}
        self.context.add_cookies(
            [{"name": name, "value": value, "url": self.url} for name, value in cookies.items()]
        )

    def open(self, view: str = "near") -> None:
        """Open the page at one of its views, as from the home screen."""
        self.page.goto(f"/field/#/{view}")
        expect(self.page.locator(".bar")).to_be_visible()

    def go(self, view: str) -> None:
        """Go to a view of the open page."""
        self.page.evaluate("view => import('field/shell/router').then(router => router.go(view))", view)

    def tab(self, name: str) -> None:
        """Touch one of the bar's."""
        self.page.locator(f'[data-tab="{name}"]').click()

    def download(self, *codes: str) -> None:
        """Download areas and wait until the page says that they are ready."""
        self.go("area")
        for code in codes:
            self.page.locator(f'[data-area="{code}"] [role="switch"]').click()
        self.page.locator("#download").click()
        expect(self.page.locator("#readiness .readiness:not(.not)")).to_be_visible()
        self.page.go_back()

    def put_away(self) -> None:
        """Close everything, when the server is done with what was sent: its tables are emptied next."""
        self.context.set_offline(True)
        if not self.page.is_closed() and self.page.url.startswith(self.url):
            self.until("!(await import('field/up/sync')).status.running")
        self.context.close()

    def put_away_tab(self) -> None:
        """Close this tab when it is done, and leave the phone's others open."""
        self.until("!(await import('field/up/sync')).status.running")
        self.page.close()

    def begin(self, user: User, *codes: str) -> "FieldPhone":
        """Sign in, open the page and download areas."""
        self.sign_in(user)
        self.open()
        expect(self.page.locator(".empty, .card").first).to_be_visible()
        self.has_token()
        self.download(*codes)
        return self

    def has_token(self) -> None:
        """Wait until the server has given this phone a token."""
        self.until("(await import('field/phone/session')).token() !== null")

    def until(self, condition: str) -> None:
        """Wait until an expression with `await` in it is true (Playwright's own waiting takes a promise for true)."""
        self.page.evaluate(
            f"""async () => {{
                for (const end = Date.now() + {PATIENCE}; !({condition}); ) {{
                    if (Date.now() > end) throw new Error({condition!r});
                    await new Promise((resolve) => setTimeout(resolve, 30));
                }}
            }}"""
        )

    def report(
        self, asset: Asset, condition: str, defects: Sequence[str] = (), photo: dict | None = None
    ) -> None:
        """Report a condition as far as the tap on "save"."""
        self.go(f"report/{asset.uid}")
        self.page.locator(f'[data-condition="{condition}"]').click()
        for defect in defects:
            self.page.locator(f'[data-defect="{defect}"]').click()
        if photo:
            self.page.locator(".sheet-form input[type=file]").set_input_files(photo)
            expect(self.page.locator(".shot img")).to_have_count(1)
        self.page.locator(".sheet-form .button.primary").click()

    def reported(self, asset: Asset, condition: str = "good", **more) -> None:
        """Report a condition and see the sheet go away."""
        self.report(asset, condition, **more)
        expect(self.page.locator(".sheet-form")).to_be_hidden()

    def send_now(self) -> None:
        """Touch "send now"."""
        self.tab("outbox")
        self.page.locator("#send-now").click()

    def expect_outbox(self, *, waiting: int = 0, attention: int = 0) -> None:
        """The outbox says so, and nothing is on its way any more."""
        self.tab("outbox")
        # The three at one moment: a record goes from one of them to another while it is sent.
        counts = f"{waiting}waiting0sending{attention}needs attention"
        expect(self.page.locator(".tally")).to_have_text(counts)

    def stored(self, store: str) -> list[dict]:
        """What the phone's storage holds, pictures as their length."""
        return self.page.evaluate(
            """store => import('field/phone/store').then(s => s.all(store)).then(rows =>
               rows.map(row => ({...row, bytes: row.bytes?.byteLength ?? null})))""",
            store,
        )

    @contextmanager
    def without_network(self) -> Iterator[None]:
        """In a basement."""
        self.context.set_offline(True)
        yield
        self.context.set_offline(False)


def _options(url: str) -> dict:
    return {
        "base_url": url,
        "viewport": PHONE,
        "has_touch": True,
        "is_mobile": True,
        "reduced_motion": "reduce",
        "geolocation": HERE,
        "permissions": ["geolocation"],
    }


def _prepared(context: BrowserContext, url: str, language: str) -> BrowserContext:
    context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": url}])
    return context
