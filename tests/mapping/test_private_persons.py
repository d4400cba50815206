"""Names and telephones of private persons are in no answer to anybody but those who may edit the asset."""

import gzip
import io
import zipfile

import pytest

from assets.actions.edit_asset import edit_asset
from assets.history import Actor
from assets.models import Origin
from tests.mapping.conftest import tiles_around

pytestmark = pytest.mark.django_db
NOW_NAME, NOW_PHONE = "欧阳测试甲", "13900001111"
THEN_NAME, THEN_PHONE = "司徒测试乙", "13900002222"
SECRETS = [text.encode() for text in (NOW_NAME, NOW_PHONE, THEN_NAME, THEN_PHONE)]
FILES = ["geojson", "geojsonl", "csv", "xlsx", "gpkg", "fgb", "kml", "shp.zip", "parquet"]


@pytest.fixture
def stairwell(town, publicity):
    """The board, with a stairwell's contact now and another one before."""
    for name, phone in ((THEN_NAME, THEN_PHONE), (NOW_NAME, NOW_PHONE)):
        edit_asset(
            Actor(publicity, Origin.WEB), town.board, {"building_contact": name, "building_phone": phone}
        )
        town.board.refresh_from_db()
    return town.board


def addresses(asset):
    """Every kind of address that tells of assets."""
    lon, lat = asset.point.coords
    z, x, y = tiles_around(15, lon, lat, lon, lat)[0]
    yield from (f"/assets/{asset.code}/", f"/assets/{asset.code}/panel", "/map/", f"/map/?q={asset.code}")
    yield from (
        "/api/assets",
        f"/api/assets/{asset.code}",
        "/api/openapi.json",
        "/api/lists",
        "/api/inspections",
    )
    yield from (f"/api/assets?q={NOW_NAME}", f"/api/assets?q={THEN_PHONE}", f"/tiles/assets/{z}/{x}/{y}.mvt")
    yield from (
        "/tiles/assets.json",
        "/ogc/collections/assets/items?f=json",
        "/export/changes.geojsonl",
    )
    yield from ("/snapshot/assets.html", f"/a/{asset.code}", f"/labels/?asset={asset.code}")
    yield from (f"/jobs/new/?asset={asset.code}", f"/jobs/list/?asset={asset.code}", "/due/", "/artworks/")
    yield from (f"/admin/assets/asset/{asset.pk}/change/", f"/admin/assets/asset/{asset.pk}/history/")
    yield from (f"/admin/assets/asset/?q={NOW_NAME}", "/fieldwork/review/", "/fieldwork/activity/")
    yield from (f"/export/assets.{ending}" for ending in FILES)


def everything_in(content):
    """Bytes and all that is packed in them, however deep."""
    yield content
    if content[:2] == b"\x1f\x8b":
        yield from everything_in(gzip.decompress(content))
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield from everything_in(archive.read(name))


def told_at(client, asset):
    """At which addresses one of the secrets is told."""
    found = set()
    for address in addresses(asset):
        response = client.get(address)
        assert response.status_code < 500, address
        content = response.getvalue()
        searched = address.encode()
        for part in everything_in(content):
            if any(secret in part for secret in SECRETS if secret not in searched):
                found.add(address)
    return found


@pytest.mark.parametrize("role", ["colleague", "viewer", "planner", "crew", "stranger", "nobody"])
def test_who_may_not_edit_the_asset_is_told_nothing(stairwell, as_user, client, request, role):
    reader = client if role == "nobody" else as_user(request.getfixturevalue(role))
    assert told_at(reader, stairwell) == set()


@pytest.mark.parametrize("role", ["owner", "publicity"])
def test_who_may_edit_the_asset_reads_its_history(stairwell, as_user, request, role):
    told = told_at(as_user(request.getfixturevalue(role)), stairwell)
    assert f"/assets/{stairwell.code}/panel" in told


def test_a_telephone_number_is_no_way_to_find_an_asset(stairwell, as_user, viewer):
    for secret in (NOW_NAME, NOW_PHONE, THEN_NAME, THEN_PHONE):
        assert as_user(viewer).get("/api/assets", {"q": secret}).json()["results"] == []
