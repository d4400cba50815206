"""App configuration of the room `field`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FieldConfig(AppConfig):
    """Registers `field` with Django, and its addresses with the API."""

    name = "field"
    verbose_name = _("Field work")

    def ready(self) -> None:
        """Put this room into the API, the header and the tidying: they lie to the right and cannot do it themselves."""
        from accounts.permissions import DO_PATROL, INSPECT, REVIEW_FIELD_WORK
        from assets.tasks import also_tidy
        from field.api import router
        from field.up.sweeping import sweep_photos
        from mapping.api import api
        from web.navigation import Entry, offer

        also_tidy(sweep_photos)
        api.add_router("/field", router)
        offer(Entry("field", _("On the phone"), INSPECT, 51, or_verb=DO_PATROL))
        offer(Entry("fieldwork", _("Field work"), REVIEW_FIELD_WORK, 40))
