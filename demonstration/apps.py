"""App configuration of the room `demonstration`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DemonstrationConfig(AppConfig):
    """Registers `demonstration` with Django."""

    name = "demonstration"
    verbose_name = _("Demonstration")

    def ready(self) -> None:
        """Have the sign-in page list the accounts to try, pages say that it is being filled, and the worker fill it."""
        from accounts.to_try import list_accounts
        from demonstration import tasks  # noqa: F401
        from demonstration.accounts import ACCOUNTS
        from demonstration.filling import notice
        from web.notices import offer_notice

        list_accounts(ACCOUNTS)
        offer_notice(notice)
