"""Reads and folds the generations kept by `places.models.generation`.

A reading request asks for them once: whoever reads first, which is who looks up the session, notes them for the rest
of the request (`once_a_request`, `note`). They are then older than the data that is read with them, never younger.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from json import loads

from django.db import connection

from places.models import Topic

# A statement's column with the weight of every topic, as the text of one JSON object.
MARKS_SQL = """
    (SELECT jsonb_object_agg(topic, weight)::text
     FROM (SELECT topic, sum(weight)::bigint AS weight FROM places_changemark GROUP BY topic) marks)
"""

Marks = Mapping[str, int]
_of_request: ContextVar[list[Marks] | None] = ContextVar("marks_of_request", default=None)


@contextmanager
def once_a_request() -> Iterator[None]:
    """For a request that only reads: its generations are read once."""
    token = _of_request.set([])
    try:
        yield
    finally:
        _of_request.reset(token)


def note(found: str | None) -> Marks:
    """Understand what a statement with `MARKS_SQL` among its columns found there; kept for the rest of the request."""
    marks: Marks = loads(found) if found else {}
    kept = _of_request.get()
    if kept is not None:
        kept[:] = [marks]
    return marks


def noted() -> Marks | None:
    """What this request has noted; None outside a reading request, and in a transaction, which sees its own writes."""
    found = _of_request.get()
    return found[0] if found and not connection.in_atomic_block else None


def current(*topics: Topic) -> tuple[int, ...]:
    """The generation of each topic, in the order asked; at most one query. Every commit on a topic changes its own."""
    marks = noted()
    if marks is None:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {MARKS_SQL}")
            marks = note(cursor.fetchone()[0])
    return tuple(marks.get(topic.value, 0) for topic in topics)


def compact() -> int:
    """Fold the marks of finished transactions into one row a topic; the sums stay. Returns the rows folded."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH folded AS (
                DELETE FROM places_changemark WHERE id IN (
                    SELECT id FROM places_changemark
                    WHERE txid > 0 AND txid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
                    FOR UPDATE SKIP LOCKED)
                RETURNING topic, weight),
            kept AS (
                INSERT INTO places_changemark (topic, txid, weight)
                SELECT topic, 0, sum(weight) FROM folded GROUP BY topic
                ON CONFLICT (topic, txid) DO UPDATE SET weight = places_changemark.weight + EXCLUDED.weight)
            SELECT count(*) FROM folded
            """
        )
        return int(cursor.fetchone()[0])
