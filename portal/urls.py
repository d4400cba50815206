"""Addresses that need no account."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("portal.card.urls")),
    path("", include("portal.answer.urls")),
    path("", include("portal.residents.urls")),
    path("", include("portal.desk.urls")),
]
