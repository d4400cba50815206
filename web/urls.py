"""Addresses of what belongs to no subject: the state of the service, one's own tokens."""

from django.urls import URLPattern, URLResolver, include, path

from web import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("", include("web.connect.urls")),
]
