"""Apply a staged ledger to the catalogue: all of it or nothing, as one batch, in one transaction.

The ledger lies in temporary tables (`importing.staging`). It is checked again here, under the locks that keep
the answer true, and then written set by set: an INSERT … SELECT for new assets, an UPDATE … FROM for changed ones.
These go through `cursor.execute`, so that the history triggers see who acts (docs/design.md).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DataError, IntegrityError, InternalError, OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import IMPORT, MANAGE_LISTS
from assets.codes import CodesExhausted, never_issue, take_serials
from assets.followups import close_inspection_jobs
from assets.history import Actor, acting, authorise
from assets.models import Asset, Batch, BatchKind, Inspection, Origin
from assets.rules.due import next_due_sql
from assets.sets.writing import count_anew, remove_all, write_many
from importing import checking
from importing.options import Progress, no_progress
from importing.preparing import Prepared
from importing.report import Report, report_of
from importing.staging import ASSET_COLUMNS
from places.database_away import database_is_away

# Imports wait for one another: the second then finds what the first has written. Any number will do that no other
# advisory lock of this product uses; this one spells "import".
IMPORT_LOCK = 0x696D706F7274


# What the data or the moment can cause; other errors of the database are mistakes of this program.
_OBJECTIONS = (IntegrityError, DataError, InternalError, OperationalError)


class ImportFailed(Exception):
    """The ledger could not be applied; nothing of it was written. `str()` says why in the active language."""


def preview_import(actor: Actor, prepared: Prepared) -> Report:
    """What applying the staged ledger would do; writes nothing. Called inside `staged(prepared)`.

    Raises:
        PermissionDenied: the actor may not import at all.
    """
    authorise(actor, IMPORT)
    checking.check(actor, prepared.options)
    return report_of(prepared)


def apply_import(
    actor: Actor,
    prepared: Prepared,
    *,
    title: str,
    skip_bad: bool = False,
    facts: dict[str, Any] | None = None,
    progress: Progress = no_progress,
) -> Report:
    """Write the staged ledger, or nothing of it. Called inside `staged(prepared)`.

    Nothing is written when a row is refused, unless `skip_bad` lets the others in; the report says `applied`. When
    nothing differs, no batch is made either.

    Args:
        title: of the batch: the ledger's name.
        facts: kept in the batch's report: file, options, what a reader needs to repeat the import.

    Raises:
        PermissionDenied: the actor may not import at all, or may not enter units that are missing.
        ImportFailed: the database refused something that the checks let pass; nothing was written.
    """
    authorise(actor, IMPORT)
    options = prepared.options
    if options.create_units:
        authorise(actor, MANAGE_LISTS)
    try:
        with transaction.atomic():
            _wait_for_turn(progress)
            progress("checking", 0, 0)
            checking.check(actor, options, lock=True)
            report = report_of(prepared)
            if (report.refused and not skip_bad) or not report.writes:
                return report
            batch = Batch.objects.create(
                kind=BatchKind.IMPORT, title=title[:200], actor=actor.user, origin=actor.origin
            )
            with acting(replace(actor, origin=Origin.IMPORT), batch=batch), connection.cursor() as cursor:
                _write(cursor, actor, batch, report, progress, create_units=options.create_units)
            report = replace(report, applied=True, batch=batch.pk)
            batch.report = {**(facts or {}), **report.as_json(verdicts_kept=2_000)}
            batch.save(update_fields=["report"])
            progress("committing", report.writes, report.writes)
    except CodesExhausted as error:
        raise ImportFailed(str(error)) from error
    except _OBJECTIONS as error:
        if database_is_away(error):
            raise  # no word about this ledger: it is tried again
        raise ImportFailed(_sentence(error)) from error
    return report


def _wait_for_turn(progress: Progress) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [IMPORT_LOCK])
        if not cursor.fetchone()[0]:
            progress("waiting", 0, 0)
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORT_LOCK])


def _write(
    cursor: CursorWrapper,
    actor: Actor,
    batch: Batch,
    report: Report,
    progress: Progress,
    *,
    create_units: bool,
) -> None:
    now = timezone.now()
    if create_units:
        _create_units(cursor)
    if report.created:
        progress("creating", 0, report.created)
        _take_codes(cursor)
        _insert_assets(cursor, now)
        count_anew(cursor, "assets_asset", report.created)
    if report.updated:
        progress("updating", 0, report.updated)
        removing = "SELECT asset_id FROM import_plan WHERE removing AND outcome = 'updated' AND NOT refused"
        remove_all(cursor, removing, timezone.localdate(now), _times(now)["reason"])
        _update_assets(cursor)
    write_many(
        cursor,
        "INSERT INTO assets_batchitem (batch_id, asset_id, outcome) "
        "SELECT %s, coalesce(n.asset_id, p.asset_id), p.outcome "
        "FROM import_plan p LEFT JOIN import_new n USING (row_no) "
        "WHERE NOT p.refused AND p.outcome <> 'unchanged' ORDER BY row_no",
        [batch.pk],
    )
    if report.inspections:
        progress("inspections", 0, report.inspections)
        _insert_inspections(cursor, actor, batch, now)
        count_anew(cursor, "assets_inspection", report.inspections)
        close_inspection_jobs(Inspection.objects.filter(batch=batch))


def _create_units(cursor: CursorWrapper) -> None:
    """Enter the units that rows name and the list lacks; `_UNIT_JOINS` finds them there."""
    named = " UNION ".join(
        f"SELECT {unit}_name AS name FROM import_row JOIN import_plan USING (row_no) WHERE NOT refused"  # noqa: S608
        for unit in checking.UNITS
    )
    cursor.execute(
        # One of three words, from the lines above.
        "INSERT INTO places_unit (name, short_name, is_crew, contact_person, contact_phone, active) "  # noqa: S608
        f"SELECT name, '', false, '', '', true FROM ({named}) AS named WHERE name IS NOT NULL"
        " ON CONFLICT (name) DO NOTHING"
    )
    # An earlier import entered it and was undone: here it is again.
    keys = ", ".join(f"({unit}_id)" for unit in checking.UNITS)
    cursor.execute(
        "UPDATE places_unit SET active = true WHERE NOT active AND id IN ("  # noqa: S608
        "SELECT said.unit_id FROM import_row JOIN import_plan USING (row_no),"
        f" LATERAL (VALUES {keys}) AS said (unit_id)"
        " WHERE NOT refused AND outcome <> 'unchanged')"
    )


_UNIT_JOINS = " ".join(
    f"LEFT JOIN places_unit new_{unit} ON new_{unit}.name = r.{unit}_name" for unit in checking.UNITS
)
_UNIT_KEYS = {f"{unit}_id": f"coalesce(r.{unit}_id, new_{unit}.id)" for unit in checking.UNITS}


# --- New assets -----------------------------------------------------------------------------------------------------


_NEW = """
    FROM import_plan p JOIN import_row r USING (row_no)
    JOIN assets_assettype t ON t.id = r.new_type_id JOIN assets_standardcode c ON c.id = t.component_id
    WHERE p.outcome = 'created' AND NOT p.refused
"""


def _take_codes(cursor: CursorWrapper) -> None:
    """Give every new row its primary key and its component id: the ledger's own, else a fresh one."""
    cursor.execute(f"SELECT r.code {_NEW} AND r.code IS NOT NULL")
    never_issue([code for (code,) in cursor.fetchall()])
    cursor.execute(
        # A literal of this module.
        f"""
        SELECT left(coalesce(r.scope_code, %s), 6) || c.code, count(*) {_NEW} AND r.code IS NULL
        GROUP BY 1 ORDER BY 1
        """,
        [settings.MANAGING_DISTRICT],
    )
    taken = [(item, take_serials(item[:6], item[6:], rows).start) for item, rows in cursor.fetchall()]
    cursor.execute(
        # A literal of this module.
        f"""
        INSERT INTO import_new (row_no, asset_id, code)
        SELECT new.row_no, nextval(pg_get_serial_sequence('assets_asset', 'id')),
               coalesce(new.code, new.item || lpad((taken.first + new.place - 1)::text, 6, '0'))
        FROM (
            SELECT p.row_no, r.code, left(coalesce(r.scope_code, %s), 6) || c.code AS item,
                   row_number() OVER (
                       PARTITION BY left(coalesce(r.scope_code, %s), 6) || c.code, r.code IS NULL
                       ORDER BY p.row_no) AS place
            {_NEW}) AS new
        LEFT JOIN unnest(%s::text[], %s::integer[]) AS taken (item, first) ON taken.item = new.item
        ORDER BY new.row_no
        """,  # noqa: S608
        [
            settings.MANAGING_DISTRICT,
            settings.MANAGING_DISTRICT,
            [item for item, _first in taken],
            [first for _item, first in taken],
        ],
    )


def _empty(column: str) -> str | None:
    """What an asset's column holds when the ledger says nothing, as SQL; None where that is nothing."""
    declared: Any = next(field for field in Asset._meta.concrete_fields if field.column == column)
    if declared.null or declared.is_relation:
        return None
    value = declared.get_default()
    if isinstance(value, list):
        return "'{}'"
    return f"'{value}'" if isinstance(value, str) else str(value).lower()


_UNSAID = {column.name: empty for column in ASSET_COLUMNS if (empty := _empty(column.name)) is not None}


def _insert_assets(cursor: CursorWrapper, now: datetime) -> None:
    """The condition comes with the row, so that the inspection which follows finds nothing to change."""
    values = {
        column.name: f"coalesce(r.{column.name}, {_UNSAID[column.name]})"
        if column.name in _UNSAID
        else f"r.{column.name}"
        for column in ASSET_COLUMNS
    }
    values |= _UNIT_KEYS | {
        "id": "n.asset_id",
        "uid": "gen_random_uuid()",
        "code": "n.code",
        "type_id": "r.new_type_id",
        "source": "CASE WHEN r.source_id <> '' THEN r.source ELSE '' END",
        "source_id": "coalesce(r.source_id, '')",
        "point": "r.point",
        "area_id": "r.area_id",
        "district_id": "r.district_id",
        "street_id": "r.street_id",
        "community_id": "r.community_id",
        "lifecycle": "coalesce(r.said_lifecycle, 'in_use')",
        "removed_on": "CASE WHEN r.said_lifecycle = 'removed' THEN %(today)s END",
        "removal_reason": "CASE WHEN r.said_lifecycle = 'removed' THEN %(reason)s ELSE '' END",
        "condition": "CASE WHEN p.inspects THEN r.condition ELSE 0 END",
        "condition_at": f"CASE WHEN p.inspects THEN {_SEEN_AT} END",
        "next_inspection_due": next_due_sql(
            seen=f"CASE WHEN p.inspects THEN {_SEEN_AT} END",
            installed="r.installed_on",
            registered="%(now)s",
            interval="t.inspection_interval_days",
        ),
    }
    write_many(
        cursor,
        # Column names and expressions of this module.
        f"""
        INSERT INTO assets_asset ({", ".join(values)})
        SELECT {", ".join(values.values())}
        FROM import_new n JOIN import_plan p USING (row_no) JOIN import_row r USING (row_no)
        JOIN assets_assettype t ON t.id = r.new_type_id
        {_UNIT_JOINS}
        ORDER BY n.row_no
        """,  # noqa: S608
        _times(now),
    )


_SEEN_AT = "least(coalesce(r.inspected_at, %(now)s), %(now)s)"


def _times(now: datetime) -> dict[str, Any]:
    return {
        "now": now,
        "today": timezone.localdate(now),
        "reason": _("Removed according to the ledger."),
    }


# --- Changed assets ---------------------------------------------------------------------------------------------------


def _update_assets(cursor: CursorWrapper) -> None:
    """Fields the ledger does not state stay as they are, whoever changes them at the same time."""
    stated = {
        column.name: f"coalesce(r.{column.name}, a.{column.name})"
        for column in ASSET_COLUMNS
        if column.name != "legacy_code"
    }
    stated |= {name: f"coalesce({key}, a.{name})" for name, key in _UNIT_KEYS.items()}
    stated["legacy_code"] = "coalesce(a.legacy_code, r.legacy_code)"
    number = "a.source_id = '' AND NOT r.derived AND r.source_id <> ''"
    stated["source"] = f"CASE WHEN {number} THEN r.source ELSE a.source END"
    stated["source_id"] = f"CASE WHEN {number} THEN r.source_id ELSE a.source_id END"
    stated["point"] = "CASE WHEN p.moved THEN r.point ELSE a.point END"
    for level in ("area", "district", "street", "community"):
        stated[f"{level}_id"] = f"CASE WHEN p.moved THEN r.{level}_id ELSE a.{level}_id END"
    # Removing has been done by now, so what is still removed and not said to be is opened again.
    stated["lifecycle"] = "CASE WHEN p.reopened THEN coalesce(r.said_lifecycle, 'in_use') "
    stated["lifecycle"] += "ELSE coalesce(r.said_lifecycle, a.lifecycle) END"
    stated["removed_on"] = "CASE WHEN p.reopened THEN NULL ELSE a.removed_on END"
    stated["removal_reason"] = "CASE WHEN p.reopened THEN '' ELSE a.removal_reason END"
    due = next_due_sql(
        seen="a.condition_at",
        installed="coalesce(r.installed_on, a.installed_on)",
        registered="a.created_at",
        interval="t.inspection_interval_days",
    )
    stated["next_inspection_due"] = f"""
        CASE WHEN (coalesce(r.type_id, a.type_id), coalesce(r.installed_on, a.installed_on))
                  IS DISTINCT FROM (a.type_id, a.installed_on)
             THEN {due} ELSE a.next_inspection_due END"""
    write_many(
        cursor,
        # Column names and expressions of this module.
        f"""
        UPDATE assets_asset a SET {", ".join(f"{name} = {value}" for name, value in stated.items())}
        FROM import_plan p JOIN import_row r USING (row_no) {_UNIT_JOINS}, assets_assettype t
        WHERE a.id = p.asset_id AND t.id = coalesce(r.type_id, a.type_id)
          AND p.outcome = 'updated' AND p.differs AND NOT p.refused
        """,  # noqa: S608
    )


def _insert_inspections(cursor: CursorWrapper, actor: Actor, batch: Batch, now: datetime) -> None:
    write_many(
        cursor,
        """
        INSERT INTO assets_inspection (uid, asset_id, condition, defects, note, observed_at, received_at,
                                       inspector_id, inspector_name, origin, batch_id, void_reason)
        SELECT gen_random_uuid(), coalesce(n.asset_id, p.asset_id), r.condition, '{}', '',
               coalesce(r.inspected_at, %s), %s, %s, '', 'import', %s, ''
        FROM import_plan p JOIN import_row r USING (row_no) LEFT JOIN import_new n USING (row_no)
        WHERE p.inspects AND NOT p.refused ORDER BY row_no
        """,
        [now, now, actor.user.pk if actor.user else None, batch.pk],
    )


def _sentence(error: Exception) -> str:
    """What the database objected to, for a person: the constraint and its detail, without a traceback."""
    cause = getattr(error.__cause__, "diag", None)
    if cause is None or cause.message_primary is None:
        words = str(error).strip() or type(error).__name__
    else:
        words = " ".join(part for part in (cause.message_primary, cause.message_detail) if part)
    return _("The database refused the import and nothing was written: %(said)s") % {"said": words}
