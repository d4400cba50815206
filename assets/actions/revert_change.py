"""Undo one recorded change of an asset: write the values from before it, as a new change.

Never by restoring the old row: `version` only grows, and the undoing is history too (docs/design.md).
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import EDIT, MOVE, POST_ARTWORK, REMOVE
from assets import editing
from assets.actions.locking import locked
from assets.actions.remove_asset import withdraw
from assets.history import Actor, acting, authorise, changed_fields, events_of
from assets.models import Asset, Lifecycle
from assets.placing import PLACEMENT_FIELDS, placement_at
from assets.postings import close_open_posting, hang
from assets.rules import due

# Follows from facts (inspections, areas, the clock), so it is not undone but derived again.
_DERIVED = frozenset({"version", "condition", "condition_at", "next_inspection_due", *PLACEMENT_FIELDS})
_LIFECYCLE = frozenset({"lifecycle", "removed_on", "removal_reason"})


def revert_change(actor: Actor, asset: Asset, version: int) -> Asset:
    """Undo the change that led to `version`; undoing the registration removes the asset and retires its id.

    What others changed since in other fields stays. A change of condition is undone by voiding its inspection.

    Raises:
        PermissionDenied: the actor lacks the right to edit (or to move, remove, post on) this asset.
        ValidationError: naming `version` (no such change, or nothing in it to undo) or the fields changed again
            since.
    """
    with acting(actor):
        current = locked(asset)
        authorise(actor, EDIT, current)
        states = list(events_of(current).filter(version__lte=version)[:2])
        if not states or states[0].version != version:
            raise ValidationError({"version": _("No such change is recorded.")})
        if len(states) == 1:
            if states[0].pgh_label != "insert":
                raise ValidationError({"version": _("What was before this change is not recorded.")})
            authorise(actor, REMOVE, current)
            withdraw(current, reason=_("Registration undone"), removed_on=timezone.localdate())
            return current
        after, before = states
        undone = [name for name in changed_fields(before, after) if name not in _DERIVED]
        if not undone:
            raise ValidationError(
                {"version": _("This change follows from an inspection: void that instead.")}
            )
        _refuse_changed_again(current, after, undone)
        _write(actor, current, before, undone)
        current.refresh_from_db()
    return current


def _refuse_changed_again(current: Asset, after: Any, names: list[str]) -> None:
    later = {name for name in changed_fields(after, current) if name in names}
    if later:
        raise ValidationError({name: _("This has been changed again since.") for name in sorted(later)})


def _write(actor: Actor, current: Asset, before: Any, names: list[str]) -> None:
    written = [name for name in names if name in editing.EDITABLE_FIELDS]
    editing.assign(current, {name: getattr(before, name) for name in written})
    if "point" in names or "support" in names:
        written += _move_back(actor, current, before)
    if _LIFECYCLE & set(names):
        authorise(actor, REMOVE, current)
        for name in sorted(_LIFECYCLE):
            setattr(current, name, getattr(before, name))
        written += sorted(_LIFECYCLE)
    if written:
        editing.check(current, written)
        if not due.DEPENDS_ON.isdisjoint(written):
            current.next_inspection_due = editing.next_due(current)
            written.append("next_inspection_due")
        current.save(update_fields=written)
    if "artwork" in names and current.lifecycle != Lifecycle.REMOVED:
        _hang_back(actor, current, before)


def _move_back(actor: Actor, current: Asset, before: Any) -> list[str]:
    """To where it stood; on a support, to where that stands now."""
    authorise(actor, MOVE, current)
    if current.support_id is not None and current.support_id == before.support_id:
        raise ValidationError({"point": _("It hangs on a support: move the support.")})
    current.support = before.support
    current.point = before.support.point if before.support else before.point
    current.position_accuracy = before.position_accuracy
    placement = placement_at(current.point)
    authorise(actor, MOVE, placement)
    placement.put(current)
    return ["support", "point", "position_accuracy", *PLACEMENT_FIELDS]


def _hang_back(actor: Actor, current: Asset, before: Any) -> None:
    authorise(actor, POST_ARTWORK, current)
    if before.artwork is not None:
        hang(current, before.artwork, timezone.localdate())
    else:
        close_open_posting(current, timezone.localdate())
        current.artwork = None
        current.save(update_fields=["artwork"])
