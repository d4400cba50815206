"""The models of `field`: what phones sent, the photos that belong to it, and what the office must look at."""

from field.models.operation import (
    OF_THE_DISTRICT,
    Kind,
    Operation,
    OperationQuerySet,
    Reason,
    Status,
    inspection_uid,
)
from field.models.photo import ClaimState, PhotoClaim, PhotoUpload
from field.models.review import Decision, ReviewItem, ReviewKind, ReviewQuerySet

__all__ = [
    "OF_THE_DISTRICT",
    "ClaimState",
    "Decision",
    "Kind",
    "Operation",
    "OperationQuerySet",
    "PhotoClaim",
    "PhotoUpload",
    "Reason",
    "ReviewItem",
    "ReviewKind",
    "ReviewQuerySet",
    "Status",
    "inspection_uid",
]
