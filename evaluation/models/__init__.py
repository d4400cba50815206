"""The models of `evaluation`: the handbook, rounds with their visits; score schemes, monthly sheets, lists, appeals."""

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
from evaluation.models.edition import AnswerKind, Confidence, Direction, EvaluationItem, StandardEdition
from evaluation.models.round import By, Choice, Draw, Round, RoundQuerySet, RoundSite, RoundState
from evaluation.models.visit import Answer, Observation, ObservationPhoto, Visit, VisitQuerySet

__all__ = [
    "Answer",
    "AnswerKind",
    "Appeal",
    "AppealAnswer",
    "By",
    "Choice",
    "Confidence",
    "Direction",
    "Draw",
    "EvaluationItem",
    "ListDecision",
    "ListKind",
    "Observation",
    "ObservationPhoto",
    "Round",
    "RoundQuerySet",
    "RoundSite",
    "RoundState",
    "ScoreBonus",
    "ScoreScheme",
    "ScoreSheet",
    "SheetEvidence",
    "StandardEdition",
    "StreetList",
    "Visit",
    "VisitQuerySet",
]
