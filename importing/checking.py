"""Compares a staged ledger with the catalogue, set by set, in SQL: which asset each row means, what is wrong with it,
and what it would change. Fills `import_plan` and `import_change` and adds to `import_verdict`.

Reads the catalogue and writes temporary tables only, so it can be run for a preview and again, under the locks of
`importing.actions.apply_import`, right before the ledger is applied.

Identity: the unique id in an export of ours, else the component id, else the one of 2013, else source and own number.
A row without any number has one derived from what identifies it (`identity`), kept under the same source. A number
alone is not believed: when it leads to an asset of which the row says everything otherwise, the row is held until a
person has looked at it. Spreadsheets round ids of 17 digits, and offices number each sheet anew.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper

from accounts.permissions import EDIT, IMPORT, INSPECT, MOVE, REGISTER, REMOVE, scope_of
from assets.history import Actor
from assets.models import CodeKind, Origin
from importing.options import ImportOptions
from importing.positions import ONE_POINT, OUTSIDE
from importing.staging import ASSET_COLUMNS
from importing.verdicts import SENTENCES, refusing
from places.models import Level

# A position nearer than this to the one on record is the same position, written with fewer digits.
SAME_PLACE_METRES = 0.1
# Component ids from elsewhere may not use up the numbers of new assets.
HIGHEST_FOREIGN_SERIAL = 900_000
# Nearer is where the asset stands, whoever measured it; farther is elsewhere. Between the two it says neither.
HERE_METRES = 20
ELSEWHERE_METRES = 100
# A spreadsheet keeps 15 digits of a number and writes zeros for the others.
DIGITS_KEPT = 15


def check(actor: Actor, options: ImportOptions, *, lock: bool = False) -> None:
    """Work out for every staged row what is to happen to it.

    With `lock`, the assets that differ are locked until the transaction ends, so that what is checked here is
    still true when it is applied.
    """
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE import_plan, import_change")
        cursor.execute("DELETE FROM import_verdict WHERE phase = 'check'")
        _match(cursor)
        _let_stand(cursor)
        if lock:
            _lock_differing(cursor)
        _check_numbers(cursor)
        _check_identity(cursor)
        _check_new(cursor, options)
        _check_known(cursor)
        _check_areas(cursor)
        _refuse(cursor, options)
        _check_permission(cursor, actor)
        _refuse(cursor, options)
        _find_changes(cursor)


def _say(cursor: CursorWrapper, code: str, field: str, query: str, params: list[Any] | None = None) -> None:
    """Add the verdict `code` to each row of a query that yields (row_no, value, params as jsonb)."""
    assert code in SENTENCES, code
    cursor.execute(
        # The query is a literal of this module; what comes from outside is a parameter.
        "INSERT INTO import_verdict (row_no, value, params, field, code, phase) "  # noqa: S608
        f"SELECT said.row_no, coalesce(said.value, ''), said.params, %s, %s, 'check' FROM ({query}) "
        "AS said (row_no, value, params)",
        [field, code, *(params or [])],
    )
    if cursor.rowcount:
        # The next check leaves out rows of which something was said: how many decides how it does so.
        cursor.execute("ANALYZE import_verdict")


# --- Which asset a row means, and whether it would change ---------------------------------------------------------


def _differs(column: str) -> str:
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
            _differs(column.name)
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


def _match(cursor: CursorWrapper) -> None:
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


def _let_stand(cursor: CursorWrapper) -> None:
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


def _lock_differing(cursor: CursorWrapper) -> None:
    cursor.execute(
        "SELECT count(*) FROM (SELECT FROM assets_asset WHERE id IN "
        "(SELECT asset_id FROM import_plan WHERE outcome = 'updated') ORDER BY id FOR NO KEY UPDATE) AS locked"
    )


# --- What is wrong with a row --------------------------------------------------------------------------------------


def _check_numbers(cursor: CursorWrapper) -> None:
    """The same number twice in the ledger, and numbers that belong to different assets."""
    # A copy of another row is refused as such, and is no reason to refuse the row it copies. Where the unique id has
    # found the asset, a number beside it may be one that a spreadsheet rounded.
    for number, field in (("code", "code"), ("legacy_code", "legacy_code"), ("source_id", "source_id")):
        _say(
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
    _say(
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
    _say(
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


def _check_identity(cursor: CursorWrapper) -> None:
    """Hold rows whose number leads to an asset of which they say everything otherwise, and rounded component ids.

    One thing said otherwise is a correction. Two, with nothing left that agrees, are another asset. In a file whose ids
    a spreadsheet has rounded one is enough.
    """
    _say(
        cursor,
        "id_rounded_uid_known",
        "code",
        f"""
        SELECT r.row_no, coalesce(r.lost_code, r.code), '{{}}'::jsonb
        FROM import_plan p JOIN import_row r USING (row_no) JOIN assets_asset a ON a.id = p.asset_id
        WHERE a.uid = r.uid AND (r.lost_code IS NOT NULL OR a.code <> r.code AND {_ROUNDED})
        """,  # noqa: S608 (constants above)
    )
    _say(
        cursor,
        "digits_lost",
        "code",
        """
        SELECT r.row_no, r.lost_code, '{}'::jsonb
        FROM import_plan p JOIN import_row r USING (row_no) LEFT JOIN assets_asset a ON a.uid = r.uid
        WHERE r.lost_code IS NOT NULL AND a.id IS NULL
        """,
    )
    otherwise = ", ".join(f"CASE WHEN {said} THEN '{name}' END" for name, said in _SAID_OTHERWISE.items())
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
               coalesce({" OR ".join(f"({said})" for said in _SAID_ALIKE.values())}, false) AS alike
        FROM doubted d JOIN import_row r USING (row_no) JOIN assets_asset a USING (id)
        CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM shared s WHERE s.name = a.name) AS shared_name) AS bears
        """,  # noqa: S608 (constants above)
        [_ids_are_rounded(cursor)],
    )
    _say(
        cursor,
        "id_leads_elsewhere",
        "",
        """
        SELECT row_no, code, jsonb_build_object('code', code, 'differs', differs) FROM import_led
        WHERE other_uid OR cardinality(differs) >= 2 AND NOT alike OR cardinality(differs) >= 1 AND suspected
        """,
    )
    # What such an id leads to says nothing against it only because the row says nothing of it; or it leads nowhere.
    _say(
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


def _check_new(cursor: CursorWrapper, options: ImportOptions) -> None:
    """What a new asset needs, and whether it is new at all.

    Whether a row has a position is asked of `lon`: of a column of shapes that are all missing there are no statistics.
    """
    new = "FROM import_plan p JOIN import_row r USING (row_no) WHERE p.asset_id IS NULL"
    # A row that names a known asset may leave its position and type as they are.
    _say(
        cursor,
        "coordinates_missing",
        "lon",
        f"""
        SELECT r.row_no, '', '{{}}'::jsonb {new} AND r.lon IS NULL AND NOT EXISTS (
            SELECT FROM import_verdict v WHERE v.row_no = r.row_no AND v.field IN ('lon', 'lat', 'coordinates'))
        """,  # noqa: S608 (literal above)
    )
    _say(
        cursor,
        "type_missing",
        "type",
        f"""
        SELECT r.row_no, '', '{{}}'::jsonb {new} AND r.new_type_id IS NULL AND NOT EXISTS (
            SELECT FROM import_verdict v WHERE v.row_no = r.row_no AND v.code = 'type_unknown')
        """,  # noqa: S608 (literal above)
    )
    _say(
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
    _say(
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
    _say(
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
    _say(
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
    _say(
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


def _check_known(cursor: CursorWrapper) -> None:
    """What an update leaves alone or undoes."""
    known = (
        "FROM import_plan p JOIN import_row r USING (row_no) JOIN assets_asset a ON a.id = p.asset_id WHERE"
    )
    _say(
        cursor,
        "own_number_differs",
        "source_id",
        f"""
        SELECT r.row_no, r.source_id, jsonb_build_object('has', concat_ws(' ', a.source, a.source_id))
        {known} NOT r.derived AND r.source_id <> '' AND a.source_id <> ''
          AND (a.source, a.source_id) <> (r.source, r.source_id)
        """,
    )
    _say(
        cursor,
        "reopened",
        "",
        f"SELECT r.row_no, a.code, jsonb_build_object('day', a.removed_on) {known} p.reopened",
    )
    _say(
        cursor,
        "stands_on_support",
        "lon",
        f"""
        SELECT r.row_no, '', '{{}}'::jsonb
        {known} a.support_id IS NOT NULL AND ST_DistanceSphere(a.point, r.point) > %s
        """,
        [SAME_PLACE_METRES],
    )


def _check_areas(cursor: CursorWrapper) -> None:
    """The street and community in the ledger against those at the position."""
    for level in ("street", "community"):
        _say(
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


def _refuse(cursor: CursorWrapper, options: ImportOptions) -> None:
    """Mark the rows that do not come in."""
    cursor.execute(
        "UPDATE import_plan SET refused = true WHERE NOT refused AND row_no IN "
        "(SELECT row_no FROM import_verdict WHERE code = ANY(%s))",
        [sorted(refusing(options.confirmed, strict=options.strict))],
    )


# --- Permission -----------------------------------------------------------------------------------------------------


def _check_permission(cursor: CursorWrapper, actor: Actor) -> None:
    """Refuse each row that would write where the actor may not; both ends of a move count."""
    if actor.user is None and actor.origin is Origin.COMMAND:
        return
    outside: list[str] = []
    params: list[Any] = [settings.MANAGING_DISTRICT]
    needs = {
        REGISTER: ["p.outcome = 'created' AND {new}"],
        EDIT: ["p.outcome = 'updated' AND p.differs AND {old}"],
        MOVE: ["p.moved AND {old}", "p.moved AND {new}"],
        REMOVE: ["(p.reopened OR p.removing) AND {old}"],
        INSPECT: [
            "p.inspects AND p.outcome = 'created' AND {new}",
            "p.inspects AND p.outcome = 'updated' AND {old}",
        ],
        IMPORT: ["p.outcome = 'created' AND {new}", "p.outcome = 'updated' AND {old}"],
    }
    for verb, conditions in needs.items():
        scope = scope_of(actor.user, verb) if actor.user else None
        if scope is not None and scope.is_everywhere:
            continue
        prefixes = sorted(scope.prefixes) if scope else []
        for condition in conditions:
            outside.append(condition.format(new="NOT new_scope ^@ ANY(%s)", old="NOT old_scope ^@ ANY(%s)"))
            params.append(prefixes)
    if not outside:
        return
    _say(
        cursor,
        "not_your_area",
        "",
        f"""
        SELECT p.row_no, '', '{{}}'::jsonb
        FROM (
            SELECT p.*, coalesce(r.scope_code, %s) AS new_scope, coalesce(area.code, left(a.code, 6)) AS old_scope
            FROM import_plan p JOIN import_row r USING (row_no)
            LEFT JOIN assets_asset a ON a.id = p.asset_id LEFT JOIN places_area area ON area.id = a.area_id
            WHERE NOT p.refused AND p.outcome <> 'unchanged') AS p
        WHERE {" OR ".join(f"({condition})" for condition in outside)}
        """,  # noqa: S608 (conditions of this function)
        params,
    )


# --- What an update changes -----------------------------------------------------------------------------------------


def _find_changes(cursor: CursorWrapper) -> None:
    """Field by field, old and new value as text (keys of other tables as they are)."""
    plain = [column.name for column in ASSET_COLUMNS if column.name not in ("footprint", "legacy_code")]
    rows = [f"('{name}', a.{name}::text, r.{name}::text, {_differs(name)})" for name in plain]
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
