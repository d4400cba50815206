"""The plain map: a picture that one presses, nearer each time, until the place is found; without a script.

An `<input type="image">` sends where it was pressed, in any browser. The picture is drawn from our own roads and
streets, and says nothing that does not stand on every map.
"""

from dataclasses import dataclass, replace
from math import cos, radians
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.request import QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from places.models import Area
from portal.residents.doors import show, unhurried, where_open

SIDE = 320  # pixels; never scaled, so that what is pressed is what is meant
# How wide the picture is, in metres; each press goes one further.
WIDTHS = (28_000, 7_000, 1_800, 500)
_METRES_A_DEGREE = 111_320
MOST_NAMES = 9


@dataclass(frozen=True)
class View:
    """What the picture shows: its middle in WGS84 degrees, and how near."""

    longitude: float
    latitude: float
    nearness: int

    @property
    def degrees(self) -> tuple[float, float]:
        """Width and height of the picture in degrees."""
        high = WIDTHS[self.nearness] / _METRES_A_DEGREE
        return high / cos(radians(self.latitude)), high

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east, north."""
        wide, high = self.degrees
        return (
            self.longitude - wide / 2,
            self.latitude - high / 2,
            self.longitude + wide / 2,
            self.latitude + high / 2,
        )

    @property
    def query(self) -> dict[str, str]:
        """As an address says it."""
        return {
            "longitude": f"{self.longitude:.6f}",
            "latitude": f"{self.latitude:.6f}",
            "nearness": str(self.nearness),
        }

    def pressed(self, x: int, y: int) -> "View":
        """What is shown after a press at a pixel: that place in the middle, and nearer."""
        wide, high = self.degrees
        return View(
            self.longitude + (min(max(x, 0), SIDE) / SIDE - 0.5) * wide,
            self.latitude - (min(max(y, 0), SIDE) / SIDE - 0.5) * high,
            min(self.nearness + 1, len(WIDTHS) - 1),
        )


@where_open
@require_safe
@unhurried
def place_page(request: HttpRequest) -> HttpResponse:
    """Press where it is."""
    seen = view_of(request.GET)
    at = tuple(_number(request.GET, name) for name in ("at.x", "at.y"))
    is_pressed = at[0] is not None and at[1] is not None
    if is_pressed:
        seen = seen.pressed(int(at[0] or 0), int(at[1] or 0))
    farther = replace(seen, nearness=seen.nearness - 1) if seen.nearness else None
    context = {
        "seen": seen.query,
        "side": SIDE,
        "picture": reverse("resident-map", query=seen.query),
        "farther": reverse("resident-place", query=farther.query) if farther else "",
        "marked": seen.nearness > 0,
        "near": seen.nearness == len(WIDTHS) - 1,
        "longitude": seen.query["longitude"],
        "latitude": seen.query["latitude"],
    }
    return show(request, "residents/place.html", context)


@where_open
@require_safe
@unhurried
def picture(request: HttpRequest) -> HttpResponse:
    """The picture itself, as SVG."""
    seen = view_of(request.GET)
    roads = _lines(seen, _ROADS)
    named = sorted(roads, key=lambda road: -road["length"])
    context = {
        "side": SIDE,
        "roads": roads,
        "streets": _lines(seen, _STREETS),
        "names": [road for road in named if road["name"]][:MOST_NAMES],
        "marked": seen.nearness > 0,
    }
    response = render(request, "residents/map.svg", context, content_type="image/svg+xml")
    response["Cache-Control"] = "public, max-age=3600"
    # A policy is for pages; a picture's own styles are no page's.
    response._csp_exempt = True  # type: ignore[attr-defined]  # django-csp's own mark
    return response


def view_of(given: QueryDict) -> View:
    """What an address asks to see; the whole district where it says nothing that can be seen."""
    longitude, latitude, nearness = (_number(given, name) for name in ("longitude", "latitude", "nearness"))
    if longitude is None or latitude is None or not (abs(longitude) <= 180 and abs(latitude) <= 85):
        return _whole()
    return View(longitude, latitude, min(max(int(nearness or 0), 0), len(WIDTHS) - 1))


def _whole() -> View:
    area = Area.objects.filter(code=settings.MANAGING_DISTRICT, boundary__isnull=False).first()
    if area is None or area.boundary is None:
        return View(117.0, 36.68, 0)
    middle = area.boundary.envelope.centroid
    return View(middle.x, middle.y, 0)


def _number(given: QueryDict, name: str) -> float | None:
    try:
        number = float(given.get(name, "")[:20])
    except ValueError:
        return None
    return number if abs(number) < 1e6 else None


_CUT = """
    SELECT {name} AS name, ST_Length(cut) AS length, ST_AsText(cut, 6) AS text,
           ST_X(middle) AS x, ST_Y(middle) AS y
    FROM (
        SELECT {name}, cut, ST_PointOnSurface(cut) AS middle
        FROM (
            SELECT {name}, ST_Simplify(ST_ClipByBox2D({shape}, ST_MakeEnvelope(%s, %s, %s, %s, 4326)), %s) AS cut
            FROM {table}
            WHERE {condition} {shape} && ST_MakeEnvelope(%s, %s, %s, %s, 4326)
        ) AS cuts
    ) AS named
    WHERE cut IS NOT NULL AND NOT ST_IsEmpty(cut)
    ORDER BY length DESC LIMIT 250
"""
_ROADS = _CUT.format(name="name", shape="line", table="places_road", condition="")
_STREETS = _CUT.format(
    name="name",
    shape="ST_Boundary(boundary)",
    table="places_area",
    condition="level = 2 AND boundary IS NOT NULL AND",
)


def _lines(seen: View, statement: str) -> list[dict[str, Any]]:
    """The lines that cross the view, as paths in pixels, each with its name and where that stands."""
    west, south, east, north = box = seen.box
    tolerance = (east - west) / SIDE
    with connection.cursor() as cursor:
        cursor.execute(statement, [*box, tolerance, *box])
        rows = cursor.fetchall()

    def pixel(longitude: float, latitude: float) -> tuple[float, float]:
        return (
            (longitude - west) / (east - west) * SIDE,
            (north - latitude) / (north - south) * SIDE,
        )

    lines = []
    for name, length, text, x, y in rows:
        across, down = pixel(x, y)
        lines.append(
            {
                "name": name,
                "length": length,
                "path": _path(text, pixel),
                "x": f"{min(max(across, 30), SIDE - 30):.0f}",
                "y": f"{min(max(down, 12), SIDE - 6):.0f}",
            }
        )
    return lines


def _path(text: str, pixel: Any) -> str:
    """A LINESTRING or MULTILINESTRING as a path; other shapes, left over by the cutting, as nothing."""
    if "LINESTRING" not in text or text.startswith("GEOMETRYCOLLECTION"):
        return ""
    parts = text[text.index("(") :].replace("((", "(").replace("))", ")").strip("()").split("),(")
    drawn = []
    for part in parts:
        points = [pixel(*map(float, pair.split())) for pair in part.split(",")]
        drawn.append("M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in points))
    return "".join(drawn)
