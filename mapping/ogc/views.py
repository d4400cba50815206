"""The addresses below /ogc/: who may come in, and whether data or a page is sent.

Reading here is taking data away, so it needs the verb `export`, as files do.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from http import HTTPStatus
from typing import Any

import orjson
from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from accounts.permissions import EXPORT, SUPERVISE_CREWS, scope_of
from assets.dictionaries import Generation, dictionaries, read_generation
from assets.layer_filters import row_with_key
from assets.layers import Layer
from mapping.exports import audit
from mapping.ogc import documents, items, pages
from mapping.ogc.crs import Offered, crs_named
from mapping.ogc.documents import GEOJSON, HTML, JSON, OPENAPI, SCHEMA, Linking, link, self_links
from mapping.ogc.openapi import openapi
from mapping.ogc.parameters import COMMON, no_more_than, read_items_request, seen_by
from mapping.subjects import collections as every_layer
from web.access import SignedInRequest, readers_only
from web.caching import KEPT_SECONDS, conditional_once, key_of, remembered
from web.negotiation import DATA, PAGE, format_of, language_of
from web.turns import in_turn

# A table of ten thousand rows takes a browser, and the templates, a minute; programs get them as data.
LARGEST_HTML_PAGE = 200


def _view(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view for those who may export, in the language that `lang` asks for."""

    @readers_only(EXPORT)
    @wraps(view)
    def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with translation.override("en" if language_of(request) == "en" else "zh-hans"):
            return view(request, *args, **kwargs)

    return guarded


@_view
def landing(request: SignedInRequest) -> HttpResponse:
    """The landing page."""
    shown, linking = _begin(request)
    return _document(request, shown, documents.landing(linking, shown=shown), JSON, "ogc/landing.html")


@_view
def api(request: SignedInRequest) -> HttpResponse:
    """The OpenAPI document."""
    shown, linking = _begin(request)
    document = openapi(linking, dictionaries(read_generation()))
    return _document(request, shown, document, OPENAPI, "mapping/reference.html", pages.reference)


@_view
def conformance(request: SignedInRequest) -> HttpResponse:
    """What the service conforms to."""
    shown, linking = _begin(request)
    document = documents.conformance(linking, shown=shown)
    return _document(request, shown, document, JSON, "ogc/conformance.html")


@_view
def collections(request: SignedInRequest) -> HttpResponse:
    """All collections."""
    shown, linking = _begin(request)
    lists = dictionaries(read_generation())
    document = documents.collections(linking, lists, shown=shown)
    return _document(request, shown, document, JSON, "ogc/collections.html")


@_view
def collection(request: SignedInRequest, name: str) -> HttpResponse:
    """One collection."""
    layer = _layer(name)
    shown, linking = _begin(request)
    links = self_links(linking, JSON, shown=shown)
    document = documents.collection(linking, layer, dictionaries(read_generation()), links=links)
    return _document(request, shown, document, JSON, "ogc/collection.html", pages.of_layer(layer))


@_view
def queryables(request: SignedInRequest, name: str) -> HttpResponse:
    """What a filter may name."""
    return _fields(request, name, documents.queryables)


@_view
def sortables(request: SignedInRequest, name: str) -> HttpResponse:
    """What `sortby` may name."""
    return _fields(request, name, documents.sortables)


@_view
def schema(request: SignedInRequest, name: str) -> HttpResponse:
    """The features' fields."""
    return _fields(request, name, documents.schema)


@_view
def feature_schema(request: SignedInRequest, name: str) -> HttpResponse:
    """A feature as it is sent."""
    return _fields(request, name, documents.feature_schema)


@_view
@in_turn
def features(request: SignedInRequest, name: str) -> HttpResponse:
    """A page of a collection's features."""
    layer = _layer(name).told_to(request.user)
    asked = read_items_request(request, request.user, layer)
    shown, linking = format_of(request), Linking(request, asked.language)
    if shown == PAGE:
        asked = replace(asked, limit=min(asked.limit, LARGEST_HTML_PAGE))
    key = _key(request, asked.generation, "items", seen_by(layer, request.user))
    supervised = scope_of(request.user, SUPERVISE_CREWS).key
    count_key = key_of(request, asked.generation, "ogc", layer.name, asked.filter_key, supervised)

    def body() -> bytes:
        matched = remembered(count_key, asked.selection.count)
        page = items.items_page(asked, matched)
        cache.set(f"{key}:rows", len(page.features), KEPT_SECONDS)
        links = self_links(linking, GEOJSON, shown=shown)
        if page.next_cursor is not None:
            media_type = GEOJSON if shown == DATA else HTML
            links.append(link("next", linking.here(cursor=page.next_cursor), media_type, _("Next page")))
        links.append(link("collection", linking.url(f"collections/{layer.name}"), JSON, str(layer.title)))
        if shown == PAGE:
            return pages.items(request, layer, asked, page, links)
        return items.collection_body(page, links)

    response = _sent(request, key, shown, GEOJSON, body, asked.crs)
    if response.status_code == HTTPStatus.OK:
        audit.note_live(request.user, layer.name, "ogc", cache.get(f"{key}:rows", asked.limit))
    return response


@_view
def feature(request: SignedInRequest, name: str, key: str) -> HttpResponse:
    """One feature."""
    layer = _layer(name).told_to(request.user)
    no_more_than(request, *COMMON, "crs")
    shown, language = format_of(request), language_of(request)
    linking = Linking(request, language)
    crs = crs_named(request.GET.get("crs"), "crs")
    generation = read_generation()
    found = items.find_feature(row_with_key(layer, key, request.user, EXPORT, language=language), crs)
    if found is None:
        raise Http404
    links = self_links(linking, GEOJSON, shown=shown)
    links.append(link("collection", linking.url(f"collections/{layer.name}"), JSON, str(layer.title)))

    def body() -> bytes:
        if shown == PAGE:
            return pages.item(request, layer, found, language, links)
        return items.feature_body(found, links)

    kept_as = _key(request, generation, "item", seen_by(layer, request.user))
    response = _sent(request, kept_as, shown, GEOJSON, body, crs)
    if response.status_code == HTTPStatus.OK:
        audit.note_live(request.user, layer.name, "ogc", 1)
    return response


# --- What they share ------------------------------------------------------------------------------------------------


def _begin(request: SignedInRequest) -> tuple[str, Linking]:
    """Data or page, and how addresses are made, of a request that takes no other parameters."""
    no_more_than(request, *COMMON)
    return format_of(request), Linking(request, language_of(request))


def _layer(name: str) -> Layer:
    layer = every_layer().get(name)
    if layer is None:
        raise Http404
    return layer


def _fields(request: SignedInRequest, name: str, make: Callable[..., dict[str, Any]]) -> HttpResponse:
    layer = _layer(name)
    shown, linking = _begin(request)
    document = make(linking, layer, dictionaries(read_generation()))
    return _document(request, shown, document, SCHEMA, "ogc/fields.html", pages.of_fields(layer))


def _key(request: SignedInRequest, generation: Generation, *what: str) -> str:
    """What a reader of this address gets depends on the address with its host, and on what may be exported."""
    return key_of(
        request,
        generation,
        *what,
        scope_of(request.user, EXPORT).key,
        scope_of(request.user, SUPERVISE_CREWS).key,
        request.build_absolute_uri(),
        format_of(request),
    )


def _document(
    request: SignedInRequest,
    shown: str,
    document: dict[str, Any],
    media_type: str,
    template: str,
    context: Callable[[dict[str, Any]], dict[str, Any]] | None = None,
) -> HttpResponse:
    if shown == DATA:
        key = _key(request, read_generation(), "document")
        return _sent(request, key, shown, media_type, lambda: orjson.dumps(document))
    more = context(document) if context else {}
    return _page_headers(render(request, template, {"document": document, **more}))


def _sent(
    request: SignedInRequest,
    key: str,
    shown: str,
    media_type: str,
    body: Callable[[], bytes],
    crs: Offered | None = None,
) -> HttpResponse:
    if shown == PAGE:
        # Pages carry a nonce and a name, and are nobody's to keep.
        response = _page_headers(HttpResponse(body()))
    else:
        response = conditional_once(request, key, media_type, body)
        patch_vary_headers(response, ("Accept",))
    if crs is not None:
        response["Content-Crs"] = f"<{crs.uri}>"
    return response


def _page_headers(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    patch_vary_headers(response, ("Accept", "Authorization", "Cookie"))
    return response
