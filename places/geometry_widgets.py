"""Form widgets for positions and shapes: typed fields that work by themselves, with a MapLibre map beside them.

A position is two numbers, longitude and latitude, which a marker on the map follows and sets. A shape (line, polygon)
is GeoJSON or WKT in a text field, drawn on the map as it is typed. No content delivery network, no inline script: the
module `geometry-map.mjs` comes from our own static files and draws our own areas and roads behind, over the base map.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.gis.gdal import GDALException
from django.contrib.gis.geos import GEOSException, GEOSGeometry, MultiLineString, MultiPolygon, Point
from django.forms import Media, Script, Textarea, Widget

_DECIMALS = 7  # about a centimetre
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def _map_media() -> Media:
    return Media(
        css={"all": ["vendor/maplibre/maplibre-gl.css", "places/geometry-map.css"]},
        js=[Script("places/geometry-map.mjs", type="module")],  # type: ignore[list-item]
    )


def _behind() -> dict[str, bool]:
    """Whether our own base map lies behind: over a shifted one from elsewhere everything else of ours is shifted."""
    return {"shows_basemap": settings.BASEMAP_CRS == "wgs84"}


_EWKT_POINT = re.compile(r"SRID=4326;POINT ?\((\S+) (\S+)\)")


class PointWidget(Widget):
    """Longitude and latitude in WGS84 degrees, with a draggable marker."""

    template_name = "places/point_widget.html"
    supports_3d = False

    @property
    def media(self) -> Media:
        """The map's module and styles."""
        return _map_media()

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> str | None:
        """The two numbers as typed, "lon lat"; None when both are empty."""
        typed = [str(data.get(f"{name}_{axis}", "")).strip() for axis in ("lon", "lat")]
        return " ".join(part or "?" for part in typed) if any(typed) else None

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Whether neither number was sent."""
        return f"{name}_lon" not in data and f"{name}_lat" not in data

    def deserialize(self, value: str) -> Point | None:
        """The typed numbers as a point; None, which the form field refuses, when they are none or not on Earth.

        A hidden field that carries what was shown has it as EWKT.
        """
        if shown := _EWKT_POINT.fullmatch(value):
            value = f"{shown[1]} {shown[2]}"
        parts = value.split(" ")
        if len(parts) != 2 or not all(_NUMBER.fullmatch(part) for part in parts):
            return None
        longitude, latitude = (float(part) for part in parts)
        if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
            return None
        return Point(longitude, latitude, srid=4326)

    def sent(self, name: str, point: Point | None) -> dict[str, str]:
        """What a form sends that shows a point and is not touched."""
        typed = ("", "") if point is None else (f"{number:.{_DECIMALS}f}" for number in (point.x, point.y))
        return {f"{name}_{axis}": number for axis, number in zip(("lon", "lat"), typed, strict=True)}

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """What the template shows: a stored point, or what was typed and refused."""
        context = super().get_context(name, value, attrs)
        longitude, latitude = "", ""
        if isinstance(value, GEOSGeometry):
            longitude, latitude = (f"{number:.{_DECIMALS}f}" for number in (value[0], value[1]))
        elif isinstance(value, str) and " " in value:
            longitude, latitude = (part.replace("?", "") for part in value.split(" ", 1))
        context["widget"] |= {"longitude": longitude, "latitude": latitude, **_behind()}
        return context


class ShapeWidget(Textarea):
    """A line or polygon as GeoJSON (or WKT) text, with a map that shows it."""

    template_name = "places/shape_widget.html"
    supports_3d = False

    def __init__(self, attrs: dict[str, Any] | None = None, *, geometry_type: str = "GEOMETRY") -> None:
        super().__init__({"rows": 5, "spellcheck": "false", "class": "vLargeTextField", **(attrs or {})})
        self.geometry_type = geometry_type.upper()

    @property
    def media(self) -> Media:
        """The map's module and styles."""
        return _map_media()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """What the template shows."""
        context = super().get_context(name, value, attrs)
        context["widget"] |= _behind()
        return context

    def format_value(self, value: Any) -> str:
        """A stored shape as GeoJSON; text stays as typed."""
        if value is None:
            return ""
        return value.json if isinstance(value, GEOSGeometry) else str(value)

    def deserialize(self, value: str) -> GEOSGeometry | None:
        """The typed text as a shape in WGS84; one polygon counts as a multipolygon where that is asked for.

        None, which the form field refuses, when it is neither GeoJSON nor WKT or its coordinates are not degrees.
        """
        try:
            shape = GEOSGeometry(_geometry_text(value.strip()), srid=4326)
        except (GEOSException, GDALException, ValueError, KeyError, TypeError):
            return None
        if shape.srid != 4326 or shape.empty:
            return None
        if self.geometry_type == "MULTIPOLYGON" and shape.geom_type == "Polygon":
            shape = MultiPolygon(shape, srid=4326)
        if self.geometry_type == "MULTILINESTRING" and shape.geom_type == "LineString":
            shape = MultiLineString(shape, srid=4326)
        west, south, east, north = shape.extent
        if west < -180 or east > 180 or south < -90 or north > 90:
            return None
        return shape


def _geometry_text(text: str) -> str:
    """The geometry inside a Feature or a FeatureCollection of one; other text as it is."""
    if not text.startswith("{"):
        return text
    found = json.loads(text)
    if found["type"] == "FeatureCollection":
        [found] = found["features"]
    if found["type"] == "Feature":
        found = found["geometry"]
    return json.dumps(found)
