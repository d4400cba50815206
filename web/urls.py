"""Addresses of what belongs to no subject: the state of the service."""

from django.urls import path

from web import health

urlpatterns = [path("healthz", health.healthz, name="healthz")]
