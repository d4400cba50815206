"""A filter's assets as SQL, to be put into larger statements: as primary keys, or as a condition."""

from typing import Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection
from django.db.models import QuerySet

from assets.filter_searches import OldestRunning
from assets.models import Asset

Sql = tuple[str, tuple[Any, ...]]
NOTHING: Sql = ("SELECT id FROM assets_asset WHERE false", ())


def chosen_ids(queryset: QuerySet[Asset]) -> Sql:
    """SQL that gives the primary keys of a queryset's assets, to be put into a larger statement."""
    try:
        return queryset.order_by().values("id").query.sql_with_params()
    except EmptyResultSet:
        return NOTHING


def chosen_here(queryset: QuerySet[Asset]) -> Sql:
    """SQL that is true of a queryset's assets, for a statement over `assets_asset asset`.

    Conditions on the asset's own columns stand in the statement itself, where the planner can do the cheap and
    selective ones first; those over joins stay a subquery.
    """
    query = queryset.order_by().query.clone()
    joined = {alias for alias, uses in query.alias_refcount.items() if uses}
    if joined - {Asset._meta.db_table}:
        ids, params = chosen_ids(queryset)
        return f"asset.id IN ({ids})", params
    query.get_initial_alias()
    query.change_aliases({Asset._meta.db_table: "asset"})
    try:
        sql, own_params = query.where.as_sql(query.get_compiler(connection=connection), connection)
    except FullResultSet:
        return "true", ()
    except EmptyResultSet:
        return "false", ()
    return (f"({sql})" if sql else "true"), tuple(own_params)


def settled_transaction() -> int:
    """The transaction id below which no change can still appear; the cursor of `updated_since` (docs/design.md)."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {OldestRunning.template}")
        return int(cursor.fetchone()[0])
