"""Addresses of importing."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("importing.ledgers.urls")),
]
