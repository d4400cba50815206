"""App configuration of the room `demonstration`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DemonstrationConfig(AppConfig):
    """Registers `demonstration` with Django."""

    name = "demonstration"
    verbose_name = _("Demonstration")

    def ready(self) -> None:
        """Have the sign-in page list the accounts to try."""
        from accounts.to_try import list_accounts
        from demonstration.accounts import ACCOUNTS

        list_accounts(ACCOUNTS)
