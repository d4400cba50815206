"""/tiles/*.json: TileJSON 3 that describes what the tiles hold."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from tests.mapping.conftest import Town, decoded, tiles_around

pytestmark = pytest.mark.django_db


def test_it_names_the_layers_and_takes_the_filter(town: Town, reader: Client) -> None:
    described = reader.get("/tiles/assets.json?street=370105001").json()
    assert described["tilejson"] == "3.0.0"
    assert described["tiles"] == ["http://testserver/tiles/assets/{z}/{x}/{y}.mvt?street=370105001"]
    assert [layer["id"] for layer in described["vector_layers"]] == ["cells", "assets"]
    assert described["maxzoom"] == 16
    assert described["bounds"] == [116.98, 36.67, 117.02, 36.7]


def test_it_tells_every_field_that_the_tiles_have(town: Town, reader: Client) -> None:
    fields = {
        layer["id"]: set(layer["fields"])
        for name in ("assets", "places")
        for layer in reader.get(f"/tiles/{name}.json").json()["vector_layers"]
    }
    found: dict[str, set[str]] = {}
    for zoom in (9, 14):
        for name in ("assets", "places"):
            for z, x, y in tiles_around(zoom, 116.98, 36.67, 117.02, 36.7):
                for layer, content in decoded(reader.get(f"/tiles/{name}/{z}/{x}/{y}.mvt").content).items():
                    for feature in content["features"]:
                        found.setdefault(layer, set()).update(feature["properties"])
    assert {layer: fields[layer] for layer in found} == found


def test_what_is_misspelt_is_named(town: Town, reader: Client) -> None:
    assert reader.get("/tiles/assets.json?x=1").json()["parameter"] == "x"
    assert reader.get("/tiles/places.json?street=370105001").json()["parameter"] == "street"


def test_nobody_is_asked_to_sign_in(town: Town, client: Client) -> None:
    assert client.get("/tiles/assets.json").status_code == 401
    assert client.get("/tiles/places.json").status_code == 401


def test_bounds_are_those_of_the_readers_district(
    town: Town, as_user: Callable[[User | None], Client], stranger: User
) -> None:
    bounds = as_user(stranger).get("/tiles/assets.json").json()["bounds"]
    assert bounds == [117.1, 36.67, 117.2, 36.7]
