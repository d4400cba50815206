"""What is kept about how an operation ended, what the office is asked about it, and what its phone is told."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from accounts.models import User
from field.models import Operation, Reason, ReviewItem, ReviewKind, Status
from field.up.applying.work import Applied, Held
from field.up.attempting import End
from field.up.claims import wanted

# What changes when an operation that was held or refused is applied after all.
END_FIELDS = [
    "asset",
    "job",
    "reason",
    "status",
    "message",
    "fields",
    "applied_by",
    "version_before",
    "version_after",
    "distance",
]


def put_end(operation: Operation, end: End, *, applied_by: User | None = None) -> None:
    """Write into an operation (not saved) how it ended."""
    operation.asset, operation.job = end.asset, end.job
    operation.reason = end.reason
    if isinstance(end, Applied):
        operation.status = end.status
        operation.message = end.message
        operation.fields = list(end.fields)
        operation.applied_by = applied_by
        operation.version_before = end.version_before
        operation.version_after = end.asset.version if end.asset is not None else None
        operation.distance = end.distance
    else:
        operation.status = Status.CONFLICT if isinstance(end, Held) else Status.REJECTED
        operation.message = str(end)
        operation.fields = list(end.values) if isinstance(end, Held) else []


def ask_the_office(operation: Operation, end: End, *, besides: Collection[str] = ()) -> None:
    """Enter into the review list what somebody must look at, `besides` what is on it already."""
    if isinstance(end, Held):
        asked = [(end.kind, end.values)]
    elif isinstance(end, Applied):
        asked = [(kind, {}) for kind in end.flags]
    else:
        asked = [(ReviewKind.REJECTED, {})]
    for kind, values in asked:
        if kind in besides:
            continue
        ReviewItem.objects.create(operation=operation, kind=kind, values=values)


def result_of(operation: Operation) -> dict[str, Any]:
    """What a phone is told about an operation: how things stand with it now."""
    asset = operation.asset
    return {
        **blank_result(operation.op_id, operation.status),
        "reason": operation.reason or None,
        "message": operation.message or None,
        "fields": operation.fields,
        "asset": {"uid": str(asset.uid), "code": asset.code, "version": asset.version} if asset else None,
        "photos_wanted": [] if operation.reason == Reason.OTHER_USER else wanted(operation),
    }


def blank_result(op_id: UUID, status: str) -> dict[str, Any]:
    """A result that says no more than its status."""
    return {
        "op_id": str(op_id),
        "status": status,
        "reason": None,
        "message": None,
        "fields": [],
        "asset": None,
        "photos_wanted": [],
        "first": None,
    }
