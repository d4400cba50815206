"""What a phone asks at /api/field/ (docs/field-sync.md)."""

from ninja import Router

from field.api.access import FieldToken

router = Router(auth=FieldToken(), tags=["field"])

__all__ = ["router"]
