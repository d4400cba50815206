"""The demonstration's accounts."""

import pytest
from django.contrib.auth import authenticate

from accounts.models import Membership, Role, User
from accounts.permissions import ADMINISTER, can
from demonstration.accounts import ACCOUNTS, join_units, make_accounts
from places.models import Area
from tests.factories import make_area, make_unit


@pytest.fixture
def gazetteer(db: None) -> None:
    make_area("370105", "天桥区")
    make_area("370105014", "北园街道")


def test_there_is_an_account_in_each_role() -> None:
    assert {account.role for account in ACCOUNTS} == set(Role.values)


def test_crews_belong_to_their_units(gazetteer: None) -> None:
    unit = make_unit("养护二班（演示）", is_crew=True)
    make_accounts()
    assert list(User.objects.filter(units=unit).values_list("username", flat=True)) == ["crew2"]


def test_crews_find_their_units_when_these_come_later(gazetteer: None) -> None:
    make_accounts()
    unit = make_unit("养护一班（演示）", is_crew=True)
    join_units()
    assert [user.username for user in unit.members.all()] == ["crew"]


def test_each_account_signs_in_with_what_the_page_says(gazetteer: None) -> None:
    make_accounts()
    for account in ACCOUNTS:
        user = authenticate(username=account.username, password=account.password)
        assert isinstance(user, User)
        assert user.get_full_name() == account.display_name
        [membership] = user.memberships.select_related("area")
        assert (membership.role, membership.area.code if membership.area else None) == (
            account.role,
            account.area_code,
        )
        assert user.is_staff == can(user, ADMINISTER)


def test_making_them_again_puts_them_right_and_makes_no_more(gazetteer: None) -> None:
    make_accounts()
    User.objects.update(password="changed", is_active=False)
    make_accounts()
    assert User.objects.filter(is_active=True).count() == Membership.objects.count() == len(ACCOUNTS)
    assert authenticate(username="viewer", password=ACCOUNTS[-1].password)


def test_without_the_gazetteer_there_are_none(db: None) -> None:
    with pytest.raises(Area.DoesNotExist):
        make_accounts()
    assert not User.objects.exists()
