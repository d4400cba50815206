"""Tiles of the results that a filter leaves: gaps and what is fulfilled, as points, stretches of road as lines too."""

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.http import HttpResponse

from accounts.permissions import READ_COVERAGE, scope_of
from assets.dictionaries import dictionaries, read_generation
from evaluation.coverage.asked import ResultsAsked
from evaluation.coverage.tasks import last_run
from evaluation.models import CoverageResultQuerySet
from mapping.tiles.grid import EXTENT, Tile, existing_tile
from mapping.tiles.views import MVT
from web.access import SignedInRequest, readers_only
from web.caching import conditional, key_of

# The district has thousands of results, each a few bytes; no tile holds more.
MOST_IN_A_TILE = 20_000


@readers_only(READ_COVERAGE)
def tile(request: SignedInRequest, z: int, x: int, y: int) -> HttpResponse:
    """A tile of the results that the filter leaves; the worker's last run is part of its key."""
    wanted = existing_tile(z, x, y)
    generation = read_generation()
    asked = ResultsAsked.read(request, dictionaries(generation))
    run = last_run()
    scope = scope_of(request.user, READ_COVERAGE).key
    key = key_of(request, generation, "coverage", wanted, asked.but(), scope, run.pk if run else 0)
    return conditional(request, key, MVT, lambda: tile_of(asked.results(request.user), wanted))


def tile_of(results: CoverageResultQuerySet, wanted: Tile) -> bytes:
    """One tile as MVT; empty when nothing falls into it."""
    try:
        keys, params = results.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return b""
    box = ", ".join(map(repr, wanted.bounds(0.0)))
    square = f"ST_TileEnvelope({wanted.z}, {wanted.x}, {wanted.y})"
    statement = f"""
        WITH seen AS (
            SELECT result.id, result.uid::text AS uid, result.ok::int AS ok, result.name, rule.code AS rule,
                   result.wanted::float AS wanted, result.found::float AS found, result.point, result.shape
            FROM evaluation_coverageresult result
            JOIN evaluation_coveragerule rule ON rule.id = result.rule_id
            WHERE coalesce(result.shape, result.point) && ST_MakeEnvelope({box}, 4326) AND result.id IN ({keys})
            ORDER BY result.ok, result.id LIMIT {MOST_IN_A_TILE})
        SELECT (SELECT coalesce(ST_AsMVT(spot, 'coverage', {EXTENT}, 'place', 'id'), '') FROM (
                   SELECT id, uid, ok, name, rule, wanted, found,
                          ST_AsMVTGeom(ST_Transform(point, 3857), {square}, {EXTENT}, 16) AS place
                   FROM seen ORDER BY ok DESC, id) spot WHERE place IS NOT NULL)
            || (SELECT coalesce(ST_AsMVT(stretch, 'coverage_lines', {EXTENT}, 'place', 'id'), '') FROM (
                   SELECT id, uid, ok, name, rule,
                          ST_AsMVTGeom(ST_Transform(shape, 3857), {square}, {EXTENT}, 16) AS place
                   FROM seen WHERE shape IS NOT NULL ORDER BY ok DESC, id) stretch WHERE place IS NOT NULL)
    """  # noqa: S608 -- numbers, constants, and the ORM's own SQL
    arguments: tuple[Any, ...] = params
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        return bytes(cursor.fetchone()[0])
