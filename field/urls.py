"""Addresses of the phone page and of the office's pages about field work; /api/field/ is in `field.api`."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
