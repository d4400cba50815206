"""The models of `evaluation`: editions and items, rounds with their sites, visits and observations."""

from evaluation.models.edition import AnswerKind, Confidence, Direction, EvaluationItem, StandardEdition
from evaluation.models.round import By, Choice, Draw, Round, RoundQuerySet, RoundSite, RoundState
from evaluation.models.visit import Answer, Observation, ObservationPhoto, Visit, VisitQuerySet

__all__ = [
    "Answer",
    "AnswerKind",
    "By",
    "Choice",
    "Confidence",
    "Direction",
    "Draw",
    "EvaluationItem",
    "Observation",
    "ObservationPhoto",
    "Round",
    "RoundQuerySet",
    "RoundSite",
    "RoundState",
    "StandardEdition",
    "Visit",
    "VisitQuerySet",
]
