"""When the next inspection is due: one rule, whichever way an asset is written."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from assets.actions.edit_asset import edit_asset
from assets.actions.record_inspection import record_inspection
from assets.actions.register_asset import register_asset
from assets.actions.revert_change import revert_change
from assets.actions.void_inspection import void_inspection
from assets.history import Actor
from assets.models import Asset, Condition, Origin
from assets.rules.due import next_due, next_due_sql
from tests.factories import make_asset, make_type

LONG_AGO = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)


@pytest.fixture
def actor(owner: User) -> Actor:
    return Actor(owner, Origin.WEB)


@pytest.fixture
def old(district: object) -> Asset:
    """Registered long ago, never inspected, and nobody knows when it was installed."""
    yearly = make_type("yearly", inspection_interval_days=365)
    return make_asset(type=yearly, created_at=LONG_AGO, next_inspection_due=date(2027, 3, 1))


def test_another_type_counts_from_the_day_of_registration(actor: Actor, old: Asset) -> None:
    edited = edit_asset(actor, old, {"type": make_type("monthly", inspection_interval_days=30)})
    assert edited.next_inspection_due == date(2026, 3, 31)


def test_reverting_a_change_of_type_counts_from_the_day_of_registration(actor: Actor, old: Asset) -> None:
    edited = edit_asset(actor, old, {"type": make_type("monthly", inspection_interval_days=30)})
    assert revert_change(actor, edited, edited.version).next_inspection_due == date(2027, 3, 1)


def test_without_its_day_of_installation_it_counts_from_registration_again(actor: Actor, old: Asset) -> None:
    installed = edit_asset(actor, old, {"installed_on": date(2026, 2, 1)})
    assert installed.next_inspection_due == date(2027, 2, 1)
    assert edit_asset(actor, installed, {"installed_on": None}).next_inspection_due == date(2027, 3, 1)


def test_an_edit_and_the_trigger_say_the_same_day(actor: Actor, old: Asset) -> None:
    edited = edit_asset(actor, old, {"type": make_type("monthly", inspection_interval_days=30)})
    day = edited.next_inspection_due
    seen = record_inspection(actor, edited, Condition.GOOD)
    void_inspection(actor, seen, "wrong asset")
    old.refresh_from_db()
    assert old.next_inspection_due == day


def test_a_new_asset_counts_from_today(actor: Actor, district: object) -> None:
    monthly = make_type("monthly", inspection_interval_days=30)
    asset = register_asset(actor, monthly, make_asset().point)
    assert asset.next_inspection_due == timezone.localdate() + timedelta(days=30)


moments = st.integers(946_684_800, 4_102_444_800).map(lambda second: datetime.fromtimestamp(second, UTC))
days = st.dates(date(2000, 1, 1), date(2030, 1, 1))


@pytest.mark.django_db
@given(
    seen=st.none() | moments, installed=st.none() | days, registered=moments, interval=st.integers(1, 1000)
)
def test_python_and_sql_agree(seen: datetime, installed: date, registered: datetime, interval: int) -> None:
    sql = next_due_sql(
        seen="%s::timestamptz", installed="%s::date", registered="%s::timestamptz", interval="%s"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql}", [seen, installed, registered, interval])
        (in_sql,) = cursor.fetchone()
    assert in_sql == next_due(interval, seen_at=seen, installed_on=installed, registered_at=registered)
