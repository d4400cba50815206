"""The HTTP API at /api/. Typed, so that /api/openapi.json says what comes back."""

from mapping.api import catalogue, layers, lists, runs
from mapping.api.application import api

api.add_router("", catalogue.router, tags=["Assets"])
api.add_router("", layers.router, tags=["Other layers"])
api.add_router("", lists.router, tags=["Lists"])
api.add_router("", runs.router, tags=["Background work"])

__all__ = ["api"]
