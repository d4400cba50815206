"""The HTTP API at /api/. Typed, so that /api/openapi.json says what comes back."""

from mapping.api import catalogue, layers, lists, runs
from mapping.api.application import api
from mapping.ledgers import api as ledgers

api.add_router("", catalogue.router, tags=["Assets"])
api.add_router("", layers.router, tags=["Other layers"])
api.add_router("", lists.router, tags=["Lists"])
api.add_router("", runs.router, tags=["Background work"])
api.add_router("", ledgers.router, tags=["Imports"])

__all__ = ["api"]
