"""The models of `cases`: cases, their steps, clocks and photos, the lists and calendars they go by, and patrols."""

from cases.models.batch import CaseBatch, SavedView
from cases.models.calendar import CalendarDay, CalendarYear
from cases.models.case import OPEN_STATES, Case, CaseCounter, CaseQuerySet, Source, State
from cases.models.clock import Card, CardKind, Clock, ClockKind, ClockMove, MoveKind
from cases.models.link import CaseLink
from cases.models.lists import UNITS, CaseCategory, Confidence, DeadlineRule, Responsible
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
    "Clock",
    "ClockKind",
    "ClockMove",
    "Confidence",
    "DeadlineRule",
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
