"""Database functions that mean the same whatever search path a session has.

A trigger's function is read when it first runs, in the session of whoever writes: a restore, an administrator's
maintenance, a logical replica's worker. With another `search_path` it would look for tables and for PostGIS's
operators in vain, or find somebody else's. Those of ours are written by django-pgtrigger and django-pghistory without
schemas, so each gets a search path of its own: the schema it stands in, as PostgreSQL advises for functions
(https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY).

Functions in SQL are left as they are: with a search path of its own PostgreSQL would no longer inline them. They name
schemas in their bodies, which a test holds to.
"""

from typing import Any

from django.db import connections

_WITHOUT_ONE = """
    SELECT format('ALTER FUNCTION %s SET search_path = %I, pg_temp', function.oid::regprocedure, schema.nspname)
    FROM pg_proc AS function
    JOIN pg_namespace AS schema ON schema.oid = function.pronamespace
    JOIN pg_language AS language ON language.oid = function.prolang
    WHERE schema.nspname = current_schema() AND language.lanname = 'plpgsql' AND function.proconfig IS NULL
      AND pg_has_role(function.proowner, 'USAGE')
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = function.oid AND deptype = 'e')
"""


def settle_search_paths(using: str = "default", **_signal: Any) -> None:
    """Give every function of ours in PL/pgSQL that has none yet a search path of its own; idempotent."""
    with connections[using].cursor() as cursor:
        cursor.execute(_WITHOUT_ONE)
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)
