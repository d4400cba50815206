"""Somebody reported a problem, on a patrol or without one; or added theirs to a case about the same.

The photos follow the record; the case is there before them, so that nobody waits for a slow line.
"""

import uuid
from datetime import datetime

from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from assets.models import Asset
from cases.actions.add_report import add_report
from cases.actions.record_patrol import note_case
from cases.actions.report_problem import LONGEST_DESCRIPTION, report_problem
from cases.models import OPEN_STATES, Case, CaseCategory, Patrol, RecordKind, Source, TeamKind
from cases.sources import usual_source
from field.up.applying.finding import locked_asset
from field.up.applying.inspections import distance_from
from field.up.applying.patrols import patrol_of, record_uid, site_of
from field.up.applying.work import Applied, Reading, Work
from field.up.envelope import clean, read_position
from places.models import Site

FIELDS = ("category", "note", "patrol", "site", "place", "same_as")


def report(work: Work) -> Applied:
    """Make a case, or add to the one that is named if it is still open.

    Raises:
        Held: the asset has not arrived.
        ValidationError, PermissionDenied: of the actions, or something named does not exist.
    """
    reading = Reading(work.envelope.fields)
    reading.only(FIELDS)
    note = reading.text("note", LONGEST_DESCRIPTION)
    category = _category(reading)
    site = site_of(reading)
    place, _accuracy = read_position(reading.fields.get("place"))
    open_case = _open_case(work, reading)
    if open_case is None and category is None:
        reading.problems.setdefault("category", _("Say what it is about."))
    reading.done()
    asset = locked_asset(work) if work.envelope.asset is not None else None
    if open_case is not None:
        add_report(
            work.actor,
            open_case,
            note,
            photos_follow=len(work.envelope.photos),
            position=work.envelope.position,
            operation=str(work.envelope.op_id),
            at=work.happened_at,
        )
        case, kind, words = open_case, RecordKind.ADDITION, _("Added to %(case)s.")
    else:
        assert category is not None  # reading.done() has raised
        case = _reported(work, reading, category, note, asset, site, place)
        kind, words = RecordKind.PROBLEM, _("Reported: %(case)s.")
    message = words % {"case": case.code}
    remark = _note_on_the_patrol(work, reading, case, kind, site)
    return Applied(
        message=" ".join(filter(None, (message, remark))),
        asset=asset,
        distance=distance_from(work, asset) if asset is not None else None,
    )


def _reported(
    work: Work,
    reading: Reading,
    category: CaseCategory,
    note: str,
    asset: Asset | None,
    site: Site | None,
    place: Point | None,
) -> Case:
    """The case; where it is, is the asset, else the place on the map, else the site."""
    at_site = site if asset is None and place is None else None
    arrived: datetime = timezone.now()
    return report_problem(
        work.actor,
        category,
        _source(work, reading),
        asset=asset,
        site=at_site,
        point=place if asset is None else None,
        description=note,
        photos_follow=len(work.envelope.photos),
        position=work.envelope.position,
        uid=uuid.uuid5(work.envelope.op_id, f"{work.author.pk}:case"),
        at=work.happened_at,
        arrived_at=max(arrived, work.happened_at),
    )


def _category(reading: Reading) -> CaseCategory | None:
    code = reading.fields.get("category")
    if code is None or code == "":
        return None
    found = None
    if isinstance(code, str) and "\0" not in code:
        found = CaseCategory.objects.select_related("rule").filter(code=code[:40]).first()
    if found is None:
        reading.problems["category"] = _("There is no such category.")
    return found


def _open_case(work: Work, reading: Reading) -> Case | None:
    """The case to add to, or what it was merged with; None when it has been closed meanwhile: then it is a new one."""
    code = reading.fields.get("same_as")
    if code is None or code == "":
        return None
    seen = Case.objects.visible_to(work.actor.user) if work.actor.user else Case.objects.none()
    text = clean(code)[:24] if isinstance(code, str) else ""
    case = seen.select_related("duplicate_of", "site", "asset__site").filter(code=text).first()
    if case is None:
        reading.problems["same_as"] = _("There is no such case that you can see.")
        return None
    case = case.duplicate_of or case
    return case if case.state in OPEN_STATES else None


def _source(work: Work, reading: Reading) -> Source:
    patrol = _patrol(work, reading)
    if patrol is not None:
        return Source.PHOTO_TEAM if patrol.team.kind == TeamKind.PHOTO_TEAM else Source.PATROL
    return usual_source(work.author) or Source.PATROL


def _patrol(work: Work, reading: Reading) -> Patrol | None:
    if not reading.fields.get("patrol"):
        return None
    try:
        return patrol_of(work, reading)
    except ValidationError:
        return None


def _note_on_the_patrol(work: Work, reading: Reading, case: Case, kind: RecordKind, site: Site | None) -> str:
    """Put it among the patrol's records; that there is no such patrol any more is no reason to lose a report.

    Returns:
        What is to be said about it, if anything.
    """
    if not reading.fields.get("patrol"):
        return ""
    patrol = _patrol(work, reading)
    if patrol is None or patrol.voided_at is not None:
        return _("The patrol does not exist any more: it stands without one.")
    note_case(
        work.actor,
        patrol,
        Case.objects.select_related("site", "asset__site").get(pk=case.pk),
        kind,
        site=site,
        at=work.happened_at,
        position=work.envelope.position,
        uid=record_uid(work),
    )
    return ""
