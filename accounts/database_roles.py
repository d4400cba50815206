"""Rights of the runtime database role: it reads and writes rows, but cannot change the schema or rewrite history.

Runs after every `migrate` (which connects as the owner), so that new tables are covered too. With one role only
(`DATABASE_OWNER_URL` not set) there is nothing to grant, and `check --deploy` says so.
"""

from typing import Any

import pghistory.models
from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connections
from psycopg2 import sql

# Rows that are never deleted, by anybody who is not the owner.
_NEVER_DELETED = (
    "assets_asset",
    "assets_inspection",
    "assets_batch",
    "cases_card",
    "cases_case",
    "cases_casebatch",
    "cases_caselink",
    "cases_casephoto",
    "cases_casestep",
    "cases_clock",
    "cases_clockmove",
    "cases_outgoing",
    "cases_webhook",
    "field_operation",
    "mapping_export",
    "pghistory_context",
    "portal_publishedpair",
    "portal_redaction",
    "portal_residentanswer",
    "portal_residentremark",
    "portal_residentreport",
    "reports_wall",
)


def _event_tables() -> set[str]:
    return {
        model._meta.db_table
        for model in apps.get_models()
        if issubclass(model, pghistory.models.Event) and model._meta.managed
    }


def grant_runtime_rights(using: str = "default", **_signal: Any) -> None:
    """Grant the runtime role what it needs on every table the owner has made; idempotent."""
    role = settings.RUNTIME_DATABASE_USER
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user <> %s AND EXISTS (SELECT 1 FROM pg_roles WHERE rolname = %s)", [role, role]
        )
        if not cursor.fetchone()[0]:
            return
        events = _event_tables()
        name = sql.Identifier(role)
        cursor.execute(sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {}").format(name))
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user"
        )
        for (table,) in cursor.fetchall():
            if table in events:
                rights = "SELECT, INSERT"
            elif table in _NEVER_DELETED:
                rights = "SELECT, INSERT, UPDATE"
            elif table == "django_migrations":
                rights = "SELECT"
            else:
                rights = "SELECT, INSERT, UPDATE, DELETE"
            target = sql.Identifier(table)
            cursor.execute(sql.SQL("REVOKE ALL ON {} FROM {}").format(target, name))
            cursor.execute(sql.SQL("GRANT {} ON {} TO {}").format(sql.SQL(rights), target, name))


@register(Tags.security, deploy=True)
def two_database_roles(**_kwargs: Any) -> list[CheckMessage]:
    """Warn a deployment whose web server connects as the owner of the tables."""
    if settings.DATABASE_OWNER_USER != settings.RUNTIME_DATABASE_USER:
        return []
    return [
        Warning(
            "The web server uses the database role that owns the tables, so it could rewrite history.",
            hint="Give DATABASE_OWNER_URL (for migrations) another user than DATABASE_URL.",
            id="accounts.W001",
        )
    ]
