"""The models of `cases`: cases with steps, clocks and photos, the lists they go by, patrols, exposures, media."""

from cases.models.batch import CaseBatch, SavedView
from cases.models.calendar import CalendarDay, CalendarYear
from cases.models.case import OPEN_STATES, Case, CaseCounter, CaseQuerySet, Source, State
from cases.models.clock import Card, CardKind, Clock, ClockKind, ClockMove, MoveKind
from cases.models.exposure import (
    Channel,
    ExposedCase,
    Exposure,
    ExposureQuerySet,
    ExposureState,
    LookAgain,
    LookResult,
)
from cases.models.link import CaseLink
from cases.models.lists import UNITS, CaseCategory, Confidence, DeadlineRule, Responsible
from cases.models.media import MediaColumn, MediaImport, MediaPiece, MediaPieceQuerySet
from cases.models.notice import (
    Notice,
    NoticeChoice,
    NoticeKind,
    Outgoing,
    Sending,
    Webhook,
    WebhookTemplate,
)
from cases.models.patrol import (
    Patrol,
    PatrolChange,
    PatrolDraw,
    PatrolQuerySet,
    PatrolRecord,
    PatrolSite,
    PatrolState,
    RecordKind,
    Team,
    TeamKind,
)
from cases.models.photo import CasePhoto
from cases.models.step import ANSWERS, CaseStep, Verb

__all__ = [
    "ANSWERS",
    "OPEN_STATES",
    "UNITS",
    "CalendarDay",
    "CalendarYear",
    "Card",
    "CardKind",
    "Case",
    "CaseBatch",
    "CaseCategory",
    "CaseCounter",
    "CaseLink",
    "CasePhoto",
    "CaseQuerySet",
    "CaseStep",
    "Channel",
    "Clock",
    "ClockKind",
    "ClockMove",
    "Confidence",
    "DeadlineRule",
    "ExposedCase",
    "Exposure",
    "ExposureQuerySet",
    "ExposureState",
    "LookAgain",
    "LookResult",
    "MediaColumn",
    "MediaImport",
    "MediaPiece",
    "MediaPieceQuerySet",
    "MoveKind",
    "Notice",
    "NoticeChoice",
    "NoticeKind",
    "Outgoing",
    "Patrol",
    "PatrolChange",
    "PatrolDraw",
    "PatrolQuerySet",
    "PatrolRecord",
    "PatrolSite",
    "PatrolState",
    "RecordKind",
    "Responsible",
    "SavedView",
    "Sending",
    "Source",
    "State",
    "Team",
    "TeamKind",
    "Verb",
    "Webhook",
    "WebhookTemplate",
]
