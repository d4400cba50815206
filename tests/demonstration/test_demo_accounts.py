"""`manage.py demo_accounts`."""

from io import StringIO

import pytest
from django.conf import LazySettings
from django.core.management import call_command

from accounts.models import User
from demonstration.accounts import ACCOUNTS, DISTRICT, EDITORS_STREET
from tests.factories import make_area, square


def run() -> str:
    out = StringIO()
    call_command("demo_accounts", stdout=out)
    return out.getvalue()


@pytest.fixture
def demonstration(db: None, settings: LazySettings) -> None:
    settings.DEMONSTRATION = True
    make_area(DISTRICT, "天桥区", square(116.98, 36.67, 117.02, 36.70))
    make_area(EDITORS_STREET, "北园街道", square(116.98, 36.67, 117.00, 36.70))


def test_every_account_is_made_and_printed_with_its_password(demonstration: None) -> None:
    printed = run()
    for account in ACCOUNTS:
        assert account.username in printed
        assert account.password in printed
        assert User.objects.get(username=account.username).check_password(account.password)


def test_a_password_somebody_changed_is_left_alone(demonstration: None) -> None:
    run()
    user = User.objects.get(username="viewer")
    user.set_password("something else entirely")
    user.save(update_fields=["password"])
    run()
    user.refresh_from_db()
    assert user.check_password("something else entirely")


def test_nothing_is_made_or_told_where_this_is_no_demonstration(db: None, settings: LazySettings) -> None:
    settings.DEMONSTRATION = False
    assert ACCOUNTS[0].password not in run()
    assert not User.objects.exists()
