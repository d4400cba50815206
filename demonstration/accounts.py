"""The demonstration's accounts, at least one in each role; shown on the sign-in page only where DEMONSTRATION is on.

`manage.py demo_accounts` makes them; a district's own server never has them. Their passwords are public by design.
"""

from collections.abc import Iterable
from functools import partial

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Role, User
from accounts.to_try import AccountToTry
from demonstration.district.answering import LEADER_TO_TRY
from places.models import Area, Holder, Unit

DISTRICT = "370105"
EDITORS_STREET = "370105014"  # 北园街道
PASSWORD = "tianqiao-demo"
_account = partial(AccountToTry, password=PASSWORD)


ACCOUNTS: tuple[AccountToTry, ...] = (
    _account("admin", "系统管理员", Role.ADMINISTRATOR, DISTRICT, _("Everything, users included")),
    _account(
        "publicity", "区委宣传部", Role.PUBLICITY, DISTRICT, _("The whole district: assets, lists, places")
    ),
    _account("beiyuan", "北园街道办", Role.STREET_EDITOR, EDITORS_STREET, _("Writes in Beiyuan street only")),
    _account(
        "crew", "养护一班", Role.CREW, DISTRICT, _("Inspections, jobs and new assets"), "养护一班（演示）"
    ),
    _account(
        "crew2", "养护二班", Role.CREW, DISTRICT, _("Another crew, with jobs of its own"), "养护二班（演示）"
    ),
    _account("patrol", "巡访团", Role.PATROL, DISTRICT, _("Reports problems, checks what was put right")),
    _account("evaluator", "测评员", Role.EVALUATOR, DISTRICT, _("Compares sites with the handbook")),
    _account(
        "liaison",
        "养护公司联络员",
        Role.LIAISON,
        DISTRICT,
        _("Answers the cases of one unit"),
        "明湖景观养护公司（演示）",
    ),
    _account("leader", "包挂领导", Role.LEADER, DISTRICT, _("Reads, urges, approves")),
    _account("planner", "规划科", Role.PLANNER, DISTRICT, _("Reads and exports")),
    _account("viewer", "观察员", Role.VIEWER, DISTRICT, _("Reads only")),
)


def make_accounts(accounts: Iterable[AccountToTry] = ACCOUNTS) -> list[User]:
    """Make the accounts that are missing and put name, password, role and unit of all of them right.

    Raises:
        Area.DoesNotExist: the gazetteer is not loaded.
    """
    users = []
    wanted = list(accounts)
    with transaction.atomic():
        for account in wanted:
            user, _created = User.objects.get_or_create(username=account.username)
            user.display_name = account.display_name
            user.is_active = True
            user.password = make_password(account.password)
            user.is_staff = account.role in (Role.ADMINISTRATOR, Role.PUBLICITY, Role.STREET_EDITOR)
            user.save(update_fields=["display_name", "is_active", "password", "is_staff"])
            Membership.objects.get_or_create(
                user=user, role=account.role, area=Area.objects.get(code=account.area_code)
            )
            users.append(user)
        join_units(wanted)
        lead_streets()
    return users


def join_units(accounts: Iterable[AccountToTry] = ACCOUNTS) -> None:
    """Make crews' accounts members of their units, as far as accounts and units are there."""
    for account in accounts:
        unit = Unit.objects.filter(name=account.unit).first() if account.unit else None
        user = User.objects.filter(username=account.username).first()
        if unit is not None and user is not None:
            user.units.add(unit)


def lead_streets() -> None:
    """Have the account "leader" answer for the streets of the demonstration's leader, as far as both are there."""
    user = User.objects.filter(username="leader").first()
    if user is not None:
        Holder.objects.filter(name=LEADER_TO_TRY, user=None).update(user=user)
