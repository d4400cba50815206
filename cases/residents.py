"""Residents without an account: what they may do to cases, where the operator has let them (`PUBLIC_REPORTS`)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from assets.history import Actor
from assets.models import Origin
from cases.models import Case, State, Verb

# How long after its closing whoever reported a case may open it again, with an account or without.
REPORTERS_TIME = timedelta(days=7)


@dataclass(frozen=True)
class Resident(Actor):
    """Somebody without an account; `reported` is the case that they show the tracking code of."""

    reported: Case | None = None

    @property
    def name(self) -> str:
        """Nobody's name: residents are not asked for theirs."""
        return "resident"


def a_resident(reported: Case | None = None) -> Resident:
    """Somebody without an account."""
    return Resident(None, Origin.WEB, reported)


def require_open() -> None:
    """Permission of somebody without an account to report.

    Raises:
        PermissionDenied: the operator does not let them.
    """
    if not settings.PUBLIC_REPORTS:
        raise PermissionDenied(_("Reports without an account are not taken here."))


def require_resident(resident: Resident, verb: Verb, case: Case, at: datetime) -> None:
    """Permission of somebody without an account: to open their own case again within seven days.

    Raises:
        PermissionDenied: reports without an account are not taken here, or this is not theirs to do.
    """
    require_open()
    own = resident.reported is not None and case.pk == resident.reported.pk
    if verb is not Verb.REOPEN or not own:
        raise PermissionDenied(_("Your role does not allow this here."))
    closed = case.steps.filter(state_after=State.CLOSED).order_by("-id").first()
    if closed is not None and at - closed.at > REPORTERS_TIME:
        raise PermissionDenied(
            _("Whoever reported a case may open it again within seven days of its closing.")
        )
