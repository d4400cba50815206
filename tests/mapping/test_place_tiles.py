"""/tiles/places/{z}/{x}/{y}.mvt: areas, their labels, roads and sites."""

from collections.abc import Callable

import pytest
from django.contrib.gis.geos import LineString, MultiLineString
from django.test import Client

from accounts.models import User
from places.models import Road
from tests.mapping.conftest import Town, decoded, tiles_around

pytestmark = pytest.mark.django_db

Looking = Callable[[User | None], Client]


def names(layers: dict, layer: str) -> set[str]:
    return {feature["properties"]["name"] for feature in layers.get(layer, {"features": []})["features"]}


def test_streets_when_zoomed_out(town: Town, reader: Client) -> None:
    layers = decoded(reader.get("/tiles/places/9/422/199.mvt").content)
    assert names(layers, "areas") == {"天桥区", "无影山街道", "天桥东街街道"}
    street = next(f for f in layers["areas"]["features"] if f["properties"]["code"] == "370105001")
    assert street["properties"]["level"] == "street"
    assert street["properties"]["approximate"] is True
    assert street["geometry"]["type"] == "Polygon"


def test_communities_roads_and_sites_when_zoomed_in(town: Town, reader: Client) -> None:
    line = MultiLineString(LineString((116.97, 36.685), (117.03, 36.685)), srid=4326)
    Road.objects.filter(code="370105R003").update(line=line)
    [(z, x, y)] = tiles_around(14, 116.9848, 36.6713, 116.9848, 36.6713)
    layers = decoded(reader.get(f"/tiles/places/{z}/{x}/{y}.mvt").content)
    assert "无影潭社区居民委员会" in names(layers, "areas")
    [site] = layers["sites"]["features"]
    assert (site["properties"]["name"], site["properties"]["kind"]) == ("济南站", "station")
    layers = decoded(reader.get("/tiles/places/12/3379/1598.mvt").content)
    assert names(layers, "roads") == {"北园大街"}


def test_each_label_stands_on_one_tile(town: Town, reader: Client) -> None:
    labels = []
    for z, x, y in tiles_around(13, 116.97, 36.66, 117.03, 36.71):
        layers = decoded(reader.get(f"/tiles/places/{z}/{x}/{y}.mvt").content)
        labels += [f["properties"]["code"] for f in layers.get("area_labels", {"features": []})["features"]]
    assert sorted(labels) == ["370105", "370105001", "370105001008", "370105001009", "370105002"]


def test_another_district_is_not_drawn(town: Town, reader: Client, as_user: Looking, stranger: User) -> None:
    layers = decoded(as_user(stranger).get("/tiles/places/9/422/199.mvt").content)
    assert names(layers, "areas") == {"邻区", "邻街道"}


def test_nothing_there_is_204(town: Town, reader: Client) -> None:
    assert reader.get("/tiles/places/9/0/0.mvt").status_code == 204


def test_it_takes_no_filter(town: Town, reader: Client) -> None:
    response = reader.get("/tiles/places/9/422/199.mvt?street=370105001")
    assert (response.status_code, response.json()["parameter"]) == (400, "street")


def test_nobody_is_asked_to_sign_in(town: Town, client: Client) -> None:
    assert client.get("/tiles/places/9/422/199.mvt").status_code == 401
