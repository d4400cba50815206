"""What is wrong with a row itself, beside the catalogue: what a new asset lacks, what an update leaves alone, areas."""

from __future__ import annotations

from django.conf import settings
from django.db.backends.utils import CursorWrapper

from assets.models import CodeKind
from importing.checking.comparing import SAME_PLACE_METRES
from importing.checking.saying import say
from importing.options import ImportOptions
from places.models import Level

# Component ids from elsewhere may not use up the numbers of new assets.
HIGHEST_FOREIGN_SERIAL = 900_000


def check_new(cursor: CursorWrapper, options: ImportOptions) -> None:
    """What a new asset needs, and whether it is new at all.

    Whether a row has a position is asked of `lon`: of a column of shapes that are all missing there are no statistics.
    """
    new = "FROM import_plan p JOIN import_row r USING (row_no) WHERE p.asset_id IS NULL"
    # A row that names a known asset may leave its position and type as they are.
    say(
        cursor,
        "coordinates_missing",
        "lon",
        f"""
        SELECT r.row_no, '', '{{}}'::jsonb {new} AND r.lon IS NULL AND NOT EXISTS (
            SELECT FROM import_verdict v WHERE v.row_no = r.row_no AND v.field IN ('lon', 'lat', 'coordinates'))
        """,  # noqa: S608 (literal above)
    )
    say(
        cursor,
        "type_missing",
        "type",
        f"""
        SELECT r.row_no, '', '{{}}'::jsonb {new} AND r.new_type_id IS NULL AND NOT EXISTS (
            SELECT FROM import_verdict v WHERE v.row_no = r.row_no AND v.code = 'type_unknown')
        """,  # noqa: S608 (literal above)
    )
    say(
        cursor,
        "component_id_foreign",
        "code",
        f"""
        SELECT r.row_no, r.code, '{{}}'::jsonb {new} AND r.code IS NOT NULL AND NOT (
            left(r.code, 6) IN (SELECT code FROM places_area WHERE level = %s UNION SELECT %s)
            AND substr(r.code, 7, 5) IN (SELECT code FROM assets_standardcode WHERE kind = %s))
        """,  # noqa: S608 (literal above)
        [Level.DISTRICT, settings.MANAGING_DISTRICT, CodeKind.COMPONENT],
    )
    say(
        cursor,
        "component_id_too_high",
        "code",
        f"""
        SELECT r.row_no, r.code, '{{}}'::jsonb {new} AND substr(r.code, 12)::integer > greatest(%s, (
            SELECT next_serial FROM assets_componentcounter
            WHERE district_code = left(r.code, 6) AND item_code = substr(r.code, 7, 5)))
        """,  # noqa: S608 (literal above)
        [HIGHEST_FOREIGN_SERIAL],
    )
    say(
        cursor,
        "component_id_other_class",
        "code",
        """
        SELECT r.row_no, r.code, '{}'::jsonb
        FROM import_plan p JOIN import_row r USING (row_no)
        JOIN assets_assettype t ON t.id = r.new_type_id JOIN assets_standardcode c ON c.id = t.component_id
        WHERE p.asset_id IS NULL AND substr(r.code, 7, 5) <> c.code
        """,
    )
    # The zeros before a number are lost where a spreadsheet takes it for one; a twin would be registered.
    say(
        cursor,
        "number_of_zeros",
        "source_id",
        f"""
        SELECT r.row_no, r.source_id, jsonb_build_object('said', r.source_id, 'has', a.source_id, 'code', a.code)
        FROM (SELECT r.* {new} AND NOT r.derived AND r.source_id ~ '^[0-9]+$') AS r
        JOIN (
            SELECT id, source, source_id, code, ltrim(source_id, '0') AS bare FROM assets_asset
            WHERE source IN (SELECT DISTINCT source FROM import_row) AND source_id ~ '^[0-9]+$'
        ) AS a ON a.source = r.source AND a.bare = ltrim(r.source_id, '0')
        WHERE NOT EXISTS (SELECT FROM import_plan other WHERE other.asset_id = a.id)
        """,  # noqa: S608 (literal above)
    )
    if options.near_metres > 0:
        _find_near_duplicates(cursor, options.near_metres)


def _find_near_duplicates(cursor: CursorWrapper, metres: float) -> None:
    """New rows beside an asset of their type that no row of this ledger means.

    Rows of one type on one spot are looked up once, so that a ledger on one point is no heavier than others.
    `+ 0` keeps the planner from reading all assets of the type for every spot, where the position finds one or two.
    """
    say(
        cursor,
        "near_duplicate",
        "lon",
        """
        WITH new AS MATERIALIZED (
            SELECT r.row_no, r.point, r.lat, r.new_type_id
            FROM import_plan p JOIN import_row r USING (row_no) WHERE p.asset_id IS NULL AND r.lon IS NOT NULL
        )
        SELECT new.row_no, near.code,
               jsonb_build_object('code', near.code, 'metres', round(near.metres::numeric, 1))
        FROM (SELECT DISTINCT point, lat, new_type_id FROM new) AS spot
        CROSS JOIN LATERAL (
            SELECT a.code, ST_DistanceSphere(a.point, spot.point) AS metres
            FROM assets_asset a
            WHERE a.point && ST_Expand(
                      spot.point, %s / (111000 * cos(radians(least(abs(spot.lat), 89)))), %s / 110000)
              AND a.type_id + 0 = spot.new_type_id AND a.lifecycle <> 'removed'
              AND ST_DistanceSphere(a.point, spot.point) <= %s
              AND NOT EXISTS (SELECT FROM import_plan other WHERE other.asset_id = a.id)
            ORDER BY 2, 1 LIMIT 1) AS near
        JOIN new ON new.point = spot.point AND new.new_type_id = spot.new_type_id
        """,
        [metres, metres, metres],
    )


def check_known(cursor: CursorWrapper) -> None:
    """What an update leaves alone or undoes."""
    insert = (
        "FROM import_plan p JOIN import_row r USING (row_no) JOIN assets_asset a ON a.id = p.asset_id WHERE"
    )
    say(
        cursor,
        "own_number_differs",
        "source_id",
        f"""
        SELECT r.row_no, r.source_id, jsonb_build_object('has', concat_ws(' ', a.source, a.source_id))
        {insert} NOT r.derived AND r.source_id <> '' AND a.source_id <> ''
          AND (a.source, a.source_id) <> (r.source, r.source_id)
        """,
    )
    say(
        cursor,
        "reopened",
        "",
        f"SELECT r.row_no, a.code, jsonb_build_object('day', a.removed_on) {insert} p.reopened",
    )
    say(
        cursor,
        "stands_on_support",
        "lon",
        f"""
        SELECT r.row_no, '', '{{}}'::jsonb
        {insert} a.support_id IS NOT NULL AND ST_DistanceSphere(a.point, r.point) > %s
        """,
        [SAME_PLACE_METRES],
    )


def check_areas(cursor: CursorWrapper) -> None:
    """The street and community in the ledger against those at the position."""
    for level in ("street", "community"):
        say(
            cursor,
            f"{level}_differs",
            level,
            f"""
            SELECT r.row_no, said.name, jsonb_build_object('said', said.name, 'found', found.name)
            FROM import_row r
            JOIN places_area said ON said.id = r.said_{level}_id
            JOIN places_area found ON found.id = r.{level}_id
            WHERE said.id <> found.id
            """,  # noqa: S608 (one of two words)
        )
