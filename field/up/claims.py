"""Which photos operations name, and putting each to its records once both are here.

Operation and photo may meet in two transactions at once. Both hold the photo's name, so that one of them sees the
other's.
"""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from assets.actions.attach_photo import attach_photo
from assets.history import Actor
from assets.models import Asset, Inspection, PhotoStage
from assets.photos import StoredPhoto
from cases.actions.add_report import attach_report_photo
from cases.models import CaseStep, Verb
from evaluation.actions.attach_finding_photo import attach_finding_photo
from evaluation.models import Visit
from field.models import ClaimState, Kind, Operation, PhotoClaim, PhotoUpload, Reason, ReviewItem, ReviewKind
from field.up.applying.evaluations import visit_uid
from field.up.applying.finding import lock_name
from field.up.clock import PhoneClock
from field.up.envelope import NamedPhoto

_USUAL_ROLES: dict[str, PhotoStage] = {
    Kind.INSPECT: PhotoStage.INSPECTION,
    Kind.JOB_START: PhotoStage.BEFORE,
    Kind.JOB_DONE: PhotoStage.AFTER,
    Kind.PROBLEM: PhotoStage.BEFORE,
    Kind.EVALUATION: PhotoStage.BEFORE,
}


def lock_photos(user: int, hashes: Iterable[str]) -> None:
    """Hold the names of some of a user's (a primary key) photos until the transaction ends."""
    for sha256 in sorted(set(hashes)):
        lock_name("photo", str(user), sha256)


def claim_photos(operation: Operation, photos: Iterable[NamedPhoto], clock: PhoneClock) -> None:
    """Note the photos that an operation names."""
    if operation.reason == Reason.OTHER_USER:
        return
    usual = _USUAL_ROLES.get(operation.kind, PhotoStage.OVERVIEW)
    claims = {}
    for photo in photos:
        role = photo.role or usual
        claims[photo.sha256, role] = PhotoClaim(
            operation=operation,
            sha256=photo.sha256,
            size=photo.size,
            role=role,
            taken_at=clock.corrected(photo.taken_at) if photo.taken_at is not None else None,
        )
    PhotoClaim.objects.bulk_create(claims.values())


def wanted(operation: Operation) -> list[str]:
    """Hashes of the photos which an operation names and its phone has not sent."""
    here = PhotoUpload.objects.filter(user=operation.user_id, completed_at__isnull=False).values("sha256")
    hashes = operation.claims.exclude(state=ClaimState.REFUSED).exclude(sha256__in=here)
    return list(dict.fromkeys(hashes.order_by("pk").values_list("sha256", flat=True)))


def attach_what_is_here(operation: Operation, actor: Actor) -> None:
    """Put the photos of an applied operation that have arrived to its records."""
    if not operation.is_applied:
        return
    waiting = list(operation.claims.filter(state=ClaimState.WAITING))
    if not waiting:
        return
    hashes = [claim.sha256 for claim in waiting]
    uploads = PhotoUpload.objects.filter(
        user=operation.user_id, sha256__in=hashes, completed_at__isnull=False
    )
    by_hash = {upload.sha256: upload for upload in uploads}
    for claim in waiting:
        if claim.sha256 in by_hash:
            attach(claim, by_hash[claim.sha256], actor)


def attach(claim: PhotoClaim, upload: PhotoUpload, actor: Actor) -> None:
    """Put one photo to the records of one applied operation; what the actions refuse is the office's to decide."""
    operation = claim.operation
    stored = StoredPhoto(
        sha256=upload.stored_sha256,
        width=upload.width or 0,
        height=upload.height or 0,
        taken_at=upload.taken_at,
    )
    try:
        with transaction.atomic():
            if operation.kind == Kind.PROBLEM:
                step = step_of(operation)
                position, taken_at = operation.position, _taken_at(claim)
                attach_report_photo(actor, step, stored, position=position, taken_at=taken_at)
            if operation.kind == Kind.EVALUATION:
                attach_finding_photo(
                    actor, _visit_of(operation), claim.sha256, stored, taken_at=_taken_at(claim)
                )
            for asset, inspection in _records(operation):
                attach_photo(
                    actor,
                    asset,
                    stored,
                    stage=PhotoStage(claim.role),
                    inspection=inspection,
                    maintenance=operation.job
                    if operation.job and operation.job.asset_id == asset.pk
                    else None,
                    taken_at=_taken_at(claim),
                )
        claim.state, claim.problem = ClaimState.ATTACHED, ""
    except (PermissionDenied, ValidationError) as error:
        claim.state = ClaimState.REFUSED
        claim.problem = str(error) if isinstance(error, PermissionDenied) else " ".join(error.messages)
        ReviewItem.objects.get_or_create(operation=operation, kind=ReviewKind.PHOTO)
    claim.save(update_fields=["state", "problem"])


def refuse(user: User, sha256: str, problem: str) -> None:
    """What arrived under this name can never be attached to anything: the office is told."""
    claims = PhotoClaim.objects.filter(operation__user=user, sha256=sha256, state=ClaimState.WAITING)
    for claim in claims.select_related("operation"):
        claim.state, claim.problem = ClaimState.REFUSED, problem
        claim.save(update_fields=["state", "problem"])
        ReviewItem.objects.get_or_create(operation=claim.operation, kind=ReviewKind.PHOTO)


def step_of(operation: Operation) -> CaseStep:
    """The step of a case that a reported problem became: its own case's first, or the one added to another case.

    Raises:
        ValidationError: there is none.
    """
    added = CaseStep.objects.filter(details__operation=str(operation.op_id), actor=operation.applied_by_id)
    own = CaseStep.objects.filter(case__uid=operation.case_uid, verb=Verb.REPORT)
    step = own.select_related("case").first() or added.select_related("case").first()
    if step is None:
        raise ValidationError(_("There is no case that this photo belongs to."))
    return step


def _visit_of(operation: Operation) -> Visit:
    """The visit that an operation became.

    Raises:
        ValidationError: there is none.
    """
    visit = Visit.objects.filter(uid=visit_uid(operation.op_id, operation.user_id)).first()
    if visit is None:
        raise ValidationError(_("There is no visit that this photo belongs to."))
    return visit


def _taken_at(claim: PhotoClaim) -> datetime:
    return claim.taken_at or claim.operation.happened_at


def _records(operation: Operation) -> list[tuple[Asset, Inspection | None]]:
    """The assets a photo belongs to, each with the inspection it shows."""
    if operation.kind == Kind.INSPECT:
        made = Inspection.objects.filter(uid__in=operation.inspection_uids()).select_related("asset__area")
        return [(inspection.asset, inspection) for inspection in made]
    if operation.kind in (Kind.PROBLEM, Kind.EVALUATION):
        return []
    return [(operation.asset, None)] if operation.asset is not None else []
