"""Reassign areas: what stands where is found out again for everything, after boundaries have changed."""

from dataclasses import dataclass

from django.db import connection
from psycopg2 import sql

from accounts.permissions import MANAGE_PLACES
from assets.history import Actor, acting, authorise
from assets.sets.writing import write_many
from places.resolving import resolving


@dataclass(frozen=True)
class Reassigned:
    """How many rows now lie in another area, and how many assets lie in none."""

    assets: int
    supports: int
    sites: int
    outside: int


def reassign_areas(actor: Actor) -> Reassigned:
    """Give every asset, support and site the area that its point falls in now; one statement each.

    Rows that stay where they are are not written, so history tells only what changed.

    Raises:
        PermissionDenied: the actor may not manage places.
    """
    authorise(actor, MANAGE_PLACES)
    with acting(actor), connection.cursor() as cursor:

        def reassign(table: str, columns: tuple[str, ...]) -> int:
            statement = sql.SQL(
                """
                UPDATE {table} SET {assignments}
                FROM ({resolved}) resolved
                WHERE {table}.id = resolved.key AND ({present}) IS DISTINCT FROM ({found})
                """
            ).format(
                table=sql.Identifier(table),
                assignments=sql.SQL(", ").join(
                    sql.SQL("{0} = resolved.{0}").format(sql.Identifier(column)) for column in columns
                ),
                resolved=resolving(sql.SQL("SELECT id AS key, point FROM {}").format(sql.Identifier(table))),
                present=sql.SQL(", ").join(sql.Identifier(table, column) for column in columns),
                found=sql.SQL(", ").join(sql.Identifier("resolved", column) for column in columns),
            )
            # As text, because pghistory puts its context in front of text only.
            return write_many(cursor, statement.as_string(cursor.connection))

        assets = reassign("assets_asset", ("area_id", "district_id", "street_id", "community_id"))
        supports = reassign("assets_support", ("area_id",))
        sites = reassign("places_site", ("area_id",))
        cursor.execute("SELECT count(*) FROM assets_asset WHERE area_id IS NULL AND lifecycle <> 'removed'")
        return Reassigned(assets, supports, sites, int(cursor.fetchone()[0]))
