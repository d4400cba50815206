"""The phone page's own files: the shell at /field/, the service worker, the manifest, the words of both languages.

The shell is one document for everybody: no user, no session, no language in it, so that the copy in a phone's cache can
serve whoever holds the phone. Its content security policy allows its one inline script, the import map, by its hash: a
nonce in a cached page would be the same for ever, and so none.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe
from django.views.i18n import JavaScriptCatalog

from field.attributes import attributes
from mapping.basemap.describing import offered_basemap
from mapping.page_config import basemap
from places.distance import FAR_METRES, MEAN_EARTH_RADIUS_M

_OWN = Path(__file__).parent / "static"
_OWN_MODULES = _OWN / "field" / "js"
# The office's pages are read with a network, and are no business of phones.
_OF_THE_DESK = ("field/js/desk/", "field/css/desk.css")
# Modules of the map page that the phone page uses too.
_SHARED_MODULES = (
    ("mapping", "basemap/choice"),
    ("mapping", "basemap/style"),
    ("mapping", "conditions"),
    ("mapping", "map_images"),
    ("mapping", "map_letters"),
    ("mapping", "map_point"),
    ("mapping", "style/palette"),
    ("mapping", "style/road_width"),
    ("web", "config"),
    ("web", "csrf"),
    ("web", "distance"),
    ("web", "dom"),
)
_VENDOR_MODULES = {
    "maplibre-gl": "vendor/maplibre/maplibre-gl.mjs",
    "gcoord": "vendor/gcoord/gcoord.esm-browser.prod.js",
    "idb": "vendor/idb/index.js",
    "qr/decode.js": "vendor/qr/decode.js",
}
# A worker's script is fetched on behalf of whoever has its own address in scope, so this one lies below /field/.
_MAP_WORKER = "vendor/maplibre/maplibre-gl-worker.mjs"
# What those, and the stylesheets, ask for besides.
_OTHER_FILES = (
    "vendor/maplibre/maplibre-gl.css",
    "vendor/qr/index.js",
    "web/css/tokens.css",
    "web/emblem.svg",
    "web/icons.svg",
    "web/symbols.svg",
)
_NOT_NEEDED_OFFLINE = ("field/icons/", *_OF_THE_DESK)


@dataclass(frozen=True)
class Kept:
    """One address of the precache list, with the SHA-256 of what must come from there."""

    url: str
    digest: str


@require_safe
def shell(request: HttpRequest) -> HttpResponseBase:
    """The page, the same for everybody."""

    def answer(_request: HttpRequest) -> HttpResponse:
        response = HttpResponse(shell_document())
        response["Cache-Control"] = "public, no-cache"
        return response

    script = f"'sha256-{_hash_for_policy(import_map())}'"
    return csp_replace({"script-src": [SELF, script], "style-src": [SELF]})(answer)(request)


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The service worker with the list of what it keeps; browsers ask for it again and again."""
    kept = precache()
    script = render_to_string(
        "field/service_worker.js",
        {
            "version": version_of(kept),
            "precache": json.dumps([[item.url, item.digest] for item in kept]),
            "plates": reverse("plate", args=["-"]).removesuffix("-"),
        },
    )
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone shows of the installed page. Browsers ask without cookies: it is Chinese, as the district is."""
    with translation.override(settings.LANGUAGE_CODE):
        text = render_to_string("field/manifest.webmanifest")
    response = HttpResponse(text, content_type="application/manifest+json; charset=utf-8")
    response["Cache-Control"] = "public, max-age=3600"
    return response


@require_safe
def words(request: HttpRequest, language: str) -> HttpResponse:
    """The translations of one language, by its address and not by a cookie."""
    response = HttpResponse(_words(language), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "public, no-cache"
    return response


@require_safe
def map_worker(request: HttpRequest) -> HttpResponse:
    """MapLibre's worker, at an address that the service worker answers without a network."""
    response = HttpResponse(
        _source_of(_MAP_WORKER).read_bytes(), content_type="text/javascript; charset=utf-8"
    )
    response["Cache-Control"] = "public, no-cache"
    return response


def shell_document() -> str:
    """The HTML of the shell."""
    page_config = {
        "basemap": _basemap(),
        "ownBasemap": _own_basemap(),
        # The phone tells people beforehand what the server will find.
        "earthRadius": MEAN_EARTH_RADIUS_M,
        "farMetres": FAR_METRES,
        "attributes": attributes(),
    }
    return render_to_string(
        "field/shell.html",
        {"import_map": import_map(), "page_config": page_config, "time_zone": settings.TIME_ZONE},
    )


def _basemap() -> dict[str, Any] | None:
    """The base map as the phone needs to know it: where its tiles stand, and how fine ones it may keep."""
    base_map = basemap()
    if base_map is None:
        return None
    keep = {"zoom": settings.BASEMAP_OFFLINE_ZOOM} if settings.BASEMAP_OFFLINE else None
    return {**base_map, "crs": settings.BASEMAP_CRS, "keep": keep}


def _own_basemap() -> dict[str, Any] | None:
    """The built-in base map as the phone needs to know it, with its credit in every language: the shell has none."""
    described = offered_basemap()
    if described is None:
        return None
    credits = {}
    for code in _languages():
        with translation.override(code):
            credits[code] = (offered_basemap() or described)["credit"]
    told = ("build", "tiles", "bounds", "minzoom", "maxzoom", "tileBytes", "layers", "licence", "date")
    return {**{name: described[name] for name in told}, "credits": credits}


def import_map() -> str:
    """The shell's import map: names that stay, addresses that may carry a hash. Its text is a function of the files."""
    names = {name: static(path) for name, path in _VENDOR_MODULES.items()}
    names |= {f"{room}/{name}": static(f"{room}/js/{name}.js") for room, name in _SHARED_MODULES}
    names |= {f"field/{name}": static(f"field/js/{name}.js") for name in own_modules()}
    return json.dumps({"imports": names}, separators=(",", ":"))


def own_modules() -> list[str]:
    """The page's own modules by name, without ending: `phone/store`, `views/near` …"""
    modules = (path.relative_to(_OWN_MODULES) for path in _OWN_MODULES.rglob("*.js"))
    return sorted(path.with_suffix("").as_posix() for path in modules if path.parts[0] != "desk")


def precache() -> list[Kept]:
    """Everything the page needs to start and work without a network."""
    own = sorted(path.relative_to(_OWN).as_posix() for path in _OWN.rglob("*") if path.is_file())
    files = [
        *(name for name in own if not name.startswith(_NOT_NEEDED_OFFLINE)),
        *(f"{room}/js/{name}.js" for room, name in _SHARED_MODULES),
        *_VENDOR_MODULES.values(),
        *_OTHER_FILES,
    ]
    kept = [Kept(static(name), _digest_of_file(_source_of(name))) for name in files]
    words_of = {reverse("field-words", args=[code]): _words(code) for code in _languages()}
    made = {reverse("field"): shell_document(), **words_of}
    worker = Kept(reverse("field-map-worker"), _digest_of_file(_source_of(_MAP_WORKER)))
    return [*kept, worker, *(Kept(url, _digest(text.encode())) for url, text in made.items())]


def version_of(kept: list[Kept]) -> str:
    """One word for an edition of all those files."""
    return _digest(repr(kept).encode())[:12]


def _languages() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


def _words(language: str) -> str:
    if language not in _languages():
        raise Http404
    with translation.override(language):
        catalogue = JavaScriptCatalog.as_view()(_anybody())
    assert isinstance(catalogue, HttpResponse)
    return catalogue.content.decode()


def _anybody() -> HttpRequest:
    request = HttpRequest()
    request.method = "GET"
    return request


def _source_of(name: str) -> Path:
    """Where the file lies that is served for a static file's name: as collected, else in its source."""
    if not settings.STATIC_FROM_SOURCE:
        return Path(settings.STATIC_ROOT) / static(name).removeprefix(settings.STATIC_URL)
    found = finders.find(name)
    if found is None:
        raise ImproperlyConfigured(f"The phone page needs {name}, which is not among the static files.")
    return Path(found)


def _digest_of_file(path: Path) -> str:
    stat = path.stat()
    return _digest_of_edition(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=1024)
def _digest_of_edition(path: Path, changed: int, size: int) -> str:
    return _digest(path.read_bytes())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _hash_for_policy(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
