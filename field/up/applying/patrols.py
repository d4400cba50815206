"""Somebody set out on a patrol, found nothing wrong at a site, or came home. Facts: they never conflict.

Several phones may be out with one team, and what they send comes in any order: the actions bear that
(`cases.actions.record_patrol`).
"""

import uuid

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cases.actions.record_patrol import end_patrol, start_patrol, visit_site
from cases.models import Patrol
from cases.patrols.standing import may_go
from field.up.applying.work import Applied, Reading, Work
from field.up.envelope import as_uuid
from places.models import Site


def start(work: Work) -> Applied:
    """Set out.

    Raises:
        ValidationError, PermissionDenied: of the action, or there is no such patrol.
    """
    reading = _read(work, "people")
    people = reading.fields.get("people")
    if type(people) is not int:
        reading.problems["people"] = _("Say how many people are there.")
    reading.done()
    assert type(people) is int  # reading.done() has raised
    start_patrol(
        work.actor,
        patrol_of(work, reading),
        people,
        at=work.happened_at,
        position=work.envelope.position,
        uid=record_uid(work),
    )
    return Applied()


def visit(work: Work) -> Applied:
    """Nothing is wrong at a site.

    Raises:
        ValidationError, PermissionDenied: of the action, or there is no such patrol or site.
    """
    reading = _read(work, "site")
    site = site_of(reading)
    if site is None:
        reading.problems.setdefault("site", _("Say which site."))
    reading.done()
    assert site is not None  # reading.done() has raised
    visit_site(
        work.actor,
        patrol_of(work, reading),
        site,
        at=work.happened_at,
        position=work.envelope.position,
        uid=record_uid(work),
    )
    return Applied()


def end(work: Work) -> Applied:
    """Come home.

    Raises:
        ValidationError, PermissionDenied: of the action, or there is no such patrol.
    """
    reading = _read(work)
    reading.done()
    end_patrol(
        work.actor,
        patrol_of(work, reading),
        at=work.happened_at,
        position=work.envelope.position,
        uid=record_uid(work),
    )
    return Applied()


def patrol_of(work: Work, reading: Reading) -> Patrol:
    """The patrol that an operation names. One that its sender has no part in does not exist for them.

    Raises:
        ValidationError: naming `patrol`.
    """
    uid = as_uuid(reading.fields.get("patrol"))
    patrol = (
        Patrol.objects.select_related("team", "area").filter(uid=uid).first() if uid is not None else None
    )
    if patrol is None or work.actor.user is None or not may_go(work.actor.user, patrol):
        raise ValidationError({"patrol": _("There is no such patrol of your team.")})
    return patrol


def site_of(reading: Reading) -> Site | None:
    """The site that an operation names by its code, noting when there is none."""
    code = reading.fields.get("site")
    if code is None or code == "":
        return None
    site = None
    if isinstance(code, str) and "\0" not in code:
        site = Site.objects.select_related("area").filter(code=code[:24]).first()
    if site is None:
        reading.problems["site"] = _("There is no such site.")
    return site


def record_uid(work: Work) -> uuid.UUID:
    """The uid of the record which an operation makes: always the same, so it is made once."""
    return uuid.uuid5(work.envelope.op_id, f"{work.author.pk}:patrol")


def _read(work: Work, *names: str) -> Reading:
    reading = Reading(work.envelope.fields)
    reading.only(("patrol", *names))
    return reading
