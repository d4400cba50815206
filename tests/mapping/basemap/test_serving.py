"""/basemap/: tiles for readers, kept for ever by build; what there is to know; and another build while it is served."""

import gzip
import os
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import TokenPurpose, User
from accounts.tokens import issue_token
from mapping.basemap.archive import current, location
from mapping.basemap.building import Built
from tests.factories import make_user
from tests.mapping.conftest import decoded, tiles_around
from tests.mapping.test_map_page import page_config

pytestmark = pytest.mark.django_db

Looking = Callable[[User | None], Client]
CURRENT = "/basemap/current.json"
[(Z, X, Y)] = tiles_around(12, 116.99, 36.685, 116.99, 36.685)


def tile(build: str, z: int = Z, x: int = X, y: int = Y) -> str:
    return reverse("basemap-tile", kwargs={"build": build, "z": z, "x": x, "y": y})


def test_a_tile_is_handed_through_as_it_lies_in_the_file(built: Built, reader: Client) -> None:
    response = reader.get(tile(built.build), headers={"Accept-Encoding": "gzip"})
    assert (response.status_code, response["Content-Encoding"]) == (200, "gzip")
    assert response["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert response.content in location().read_bytes()
    [road] = [
        feature
        for feature in decoded(gzip.decompress(response.content))["roads"]["features"]
        if feature["properties"]["class"] == "primary"
    ]
    assert road["properties"]["name"] == "北园大街"
    assert road["geometry"]["type"] == "LineString"


def test_who_takes_no_gzip_gets_it_unfolded(built: Built, reader: Client) -> None:
    response = reader.get(tile(built.build))
    assert "Content-Encoding" not in response
    assert "roads" in decoded(response.content)


def test_a_build_s_tiles_are_kept_for_ever(built: Built, reader: Client) -> None:
    response = reader.get(tile(built.build))
    assert response["Cache-Control"] == "private, max-age=31536000, immutable"
    assert "Accept-Encoding" in response["Vary"]
    again = reader.get(tile(built.build), headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", response["ETag"])
    assert "Content-Security-Policy" not in response


def test_a_tile_without_anything_is_empty_and_kept_too(built: Built, reader: Client) -> None:
    for z, x, y in ((12, 0, 0), (22, 0, 0), (0, 0, 0)):
        response = reader.get(tile(built.build, z, x, y))
        assert (response.status_code, response.content) == (204, b"")
        assert "immutable" in response["Cache-Control"]


@pytest.mark.parametrize(
    "numbers,parameter", [((23, 0, 0), "z"), ((3, 8, 0), "x"), ((3, 0, 8), "y"), ((10**30, 0, 0), "z")]
)
def test_numbers_that_are_no_tile_s_are_named(
    built: Built, reader: Client, numbers: tuple[int, int, int], parameter: str
) -> None:
    response = reader.get(tile(built.build, *numbers))
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert response.json()["parameter"] == parameter


@pytest.mark.parametrize(
    "end", ["a/1/2.mvt", "-1/1/2.mvt", "1/1/2.png", "1/1/2", "1/2.mvt", f"{'9' * 5000}/0/0.mvt"]
)
def test_what_is_no_tile_s_address_is_not_found(built: Built, reader: Client, end: str) -> None:
    response = reader.get(f"/basemap/{built.build}/{end}")
    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")


def test_parameters_that_do_not_exist_are_named(built: Built, reader: Client) -> None:
    for address in (tile(built.build), CURRENT):
        response = reader.get(f"{address}?street=1")
        assert (response.status_code, response.json()["parameter"]) == (400, "street")


def test_it_only_reads(built: Built, reader: Client) -> None:
    assert reader.post(tile(built.build)).status_code == 405
    assert reader.head(tile(built.build)).status_code == 200


def test_readers_see_it_and_nobody_else(built: Built, as_user: Looking, stranger: User, crew: User) -> None:
    for address in (tile(built.build), CURRENT):
        for user in (stranger, crew):  # Streets are no secret: who may read anything sees them.
            assert as_user(user).get(address).status_code == 200
        nobody = as_user(None).get(address)
        assert (nobody.status_code, nobody["Content-Type"]) == (401, "application/problem+json")
        assert as_user(make_user(None)).get(address).status_code == 403


def test_a_phone_reads_tiles_with_its_own_token(built: Built, client: Client, crew: User) -> None:
    secret = issue_token(crew, TokenPurpose.FIELD, "phone")[1]
    answer = client.get(tile(built.build), headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    assert client.get(tile(built.build), headers={"Authorization": "Bearer nothing"}).status_code == 401


def test_programs_are_told_what_there_is(built: Built, reader: Client) -> None:
    response = reader.get(CURRENT)
    told = response.json()
    assert told["tiles"] == f"/basemap/{built.build}/{{z}}/{{x}}/{{y}}.mvt"
    assert (told["build"], told["licence"], told["date"]) == (built.build, "ODbL 1.0", "2020-11")
    assert (told["minzoom"], told["maxzoom"], told["layers"]) == (8, 14, ["roads"])
    assert told["credit"] == "© 测试"
    assert response["Cache-Control"] == "private, no-cache"
    assert reader.get(CURRENT, headers={"If-None-Match": response["ETag"]}).status_code == 304


def test_the_credit_is_in_the_reader_s_language(built: Built, reader: Client) -> None:
    reader.cookies["django_language"] = "en"
    assert reader.get(CURRENT).json()["credit"] == "© Test"


def test_without_a_base_map_that_is_said(reader: Client) -> None:
    for address, status in ((CURRENT, 404), (tile("0123456789abcdef"), 410)):
        response = reader.get(address)
        assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")


def test_another_build_is_served_from_the_next_request_on(
    built: Built, rebuilt: Callable[[], Built], reader: Client
) -> None:
    assert reader.get(tile(built.build)).status_code == 200
    other = rebuilt()
    assert reader.get(CURRENT).json()["build"] == other.build != built.build
    assert reader.get(tile(built.build)).status_code == 410
    roads = decoded(reader.get(tile(other.build)).content)["roads"]["features"]
    assert {road["properties"]["name"] for road in roads} == {"新路"}


def test_who_was_reading_the_old_build_reads_on_to_its_end(
    built: Built, rebuilt: Callable[[], Built]
) -> None:
    old = current()
    assert old is not None
    before = old.tile(Z, X, Y)
    rebuilt()
    assert old.tile(Z, X, Y) == before


def test_a_file_that_was_damaged_meanwhile_is_no_fault_of_ours(built: Built, reader: Client) -> None:
    address = tile(built.build)
    assert reader.get(address).status_code == 200
    stat = location().stat()
    with location().open("r+b") as file:  # in place, and looking the same
        file.seek(127)
        file.write(bytes(stat.st_size - 127))
    os.utime(location(), ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert reader.get(tile(built.build, 14, 13500, 6400)).status_code in (204, 404)
    location().write_bytes(b"PMTiles, or nearly")
    assert reader.get(address).status_code == 410
    assert reader.get(CURRENT).status_code == 404


def test_the_map_s_script_learns_of_it(built: Built, reader: Client) -> None:
    told = page_config(reader.get("/map/").content.decode())["ownBasemap"]
    assert told == reader.get(CURRENT).json()


def test_over_a_shifted_base_map_it_is_not_offered(built: Built, reader: Client, settings: Settings) -> None:
    settings.BASEMAP_CRS = "gcj02"
    assert page_config(reader.get("/map/").content.decode())["ownBasemap"] is None
