"""App configuration of the room `field`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FieldConfig(AppConfig):
    """Registers `field` with Django, and its addresses with the API."""

    name = "field"
    verbose_name = _("Field work")

    def ready(self) -> None:
        """Put this room into the API and the header, which lie to the right of it and so cannot do it themselves."""
        from accounts.permissions import INSPECT, REVIEW_FIELD_WORK
        from field.api import router
        from mapping.api import api
        from mapping.navigation import Entry, offer

        api.add_router("/field", router)
        offer(Entry("/field/", _("On the phone"), INSPECT, 51))
        offer(Entry("/fieldwork/", _("Field work"), REVIEW_FIELD_WORK, 40))
