"""`manage.py demo_accounts`: makes the demonstration's accounts, one in each role, and prints how to sign in."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from accounts.demonstration import ACCOUNTS, make_accounts
from accounts.models import User
from assets.history import Actor, acting
from assets.models import Origin


class Command(BaseCommand):
    """Makes and prints the demonstration's accounts."""

    help = "Makes the demonstration's accounts and prints them; does nothing where DEMONSTRATION is off."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make and print; accounts that are as they should be are left alone."""
        if not settings.DEMONSTRATION:
            self.stdout.write(_("No demonstration accounts: DEMONSTRATION is off."))
            return
        if not _all_there():
            with acting(Actor(None, Origin.COMMAND)):
                make_accounts()
        self.stdout.write(_("Accounts to try it with (user, password, what for):"))
        for account in ACCOUNTS:
            role = account.role.label
            self.stdout.write(
                f"  {account.username:<10} {account.password:<15} {role}: {account.description}"
            )


def _all_there() -> bool:
    users = {user.username: user for user in User.objects.prefetch_related("memberships__area")}
    return all(
        (user := users.get(account.username)) is not None
        and user.is_active
        and user.check_password(account.password)
        and any(
            membership.role == account.role and membership.area and membership.area.code == account.area_code
            for membership in user.memberships.all()
        )
        for account in ACCOUNTS
    )
