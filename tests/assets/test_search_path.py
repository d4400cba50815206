"""What stands in the database means the same under an empty search path, as in a restored dump or while indexing."""

import pytest
from django.db import connection

from tests.factories import make_asset

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
