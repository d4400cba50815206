"""Which asset each row means, whether it would change, and what of it, field by field."""

from __future__ import annotations

from django.conf import settings
from django.db.backends.utils import CursorWrapper

from importing.positions import ONE_POINT, OUTSIDE
from importing.staging import ASSET_COLUMNS

# A position nearer than this to the one on record is the same position, written with fewer digits.
SAME_PLACE_METRES = 0.1


def differs(column: str) -> str:
    """SQL: whether the ledger states another value than the asset has."""
    return f"(r.{column} IS NOT NULL AND r.{column} IS DISTINCT FROM a.{column})"


_FOOTPRINT_DIFFERS = """
    (r.footprint IS NOT NULL AND (a.footprint IS NULL OR NOT ST_Equals(a.footprint, r.footprint)))
"""
# A unit that is still to be entered is certainly another than the asset has.
UNITS = ("owner", "maintainer", "supervisor")
_GETS_NUMBER = "(NOT r.derived AND coalesce(r.source_id, '') <> '' AND a.source_id = '')"
_ANY_DIFFERENCE = " OR ".join(
    [
        *(
            differs(column.name)
            for column in ASSET_COLUMNS
            if column.name not in ("footprint", "legacy_code")
        ),
        _FOOTPRINT_DIFFERS,
        "(r.legacy_code IS NOT NULL AND a.legacy_code IS NULL)",
        _GETS_NUMBER,
        "(r.said_lifecycle IS NOT NULL AND r.said_lifecycle <> a.lifecycle)",
        *(f"r.{unit}_name IS NOT NULL" for unit in UNITS),
    ]
)
# Whether the ledger's word on the condition is news. Without a date it is none while the asset's condition, or what
# the last import said, is the same; with a date it is none once a fact of that day says the same. What has been voided,
# by a person or by undoing an import, is said no longer: it counts for nothing when the same comes again.
_INSPECTS = """
    r.condition IS NOT NULL AND coalesce(r.said_lifecycle, 'in_use') <> 'removed' AND (
        a.id IS NULL
        OR r.inspected_at IS NULL AND a.condition <> r.condition AND r.condition IS DISTINCT FROM (
            SELECT i.condition FROM assets_inspection i
            WHERE i.asset_id = a.id AND i.origin = 'import' AND i.voided_at IS NULL ORDER BY i.id DESC LIMIT 1)
        OR r.inspected_at IS NOT NULL AND NOT EXISTS (
            SELECT FROM assets_inspection i
            WHERE i.asset_id = a.id AND i.condition = r.condition AND i.voided_at IS NULL
              AND (i.observed_at AT TIME ZONE %(zone)s)::date = (r.inspected_at AT TIME ZONE %(zone)s)::date))
"""
_REOPENED = (
    "a.id IS NOT NULL AND a.lifecycle = 'removed' AND coalesce(r.said_lifecycle, 'in_use') <> 'removed'"
)
_REMOVING = "a.id IS NOT NULL AND a.lifecycle <> 'removed' AND coalesce(r.said_lifecycle, '') = 'removed'"
_MOVED = (
    "a.id IS NOT NULL AND a.support_id IS NULL AND r.point IS NOT NULL"
    " AND ST_DistanceSphere(a.point, r.point) > %(same_place)s"
)


def match(cursor: CursorWrapper) -> None:
    """Say which asset each row means, and whether it would change."""
    cursor.execute(
        # Put together from the constants above.
        f"""
        INSERT INTO import_plan (row_no, asset_id, outcome, differs, moved, inspects, reopened, removing)
        SELECT row_no, asset_id,
               CASE WHEN asset_id IS NULL THEN 'created'
                    WHEN differs OR moved OR inspects OR reopened THEN 'updated' ELSE 'unchanged' END,
               differs OR moved OR reopened, moved, inspects, reopened, removing
        FROM (
            SELECT r.row_no, a.id AS asset_id,
                   a.id IS NOT NULL AND ({_ANY_DIFFERENCE}) AS differs,
                   {_MOVED} AS moved, {_INSPECTS} AS inspects, {_REOPENED} AS reopened, {_REMOVING} AS removing
            FROM import_row r
            LEFT JOIN assets_asset by_uid ON by_uid.uid = r.uid
            LEFT JOIN assets_asset by_code ON by_code.code = r.code
            LEFT JOIN assets_asset by_legacy ON by_legacy.legacy_code = r.legacy_code
            LEFT JOIN assets_asset by_number
                   ON by_number.source = r.source AND by_number.source_id = r.source_id AND by_number.source_id <> ''
            LEFT JOIN assets_asset a ON a.id = coalesce(by_uid.id, by_code.id, by_legacy.id, by_number.id)
        ) AS matched
        """,  # noqa: S608
        {"zone": settings.TIME_ZONE, "same_place": SAME_PLACE_METRES},
    )
    cursor.execute("ANALYZE import_plan")


def let_stand(cursor: CursorWrapper) -> None:
    """Take back what was said of a row's cells where its asset has just that already: what is comes back as it left.

    Whoever put an asset outside the district, or many on one point, answered for it, as long as it does not move; and a
    name that two sites share is told from the asset's own.
    """
    cursor.execute(
        """
        DELETE FROM import_verdict v
        USING import_plan p JOIN assets_asset a ON a.id = p.asset_id
        LEFT JOIN places_site site ON site.id = a.site_id LEFT JOIN places_road road ON road.id = a.road_id
        WHERE v.row_no = p.row_no AND (
            v.code = ANY(%s) AND NOT p.moved
            OR v.code = 'site_unknown' AND v.value = site.name
            OR v.code = 'road_unknown' AND v.value = road.name)
        """,
        [[ONE_POINT, OUTSIDE]],
    )


def find_changes(cursor: CursorWrapper) -> None:
    """Field by field, old and new value as text (keys of other tables as they are)."""
    plain = [column.name for column in ASSET_COLUMNS if column.name not in ("footprint", "legacy_code")]
    rows = [f"('{name}', a.{name}::text, r.{name}::text, {differs(name)})" for name in plain]
    rows += [
        f"('footprint', ST_AsText(a.footprint, 6), ST_AsText(r.footprint, 6), {_FOOTPRINT_DIFFERS})",
        "('legacy_code', a.legacy_code, r.legacy_code, r.legacy_code IS NOT NULL AND a.legacy_code IS NULL)",
        f"('source_id', '', r.source_id, {_GETS_NUMBER})",
        *(f"('{unit}', a.{unit}_id::text, r.{unit}_name, r.{unit}_name IS NOT NULL)" for unit in UNITS),
        "('point', ST_AsText(a.point, 6), ST_AsText(r.point, 6), p.moved)",
        "('lifecycle', a.lifecycle, coalesce(r.said_lifecycle, 'in_use'),"
        " p.reopened OR r.said_lifecycle <> a.lifecycle)",
        "('condition', a.condition::text, r.condition::text, p.inspects)",
    ]
    cursor.execute(
        # Put together from the constants above.
        f"""
        INSERT INTO import_change (row_no, asset_id, field, old, new)
        SELECT p.row_no, a.id, field.name, field.old, field.new
        FROM import_plan p JOIN import_row r USING (row_no) JOIN assets_asset a ON a.id = p.asset_id
        CROSS JOIN LATERAL (VALUES {", ".join(rows)}) AS field (name, old, new, changed)
        WHERE p.outcome = 'updated' AND NOT p.refused AND field.changed
        """  # noqa: S608
    )
