"""From the staging tables of a check to the rows that a ledger keeps, so that pages can show them page by page."""

from __future__ import annotations

from django.db import connection

from assets.models import Ledger


def keep_rows(ledger: Ledger) -> None:
    """Replace a ledger's rows by what the last check, or the import, made of them. Called inside `staged(…)`."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM assets_ledgerrow WHERE ledger_id = %s", [ledger.pk])
        cursor.execute(
            """
            INSERT INTO assets_ledgerrow
                (ledger_id, "row", outcome, doubtful, asset_id, code, own_number, name, point, codes, verdicts, changes)
            SELECT %s, p.row_no,
                   CASE WHEN p.refused THEN 'refused' ELSE p.outcome END,
                   NOT p.refused AND v.codes IS NOT NULL,
                   coalesce(n.asset_id, p.asset_id),
                   coalesce(n.code, a.code, r.code, ''),
                   CASE WHEN r.derived THEN '' ELSE coalesce(r.source_id, '') END,
                   coalesce(r.name, a.name, ''),
                   coalesce(r.point, a.point),
                   coalesce(v.codes, '{}'), coalesce(v.verdicts, '[]'), coalesce(c.changes, '[]')
            FROM import_plan p
            JOIN import_row r USING (row_no)
            LEFT JOIN import_new n USING (row_no)
            LEFT JOIN assets_asset a ON a.id = p.asset_id
            LEFT JOIN (
                SELECT row_no, array_agg(DISTINCT code) AS codes,
                       jsonb_agg(jsonb_build_object('code', code, 'field', field, 'value', value, 'params', params))
                           AS verdicts
                FROM import_verdict GROUP BY row_no) AS v USING (row_no)
            LEFT JOIN (
                SELECT row_no, jsonb_agg(jsonb_build_object('field', field, 'old', old, 'new', new) ORDER BY field)
                           AS changes
                FROM import_change GROUP BY row_no) AS c USING (row_no)
            ORDER BY p.row_no
            """,
            [ledger.pk],
        )
