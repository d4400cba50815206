"""To whom the lines of the register's roads are owed, to be named on every map that draws them."""

from django.conf import settings
from django.utils.translation import gettext as _


def roads_credit() -> str:
    """What a map says; empty where the roads are a department's own."""
    return _("© OpenStreetMap contributors, ODbL") if settings.DEMONSTRATION else ""
