"""Report a problem, or one that was found and put right at once."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import REPORT_FIXED, REPORT_PROBLEM
from assets.actions.locking import refuse_if_removed
from assets.history import Actor, acting, authorise
from assets.models import Asset, PhotoStage
from assets.photos import StoredPhoto
from assets.placing import check_point, placement_at
from cases import clocks
from cases.actions.stepping import Photos, attach, store_photos, take_step
from cases.models import Case, CaseCategory, ClockKind, Source, State, Verb
from cases.numbers import take_number
from cases.residents import Resident, require_open
from places.models import Site

LONGEST_DESCRIPTION = 2000
# What follows from the register: nobody stood there with a camera.
_WITHOUT_PHOTO = frozenset({Source.COVERAGE})


@dataclass(frozen=True)
class Place:
    """Where a problem is: the columns of a case that follow from an asset, a site or a point."""

    scope_code: str
    columns: dict[str, Any]


def report_problem(
    actor: Actor,
    category: CaseCategory,
    source: Source,
    *,
    asset: Asset | None = None,
    site: Site | None = None,
    point: Point | None = None,
    description: str = "",
    address: str = "",
    photos: Photos = (),
    photos_follow: int = 0,
    position: Point | None = None,
    uid: uuid.UUID | None = None,
    at: datetime | None = None,
    arrived_at: datetime | None = None,
    drawn: bool = False,
) -> Case:
    """Report a problem; the time to file it begins.

    Args:
        asset, site, point: where it is; one of them.
        photos: at least one from staff, unless it follows from a coverage rule.
        photos_follow: how many photos a phone has named and sends afterwards (`add_report.attach_report_photo`).
        position: where the reporter stood, WGS84.
        uid: the reporter's own id, by which a repeat is recognised: the first case is returned.
        at: when it was reported; now when not given.
        arrived_at: when it came in, if that was later: nobody can file what is still on a phone.
        drawn: the photos are pictures made for the demonstration.

    Raises:
        PermissionDenied: the actor may not report here.
        ValidationError: naming `point`, `category`, `photo`, `description`, `lifecycle` or `at`.
    """
    place = place_of(asset, site, point)
    if isinstance(actor, Resident):
        require_open()
    else:
        authorise(actor, REPORT_PROBLEM, place)
    _check(category, description, at)
    if actor.user is not None and not photos and not photos_follow and source not in _WITHOUT_PHOTO:
        raise ValidationError({"photo": _("Add at least one photo of the problem.")})
    stored = store_photos(photos)
    with acting(actor):
        case, new = begin(
            actor, category, source, place, description=description, address=address, uid=uid, at=at
        )
        if new:
            step = take_step(actor, case, Verb.REPORT, arrived_at or case.reported_at)
            attach(step, stored, PhotoStage.BEFORE, position=position, drawn=drawn)
            clocks.start(case, ClockKind.FILE, step, category.rule.limit("file"))
    return case


def report_fixed(
    actor: Actor,
    category: CaseCategory,
    source: Source,
    *,
    before: Photos,
    after: Photos,
    asset: Asset | None = None,
    site: Site | None = None,
    point: Point | None = None,
    description: str = "",
    address: str = "",
    position: Point | None = None,
    uid: uuid.UUID | None = None,
    at: datetime | None = None,
    drawn: bool = False,
) -> Case:
    """Report what was found and put right at once: closed from the beginning, with no clock, counted apart.

    Raises:
        PermissionDenied: the actor may not do that here.
        ValidationError: naming `before`, `after`, `point`, `category`, `photo`, `description`, `lifecycle` or `at`.
    """
    place = place_of(asset, site, point)
    authorise(actor, REPORT_FIXED, place)
    _check(category, description, at)
    for name, photos in (("before", before), ("after", after)):
        if not photos:
            raise ValidationError({name: _("A photo from before and one from after are needed.")})
    stages: list[tuple[PhotoStage, list[StoredPhoto]]] = [
        (PhotoStage.BEFORE, store_photos(before)),
        (PhotoStage.AFTER, store_photos(after)),
    ]
    with acting(actor):
        case, new = begin(
            actor, category, source, place, description=description, address=address, uid=uid, at=at
        )
        if new:
            step = take_step(actor, case, Verb.REPORT_FIXED, case.reported_at)
            for stage, stored in stages:
                attach(step, stored, stage, position=position, drawn=drawn)
    return case


def place_of(asset: Asset | None, site: Site | None, point: Point | None) -> Place:
    """Where a problem is.

    Raises:
        ValidationError: naming `point` (none, or outside every district) or `lifecycle` (the asset has been removed).
    """
    if asset is not None:
        refuse_if_removed(asset)
        return Place(
            asset.scope_code,
            {
                "asset": asset,
                "point": asset.point,
                "address": asset.address,
                "site_id": asset.site_id,
                "road_id": asset.road_id,
                "area_id": asset.area_id,
                "district_id": asset.district_id,
                "street_id": asset.street_id,
                "community_id": asset.community_id,
            },
        )
    where = site.point if site is not None else point
    if where is None:
        raise ValidationError({"point": _("Say where it is: at an asset, at a site, or on the map.")})
    check_point(where)
    found = placement_at(where)
    if found.area is None:
        raise ValidationError({"point": _("This place lies in no district of the register.")})
    return Place(
        found.scope_code,
        {
            "site": site,
            "point": where,
            "address": site.address if site is not None else "",
            "area": found.area,
            "district": found.district,
            "street": found.street,
            "community": found.community,
        },
    )


def _check(category: CaseCategory, description: str, at: datetime | None) -> None:
    if not category.active:
        raise ValidationError({"category": _("This category is no longer used.")})
    if len(description) > LONGEST_DESCRIPTION:
        raise ValidationError(
            {"description": _("At most %(most)s characters.") % {"most": LONGEST_DESCRIPTION}}
        )
    if at is not None and at > timezone.now():
        raise ValidationError({"at": _("The time lies in the future.")})


def begin(
    actor: Actor,
    category: CaseCategory,
    source: Source,
    place: Place,
    *,
    description: str = "",
    address: str = "",
    uid: uuid.UUID | None = None,
    at: datetime | None = None,
) -> tuple[Case, bool]:
    """The case as a draft, and whether it is new: the same report sent again is the case it made.

    Raises:
        ValidationError: naming `uid`, taken by somebody else's report.
    """
    moment = at or timezone.now()
    district = place.scope_code[:6] or settings.MANAGING_DISTRICT
    code = take_number(district, timezone.localtime(moment).year)
    reported = Case.objects.filter(uid=uid).first() if uid is not None else None
    if reported is not None:
        if reported.reported_by != actor.user:
            raise ValidationError({"uid": _("Another report has this id.")})
        return reported, False
    columns = {**place.columns, **({"address": address.strip()[:200]} if address.strip() else {})}
    case = Case.objects.create(
        uid=uid or uuid.uuid4(),
        code=code,
        state=State.DRAFT,
        category=category,
        urgent=category.urgent,
        source=source,
        description=description.strip(),
        reported_by=actor.user,
        reported_at=moment,
        origin=actor.origin,
        **columns,
    )
    return case, True
