"""What a client wants to be sent: a page or data (`f`, else the Accept header), and in which language (`lang`).

Data is the default: programs often say nothing, browsers always ask for a page.
"""

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assets.filter_parameters import FilterError

PAGE, DATA = "html", "json"
FORMATS = (DATA, PAGE)
LANGUAGES = ("zh", "en")
_HTML = "text/html"
_JSON = ("application/json", "application/geo+json", "application/vnd.oai.openapi+json")


def wants_page(request: HttpRequest) -> bool:
    """Whether a page is asked for; an `f` that does not exist asks for none."""
    named = request.GET.get("f")
    if named is not None:
        return named == PAGE
    return request.get_preferred_type([*_JSON, _HTML]) == _HTML


def format_of(request: HttpRequest) -> str:
    """`json` or `html`.

    Raises:
        FilterError: naming `f`.
    """
    named = request.GET.get("f")
    if named is not None and named not in FORMATS:
        raise FilterError("f", _("Give one of %(these)s.") % {"these": ", ".join(FORMATS)})
    return PAGE if wants_page(request) else DATA


def language_of(request: HttpRequest) -> str:
    """`zh` or `en`: as asked for by `lang`, else the reader's own.

    Raises:
        FilterError: naming `lang`.
    """
    language = request.GET.get("lang", (get_language() or "zh")[:2])
    if language not in LANGUAGES:
        raise FilterError("lang", _("“%(value)s” does not exist.") % {"value": language[:80]})
    return language
