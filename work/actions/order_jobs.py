"""Order jobs for all that a filter leaves: planned at once while they are few, else by the worker (`assets.orders`).

The filter is kept as its query string and read when the jobs are planned, with the rights that the person has then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import PLAN_MAINTENANCE
from assets import orders
from assets.filters import read_filter
from assets.history import Actor, authorise
from assets.models import Artwork, Asset, BackgroundRun, MaintenanceKind, Origin, Priority
from assets.runs import Progress, enqueue
from places.models import Unit
from work.actions.plan_jobs import PlannedJobs, Work, check_work, plan_jobs, unwatched

PLAN_JOBS = "plan_jobs"
# 2,000 take half a second, 51,000 two to twelve, by what else the machine does: then somebody would sit and wait.
MOST_AT_ONCE = 2_000


@dataclass(frozen=True)
class Order:
    """What somebody asks for.

    `title` and `facts` are the batch's; `back` is the address of the form, for whoever has to correct it.
    """

    uid: UUID
    query: str
    work: Work
    title: str
    back: str
    again: bool = False
    facts: dict[str, Any] = field(default_factory=dict)

    def assets(self, user: User) -> QuerySet[Asset]:
        """What the filter leaves of what the user sees."""
        return read_filter(self.query).assets(user)

    def as_parameters(self) -> dict[str, Any]:
        """What a run keeps of it."""
        work = self.work
        streets = [
            [street, crew.pk if crew else None]
            for street, crew in sorted(work.crews_by_street.items(), key=str)
        ]
        return {
            "query": self.query,
            "kind": work.kind.value,
            "due_on": work.due_on.isoformat() if work.due_on else None,
            "priority": int(work.priority),
            "description": work.description,
            "artwork": work.artwork.pk if work.artwork else None,
            "crew": work.crew.pk if work.crew else None,
            "crews_by_street": streets,
            "title": self.title,
            "back": self.back,
            "again": self.again,
            "facts": self.facts,
            "language": get_language(),
        }


def order_of(run: BackgroundRun) -> Order:
    """What a run was asked for.

    Raises:
        ValidationError: naming `crew` or `artwork`: it has been taken off its list since.
    """
    parameters = run.parameters
    keys = {parameters["crew"], *(crew for _street, crew in parameters["crews_by_street"])} - {None}
    crews: dict[int | None, Unit | None] = {None: None, **Unit.objects.in_bulk(keys)}
    if not keys <= crews.keys():
        raise ValidationError({"crew": _("This crew no longer exists.")})
    artwork = Artwork.objects.filter(pk=parameters["artwork"]).first() if parameters["artwork"] else None
    if artwork is None and parameters["artwork"]:
        raise ValidationError({"artwork": _("This artwork no longer exists.")})
    work = Work(
        kind=MaintenanceKind(parameters["kind"]),
        due_on=date.fromisoformat(parameters["due_on"]) if parameters["due_on"] else None,
        priority=Priority(parameters["priority"]),
        description=parameters["description"],
        artwork=artwork,
        crew=crews[parameters["crew"]],
        crews_by_street={street: crews[crew] for street, crew in parameters["crews_by_street"]},
    )
    return Order(
        run.uid,
        parameters["query"],
        work,
        parameters["title"],
        parameters["back"],
        again=parameters["again"],
        facts=parameters["facts"],
    )


def order_jobs(actor: Actor, order: Order) -> BackgroundRun:
    """Plan the jobs, or have the worker plan them; its run says which: done with a batch, or waiting.

    Raises:
        PermissionDenied: the actor may not plan jobs anywhere.
        ValidationError: as of `plan_jobs`, or naming `order` (its id is somebody else's).
        FilterError: the filter cannot be read.
    """
    authorise(actor, PLAN_MAINTENANCE)
    assert actor.user is not None
    check_work(order.work)
    with transaction.atomic():
        run, new = orders.run_of(actor.user, PLAN_JOBS, order.uid, order.as_parameters())
        if not new:
            return run
        run.total = order.assets(actor.user).count()
        if run.total > MOST_AT_ONCE:
            run.save(update_fields=["total"])
            enqueue(run)
            return run
        planned = _plan(actor, order)
        orders.finish(run, _told(planned), done=planned.asked)
    return run


def carry_out(run: BackgroundRun, progress: Progress) -> None:
    """What the worker does with an order. What is refused is said in the result, by field, as the form would."""

    def act() -> dict[str, Any]:
        actor = Actor(run.started_by, Origin.WEB)
        order = order_of(run)
        authorise(actor, PLAN_MAINTENANCE)
        return _told(_plan(actor, order, progress))

    orders.carry_out(run, progress, act)


def _plan(actor: Actor, order: Order, progress: Callable[[int, int], None] = unwatched) -> PlannedJobs:
    assert actor.user is not None
    return plan_jobs(
        actor,
        order.assets(actor.user),
        order.work,
        title=order.title,
        again=order.again,
        facts=order.facts,
        progress=progress,
    )


def _told(planned: PlannedJobs) -> dict[str, Any]:
    """What a run keeps of what came of it."""
    assert planned.batch is not None
    return {**planned.as_json(), "batch": planned.batch.pk}
