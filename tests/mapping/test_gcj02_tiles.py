"""Over a GCJ-02 base map everything is shifted on the server, exactly as `places.coordinates` has it."""

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from mapping.tiles.positions import positions_sql
from places.coordinates import GCJ02, from_wgs84
from tests.mapping.conftest import Town, cell_total, decoded, tiles_around

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def gcj02(settings: Settings) -> None:
    settings.BASEMAP_CRS = "gcj02"


def test_sql_shifts_as_python_does() -> None:
    chance = np.random.default_rng(1)
    lon = np.append(chance.uniform(60, 150, 500), [116.99, 117.0, 0.0])
    lat = np.append(chance.uniform(-10, 60, 500), [36.68, 36.7, 0.0])
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH chosen AS (SELECT * FROM unnest(%s::float8[], %s::float8[]) WITH ORDINALITY given (lon, lat, n)) "
            f"SELECT map_lon, map_lat FROM ({positions_sql()}) shifted ORDER BY n",
            [lon.tolist(), lat.tolist()],
        )
        shifted = np.array(cursor.fetchall())
    np.testing.assert_allclose(shifted, np.column_stack(from_wgs84(lon, lat, GCJ02)), atol=1e-9, rtol=0)


@pytest.mark.parametrize("zoom", [9, 13, 14, 17])
def test_assets_stand_on_the_tile_of_their_shifted_position(town: Town, reader: Client, zoom: int) -> None:
    lon, lat = (float(degrees) for degrees in from_wgs84(town.mural.point.x, town.mural.point.y, GCJ02))
    [(z, x, y)] = tiles_around(zoom, lon, lat, lon, lat)
    assert cell_total(reader.get(f"/tiles/assets/{z}/{x}/{y}.mvt?type=mural").content) == 1


def test_the_tiles_still_add_up(town: Town, reader: Client) -> None:
    for zoom in (12, 14):
        shown = sum(
            cell_total(reader.get(f"/tiles/assets/{z}/{x}/{y}.mvt").content)
            for z, x, y in tiles_around(zoom, 116.97, 36.66, 117.04, 36.72)
        )
        assert shown == len(town.shown) - 1


def test_places_move_with_them(town: Town, reader: Client) -> None:
    lon, lat = (float(degrees) for degrees in from_wgs84(116.9848, 36.67127, GCJ02))
    [(z, x, y)] = tiles_around(16, lon, lat, lon, lat)
    layers = decoded(reader.get(f"/tiles/places/{z}/{x}/{y}.mvt").content)
    assert [f["properties"]["name"] for f in layers["sites"]["features"]] == ["济南站"]
    assert layers["areas"]["features"]
