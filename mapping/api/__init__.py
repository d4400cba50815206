"""The HTTP API at /api/. Typed, so that /api/openapi.json says what comes back."""

from mapping.api import catalogue, runs
from mapping.api.application import api

api.add_router("", catalogue.router)
api.add_router("", runs.router)

__all__ = ["api"]
