"""/api/docs: the API's own description as a page, so that nobody needs a tool or a network to read it."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from mapping.api import api
from mapping.reference import reference_context
from web.access import SignedInRequest, readers_only
from web.answers import show_page


@readers_only()
def reference(request: SignedInRequest) -> HttpResponse:
    """The page."""
    described = dict(api.get_openapi_schema())
    # What is for programmers stays in English; what says where one is does not.
    lead = _("What the map shows, for programs; every filter parameter is that of every other address.")
    described["info"] = {**described["info"], "description": lead}
    context = reference_context(described, data_url=reverse("api:openapi-json"), tags=_groups())
    return show_page(request, "mapping/reference.html", context)


def _groups() -> dict[str, str]:
    """What the groups of addresses are called."""
    return {
        "Assets": _("Assets"),
        "Other layers": _("Other layers"),
        "Lists": _("Lists"),
        "Background work": _("Background work"),
    }
