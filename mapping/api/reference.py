"""/api/docs: the API's own description as a page, so that nobody needs a tool or a network to read it."""

from django.http import HttpResponse
from django.shortcuts import render

from mapping.access import SignedInRequest, readers_only
from mapping.api import api
from mapping.reference import reference_context


@readers_only()
def reference(request: SignedInRequest) -> HttpResponse:
    """The page."""
    context = reference_context(dict(api.get_openapi_schema()), data_url="/api/openapi.json")
    response = render(request, "mapping/reference.html", context)
    response["Cache-Control"] = "private, no-store"
    return response
