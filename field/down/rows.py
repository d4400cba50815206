"""Assets, jobs and places as phones carry them, made by the database as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.contrib.gis.db.models.functions import GeometryDistance
from django.contrib.gis.geos import Point
from django.db import connection
from django.utils import translation

from accounts.models import User
from assets.dictionaries import Dictionaries, KnownArea
from assets.fields import CONDITION_CODES, ON_PHONES
from assets.models import Asset, Condition, Lifecycle, MaintenanceKind
from assets.models.maintenance import OPEN_STATES
from assets.photo_addresses import around_uid
from assets.rules.lateness import DUE_SQL
from places.models import Level

CARRIED_LIFECYCLES = (Lifecycle.PLANNED, Lifecycle.IN_USE, Lifecycle.SUSPENDED)
# How far around its areas a phone is given roads.
_MARGIN_DEGREES = 0.004


@dataclass(frozen=True)
class Rows:
    """A JSON array as text, and how many elements it has."""

    text: str
    count: int

    @property
    def json(self) -> orjson.Fragment:
        """To be put into a larger answer as it is."""
        return orjson.Fragment(self.text)


@dataclass(frozen=True)
class Reach:
    """What a phone carries: what lies in some areas. That its user may read these is checked before."""

    user: User
    areas: Sequence[KnownArea]

    @property
    def parameters(self) -> dict[str, Any]:
        """What the statements of this file need."""
        return {
            **_of_assets(),
            "streets": [area.id for area in self.areas if area.level == Level.STREET],
            "communities": [area.id for area in self.areas if area.level == Level.COMMUNITY],
            "lifecycles": [lifecycle.value for lifecycle in CARRIED_LIFECYCLES],
            "open": [state.value for state in OPEN_STATES],
        }


def _of_assets() -> dict[str, Any]:
    """What `ASSET` and `NEWEST_PHOTO` need."""
    before, behind = around_uid("thumb")
    return {
        "photo_before": before,
        "photo_behind": behind,
    }


# An asset of this alias lies in the areas; it is also carried.
IN_AREAS = "(asset.street_id = ANY(%(streets)s) OR asset.community_id = ANY(%(communities)s))"
CARRIED = f"{IN_AREAS} AND asset.lifecycle = ANY(%(lifecycles)s)"
NEWEST_PHOTO = """
    SELECT %(photo_before)s || uid || %(photo_behind)s AS address FROM assets_photo WHERE asset_id = asset.id
    ORDER BY taken_at DESC NULLS LAST, id DESC LIMIT 1
"""
# What is corrected on phones, but for the type, which travels by its code.
_DECLARED = ", ".join(f"asset.{name}" for name in ON_PHONES if name != "type")
ASSET = f"""
    SELECT asset.uid, asset.code, asset.version, kind.code AS type, {_DECLARED},
           ({CONDITION_CODES})[asset.condition + 1] AS condition, asset.condition_at AS inspected_at,
           {DUE_SQL} AS due, asset.lifecycle,
           round(ST_X(asset.point)::numeric, 7) AS lon, round(ST_Y(asset.point)::numeric, 7) AS lat,
           asset.support_id AS support, asset.faces, street.code AS street, community.code AS community,
           road.code AS road, photo.address AS photo
    FROM assets_asset asset
    JOIN assets_assettype kind ON kind.id = asset.type_id
    LEFT JOIN places_area street ON street.id = asset.street_id
    LEFT JOIN places_area community ON community.id = asset.community_id
    LEFT JOIN places_road road ON road.id = asset.road_id
    LEFT JOIN LATERAL ({NEWEST_PHOTO}) photo ON true
"""  # noqa: S608 -- constants of this file


def assets(reach: Reach) -> Rows:
    """All assets a phone carries, in the order of their component ids."""
    return as_json(f"{ASSET} WHERE {CARRIED} ORDER BY asset.code", reach.parameters)


def nearest(user: User, place: Point, most: int) -> Rows:
    """The assets nearest to a place (WGS84) of those its user sees, as a phone carries them, the nearest first."""
    visible = Asset.objects.visible_to(user).filter(lifecycle__in=CARRIED_LIFECYCLES)
    ids = visible.order_by(GeometryDistance("point", place)).values_list("pk", flat=True)[:most]
    parameters = {**_of_assets(), "ids": list(ids)}
    return as_json(
        f"{ASSET} WHERE asset.id = ANY(%(ids)s) ORDER BY array_position(%(ids)s, asset.id)", parameters
    )


def jobs(reach: Reach) -> Rows:
    """The open jobs on these assets that are for one of the user's units or for no crew yet.

    Somebody in no unit, as in a street office, is shown all.
    """
    units = list(reach.user.units.values_list("pk", flat=True))
    statement = f"""
        SELECT job.id, asset.uid AS asset, job.kind, job.state, job.priority, job.description, job.due_on,
               crew.name AS crew, coalesce(job.crew_id = ANY(%(units)s), false) AS mine, artwork.title AS artwork,
               job.cost::text AS cost
        FROM assets_maintenance job
        JOIN assets_asset asset ON asset.id = job.asset_id
        LEFT JOIN places_unit crew ON crew.id = job.crew_id
        LEFT JOIN assets_artwork artwork ON artwork.id = job.artwork_id
        WHERE job.state = ANY(%(open)s) AND {CARRIED}
          AND (%(units)s::bigint[] = '{{}}' OR job.crew_id IS NULL OR job.crew_id = ANY(%(units)s))
        ORDER BY job.id
    """  # noqa: S608 -- constants of this file
    return as_json(statement, {**reach.parameters, "units": units})


def lists(code_lists: Dictionaries) -> dict[str, Any]:
    """Types, themes, defects, conditions and kinds of job, with their names in both languages."""
    return {
        "types": [
            {**_named(kind), "family": kind.family, "symbol": kind.symbol}
            for kind in code_lists.types.values()
        ],
        "themes": [_named(theme) for theme in code_lists.themes.values()],
        "defects": [{**_named(defect), "urgent": defect.urgent} for defect in code_lists.defects.values()],
        "conditions": [
            {"code": condition.code, "value": condition.value, **_translated(condition.label)}
            for condition in Condition
        ],
        "job_kinds": [{"code": kind.value, **_translated(kind.label)} for kind in MaintenanceKind],
    }


def places(reach: Reach) -> dict[str, Any]:
    """Outlines of the areas and of what they lie in or contain, roads nearby, sites inside."""
    codes = [area.code for area in reach.areas]
    within = {code[:length] for code in codes for length in (6, 9, 12)}
    parameters = {
        **reach.parameters,
        "within": sorted(within),
        "below": [f"{code}%" for code in codes],
        "margin": _MARGIN_DEGREES,
    }
    boundary = "ST_AsGeoJSON(ST_SimplifyPreserveTopology(boundary, 0.00003), 5)::json"
    areas = f"""
        SELECT 'Feature' AS type, {boundary} AS geometry,
               json_build_object('code', code, 'name', name, 'level', level) AS properties
        FROM places_area
        WHERE boundary IS NOT NULL AND level <= 3 AND (code = ANY(%(within)s) OR code LIKE ANY(%(below)s))
        ORDER BY code
    """  # noqa: S608 -- a constant
    roads = """
        SELECT 'Feature' AS type, ST_AsGeoJSON(ST_Simplify(line, 0.00003), 5)::json AS geometry,
               json_build_object('code', code, 'name', name) AS properties
        FROM places_road
        WHERE line && (SELECT ST_Expand(ST_Extent(boundary)::geometry, %(margin)s) FROM places_area
                       WHERE id = ANY(%(streets)s) OR id = ANY(%(communities)s))
        ORDER BY code
    """
    sites = """
        SELECT site.code, site.name, kind.code AS kind, round(ST_X(site.point)::numeric, 6) AS lon,
               round(ST_Y(site.point)::numeric, 6) AS lat
        FROM places_site site JOIN places_sitekind kind ON kind.id = site.kind_id
        JOIN places_area area ON area.id = site.area_id
        WHERE area.code LIKE ANY(%(below)s)
        ORDER BY site.code
    """
    return {
        "areas": {"type": "FeatureCollection", "features": as_json(areas, parameters).json},
        "roads": {"type": "FeatureCollection", "features": as_json(roads, parameters).json},
        "sites": as_json(sites, parameters).json,
    }


def as_json(statement: str, parameters: Mapping[str, Any]) -> Rows:
    """The rows of a statement of this folder, as a JSON array."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT coalesce(json_agg(each), '[]')::text, count(*) FROM ({statement}) each",  # noqa: S608
            dict(parameters),
        )
        text, count = cursor.fetchone()
    return Rows(text, count)


def _named(entry: Any) -> dict[str, Any]:
    names = {"code": entry.code, "zh": entry.name_zh, "en": entry.name_en}
    return {**names, "order": entry.order, "active": entry.active}


def _translated(label: Any) -> dict[str, str]:
    return {key: _in(language, label) for key, language in (("zh", "zh-hans"), ("en", "en"))}


def _in(language: str, label: Any) -> str:
    with translation.override(language):
        return str(label)
