"""Addresses of the phone page and of the office's pages about field work; /api/field/ is in `field.api`."""

from django.urls import URLPattern, URLResolver, include, path

from field import pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("field/", pages.shell, name="field"),
    path("field/manifest.webmanifest", pages.manifest, name="field-manifest"),
    path("field/words/<slug:language>.js", pages.words, name="field-words"),
    path("field/map-worker.mjs", pages.map_worker, name="field-map-worker"),
    path("sw.js", pages.service_worker, name="field-service-worker"),
    path("fieldwork/", include("field.desk.urls")),
]
