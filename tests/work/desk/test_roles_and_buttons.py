"""Role by button: who finds what on an asset's panel, declared; and whatever is offered opens, whatever is not refuses.

A new button or a new role fails here until somebody has said who is to find it.
"""

import json
import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.test import Client
from lxml import html

from accounts.models import Role, User
from accounts.permissions import VERBS_OF_ROLE
from assets.actions.edit_asset import edit_asset
from assets.actions.record_inspection import record_inspection
from assets.history import Actor
from assets.models import Artwork, Asset, Condition, Lifecycle, Origin
from tests.conftest import District
from tests.factories import make_artwork, make_user
from tests.mapping.conftest import Town

pytestmark = pytest.mark.django_db

EVERY_FORM = {"edit", "move", "inspect", "post", "take-down", "suspend", "remove", "undo", "void", "new"}
HERE = "responsibility/here"  # who answers: everybody who reads may ask
ELSEWHERE = {"jobs/new", "labels", "cases/new", HERE}
# What is found on an asset of the reader's own street, which hangs an artwork and has been inspected.
AT_HOME: dict[str, set[str]] = {
    Role.ADMINISTRATOR: EVERY_FORM | ELSEWHERE,
    Role.PUBLICITY: EVERY_FORM | ELSEWHERE,
    Role.STREET_EDITOR: EVERY_FORM | ELSEWHERE,
    Role.CREW: {"inspect", "new", "cases/new", HERE},
    Role.PATROL: {"cases/new", HERE},
    Role.EVALUATOR: {"inspect", "new", "cases/new", HERE},
    Role.LIAISON: {HERE},
    Role.LEADER: {"cases/new", HERE},
    Role.PLANNER: {"labels", HERE},
    Role.VIEWER: {HERE},
}
OF_ONE_STREET = (Role.STREET_EDITOR, Role.CREW, Role.PATROL, Role.EVALUATOR, Role.LEADER)
# What is left of it in the neighbours' street, of the same district: it may be read, plates printed, and it may be
# asked who answers there.
AT_THE_NEIGHBOURS: dict[str, set[str]] = {
    role: found & {"labels", HERE} if role in OF_ONE_STREET else found for role, found in AT_HOME.items()
}
# The map page's own: files are exported or only a link shared, several assets changed, jobs planned, one registered.
ON_THE_MAP: dict[str, set[str]] = {
    Role.ADMINISTRATOR: {"export", "edit", "plan", "new"},
    Role.PUBLICITY: {"export", "edit", "plan", "new"},
    Role.STREET_EDITOR: {"export", "edit", "plan", "new"},
    Role.CREW: {"new"},
    Role.PATROL: set(),
    Role.EVALUATOR: {"new"},
    Role.LIAISON: set(),
    Role.LEADER: set(),
    Role.PLANNER: {"export"},
    Role.VIEWER: set(),
}

Somebody = Callable[[str], Client]


@pytest.fixture
def somebody(town: Town, district: District, as_user: Callable[[User], Client]) -> Somebody:
    """Somebody of a role in the western street; those of the whole district hold it there."""

    def sign_in(role: str) -> Client:
        whole = role in (Role.ADMINISTRATOR, Role.PUBLICITY, Role.PLANNER, Role.VIEWER, Role.LIAISON)
        user = make_user(role, district.district if whole else district.west, username=f"a {role}")
        client = as_user(user)
        client.cookies["django_language"] = "en"
        return client

    return sign_in


@pytest.fixture
def shown(town: Town, publicity: User) -> Asset:
    """An asset in the western street with everything that can be taken down or taken back."""
    return lived_in(town.mural, publicity)


def lived_in(asset: Asset, publicity: User) -> Asset:
    """In use, with an artwork on it, an inspection and a change."""
    actor = Actor(publicity, Origin.WEB)
    Asset.objects.filter(pk=asset.pk).update(
        lifecycle=Lifecycle.IN_USE, removed_on=None, artwork=make_artwork("hangs-there")
    )
    record_inspection(actor, asset, Condition.GOOD)
    return edit_asset(actor, asset, {"remarks": "改过"})


def buttons_of(page: html.HtmlElement) -> dict[str, str]:
    """Where the panel's buttons lead in this house, by what they do."""
    addresses = {
        *page.xpath("//@data-desk"),
        *page.xpath("//*[contains(@class, 'actions')]//a/@href"),
    }
    return {what_it_does(address): address for address in addresses if "://" not in address}


def what_it_does(address: str) -> str:
    path = urlsplit(address).path
    form = re.fullmatch(r"/desk/(?:assets/[^/]+/)?([a-z-]+)", path)
    return form[1] if form else path.strip("/")


# Links to what there is to read, which everybody follows who is shown them.
TO_READ = {"jobs/list", "cases"}


def offered(client: Client, asset: Asset) -> dict[str, str]:
    answer = client.get(f"/assets/{asset.code}/panel")
    assert answer.status_code == 200
    found = buttons_of(html.fromstring(answer.content.decode()))
    return {
        name: address
        for name, address in found.items()
        if name not in TO_READ and not address.startswith("/admin/")
    }


def test_every_role_is_declared() -> None:
    for table in (AT_HOME, AT_THE_NEIGHBOURS, ON_THE_MAP):
        assert set(table) == set(VERBS_OF_ROLE)


@pytest.mark.parametrize("role", sorted(AT_HOME))
def test_a_role_finds_its_buttons_at_home_and_each_of_them_opens(
    somebody: Somebody, shown: Asset, role: str
) -> None:
    client = somebody(role)
    found = offered(client, shown)
    assert set(found) == AT_HOME[role]
    for name, address in found.items():
        assert client.get(address).status_code == 200, name


@pytest.mark.parametrize("role", sorted(AT_HOME))
def test_a_role_finds_in_the_neighbours_street_only_what_it_may_there(
    somebody: Somebody, town: Town, publicity: User, role: str
) -> None:
    client = somebody(role)
    found = offered(client, lived_in(town.plaque, publicity))
    assert set(found) == AT_THE_NEIGHBOURS[role]
    for name, address in found.items():
        assert client.get(address).status_code == 200, name


@pytest.mark.parametrize("role", sorted(AT_HOME))
def test_what_a_role_is_not_offered_it_is_refused(somebody: Somebody, shown: Asset, role: str) -> None:
    client = somebody(role)
    for slug in EVERY_FORM - AT_HOME[role]:
        address = "/desk/new" if slug == "new" else f"/desk/assets/{shown.code}/{slug}"
        assert client.get(address).status_code == 403, slug
        assert client.post(address).status_code == 403, slug


@pytest.mark.parametrize("role", sorted(AT_HOME))
def test_the_map_offers_a_role_what_it_may_do(somebody: Somebody, town: Town, role: str) -> None:
    client = somebody(role)
    page = html.fromstring(client.get("/map/").content.decode())
    config = json.loads(page.xpath("//script[@id='page-config']/text()")[0])
    found = {name for name, may in config["may"].items() if may}
    if config.get("extensions", {}).get("desk", {}).get("newAsset"):
        found.add("new")
    assert found == ON_THE_MAP[role]
    # The menu that exports says so to those only who may.
    words = page.xpath("string(//*[@id='results']//summary)")
    assert ("Export" in words) == ("export" in found)
    for name, address in (
        ("export", config["urls"]["exportGeojson"]),
        ("edit", config["urls"]["bulkEdit"]),
        ("plan", config["urls"]["planJobs"]),
        ("new", "/desk/new"),
    ):
        if address:
            assert (client.get(address).status_code == 403) == (name not in found), name


@pytest.mark.parametrize("role", sorted(AT_HOME))
def test_every_entry_of_the_header_opens(somebody: Somebody, town: Town, role: str) -> None:
    client = somebody(role)
    page = html.fromstring(client.get("/artworks/").content.decode())
    entries = {
        address
        for address in page.xpath("//header//a/@href")
        if address.startswith("/") and "sign-out" not in address
    }
    assert entries
    for address in entries:
        assert client.get(address, follow=True).status_code == 200, address


@pytest.mark.parametrize("role", sorted(AT_HOME))
def test_an_artworks_page_leads_nobody_where_they_may_not_go(
    somebody: Somebody, shown: Asset, role: str
) -> None:
    client = somebody(role)
    make_artwork("draft", approval="draft")
    for artwork in Artwork.objects.all():
        for page in ("/artworks/", f"/artworks/{artwork.code}/"):
            main = html.fromstring(client.get(page).content.decode()).xpath("//main")[0]
            addresses = set(main.xpath(".//a/@href"))
            assert not [address for address in addresses if "/admin/" in address]
            for address in addresses:
                if address.startswith("/artworks/"):
                    assert client.get(address).status_code == 200, address
