"""Edit what an asset is and what is written about it. Position, lifecycle, artwork and condition have other verbs."""

from collections.abc import Mapping
from typing import Any

from accounts.permissions import EDIT
from assets import editing
from assets.actions.locking import locked
from assets.history import Actor, acting, authorise, events_of
from assets.models import Asset
from assets.rules import due


class EditConflict(Exception):
    """Somebody else changed the same fields meanwhile; nothing was written.

    Attributes:
        asset: the asset as it is now.
        fields: names of the fields that both changed.
    """

    def __init__(self, asset: Asset, fields: list[str]) -> None:
        super().__init__(", ".join(fields))
        self.asset = asset
        self.fields = fields


def edit_asset(
    actor: Actor, asset: Asset, changes: Mapping[str, Any], *, base_version: int | None = None
) -> Asset:
    """Change some of `assets.editing.EDITABLE_FIELDS`; what is equal already is left alone.

    Args:
        base_version: the version the editor was looking at. What others have changed since then in other fields
            stays; a field that both changed to different values is a conflict. Without it the last word wins.

    Raises:
        PermissionDenied: the actor may not edit this asset.
        EditConflict: see `base_version`.
        ValidationError: naming the fields.
    """
    with acting(actor):
        current = locked(asset)
        authorise(actor, EDIT, current)
        if base_version is not None and base_version != current.version:
            _refuse_conflicts(current, changes, base_version)
        before = {name: getattr(current, name) for name in changes if name in editing.EDITABLE_FIELDS}
        editing.assign(current, changes)
        changed = [name for name, value in before.items() if getattr(current, name) != value]
        if not changed:
            return current
        editing.check(current, changed)
        if not due.DEPENDS_ON.isdisjoint(changed):
            current.next_inspection_due = editing.next_due(current)
            changed.append("next_inspection_due")
        current.save(update_fields=changed)
        current.refresh_from_db()
    return current


def _refuse_conflicts(current: Asset, changes: Mapping[str, Any], base_version: int) -> None:
    """Compare with the version the editor saw; without a record of it every difference counts as theirs."""
    base = events_of(current).filter(version=base_version).first()
    conflicting = [
        name
        for name, value in changes.items()
        if name in editing.EDITABLE_FIELDS
        and getattr(current, name) != value
        and (base is None or _raw(base, name) != _raw(current, name))
    ]
    if conflicting:
        raise EditConflict(current, conflicting)


def _raw(row: Any, name: str) -> Any:
    return getattr(row, row._meta.get_field(name).attname)
