"""Whether a row's numbers lead to the asset that it means: twice the same, at odds, leading elsewhere, rounded."""

from __future__ import annotations

from django.db.backends.utils import CursorWrapper

from importing.checking.saying import say

# Nearer is where the asset stands, whoever measured it; farther is elsewhere. Between the two it says neither.
HERE_METRES = 20
ELSEWHERE_METRES = 100
# A spreadsheet keeps 15 digits of a number and writes zeros for the others.
DIGITS_KEPT = 15


def check_numbers(cursor: CursorWrapper) -> None:
    """The same number twice in the ledger, and numbers that belong to different assets."""
    # A copy of another row is refused as such, and is no reason to refuse the row it copies. Where the unique id has
    # found the asset, a number beside it may be one that a spreadsheet rounded.
    for number, field in (("code", "code"), ("legacy_code", "legacy_code"), ("source_id", "source_id")):
        say(
            cursor,
            "same_id_twice",
            field,
            f"""
            SELECT row_no, {number}, jsonb_build_object('other', CASE WHEN row_no = first THEN last ELSE first END)
            FROM (
                SELECT r.row_no, r.{number}, count(*) OVER same AS times,
                       min(r.row_no) OVER same AS first, max(r.row_no) OVER same AS last
                FROM import_row r
                WHERE r.{number} <> ''
                  AND NOT EXISTS (SELECT FROM import_verdict v WHERE v.row_no = r.row_no AND v.code = 'identical_row')
                  AND NOT EXISTS (SELECT FROM assets_asset a WHERE a.uid = r.uid)
                WINDOW same AS (PARTITION BY r.{number})
            ) AS counted WHERE times > 1
            """,  # noqa: S608 (column names from the line above)
        )
    say(
        cursor,
        "same_id_twice",
        "",
        """
        SELECT row_no, '', jsonb_build_object('other', CASE WHEN row_no = first THEN last ELSE first END)
        FROM (
            SELECT p.row_no, count(*) OVER same AS times,
                   min(p.row_no) OVER same AS first, max(p.row_no) OVER same AS last
            FROM import_plan p
            WHERE p.asset_id IS NOT NULL AND NOT EXISTS (
                SELECT FROM import_verdict v
                WHERE v.row_no = p.row_no AND v.code IN ('identical_row', 'same_id_twice'))
            WINDOW same AS (PARTITION BY p.asset_id)
        ) AS counted WHERE times > 1
        """,
    )
    say(
        cursor,
        "ids_disagree",
        "code",
        f"""
        SELECT r.row_no, concat_ws(' / ', r.code, r.legacy_code, nullif(r.source_id, '')), '{{}}'::jsonb
        FROM import_plan p JOIN import_row r USING (row_no) JOIN assets_asset a ON a.id = p.asset_id
        LEFT JOIN assets_asset l ON l.legacy_code = r.legacy_code
        LEFT JOIN assets_asset n ON n.source = r.source AND n.source_id = r.source_id AND n.source_id <> ''
        WHERE a.code <> r.code AND NOT {_ROUNDED} OR a.legacy_code <> r.legacy_code OR l.id <> a.id OR n.id <> a.id
        """,  # noqa: S608 (constant below)
    )


# Whether the row's component id is the asset's as a spreadsheet rounded it; the unique id says which asset it is.
_ROUNDED = f"(a.uid = r.uid AND left(a.code, {DIGITS_KEPT}) = left(r.code, {DIGITS_KEPT}) AND right(r.code, 2) = '00')"
_FOLDED = "lower(regexp_replace(normalize({}, NFKC), '[[:space:]]+', '', 'g'))"
_SAID_OTHERWISE = {
    "uid": "r.uid IS NOT NULL AND r.uid <> a.uid",
    "name": f"r.name <> '' AND a.name <> '' AND {_FOLDED.format('r.name')} <> {_FOLDED.format('a.name')}",
    "type": "r.type_id <> a.type_id",
    "address": "r.address <> '' AND a.address <> ''"
    f" AND {_FOLDED.format('r.address')} <> {_FOLDED.format('a.address')}",
    "point": f"r.point IS NOT NULL AND ST_DistanceSphere(r.point, a.point) > {ELSEWHERE_METRES}",
    "source_id": "NOT r.derived AND r.source_id <> '' AND a.source_id <> '' AND r.source = a.source"
    " AND r.source_id <> a.source_id",
}
"""Field → SQL: whether the row and the asset its number leads to disagree in what tells assets apart."""
_SAID_ALIKE = {
    "uid": "r.uid = a.uid",
    # A name that many assets bear says nothing.
    "name": f"r.name <> '' AND {_FOLDED.format('r.name')} = {_FOLDED.format('a.name')} AND NOT shared_name",
    "address": f"r.address <> '' AND {_FOLDED.format('r.address')} = {_FOLDED.format('a.address')}",
    "point": f"ST_DistanceSphere(r.point, a.point) <= {HERE_METRES}",
    "source_id": "NOT r.derived AND r.source_id <> '' AND (r.source, r.source_id) = (a.source, a.source_id)"
    " AND r.code IS NOT NULL",
}
"""Field → SQL: whether they agree in something that two assets seldom share. The type is none of these."""


def check_identity(cursor: CursorWrapper) -> None:
    """Hold rows whose number leads to an asset of which they say everything otherwise, and rounded component ids.

    One thing said otherwise is a correction. Two, with nothing left that agrees, are another asset. In a file whose ids
    a spreadsheet has rounded one is enough.
    """
    say(
        cursor,
        "id_rounded_uid_known",
        "code",
        f"""
        SELECT r.row_no, coalesce(r.lost_code, r.code), '{{}}'::jsonb
        FROM import_plan p JOIN import_row r USING (row_no) JOIN assets_asset a ON a.id = p.asset_id
        WHERE a.uid = r.uid AND (r.lost_code IS NOT NULL OR a.code <> r.code AND {_ROUNDED})
        """,  # noqa: S608 (constants above)
    )
    say(
        cursor,
        "digits_lost",
        "code",
        """
        SELECT r.row_no, r.lost_code, '{}'::jsonb
        FROM import_plan p JOIN import_row r USING (row_no) LEFT JOIN assets_asset a ON a.uid = r.uid
        WHERE r.lost_code IS NOT NULL AND a.id IS NULL
        """,
    )
    otherwise = ", ".join(
        f"CASE WHEN {condition} THEN '{name}' END" for name, condition in _SAID_OTHERWISE.items()
    )
    cursor.execute("DROP TABLE IF EXISTS pg_temp.import_led")
    cursor.execute(
        f"""
        CREATE TEMP TABLE import_led AS
        WITH led AS (
            SELECT r.row_no, a.id, array_remove(ARRAY[{otherwise}], NULL) AS differs,
                   {_SAID_OTHERWISE["uid"]} AS other_uid,
                   coalesce(%s AND right(r.code, 2) = '00' AND a.uid IS DISTINCT FROM r.uid, false) AS suspected
            FROM import_plan p JOIN import_row r USING (row_no) JOIN assets_asset a ON a.id = p.asset_id
            WHERE NOT r.derived AND p.outcome = 'updated' AND NOT EXISTS (
                SELECT FROM import_verdict v
                WHERE v.row_no = r.row_no AND v.code IN ('identical_row', 'same_id_twice', 'ids_disagree'))
        ), doubted AS (
            SELECT * FROM led WHERE other_uid OR suspected OR cardinality(differs) >= 2
        ), shared AS (
            SELECT name FROM assets_asset WHERE name IN (SELECT a.name FROM doubted JOIN assets_asset a USING (id))
            GROUP BY name HAVING count(*) > 1
        )
        SELECT d.row_no, a.code, d.differs, d.other_uid, d.suspected,
               coalesce({" OR ".join(f"({condition})" for condition in _SAID_ALIKE.values())}, false) AS alike
        FROM doubted d JOIN import_row r USING (row_no) JOIN assets_asset a USING (id)
        CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM shared s WHERE s.name = a.name) AS shared_name) AS bears
        """,  # noqa: S608 (constants above)
        [_ids_are_rounded(cursor)],
    )
    say(
        cursor,
        "id_leads_elsewhere",
        "",
        """
        SELECT row_no, code, jsonb_build_object('code', code, 'differs', differs) FROM import_led
        WHERE other_uid OR cardinality(differs) >= 2 AND NOT alike OR cardinality(differs) >= 1 AND suspected
        """,
    )
    # What such an id leads to says nothing against it only because the row says nothing of it; or it leads nowhere.
    say(
        cursor,
        "id_rounded",
        "code",
        """
        SELECT r.row_no, r.code, '{}'::jsonb FROM import_row r
        WHERE row_no IN (SELECT row_no FROM import_led WHERE suspected AND cardinality(differs) = 0 AND NOT alike)
           OR %s AND right(r.code, 2) = '00'
              AND EXISTS (SELECT FROM import_plan p WHERE p.row_no = r.row_no AND p.asset_id IS NULL)
        """,
        [_ids_are_rounded(cursor)],
    )


def _ids_are_rounded(cursor: CursorWrapper) -> bool:
    """Whether the ledger's component ids went through a spreadsheet as numbers: most end in 00, or one shows it."""
    cursor.execute(
        "SELECT 2 * count(*) FILTER (WHERE right(code, 2) = '00') >= count(*) OR EXISTS ("
        " SELECT FROM import_verdict WHERE code = 'digits_lost' AND field = 'code')"
        " FROM import_row WHERE code IS NOT NULL HAVING count(*) > 0"
    )
    found = cursor.fetchone()
    return bool(found and found[0])
