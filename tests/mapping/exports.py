"""What the tests of exports share: taking one as a user, and the file that comes."""

from pathlib import Path

from django.http import StreamingHttpResponse
from django.test import Client

FORMATS = (
    "assets.geojson",
    "assets.geojson?titles=words&lang=zh",
    "assets.geojson?titles=words&lang=en",
    "assets.geojsonl",
    "assets.epsg4548.json",
    "assets.gcj02.json",
    "assets.csv",
    "assets.csv?titles=words&lang=zh",
    "assets.csv?titles=words&lang=en&crs=bd09",
    "assets.csv?crs=EPSG:4527",
    "assets.spreadsheet.csv",
    "assets.spreadsheet.csv?titles=words&lang=zh&crs=gcj02",
    "assets.xlsx",
    "assets.xlsx?titles=words&lang=zh&crs=gcj02",
    "assets.xlsx?titles=words&lang=en",
    "assets.gpkg",
    "assets.gpkg?titles=words&lang=zh&crs=EPSG:4548",
    "assets.gpkg?crs=gcj02",
    "assets.fgb?crs=EPSG:4490",
    "assets.fgb?crs=bd09",
    "assets.shp.zip",
    "assets.shp.zip?crs=gcj02",
    "assets.shp.zip?crs=EPSG:4527",
    "assets.kml",
    "assets.kml?titles=words&lang=zh",
)
"""Addresses of exports in every format that comes back, in words and codes and several coordinate systems."""


def taken(client: Client, address: str, folder: Path) -> Path:
    """The file at an address, saved under the name it has for a computer that knows no Chinese."""
    response = client.get(address)
    assert response.status_code == 200, response.content
    name = address.partition("?")[0].rpartition("/")[2]
    path = folder / name
    path.write_bytes(response.getvalue())
    return path


def hung_up(response: StreamingHttpResponse) -> None:
    """Have the reader go: what Django does then, but for the end of the request, which ends a connection."""
    for let_go in response._resource_closers:
        let_go()
