"""What a phone asks at /api/field/ (docs/field-sync.md)."""

from ninja import Router

from field.api import devices
from field.api.access import FieldToken
from field.down import api as fetching
from field.up import api as sending

router = Router(auth=FieldToken(), tags=["field"])
for part in (devices.router, fetching.router, sending.router):
    router.add_router("", part)

__all__ = ["router"]
