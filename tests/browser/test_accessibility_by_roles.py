"""axe-core finds nothing serious on the pages of single things, as whoever may open them.

The pages are those that pages link to, one of each kind. A page is looked at once more as somebody else only where it
shows them another kind of element than it has shown before: reading a page costs a hundredth of looking at it.
"""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Page

from accounts.models import User
from assets.models import Asset
from cases.models import Case
from demonstration.accounts import make_accounts
from demonstration.filling import steps_of
from evaluation.models import ScoreSheet
from places.models import Site
from tests.browser.conftest import DESKTOP, PATIENCE, Manners
from tests.browser.test_accessibility import addresses_of_standing_pages, problems

# Pages that are reached by what a page links to, that by what those link to, and once more.
STEPS = 3
LINK = re.compile(r'<a\b[^>]*\bhref="([^"#]+)')
ELEMENT = re.compile(r"<(\w+)([^>]*)>")
CLASS = re.compile(r'\b(class|role|type)="([^"]*)"')


class Pages:
    """The pages of single things that one reader is led to."""

    def __init__(self, user: User, further: Iterable[str] = ()) -> None:
        self.client = Client()
        self.client.force_login(user)
        self.further = tuple(further)

    def found(self) -> Iterator[tuple[str, str, str]]:
        """What each is called in the list of addresses, its address, and its HTML: the first of each name."""
        names: set[str] = set()
        begin = [*addresses_of_standing_pages(), *self.further]
        for _step in range(STEPS):
            linked: list[str] = []
            for address in begin:
                html = self._read(address)
                if not html:
                    continue
                if (name := _name(address)) and name not in names:
                    names.add(name)
                    yield name, address, html
                for href in LINK.findall(html):
                    other = urlsplit(urljoin(address, href.replace("&amp;", "&"))).path
                    other_name = _name(unquote(other))
                    if other_name and other_name not in names and other not in linked:
                        linked.append(other)
            # Three of each kind are enough to find one that may be opened.
            begin = list(_few_of_each(linked))

    def _read(self, address: str) -> str:
        answer = self.client.get(address)
        is_page = answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
        return answer.content.decode() if is_page and not answer.streaming else ""


def _few_of_each(addresses: Iterable[str]) -> Iterator[str]:
    counts: dict[str, int] = {}
    for address in addresses:
        name = _name(unquote(address))
        counts[name] = counts.get(name, 0) + 1
        if counts[name] <= 3:
            yield address


def _name(address: str) -> str:
    """What a page of a single thing is called; nothing for all others, the administration's and what is no page."""
    try:
        match = resolve(address)
    except Resolver404:
        return ""
    is_ours = match.kwargs and not match.app_names and not address.startswith(("/admin/", "/api/", "/ogc/"))
    return match.url_name or "" if is_ours else ""


def _elements(html: str) -> set[tuple[str, ...]]:
    """The kinds of element of a page."""
    return {(tag, *(value for _name, value in CLASS.findall(rest))) for tag, rest in ELEMENT.findall(html)}


def faults(page_of, users: Iterable[User], further: Iterable[str]) -> tuple[dict[str, list[str]], set[str]]:
    """What axe-core says by reader and address, and the names of the pages that were looked at."""
    found: dict[str, list[str]] = {}
    seen: dict[str, set[tuple[str, ...]]] = {}
    for user in users:
        page = page_of(user)
        for name, address, html in Pages(user, further).found():
            elements = _elements(html)
            if elements <= seen.get(name, set()):
                continue
            seen[name] = seen.get(name, set()) | elements
            page.goto(address)
            if heard := problems(page):
                found[f"{user}: {name} {address}"] = heard
    return found, set(seen)


def test_a_few_single_things_as_four_readers(
    open_page, office: User, owner: User, crew: User, viewer: User, scene
) -> None:
    further = [f"/assets/{scene.alone.code}/", f"/a/{scene.alone.code}"]
    found, names = faults(lambda user: open_page("/healthz", user), [office, owner, crew, viewer], further)
    assert found == {}
    assert {"asset", "job", "campaign", "artwork", "artwork-edit"} <= names


@pytest.fixture
def filled(live_server, settings, tmp_path) -> dict[str, User]:
    """A small demonstration with a bit of everything; its accounts by name."""
    settings.DEMONSTRATION, settings.PUBLIC_REPORTS, settings.MEDIA_ROOT = True, True, tmp_path
    call_command("load_fixtures", verbosity=0)
    call_command("load_case_lists", verbosity=0)
    call_command("load_coverage_rules", verbosity=0)
    call_command("load_demo", assets=400, photos=3, verbosity=0)
    call_command("demo_responsibility", verbosity=0)
    make_accounts()
    nights = "nightly figures"
    for step in steps_of({"first": 30, "cases": 30, "answers": 10, "seed": 1}):
        if str(step.title) != nights:
            step.take()
    return {user.username: user for user in User.objects.all()}


@pytest.mark.slow
def test_every_single_thing_of_a_demonstration_as_every_role(
    browser: Browser, live_server, manners: Manners, filled: dict[str, User]
) -> None:
    pages: list[Page] = []

    def page_of(user: User) -> Page:
        context = browser.new_context(base_url=live_server.url, viewport=DESKTOP, reduced_motion="reduce")
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        manners.watch(page)
        pages.append(page)
        return page

    names = ("publicity", "beiyuan", "crew", "liaison", "patrol", "evaluator", "leader", "planner", "viewer")
    asset, case = Asset.objects.filter(lifecycle="in_use").first(), Case.objects.first()
    sheet, site = ScoreSheet.objects.select_related("district").latest("month"), Site.objects.first()
    further = [f"/assets/{asset.code}/", f"/a/{asset.code}", f"/cases/{case.code}/", f"/s/{site.code}"]
    further.append(f"/assessment/{sheet.district.code}/{sheet.month:%Y-%m}/")
    found, seen = faults(page_of, [filled[name] for name in names], further)
    for page in pages:
        page.context.close()
    assert found == {}
    wanted = {
        "asset",
        "case",
        "patrol",
        "evaluation-round",
        "evaluation-visit",
        "job",
        "artwork",
        "responsibility",
        "exposure",
        "special-action",
        "score-sheet",
        "bulletin",
        "site-card",
    }
    assert wanted - seen == set()
