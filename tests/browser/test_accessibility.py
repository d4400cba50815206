"""axe-core finds nothing serious on the office's pages, in light and dark, wide and narrow; nor on the public ones."""

from collections.abc import Iterable, Iterator

from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import User
from assets.models import Batch, Maintenance

AXE = (settings.NODE_MODULES / "axe-core" / "axe.min.js").read_text()
# "Serious" and "critical" are what keeps somebody from doing their work.
# Without `preload` it leaves style sheets that import others alone (Django's own do): it would read those by inline
# style, against the policy, for a rule that only they need and that is not among these.
RUN = """() => axe.run(document, { resultTypes: ["violations"], preload: false }).then(({ violations }) => violations
  .filter(({ impact }) => ["serious", "critical"].includes(impact))
  .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).slice(0, 5).join(" | ")}`))"""


def problems(page) -> list[str]:
    page.evaluate(AXE)
    return page.evaluate(RUN)


PAGES = (
    "/jobs/",
    "/jobs/list/",
    "/jobs/new/?condition=damaged",
    "/jobs/costs/",
    "/jobs/sheet/",
    "/campaigns/",
    "/artworks/",
    "/artworks/old/",
    "/artworks/new/",
    "/artworks/old/edit/",
    "/artworks/old/withdraw/",
    "/due/",
    "/labels/",
)


def test_the_offices_pages(open_page, office: User):
    page = open_page("/jobs/", office)
    job, batch = Maintenance.objects.get(state="in_progress"), Batch.objects.get()
    found = {}
    for address in (*PAGES, f"/jobs/{job.pk}/", f"/campaigns/{batch.pk}/"):
        page.goto(address)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found[address, scheme] = problems(page)
    assert {where: violations for where, violations in found.items() if violations} == {}


def test_the_offices_pages_on_a_phone(open_page, office: User):
    page = open_page("/jobs/", office, phone=True, language="zh-hans")
    found = {}
    for address in ("/jobs/", "/jobs/list/", "/artworks/old/", "/artworks/old/edit/", "/due/"):
        page.goto(address)
        found[address] = problems(page)
        # Nothing is wider than the screen; what is wide scrolls by itself.
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
    assert {address: violations for address, violations in found.items() if violations} == {}


def addresses_without_parameters(
    patterns: Iterable[URLPattern | URLResolver], before: str = "/"
) -> Iterator[str]:
    """The address of every page that stands by itself, of whatever room; the administration's own are Django's."""
    for pattern in patterns:
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if address != "/admin/":
                yield from addresses_without_parameters(pattern.url_patterns, address)
        elif address.endswith("/") and "<" not in address:
            yield address


def addresses_of_standing_pages() -> Iterator[str]:
    """Those of all rooms."""
    return addresses_without_parameters(get_resolver().url_patterns)


def test_every_page_of_every_room_that_stands_by_itself(open_page, office: User):
    reader = Client()
    reader.force_login(office)
    pages = {
        address
        for address in addresses_of_standing_pages()
        if (answer := reader.get(address)).status_code == 200 and "html" in answer["Content-Type"]
    } - set(PAGES)
    for room in (
        "campaigns",
        "cases",
        "coverage",
        "dashboard",
        "evaluation",
        "fieldwork",
        "import",
        "residents",
    ):
        assert any(address.startswith(f"/{room}/") for address in pages), room
    page = open_page("/start/", office, language="zh-hans")
    found = {}
    for address in sorted(pages):
        page.goto(address)
        found[address] = problems(page)
    assert {address: violations for address, violations in found.items() if violations} == {}


def test_signing_in_and_a_public_card(open_page, scene):
    page = open_page("/sign-in/")
    assert problems(page) == []
    page.goto(f"/a/{scene.alone.code}")
    assert problems(page) == []
