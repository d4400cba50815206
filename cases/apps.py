"""App configuration of the room `cases`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    """Registers `cases` with Django."""

    name = "cases"
    verbose_name = _("Cases")
