"""The models of `portal`: what residents say without an account, and what is shown to everybody."""

from portal.models.publishing import PublishedPair, Redaction
from portal.models.report import ResidentReport
from portal.models.saying import (
    About,
    RemarkKind,
    ResidentAnswer,
    ResidentRemark,
    ResidentStatement,
    Satisfied,
)

__all__ = [
    "About",
    "PublishedPair",
    "Redaction",
    "RemarkKind",
    "ResidentAnswer",
    "ResidentRemark",
    "ResidentReport",
    "ResidentStatement",
    "Satisfied",
]
