"""Generations: they move with every commit on their topic, with nothing else, and folding leaves them alone."""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from assets.models import Asset
from places import generation
from places.models import ChangeMark, Road, Topic
from tests.factories import make_asset, make_road, make_theme, make_type

pytestmark = pytest.mark.django_db(transaction=True)
ALL = (Topic.ASSETS, Topic.PLACES, Topic.DICTIONARY)


@pytest.fixture
def outsider() -> Iterator[BaseDatabaseWrapper]:
    own = connection.copy()
    yield own
    own.close()


def oldest_running() -> int:
    """Transactions below this have ended, in every database of the server: those above are not folded yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return cursor.fetchone()[0]


def test_each_topic_moves_with_its_own_commits() -> None:
    make_type()
    before = generation.current(*ALL)
    make_road()
    assert generation.current(*ALL) == (before[0], before[1] + 1, before[2])
    make_theme()
    assert generation.current(*ALL) == (before[0], before[1] + 1, before[2] + 1)
    make_asset()
    assert generation.current(*ALL) == (before[0] + 1, before[1] + 1, before[2] + 1)


def test_a_transaction_counts_once_however_much_it_writes() -> None:
    make_type()
    before = generation.current(Topic.ASSETS)
    with transaction.atomic():
        for number in range(5):
            make_asset(name=str(number))
    assert generation.current(Topic.ASSETS) == (before[0] + 1,)


def test_what_is_rolled_back_moves_nothing() -> None:
    before = generation.current(*ALL)
    with transaction.atomic():
        make_road()
        transaction.set_rollback(True)
    assert generation.current(*ALL) == before


def test_a_generation_moves_when_others_can_see_the_change_and_not_before(
    outsider: BaseDatabaseWrapper,
) -> None:
    def seen() -> tuple[int, int]:
        with outsider.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(sum(weight), 0)::bigint FROM places_changemark WHERE topic = 'places'"
            )
            total = cursor.fetchone()[0]
            cursor.execute("SELECT count(*) FROM places_road")
            return total, cursor.fetchone()[0]

    before, roads = seen()
    with transaction.atomic():
        make_road()
        assert seen() == (before, roads)
    assert seen() == (before + 1, roads + 1)


def test_folding_keeps_every_generation() -> None:
    for number in range(4):
        make_asset(name=str(number))
        make_road(f"路{number}")
    before, ended = generation.current(*ALL), oldest_running()
    generation.compact()
    assert generation.current(*ALL) == before
    assert not ChangeMark.objects.filter(txid__gt=0, txid__lt=ended).exists()
    Asset.objects.update(remarks="later")
    Road.objects.update(approximate=True)
    generation.compact()
    assert generation.current(*ALL) == (before[0] + 1, before[1] + 1, before[2])


def test_folding_leaves_the_marks_of_running_transactions_alone(outsider: BaseDatabaseWrapper) -> None:
    make_asset()
    outsider.set_autocommit(False)
    with outsider.cursor() as cursor:
        cursor.execute("UPDATE assets_asset SET remarks = 'running'")
        before = generation.current(Topic.ASSETS)
        generation.compact()
        assert generation.current(Topic.ASSETS) == before
    outsider.commit()
    outsider.set_autocommit(True)
    assert generation.current(Topic.ASSETS) == (before[0] + 1,)
