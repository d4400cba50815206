"""Component ids: never twice, whoever asks at once, whatever is rolled back."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.gis.geos import Point
from django.db import connection, transaction

from assets.actions.register_asset import register_asset
from assets.codes import (
    LAST_SERIAL,
    CodesExhausted,
    component_id,
    never_issue,
    take_component_id,
    take_serials,
)
from assets.history import Actor
from assets.models import Asset, ComponentCounter, Origin
from tests.factories import make_type

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def counters_of_this_test() -> Iterator[None]:
    ComponentCounter.objects.all().delete()
    yield
    ComponentCounter.objects.all().delete()


def test_an_id_is_district_item_and_serial() -> None:
    assert component_id("370105", "03008", 1) == "37010503008000001"
    assert take_component_id("370105", make_type()) == "37010503008000001"
    assert take_component_id("370105", make_type()) == "37010503008000002"


def test_districts_and_items_count_for_themselves() -> None:
    assert take_serials("370105", "03008", 10) == range(1, 11)
    assert take_serials("370105", "03006", 1) == range(1, 2)
    assert take_serials("370104", "03008", 1) == range(1, 2)
    assert take_serials("370105", "03008", 1) == range(11, 12)


def test_many_at_once_never_get_the_same() -> None:
    def take(_number: int) -> list[int]:
        try:
            return [serial for _ in range(5) for serial in take_serials("370105", "03008", 3)]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        taken = [serial for serials in pool.map(take, range(8)) for serial in serials]
    assert sorted(taken) == list(range(1, 121))


def test_an_import_that_runs_long_makes_nobody_wait() -> None:
    with transaction.atomic():
        take_serials("370105", "03008", 51_000)

        def phone() -> range:
            try:
                with connection.cursor() as cursor:
                    cursor.execute("SET lock_timeout = '2s'")
                return take_serials("370105", "03008", 1)
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(phone).result(timeout=10) == range(51_001, 51_002)


def test_a_registration_that_is_rolled_back_leaves_a_gap() -> None:
    kind, actor = make_type(), Actor(None, Origin.COMMAND)
    point = Point(117, 36.7, srid=4326)
    first = register_asset(actor, kind, point)
    with transaction.atomic():
        register_asset(actor, kind, point)
        transaction.set_rollback(True)
    third = register_asset(actor, kind, point)
    assert Asset.objects.count() == 2
    assert int(third.code) == int(first.code) + 2


def test_the_last_number_is_given_out_and_none_after_it() -> None:
    assert take_serials("370105", "03008", LAST_SERIAL)[-1] == LAST_SERIAL
    with pytest.raises(CodesExhausted):
        take_serials("370105", "03008", 1)


def test_a_range_that_does_not_fit_takes_nothing() -> None:
    take_serials("370105", "03008", LAST_SERIAL - 1)
    with pytest.raises(CodesExhausted):
        take_serials("370105", "03008", 2)
    assert list(take_serials("370105", "03008", 1)) == [LAST_SERIAL]


def test_ids_that_came_from_elsewhere_are_never_issued_again() -> None:
    never_issue(["37010503008000500", "37010503008000007", "37010503006000002"])
    assert take_component_id("370105", make_type()) == "37010503008000501"
    assert take_serials("370105", "03006", 1) == range(3, 4)
    never_issue(["37010503008000003"])
    assert take_component_id("370105", make_type()) == "37010503008000502"
