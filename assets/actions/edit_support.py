"""Correct a support's kind or name; its place has a verb of its own (`move_support`)."""

from accounts.permissions import EDIT
from assets.history import Actor, acting, authorise
from assets.models import Support, SupportKind
from assets.placing import standing


def edit_support(actor: Actor, support: Support, *, kind: SupportKind, name: str) -> Support:
    """Write kind and name.

    Raises:
        PermissionDenied: the actor may not edit there.
        ValidationError: naming `kind` or `name`.
    """
    with acting(actor):
        current = Support.objects.select_for_update(of=("self",)).select_related("area").get(pk=support.pk)
        authorise(actor, EDIT, standing(current))
        current.kind = kind
        current.name = name.strip()
        current.full_clean()
        current.save(update_fields=["kind", "name"])
    return current
