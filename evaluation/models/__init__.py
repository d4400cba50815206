"""The models of `evaluation`: score schemes, monthly sheets, lists of streets, appeals."""

from evaluation.models.assessment import (
    Appeal,
    AppealAnswer,
    ListDecision,
    ListKind,
    ScoreBonus,
    ScoreScheme,
    ScoreSheet,
    SheetEvidence,
    StreetList,
)

__all__ = [
    "Appeal",
    "AppealAnswer",
    "ListDecision",
    "ListKind",
    "ScoreBonus",
    "ScoreScheme",
    "ScoreSheet",
    "SheetEvidence",
    "StreetList",
]
