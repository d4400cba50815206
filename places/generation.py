"""Reads and folds the generations kept by `places.models.generation`."""

from django.db import connection

from places.models import Topic


def current(*topics: Topic) -> tuple[int, ...]:
    """The generation of each topic, in the order asked; one query. It changes with every commit on the topic."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT topic, sum(weight)::bigint FROM places_changemark WHERE topic = ANY(%s) GROUP BY topic",
            [[topic.value for topic in topics]],
        )
        found = dict(cursor.fetchall())
    return tuple(found.get(topic.value, 0) for topic in topics)


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
