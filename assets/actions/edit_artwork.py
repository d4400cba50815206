"""Edit what is written about an artwork. Its code stays; its approval has verbs of its own."""

import copy
from collections.abc import Mapping
from typing import Any

from django.apps import apps

from accounts.permissions import MANAGE_LISTS
from assets.history import Actor, acting, authorise
from assets.models import Artwork
from assets.rules.artworks import EDITABLE, check_still_as_approved, check_themes


class ArtworkConflict(Exception):
    """Somebody else changed the same fields meanwhile; nothing was written.

    Attributes:
        artwork: as it is now.
        fields: names of the fields that both changed.
    """

    def __init__(self, artwork: Artwork, fields: list[str]) -> None:
        super().__init__(", ".join(fields))
        self.artwork = artwork
        self.fields = fields


def latest_state(artwork: Artwork) -> int:
    """The number of an artwork's newest recorded state, by which editors say what they were looking at; 0 for none."""
    newest = _states(artwork).order_by("-pgh_id").values_list("pgh_id", flat=True).first()
    return newest or 0


def edit_artwork(
    actor: Actor, artwork: Artwork, changes: Mapping[str, Any], *, base_state: int | None = None
) -> Artwork:
    """Change some of `assets.rules.artworks.EDITABLE`; what is equal already is left alone.

    Args:
        changes: values by field; `picture` as the name of a stored file, or "" for none.
        base_state: `latest_state` of what the editor was looking at. What others have changed since then in other
            fields stays; a field that both changed to different values is a conflict. Without it the last word wins.

    Raises:
        PermissionDenied: the actor does not keep the lists of the whole district.
        ArtworkConflict: see `base_state`.
        ValidationError: naming the fields.
    """
    authorise(actor, MANAGE_LISTS)
    with acting(actor):
        current = Artwork.objects.select_for_update().get(pk=artwork.pk)
        before = copy.copy(current)
        changed = [
            name
            for name in EDITABLE
            if name in changes and _plain(getattr(current, name)) != _plain(changes[name])
        ]
        if base_state is not None and base_state != latest_state(current):
            _refuse_conflicts(current, changed, base_state)
        if not changed:
            return current
        check_still_as_approved(before, changed)
        for name in changed:
            setattr(current, name, changes[name])
        current.title = current.title.strip()
        if "themes" in changed:
            check_themes(current)
        current.full_clean()
        current.save(update_fields=changed)
    return current


def _states(artwork: Artwork) -> Any:
    return apps.get_model("assets", "ArtworkEvent").objects.filter(pgh_obj_id=artwork.pk)


def _refuse_conflicts(current: Artwork, changed: list[str], base_state: int) -> None:
    """Compare with the state the editor saw; without a record of it every difference counts as theirs."""
    base = _states(current).filter(pgh_id=base_state).first()
    conflicting = [
        name
        for name in changed
        if base is None or _plain(getattr(base, name)) != _plain(getattr(current, name))
    ]
    if conflicting:
        raise ArtworkConflict(current, conflicting)


def _plain(value: Any) -> Any:
    """A file by its name, so that values compare."""
    return getattr(value, "name", value) or ("" if hasattr(value, "name") else value)
