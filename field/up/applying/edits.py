"""Somebody corrected what is written about an asset, or where it stands.

Only fields that others changed since the version the person was looking at can conflict; what the same phone changed
earlier is not others'. A conflict is held as a whole: what was written together is decided together.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.permissions import EDIT, INSPECT, MOVE, can
from assets.actions.edit_asset import edit_asset
from assets.actions.move_asset import move_asset
from assets.actions.move_support import move_support
from assets.editing import EDITABLE_FIELDS
from assets.history import Actor, changed_fields, events_of
from assets.models import Asset, Lifecycle
from field.models import Kind, Operation, Reason, ReviewKind, Status
from field.up.applying.attributes import EDITED, as_json, read_attributes
from field.up.applying.finding import locked_asset
from field.up.applying.inspections import distance_from
from field.up.applying.work import Applied, Held, Reading, Work
from field.up.envelope import Envelope, read_position

POSITION = "position"
# The same position written with other digits is no other position (a centimetre).
_SAME_DEGREES = 1e-7


@dataclass(frozen=True)
class Changes:
    """What an edit says: attributes by name, and where the asset is to stand, if that was corrected."""

    attributes: dict[str, Any]
    point: Point | None = None
    accuracy: float | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The fields it is about."""
        return (*self.attributes, *((POSITION,) if self.point is not None else ()))

    def only(self, names: set[str]) -> "Changes":
        """Those of some fields."""
        attributes = {name: value for name, value in self.attributes.items() if name in names}
        return Changes(attributes, self.point if POSITION in names else None, self.accuracy)

    def value(self, name: str) -> Any:
        """One field's value as JSON."""
        return position_as_json(self.point) if name == POSITION else as_json(name, self.attributes[name])


def edit(work: Work) -> Applied:
    """Change the fields that an operation states.

    Raises:
        Held: others changed one of them meanwhile, the asset was removed, or its author may only propose.
        ValidationError, PermissionDenied: of the actions.
    """
    changes = read_changes(work.envelope)
    asset = locked_asset(work)
    distance = distance_from(work, asset)
    newer = _written_later_by_this_phone(work, asset)
    left = changes.only(set(changes.names) - newer)
    if not left.names:
        return Applied(
            reason=Reason.SUPERSEDED,
            message=_("You have changed it again since; that counts."),
            asset=asset,
            distance=distance,
        )
    others = _changed_by_others(work, asset)
    _hold_what_needs_a_decision(work, asset, left, others)
    before = asset.version
    asset = write(work.actor, asset, left)
    return Applied(
        status=Status.MERGED if others else Status.APPLIED,
        asset=asset,
        version_before=before,
        distance=distance,
        fields=left.names,
    )


def read_changes(envelope: Envelope) -> Changes:
    """The fields of an edit.

    Raises:
        ValidationError: naming the fields that make no sense.
    """
    reading = Reading(envelope.fields)
    reading.only((*EDITED, POSITION))
    attributes = read_attributes(reading, EDITED)
    point, accuracy = read_position(reading.fields.get(POSITION))
    if POSITION in reading.fields and point is None:
        reading.problems[POSITION] = _("Say where it stands: longitude and latitude.")
    if not reading.fields:
        reading.problems["fields"] = _("Say what has changed.")
    reading.done()
    return Changes(attributes, point, accuracy)


def write(actor: Actor, asset: Asset, changes: Changes, *, seen: int | None = None) -> Asset:
    """Write an edit's changes; what hangs on a support is moved with it.

    Args:
        seen: the version that whoever decides was looking at.

    Raises:
        EditConflict: it has changed again since.
        ValidationError, PermissionDenied: of the actions.
    """
    if changes.attributes:
        asset = edit_asset(actor, asset, changes.attributes, base_version=seen)
    if changes.point is None or _same_point(asset.point, changes.point):
        return asset
    if asset.support is None:
        return move_asset(actor, asset, changes.point, position_accuracy=changes.accuracy)
    if asset.lifecycle == Lifecycle.REMOVED:
        raise ValidationError({"lifecycle": _("The asset has been removed. Reopen it first.")})
    move_support(actor, asset.support, changes.point)
    asset.refresh_from_db()
    return asset


def values_now(asset: Asset, names: tuple[str, ...]) -> dict[str, Any]:
    """What the catalogue says about some fields, as JSON."""
    return {
        name: position_as_json(asset.point) if name == POSITION else as_json(name, getattr(asset, name))
        for name in names
    }


def position_as_json(point: Point | None) -> dict[str, float] | None:
    """A position to about a centimetre."""
    return {"lon": round(point.x, 7), "lat": round(point.y, 7)} if point is not None else None


def _hold_what_needs_a_decision(work: Work, asset: Asset, changes: Changes, others: set[str] | None) -> None:
    def held(kind: ReviewKind, reason: Reason, message: str, names: tuple[str, ...]) -> Held:
        base = events_of(asset).filter(version=work.envelope.base_version).first()
        before = values_now(base, names) if base is not None else {}
        now = values_now(asset, names)
        values = {
            name: {"base": before.get(name), "server": now[name], "phone": changes.value(name)}
            for name in names
        }
        return Held(kind, reason, message, asset=asset, values=values)

    if asset.lifecycle == Lifecycle.REMOVED:
        raise held(
            ReviewKind.REMOVED,
            Reason.ASSET_REMOVED,
            _("The asset was removed meanwhile; the office decides."),
            changes.names,
        )
    verbs = {EDIT} if changes.attributes else set()
    verbs |= {MOVE} if changes.point is not None else set()
    user = work.actor.user
    may = user is not None and all(can(user, verb, asset) for verb in verbs)
    if not may and user is not None and can(user, INSPECT, asset):
        raise held(
            ReviewKind.PROPOSAL,
            Reason.NEEDS_APPROVAL,
            _("Your correction was passed to the office."),
            changes.names,
        )
    if may:
        conflicting = tuple(
            name for name in changes.names if _differs(asset, changes, name) and _theirs(name, others)
        )
        if conflicting:
            raise held(
                ReviewKind.CONFLICT,
                Reason.SAME_FIELD,
                _("Somebody else changed the same meanwhile; the office decides."),
                changes.names,
            )


def _theirs(name: str, others: set[str] | None) -> bool:
    return others is None or ("point" if name == POSITION else name) in others


def _differs(asset: Asset, changes: Changes, name: str) -> bool:
    if name == POSITION:
        return changes.point is not None and not _same_point(asset.point, changes.point)
    return bool(getattr(asset, name) != changes.attributes[name])


def _same_point(first: Point, other: Point) -> bool:
    return abs(first.x - other.x) < _SAME_DEGREES and abs(first.y - other.y) < _SAME_DEGREES


def _changed_by_others(work: Work, asset: Asset) -> set[str] | None:
    """Fields that others have changed since the version its author saw; None when that version is not recorded."""
    own = _operations_of_this_phone(work, asset)
    base = work.envelope.base_version
    if base is None:
        base = own.filter(kind=Kind.CREATE).values_list("version_after", flat=True).first()
    if base is None:
        return None
    states = list(
        events_of(asset).filter(version__gte=base, version__lte=asset.version).order_by("version", "pgh_id")
    )
    if not states or states[0].version != base:
        return None
    # One that had been overtaken wrote nothing, and so has no version before.
    writing = own.filter(kind=Kind.EDIT, version_before__isnull=False)
    written = {
        version
        for before, after in writing.values_list("version_before", "version_after")
        for version in range(before + 1, after + 1)
    }
    changed: set[str] = set()
    for before, after in pairwise(states):
        if after.version not in written:
            changed.update(changed_fields(before, after))
    return changed & {*EDITABLE_FIELDS, "point", "lifecycle"}


def _written_later_by_this_phone(work: Work, asset: Asset) -> set[str]:
    """Fields that this phone has since written again, in operations that overtook this one."""
    if work.envelope.seq is None:
        return set()
    later = _operations_of_this_phone(work, asset).filter(kind=Kind.EDIT, seq__gt=work.envelope.seq)
    return {name for names in later.values_list("fields", flat=True) for name in names}


def _operations_of_this_phone(work: Work, asset: Asset) -> Any:
    if work.envelope.phone is None:
        return Operation.objects.none()
    return Operation.objects.filter(
        user=work.author,
        phone=work.envelope.phone,
        asset=asset,
        status__in=(Status.APPLIED, Status.MERGED),
    )
