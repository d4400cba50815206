"""Addresses of everything seen: map, tiles, API, exports, snapshot."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
