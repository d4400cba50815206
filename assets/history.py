"""The frame of every write: one transaction, and a history context that says who did it, from where, in which batch.

The triggers that write row history read this context (docs/design.md). It travels with `cursor.execute`; rows that
arrive by COPY lose it, so bulk loads COPY into a staging table first.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pghistory
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import Model, QuerySet

from accounts.models import User
from accounts.permissions import Placed, require
from assets.models import Asset, Batch, Origin


@dataclass(frozen=True)
class Actor:
    """Who acts, and by which way in. `user` is None for commands that nobody signed in for."""

    user: User | None
    origin: Origin

    @property
    def name(self) -> str:
        """The name kept in history, which outlives the account."""
        return str(self.user) if self.user else self.origin.value


@contextmanager
def acting(actor: Actor, *, batch: Batch | None = None) -> Iterator[None]:
    """One transaction whose changes are recorded as this actor's; nests (the outermost context groups them)."""
    context: dict[str, object] = {"origin": actor.origin.value, "actor": actor.name}
    if actor.user is not None:
        context["user"] = actor.user.pk
    if batch is not None:
        context["batch"] = batch.pk
    with transaction.atomic(), pghistory.context(**context):
        yield


def authorise(actor: Actor, verb: str, obj: Placed | None = None) -> None:
    """Permission check of every action: a command run on the server may do all, a user what their role allows.

    Raises:
        PermissionDenied: the user may not, or nobody is signed in.
    """
    if actor.user is None and actor.origin is Origin.COMMAND:
        return
    require(actor.user or AnonymousUser(), verb, obj)


def events_of(asset: Asset) -> QuerySet:
    """The recorded states of an asset, newest first, each with its context: a row is what stood after one change."""
    return (
        apps.get_model("assets", "AssetEvent")
        .objects.filter(pgh_obj_id=asset.pk)
        .select_related("pgh_context")
        .order_by("-version", "-pgh_id")
    )


def changed_fields(before: Model, after: Model) -> list[str]:
    """Names of an asset's fields that differ between two states of it (recorded ones or the row itself)."""
    event_model = apps.get_model("assets", "AssetEvent")
    return [
        field.name
        for field in event_model._meta.concrete_fields
        if not field.name.startswith("pgh_")
        and getattr(before, field.attname) != getattr(after, field.attname)
    ]
