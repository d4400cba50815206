"""What a phone asks at /api/field/ (docs/field-sync.md)."""

from ninja import Router

from field.api import devices, fetching, sending
from field.api.access import FieldToken

router = Router(auth=FieldToken(), tags=["field"])
for part in (devices.router, fetching.router, sending.router):
    router.add_router("", part)

__all__ = ["router"]
