"""`manage.py demo_accounts`: makes the demonstration's accounts that are missing, and prints how to sign in."""

from typing import Any

import pghistory
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from accounts.models import User
from demonstration.accounts import ACCOUNTS, make_accounts


class Command(BaseCommand):
    """Makes and prints the demonstration's accounts."""

    help = "Makes the demonstration's accounts and prints them; does nothing where DEMONSTRATION is off."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make and print; an account that is there is left alone, whatever its owner made of it."""
        if not settings.DEMONSTRATION:
            self.stdout.write(_("No demonstration accounts: DEMONSTRATION is off."))
            return
        names = [account.username for account in ACCOUNTS]
        present = set(User.objects.filter(username__in=names).values_list("username", flat=True))
        with pghistory.context(origin="command", actor="command"):
            make_accounts(account for account in ACCOUNTS if account.username not in present)
        self.stdout.write(_("Accounts to try it with (user, password, what for):"))
        for account in ACCOUNTS:
            role = account.role.label
            self.stdout.write(
                f"  {account.username:<10} {account.password:<15} {role}: {account.description}"
            )
