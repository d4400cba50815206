"""`manage.py demo_accounts`: makes the demonstration's accounts that are missing, and prints all of them."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts.demonstration import ACCOUNTS, make_accounts
from accounts.models import User


class Command(BaseCommand):
    """Prints the demonstration's accounts."""

    help = "Makes the demonstration's accounts that are missing, and prints names and passwords."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make and print; refuses where this is no demonstration, because the passwords are public."""
        if not settings.DEMONSTRATION:
            raise CommandError(_("This is no demonstration (DEMONSTRATION is off)."))
        names = [account.username for account in ACCOUNTS]
        present = set(User.objects.filter(username__in=names).values_list("username", flat=True))
        make_accounts([account for account in ACCOUNTS if account.username not in present])
        self.stdout.write(_("Demonstration accounts (name, password, role):"))
        for account in ACCOUNTS:
            what = f"{account.role.label}: {account.description}"
            self.stdout.write(f"  {account.username:<10} {account.password:<15} {what}")
