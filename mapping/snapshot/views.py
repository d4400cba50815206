"""`/snapshot/assets.html?<filter>`: the filtered assets as one file to keep, send on and open without a network."""

from urllib.parse import quote

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.permissions import EXPORT
from assets.filter_parameters import FilterError
from assets.filters import read_filter
from mapping.exports import audit
from mapping.models import ExportOutcome
from mapping.snapshot.making import LANGUAGES, TooManyAssets, exportable_by, make_snapshot
from mapping.snapshot.page import policy
from web.access import SignedInRequest, readers_only


@readers_only(EXPORT)
@never_cache
def snapshot(request: SignedInRequest) -> HttpResponse:
    """The file; takes `lang=zh|en` beside the filter, else the reader's own language."""
    asset_filter = read_filter(request.GET, extra=("lang",))
    language = request.GET.get("lang")
    if language is not None and language not in LANGUAGES:
        raise FilterError("lang", _("“%(value)s” does not exist.") % {"value": language[:80]})
    try:
        with override(LANGUAGES[language] if language else get_language()):
            made = make_snapshot(asset_filter, exportable_by(request.user), str(request.user))
    except TooManyAssets as problem:
        return render(request, "snapshot/too_many.html", {"detail": str(problem)}, status=413)
    line = audit.begin_plain(
        request.user, layer="assets", format="snapshot", filter=asset_filter.query_string
    )
    response = HttpResponse(made.html, content_type="text/html; charset=utf-8")
    audit.finish(line, ExportOutcome.COMPLETE, rows=made.count, size=len(response.content))
    # Shown in the browser it is a stranger: an origin of its own, without our cookies, and the file's own policy.
    response["Content-Security-Policy"] = (
        f"sandbox allow-scripts; {policy(made.nonce)}; frame-ancestors 'none'"
    )
    response["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(made.filename)}"
    return response
