"""The models of `evaluation`: coverage rules, what they come to, and the cases raised from gaps."""

from evaluation.models.coverage import (
    CASE_ENDED,
    COUNTING,
    Computable,
    CoverageCase,
    CoverageResult,
    CoverageResultQuerySet,
    CoverageRule,
    Metric,
    Operator,
    PlaceKind,
)

__all__ = [
    "CASE_ENDED",
    "COUNTING",
    "Computable",
    "CoverageCase",
    "CoverageResult",
    "CoverageResultQuerySet",
    "CoverageRule",
    "Metric",
    "Operator",
    "PlaceKind",
]
