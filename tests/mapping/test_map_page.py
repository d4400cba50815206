"""/ and /map/: the one page."""

import json
import re
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import Membership, Role, User
from assets.models import Batch
from places.distance import MEAN_EARTH_RADIUS_M
from places.models import Area, BoundaryStatus
from tests.conftest import District
from tests.factories import make_user
from tests.mapping.conftest import Town

pytestmark = pytest.mark.django_db

Looking = Callable[[User | None], Client]


def page_config(content: str) -> dict:
    found = re.search(r'<script id="page-config" type="application/json">(.*?)</script>', content, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_home_is_where_signing_in_leads(client: Client) -> None:
    response = client.get("/")
    assert (response.status_code, response["Location"]) == (302, "/start/")


def test_its_script_learns_addresses_and_bounds(town: Town, reader: Client) -> None:
    config = page_config(reader.get("/map/").content.decode())
    assert config["language"] == "zh-hans"
    assert config["bounds"] == [116.98, 36.67, 117.02, 36.7]
    assert config["basemap"] is None
    assert config["earthRadius"] == MEAN_EARTH_RADIUS_M
    for name in ("legend", "assets"):
        assert reader.get(config["urls"][name]).status_code == 200


WHOLE = [116.98, 36.67, 117.02, 36.7]


def opening(client: Client, query: str = "", page: str = "/map/") -> list[float]:
    return page_config(client.get(page + query).content.decode())["opening"]


def bounds(area: Area) -> list[float]:
    return list(area.boundary.extent)


@pytest.mark.parametrize("page", ["/map/", "/cases/map/"])
def test_a_street_s_people_begin_with_their_street_and_the_district_s_with_the_district(
    town: Town, district: District, owner: User, publicity: User, as_user: Looking, page: str
) -> None:
    assert opening(as_user(owner), page=page) == pytest.approx(bounds(district.west))
    assert opening(as_user(publicity), page=page) == WHOLE
    config = page_config(as_user(owner).get(page).content.decode())
    assert config["bounds"] == WHOLE, "what the button leads to"


def test_a_community_s_people_begin_with_it_and_with_the_street_while_nobody_has_drawn_it(
    town: Town, district: District, as_user: Looking
) -> None:
    grid_officer = make_user(Role.CREW, district.southwest)
    assert opening(as_user(grid_officer)) == pytest.approx(bounds(district.southwest))
    Area.objects.filter(pk=district.southwest.pk).update(boundary=None, boundary_status=BoundaryStatus.NONE)
    assert opening(as_user(grid_officer)) == pytest.approx(bounds(district.west))


def test_who_has_roles_in_two_streets_begins_with_both_and_who_has_one_in_the_district_with_it(
    town: Town, district: District, owner: User, as_user: Looking
) -> None:
    Membership.objects.create(user=owner, role=Role.CREW, area=district.east)
    assert opening(as_user(User.objects.get(pk=owner.pk))) == pytest.approx(WHOLE)
    Membership.objects.filter(user=owner).delete()
    Membership.objects.create(user=owner, role=Role.STREET_EDITOR, area=district.southwest)
    Membership.objects.create(user=owner, role=Role.VIEWER, area=district.district)
    assert opening(as_user(User.objects.get(pk=owner.pk))) == WHOLE


@pytest.mark.parametrize("page", ["/map/", "/cases/map/"])
def test_the_map_begins_with_the_place_it_is_filtered_by(
    town: Town, district: District, owner: User, publicity: User, as_user: Looking, page: str
) -> None:
    at_the_desk = as_user(publicity)
    west, east = district.west.code, district.east.code
    assert opening(at_the_desk, f"?street={west}", page) == pytest.approx(bounds(district.west))
    assert opening(at_the_desk, f"?street={west},{east}", page) == pytest.approx(WHOLE)
    community = f"?street={west}&community={district.southwest.code}"
    assert opening(at_the_desk, community, page) == pytest.approx(bounds(district.southwest))
    assert opening(at_the_desk, "?street=none", page) == WHOLE, "which is no place"
    assert opening(as_user(owner), f"?street={east}", page) == pytest.approx(bounds(district.east))


def test_a_rectangle_in_the_address_is_a_place_and_another_district_s_street_is_none(
    town: Town, district: District, reader: Client
) -> None:
    assert opening(reader, "?bbox=116.985,36.675,116.99,36.68") == [116.985, 36.675, 116.99, 36.68]
    assert opening(reader, f"?street={district.other_street.code}") == WHOLE


def test_a_base_map_is_told(town: Town, reader: Client, settings: Settings) -> None:
    settings.BASEMAP_TILES = "https://tiles.example.cn/{z}/{x}/{y}.png"
    settings.BASEMAP_ATTRIBUTION = "天地图"
    basemap = page_config(reader.get("/map/").content.decode())["basemap"]
    assert basemap == {"tiles": [settings.BASEMAP_TILES], "attribution": "天地图", "tileSize": 256}


def test_every_module_it_imports_has_an_address(town: Town, reader: Client) -> None:
    content = reader.get("/map/").content.decode()
    found = re.search(r'<script type="importmap" nonce="[^"]+">(.*?)</script>', content, re.DOTALL)
    assert found
    modules = json.loads(found[1])["imports"]
    assert {"maplibre-gl", "mapping/page", "web/menus"} <= set(modules)


def test_a_link_carries_a_filter(town: Town, reader: Client) -> None:
    assert reader.get("/map/?street=370105001&condition=good").status_code == 200


def test_what_no_legend_lists_is_named_to_its_script(town: Town, reader: Client) -> None:
    batch = Batch.objects.create(kind="jobs", title="秋季清洗", origin="web")
    config = page_config(reader.get(f"/map/?artwork=poster-2025,expired&batch={batch.pk}").content.decode())
    named = {
        "artwork:poster-2025": "我们的节日",
        "artwork:expired": "已过期",
        f"batch:{batch.pk}": f"#{batch.pk} 秋季清洗",
    }
    assert {
        key: name for key, name in config["names"].items() if key.startswith(("artwork:", "batch:"))
    } == named
    # Yes-or-no filters have no legend either: all their values, whatever was asked.
    assert config["names"]["indoor:true"] == "是"


def test_its_script_learns_what_one_may(town: Town, reader: Client, owner: User, as_user: Looking) -> None:
    nothing = {"plan": False, "export": False, "edit": False}
    assert page_config(reader.get("/map/").content.decode())["may"] == nothing
    editors = page_config(as_user(owner).get("/map/").content.decode())
    assert editors["may"] == {"plan": True, "export": True, "edit": True}
    assert editors["urls"]["bulkEdit"] == "/edit/"


def test_who_may_not_export_is_offered_no_export(
    town: Town, reader: Client, owner: User, as_user: Looking
) -> None:
    button = "<span>导出</span></summary>"
    assert button not in reader.get("/map/").content.decode()
    assert button in as_user(owner).get("/map/").content.decode()


def test_what_is_misspelt_is_named_to_people(town: Town, reader: Client) -> None:
    response = reader.get("/map/?streeet=1")
    assert (response.status_code, response["Content-Type"]) == (400, "text/html; charset=utf-8")
    assert "streeet" in response.content.decode()


def test_nobody_is_sent_to_sign_in_and_comes_back(town: Town, client: Client) -> None:
    response = client.get("/map/?street=370105001")
    assert response.status_code == 302
    assert response["Location"] == "/sign-in/?next=/map/%3Fstreet%3D370105001"


def test_a_user_without_a_role_is_told_so(town: Town, as_user: Looking) -> None:
    response = as_user(make_user(None)).get("/map/")
    assert (response.status_code, response["Content-Type"]) == (403, "text/html; charset=utf-8")


def test_nobody_else_keeps_it(town: Town, reader: Client) -> None:
    assert reader.get("/map/")["Cache-Control"] == "private, no-store"
