"""App configuration of the room `field`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FieldConfig(AppConfig):
    """Registers `field` with Django, and its addresses with the API."""

    name = "field"
    verbose_name = _("Field work")

    def ready(self) -> None:
        """Put /api/field/ into the API, which lies to the right of this room and so cannot do it itself."""
        from field.api import router
        from mapping.api import api

        api.add_router("/field", router)
