"""App configurations of the room `accounts`: the room itself, and the administration pages it guards."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Registers `accounts` with Django."""

    name = "accounts"
    verbose_name = _("Accounts")
    default = True

    def ready(self) -> None:
        """Have the runtime database role's rights follow every migration."""
        from accounts import (
            checks,  # noqa: F401 -- registers what it asks
            database_roles,
            signed_in,  # noqa: F401 -- hears who signs in
        )

        post_migrate.connect(
            database_roles.grant_runtime_rights, sender=self, dispatch_uid="grant_runtime_rights"
        )


class AdministrationConfig(admin_apps.AdminConfig):
    """Django's administration with our own site: roles decide, and every change is put down to its author."""

    default = False
    default_site = "accounts.administration.AdministrationSite"
