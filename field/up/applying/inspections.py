"""Somebody saw in which condition something is."""

from django.utils.translation import gettext as _

from assets.actions.record_inspection import record_inspection
from assets.models import CONDITION_BY_CODE, Asset, Lifecycle
from field.models import ReviewKind, inspection_uid
from field.up.applying.finding import locked_assets
from field.up.applying.work import Applied, Reading, Work
from field.up.envelope import as_uuid
from places.distance import is_far, metres_between

MOST_FACES = 20


def inspect(work: Work) -> Applied:
    """Record an inspection of an asset, and the same of other faces. It is a fact, so it never conflicts.

    Raises:
        Held: an asset has not arrived.
        ValidationError, PermissionDenied: of the action.
    """
    reading = Reading(work.envelope.fields)
    reading.only(("condition", "defects", "note", "also"))
    condition = reading.fields.get("condition")
    if not isinstance(condition, str) or condition not in CONDITION_BY_CODE:
        reading.problems["condition"] = _("One of good, minor, damaged, severe, missing.")
    defects, note, others = reading.codes("defects"), reading.text("note"), reading.codes("also", MOST_FACES)
    uids = [work.envelope.asset, *(as_uuid(other) for other in others)]
    if work.envelope.asset is None:
        reading.problems["asset"] = _("Say which asset.")
    elif None in uids:
        reading.problems["also"] = _("Give a list of codes.")
    reading.done()
    seen = locked_assets(uid for uid in uids if uid is not None)
    for asset in sorted(seen.values(), key=lambda seen_asset: seen_asset.pk):
        record_inspection(
            work.actor,
            asset,
            CONDITION_BY_CODE[str(condition)],
            defects=defects,
            note=note,
            observed_at=work.happened_at,
            position=work.envelope.position,
            position_accuracy=work.envelope.accuracy,
            uid=inspection_uid(work.envelope.op_id, work.author.pk, asset.uid),
            inspector=work.author,
        )
    asset = seen[uids[0]]  # type: ignore[index]  # the first is there, or reading.done() has raised
    distance = distance_from(work, asset)
    flags = far(work, distance)
    if asset.lifecycle == Lifecycle.REMOVED:
        flags = (*flags, ReviewKind.REMOVED)
    return Applied(asset=asset, distance=distance, flags=flags)


def distance_from(work: Work, asset: Asset) -> float | None:
    """Metres between where it was recorded and the asset; None when the phone did not know where it was."""
    position = work.envelope.position
    return metres_between(position, asset.point) if position is not None else None


def far(work: Work, distance: float | None) -> tuple[ReviewKind, ...]:
    """The flag of a record made too far away to have been made on the spot."""
    if distance is not None and is_far(distance, work.envelope.accuracy):
        return (ReviewKind.FAR,)
    return ()
