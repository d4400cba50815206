"""Record on a patrol: that it began, that a site is as it should be, what was reported, that it ended.

Phones send these late, twice and in any order, and several phones may be out with one team. Each is a row of its own by
its own id; when the patrol began and ended and how many people were there is worked out anew from all rows: the
earliest beginning, the latest end, the largest number. So it comes out the same in whatever order they arrive.
"""

import uuid
from datetime import datetime

from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.db.models import Max, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from assets.history import Actor, acting
from cases.models import Case, Patrol, PatrolRecord, RecordKind
from cases.models.patrol import MOST_PEOPLE
from cases.patrols.standing import require_going
from places.models import Site


def start_patrol(
    actor: Actor,
    patrol: Patrol,
    people: int,
    *,
    at: datetime | None = None,
    position: Point | None = None,
    uid: uuid.UUID | None = None,
) -> PatrolRecord:
    """Set out with so many people.

    Raises:
        PermissionDenied: the actor is not of the team.
        ValidationError: naming `people`, `state` (voided) or `at`.
    """
    require_going(actor, patrol)
    if not 1 <= people <= MOST_PEOPLE:
        raise ValidationError({"people": _("From 1 to %(most)s people.") % {"most": MOST_PEOPLE}})
    return _record(actor, patrol, RecordKind.START, at, position, uid, people=people)


def visit_site(
    actor: Actor,
    patrol: Patrol,
    site: Site,
    *,
    at: datetime | None = None,
    position: Point | None = None,
    uid: uuid.UUID | None = None,
) -> PatrolRecord:
    """Nothing is wrong at a site; one beside the route may be visited as well.

    Raises:
        PermissionDenied: the actor is not of the team.
        ValidationError: naming `site` (of another district), `state` (voided) or `at`.
    """
    require_going(actor, patrol)
    if not site.scope_code.startswith(patrol.scope_code[:6]):
        raise ValidationError({"site": _("This site lies in another district.")})
    return _record(actor, patrol, RecordKind.VISIT, at, position, uid, site=site)


def note_case(
    actor: Actor,
    patrol: Patrol,
    case: Case,
    kind: RecordKind,
    *,
    site: Site | None = None,
    at: datetime | None = None,
    position: Point | None = None,
    uid: uuid.UUID | None = None,
) -> PatrolRecord:
    """Note a case that was reported on the way (`problem`), or that a report was added to (`addition`).

    Args:
        site: where; the case's own, or its asset's, when not given.

    Raises:
        PermissionDenied: the actor is not of the team.
        ValidationError: naming `state` (voided) or `at`.
    """
    require_going(actor, patrol)
    where = site or case.site or (case.asset.site if case.asset else None)
    return _record(actor, patrol, kind, at, position, uid, site=where, case=case)


def end_patrol(
    actor: Actor,
    patrol: Patrol,
    *,
    at: datetime | None = None,
    position: Point | None = None,
    uid: uuid.UUID | None = None,
) -> PatrolRecord:
    """Come home.

    Raises:
        PermissionDenied: the actor is not of the team.
        ValidationError: naming `state` (voided) or `at`.
    """
    require_going(actor, patrol)
    return _record(actor, patrol, RecordKind.END, at, position, uid)


def _record(
    actor: Actor,
    patrol: Patrol,
    kind: RecordKind,
    at: datetime | None,
    position: Point | None,
    uid: uuid.UUID | None,
    *,
    site: Site | None = None,
    case: Case | None = None,
    people: int | None = None,
) -> PatrolRecord:
    moment = at or timezone.now()
    if moment > timezone.now():
        raise ValidationError({"at": _("The time lies in the future.")})
    with acting(actor):
        # The row locked, and then what has been recorded read: of two phones at once the later sees both.
        current = Patrol.objects.select_for_update(of=("self",)).get(pk=patrol.pk)
        recorded = PatrolRecord.objects.filter(uid=uid).first() if uid is not None else None
        if recorded is not None:
            return recorded
        if current.voided_at is not None:
            raise ValidationError(
                {"state": _("The patrol was voided: %(why)s") % {"why": current.void_reason}}
            )
        record = PatrolRecord.objects.create(
            uid=uid or uuid.uuid4(),
            patrol=current,
            kind=kind,
            at=moment,
            by=actor.user,
            site=site,
            case=case,
            people=people,
            position=position,
        )
        _bring_up_to_date(current)
    return record


def _bring_up_to_date(patrol: Patrol) -> None:
    """What follows from the records, whatever order they came in."""
    follows = patrol.records.aggregate(
        started_at=Min("at", filter=Q(kind=RecordKind.START)),
        ended_at=Max("at", filter=Q(kind=RecordKind.END)),
        people=Max("people"),
    )
    changed = [name for name, value in follows.items() if getattr(patrol, name) != value]
    for name in changed:
        setattr(patrol, name, follows[name])
    if changed:
        patrol.save(update_fields=changed)
