"""What stands in the database means the same under an empty search path, as in a restored dump or while indexing."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.backends.utils import CursorWrapper

from assets.models import Asset
from places.models.changed import Changed
from tests.factories import make_artwork, make_asset, make_site, make_theme, make_unit, make_user

pytestmark = pytest.mark.django_db

_TRIGGERS = """
    SELECT tgname, tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    ORDER BY tgrelid, tgname
"""


def test_every_trigger_can_be_made_as_a_dump_describes_it():
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('search_path', '', true)")
        cursor.execute(_TRIGGERS)
        triggers = cursor.fetchall()
        assert {"only_voided", "faces_follow", "what_came_stays"} <= {
            name.removeprefix("pgtrigger_").rpartition("_")[0] for name, _table, _definition in triggers
        }
        for name, table, definition in triggers:
            cursor.execute(f'DROP TRIGGER "{name}" ON {table}')
            cursor.execute(definition)
        cursor.execute(_TRIGGERS)
        assert cursor.fetchall() == triggers


def test_every_index_of_ours_can_be_built_anew(district):
    make_asset()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SELECT set_config('search_path', '', true)")
        cursor.execute("""
            SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
            WHERE indexrelid::regclass::text LIKE 'public.%'
              AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
        """)
        indexes = cursor.fetchall()
        assert len(indexes) > 50
        for name, definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
            cursor.execute(definition)


_FUNCTIONS = """
    SELECT oid::regprocedure::text, pg_get_functiondef(oid), proconfig,
           prolang = (SELECT oid FROM pg_language WHERE lanname = 'sql') AS in_sql
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
"""


def test_every_function_of_ours_finds_its_tables_and_operators():
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('search_path', '', true)")
        cursor.execute(_FUNCTIONS)
        functions = cursor.fetchall()
        assert len(functions) > 50
        for name, definition, settings, in_sql in functions:
            if in_sql:
                cursor.execute(definition)  # which reads its body
            else:
                assert any(setting.startswith("search_path=") for setting in settings or []), name


# A protecting trigger, and constraints that what the test writes does not keep.
_REFUSALS = {"P0001", "22001", "23502", "23503", "23505", "23514"}


def _text_columns(cursor: CursorWrapper) -> dict[str, str]:
    """A column that can be written, of every table with triggers of ours."""
    cursor.execute("""
        SELECT DISTINCT ON (tgrelid) tgrelid::regclass::text, quote_ident(attname) FROM pg_trigger
        JOIN pg_attribute ON attrelid = tgrelid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
        JOIN pg_type ON pg_type.oid = atttypid
        WHERE NOT tgisinternal AND typname IN ('varchar', 'text')
        ORDER BY tgrelid, attname IN ('name', 'note', 'remarks') DESC, attnum DESC
    """)
    return dict(cursor.fetchall())


def _complaint(cursor: CursorWrapper, statement: str) -> str | None:
    """The code of the error that a statement ends in, with what is put off to the end of its transaction."""
    try:
        with transaction.atomic():
            cursor.execute(statement)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except DatabaseError as error:
        return error.__cause__.pgcode
    return None


def test_writing_under_an_empty_search_path_fires_every_trigger_and_misses_nothing(district):
    make_asset(site=make_site())
    make_artwork()
    make_theme()
    make_unit()
    make_user()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('search_path', '', true)")
        tables = _text_columns(cursor)
        assert len(tables) > 15
        for table, column in tables.items():
            for statement in (
                f"UPDATE {table} SET {column} = {column}",
                f"UPDATE {table} SET {column} = {column} || 'x'",
                f"DELETE FROM {table}",
            ):
                assert _complaint(cursor, statement) in {None, *_REFUSALS}, statement


@pytest.mark.parametrize("condition", [Changed("nmae"), Changed("name", exclude=["nmae"])])
def test_a_condition_on_a_field_that_is_none_is_refused(condition: Changed):
    with pytest.raises(ValueError, match="nmae"):
        condition.resolve(Asset)
