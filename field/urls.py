"""Addresses of the phone page and of the office's pages about field work; /api/field/ is in `field.api`."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("fieldwork/", include("field.office.urls")),
]
