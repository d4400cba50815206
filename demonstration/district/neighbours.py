"""Synthetic neighbouring districts, for demonstrations larger than one district's six digits of serial number.

They are copies of the invented map, laid side by side around Tianqiao. Their codes begin with 99, which no real
district's do, and their names say that they are fictional.
"""

from dataclasses import dataclass
from itertools import count, islice
from typing import cast

from django.contrib.gis.geos import GEOSGeometry
from django.db import connection

from demonstration.district.geography import DISTRICT, Geography
from places.models import Area

# The source of a boundary that is none.
INVENTED = "演示用虚构边界 · Invented for the demonstration"


@dataclass(frozen=True)
class Neighbour:
    """One fictional district: its code, its name, and how far it lies from home in degrees east and north."""

    code: str
    name: str
    shift: tuple[float, float]

    def make(self) -> None:
        """Copy the home district's areas, roads and sites to where this one lies, under its own codes."""
        west, south = self.shift
        names = {"home": DISTRICT, "code": self.code, "name": self.name, "invented": INVENTED}
        parameters: dict[str, str | float] = {**names, "east": west, "north": south}
        with connection.cursor() as cursor:
            for statement in _COPIES:
                cursor.execute(statement, parameters)


# Level by level, so that each area finds the one it is part of.
_COPIES = (
    *(
        f"""
        INSERT INTO places_area (code, level, name, aliases, kind, parent_id, boundary, boundary_status,
                                 boundary_source, office)
        SELECT %(code)s || substr(area.code, 7), area.level,
               CASE area.level WHEN 1 THEN %(name)s ELSE area.name || '（虚构）' END, '{{}}', area.kind, parent.id,
               ST_Translate(area.boundary, %(east)s, %(north)s), area.boundary_status,
               %(invented)s, ST_Translate(area.office, %(east)s, %(north)s)
        FROM places_area area
        LEFT JOIN places_area above ON above.id = area.parent_id
        LEFT JOIN places_area parent ON parent.code = %(code)s || substr(above.code, 7)
        WHERE area.code LIKE %(home)s || '%%' AND area.level = {level}
        """  # noqa: S608 - the level is a number of ours
        for level in (1, 2, 3, 4)
    ),
    """
    INSERT INTO places_road (code, name, aliases, district_id, line, approximate)
    SELECT %(code)s || substr(road.code, 7), road.name, '{}', district.id,
           ST_Translate(road.line, %(east)s, %(north)s), true
    FROM places_road road, places_area district
    WHERE road.code LIKE %(home)s || '%%' AND district.code = %(code)s
    """,
    """
    INSERT INTO places_site (code, name, kind_id, area_id, point, approximate, address)
    SELECT %(code)s || substr(site.code, 7), site.name, site.kind_id, here.id,
           ST_Translate(site.point, %(east)s, %(north)s), true, ''
    FROM places_site site
    LEFT JOIN places_area there ON there.id = site.area_id
    LEFT JOIN places_area here ON here.code = %(code)s || substr(there.code, 7)
    WHERE site.code LIKE %(home)s || '%%'
    """,
)


def neighbours(home: Geography, number: int) -> list[Neighbour]:
    """So many fictional districts, in rings around home."""
    boundary = cast(GEOSGeometry, Area.objects.get(code=DISTRICT).boundary)
    west, south, east, north = boundary.extent
    step = (round(east - west + 0.01, 4), round(north - south + 0.01, 4))
    places = (place for ring in count(1) for place in _ring(ring))
    return [
        Neighbour(f"99{index:04d}", f"虚构区 {index:02d}", (column * step[0], row * step[1]))
        for index, (column, row) in enumerate(islice(places, number), 1)
    ]


def _ring(ring: int) -> list[tuple[int, int]]:
    """The places of a square ring of cells around the middle one."""
    side = range(-ring, ring + 1)
    return [(x, y) for y in side for x in side if max(abs(x), abs(y)) == ring]
