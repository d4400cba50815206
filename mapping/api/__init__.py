"""The HTTP API at /api/. Typed, so that /api/openapi.json says what comes back."""

from mapping.api import catalogue, runs
from mapping.api.application import api
from mapping.ledgers import api as ledgers

api.add_router("", catalogue.router)
api.add_router("", runs.router)
api.add_router("", ledgers.router)

__all__ = ["api"]
