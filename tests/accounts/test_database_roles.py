"""The runtime role reads and writes rows, and can neither rewrite history nor change the schema."""

from collections.abc import Iterator

import pghistory
import psycopg2
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from accounts import database_roles
from assets.models import Asset
from mapping.models import Export
from tests.factories import make_asset

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def runtime() -> Iterator[psycopg2.extensions.cursor]:
    """A cursor of the runtime role on the test database; the rights are those that every migration grants."""
    database_roles.grant_runtime_rights()
    make_asset()
    parameters = connection.get_connection_params() | {"user": settings.RUNTIME_DATABASE_USER}
    for name in ("cursor_factory", "context"):
        parameters.pop(name, None)
    own = psycopg2.connect(**parameters)
    own.autocommit = True
    try:
        with own.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == (settings.RUNTIME_DATABASE_USER,)
            yield cursor
    finally:
        own.close()


def test_the_two_roles_differ() -> None:
    assert settings.RUNTIME_DATABASE_USER != settings.DATABASE_OWNER_USER
    assert database_roles.two_database_roles() == []


def test_it_reads_and_writes_rows_and_history_follows(runtime: psycopg2.extensions.cursor) -> None:
    runtime.execute("UPDATE assets_asset SET remarks = 'by the runtime role'")
    assert runtime.rowcount == 1
    runtime.execute("SELECT count(*) FROM assets_assetevent WHERE remarks = 'by the runtime role'")
    assert runtime.fetchone() == (1,)


FORBIDDEN = (
    "UPDATE assets_assetevent SET name = 'forged'",
    "DELETE FROM assets_assetevent",
    "TRUNCATE assets_assetevent",
    "DELETE FROM accounts_userevent",
    "UPDATE accounts_membershipevent SET role = 'viewer'",
    "DELETE FROM assets_asset",
    "TRUNCATE assets_asset CASCADE",
    "DELETE FROM assets_inspection",
    "DELETE FROM assets_batch",
    "DELETE FROM pghistory_context",
    "CREATE TABLE mine (id int)",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "ALTER TABLE assets_asset DISABLE TRIGGER ALL",
    "ALTER TABLE assets_asset DROP CONSTRAINT asset_code_is_17_digits",
    "DROP TRIGGER pgtrigger_never_deleted_a ON assets_asset",
    "DROP TABLE assets_asset",
    "INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'y', now())",
    "SET session_replication_role = replica",
)


def test_it_can_neither_forge_nor_delete_nor_build(runtime: psycopg2.extensions.cursor) -> None:
    refusals = (psycopg2.errors.InsufficientPrivilege, psycopg2.errors.UndefinedObject)
    for statement in FORBIDDEN:
        with pytest.raises(refusals):
            runtime.execute(statement)
    assert Asset.objects.count() == 1


def test_every_event_table_is_covered(runtime: psycopg2.extensions.cursor) -> None:
    for table in database_roles._event_tables():
        runtime.execute(
            "SELECT has_table_privilege(%s, 'INSERT'), has_table_privilege(%s, 'UPDATE, DELETE, TRUNCATE')",
            [table, table],
        )
        assert runtime.fetchone() == (True, False), table


def test_granting_again_changes_nothing(runtime: psycopg2.extensions.cursor) -> None:
    query = (
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants WHERE grantee = %s"
        " ORDER BY 1, 2"
    )
    runtime.execute(query, [settings.RUNTIME_DATABASE_USER])
    before = runtime.fetchall()
    call_command("migrate", verbosity=0)
    runtime.execute(query, [settings.RUNTIME_DATABASE_USER])
    assert runtime.fetchall() == before


def test_what_history_says_of_its_author_is_never_rewritten(runtime: psycopg2.extensions.cursor) -> None:
    with pghistory.context(actor="owner", origin="web"):
        Asset.objects.update(remarks="known author")
    for statement in (
        """UPDATE pghistory_context SET metadata = metadata || '{"actor": "somebody else"}'""",
        "UPDATE pghistory_context SET metadata = '{}'",
        "UPDATE pghistory_context SET metadata = metadata - 'origin'",
        "UPDATE pghistory_context SET created_at = created_at - interval '1 day'",
    ):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            runtime.execute(statement)
    with pghistory.context(actor="owner", origin="web"):
        Asset.objects.update(remarks="another transaction")
        with pghistory.context(batch=7):
            Asset.objects.update(remarks="more is known of the same context")
    runtime.execute("SELECT DISTINCT metadata->>'actor' FROM pghistory_context")
    assert runtime.fetchall() == [("owner",)]


def test_the_line_of_an_export_is_completed_once_and_never_rewritten(
    runtime: psycopg2.extensions.cursor,
) -> None:
    Export.objects.create(name="planner", layer="assets", format="csv")
    for statement in (
        "UPDATE mapping_export SET name = 'somebody else'",
        "UPDATE mapping_export SET filter = 'x'",
    ):
        with pytest.raises(psycopg2.errors.RaiseException):
            runtime.execute(statement)
    runtime.execute(
        "UPDATE mapping_export SET outcome = 'complete', rows = 3, bytes = 9, finished_at = now()"
    )
    for statement in ("UPDATE mapping_export SET rows = 0", "UPDATE mapping_export SET finished_at = NULL"):
        with pytest.raises(psycopg2.errors.RaiseException):
            runtime.execute(statement)
