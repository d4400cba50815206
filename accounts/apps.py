"""App configuration of the room `accounts`."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Registers `accounts` with Django."""

    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Have the runtime database role's rights follow every migration."""
        from accounts import database_roles

        post_migrate.connect(
            database_roles.grant_runtime_rights, sender=self, dispatch_uid="grant_runtime_rights"
        )
