"""The catalogued pieces at the sites of a round: what a form is answered with beforehand.

At a site stands what the register puts there (`Asset.site`); at a road or lane what stands on a road of its name; else
what lies inside its outline, or around its point where it has none.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from assets.models import Condition, Lifecycle
from places.models import View

# Around a point without an outline, in metres; along a road from its site's point.
AROUND = 60
ALONG = 500
MOST_AT_A_SITE = 150

_SQL = """
    SELECT site.id, piece.uid, piece.name, piece.code, piece.type, piece.zh, piece.en, piece.fixed, piece.themes,
           piece.condition, piece.indoor, piece.since, ST_X(piece.point), ST_Y(piece.point)
    FROM places_site site
    JOIN places_sitekind site_kind ON site_kind.id = site.kind_id
    CROSS JOIN LATERAL (
        SELECT asset.uid, asset.name, asset.code, kind.code AS type, kind.name_zh AS zh, kind.name_en AS en,
               kind.fixed, asset.themes, asset.condition, asset.indoor,
               asset.condition_at AS since, asset.point
        FROM assets_asset asset JOIN assets_assettype kind ON kind.id = asset.type_id
        WHERE asset.lifecycle = %(in_use)s AND asset.id IN (
            SELECT id FROM assets_asset WHERE site_id = site.id
            UNION
            SELECT near.id FROM assets_asset near LEFT JOIN places_road road ON road.id = near.road_id
            WHERE near.point && ST_Expand(coalesce(site.outline, site.point),
                                          CASE WHEN site_kind.view = %(line)s THEN %(along)s ELSE %(around)s END)
              AND CASE WHEN site_kind.view = %(line)s THEN road.name = site.name
                       WHEN site.outline IS NOT NULL THEN ST_Intersects(site.outline, near.point)
                       ELSE near.site_id IS NULL AND ST_DWithin(near.point, site.point, %(around)s) END)
        ORDER BY asset.point <-> site.point, asset.id LIMIT %(most)s
    ) piece
    WHERE site.id = ANY(%(sites)s)
"""
_METRES_IN_A_DEGREE = 90_000  # of longitude here, about: what is a little farther is seen on the spot


@dataclass(frozen=True)
class Piece:
    """One piece as the catalogue has it."""

    uid: str
    name: str
    code: str
    type: str
    type_zh: str
    type_en: str
    fixed: bool
    themes: list[str]
    condition: str
    indoor: bool
    since: str | None
    lon: float
    lat: float


def pieces_at(sites: Iterable[int]) -> dict[int, list[Piece]]:
    """The pieces of each site (by primary key), the nearest first; at most `MOST_AT_A_SITE`."""
    found: dict[int, list[Piece]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            _SQL,
            {
                "sites": list(sites),
                "in_use": Lifecycle.IN_USE.value,
                "line": View.LINE.value,
                "around": AROUND / _METRES_IN_A_DEGREE,
                "along": ALONG / _METRES_IN_A_DEGREE,
                "most": MOST_AT_A_SITE,
            },
        )
        for site, uid, name, code, type_, zh, en, fixed, themes, condition, indoor, since, lon, lat in cursor:
            found.setdefault(site, []).append(
                Piece(
                    str(uid),
                    name,
                    code,
                    type_,
                    zh,
                    en,
                    fixed,
                    themes,
                    Condition(condition).code,
                    bool(indoor),
                    since.date().isoformat() if since else None,
                    round(lon, 6),
                    round(lat, 6),
                )
            )
    return found
