"""The models of `evaluation`: editions, rounds and visits; coverage rules and what they come to."""

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
from evaluation.models.edition import AnswerKind, Confidence, Direction, EvaluationItem, StandardEdition
from evaluation.models.round import By, Choice, Draw, Round, RoundQuerySet, RoundSite, RoundState
from evaluation.models.visit import Answer, Observation, ObservationPhoto, Visit, VisitQuerySet

__all__ = [
    "CASE_ENDED",
    "COUNTING",
    "Answer",
    "AnswerKind",
    "By",
    "Choice",
    "Computable",
    "Confidence",
    "CoverageCase",
    "CoverageResult",
    "CoverageResultQuerySet",
    "CoverageRule",
    "Direction",
    "Draw",
    "EvaluationItem",
    "Metric",
    "Observation",
    "ObservationPhoto",
    "Operator",
    "PlaceKind",
    "Round",
    "RoundQuerySet",
    "RoundSite",
    "RoundState",
    "StandardEdition",
    "Visit",
    "VisitQuerySet",
]
