"""Plan one kind of job on many assets at once: what a filter leaves, a selection on the map, a campaign's artwork.

Set by set, whatever their number: the assets are locked, sorted into those that get a job and those that do not, and
written with one statement for thousands. Who asked for 1,204 and gets 1,180 is told why.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import PLAN_MAINTENANCE, Scope, scope_of
from assets.actions.plan_maintenance import check_is_crew
from assets.history import Actor, acting, authorise
from assets.models import (
    Artwork,
    Asset,
    Batch,
    BatchKind,
    Campaign,
    Lifecycle,
    Maintenance,
    MaintenanceKind,
    MaintenanceState,
    Origin,
    Outcome,
    Priority,
)
from assets.models.maintenance import OPEN_STATES
from assets.rules.hanging import check_may_hang, day_of_job
from assets.sets.writing import write_many
from places.models import Unit
from work.actions.replacement_campaign import campaign_of_replacement

# Why an asset gets no job. The order is the one in which they are looked at.
NOT_YOURS = "not_yours"
REMOVED = "removed"
OPEN_ALREADY = "open_already"
SHOWN_ALREADY = "shown_already"
NAMED = 20  # how many component ids a report names for each reason
WRITTEN_TOGETHER = 5_000  # so that whoever watches sees it go on

Progress = Callable[[int, int], None]


def unwatched(_done: int, _total: int) -> None:
    """For planning that nobody watches."""


@dataclass(frozen=True)
class Work:
    """What is to be done to each of the assets."""

    kind: MaintenanceKind
    due_on: date | None = None
    priority: Priority = Priority.NORMAL
    description: str = ""
    artwork: Artwork | None = None
    crew: Unit | None = None
    # Street's primary key (None: in no known street) → its crew; the others get `crew`.
    crews_by_street: Mapping[int | None, Unit | None] = field(default_factory=dict)

    def crew_for(self, street: int | None) -> Unit | None:
        """Who gets the jobs of a street."""
        return self.crews_by_street.get(street, self.crew)


@dataclass(frozen=True)
class PlannedJobs:
    """What came of it: `planned` of `asked`, and for each reason how many were left out, with some of their ids."""

    asked: int
    planned: int
    skipped: dict[str, int]
    examples: dict[str, list[str]]
    batch: Batch | None = None

    def as_json(self) -> dict[str, object]:
        """The numbers and examples, as a batch's report keeps them."""
        return {name: getattr(self, name) for name in ("asked", "planned", "skipped", "examples")}


def preview_jobs(actor: Actor, assets: QuerySet[Asset], work: Work, *, again: bool = False) -> PlannedJobs:
    """What `plan_jobs` would do now; writes nothing.

    Raises:
        PermissionDenied: the actor may not plan jobs anywhere.
    """
    authorise(actor, PLAN_MAINTENANCE)
    return _report(_sorted(actor, list(assets.order_by().values_list("pk", flat=True)), work, again))


def plan_jobs(
    actor: Actor,
    assets: QuerySet[Asset],
    work: Work,
    *,
    title: str,
    again: bool = False,
    facts: dict[str, Any] | None = None,
    progress: Progress = unwatched,
) -> PlannedJobs:
    """Plan a job on each asset that may have one; with a crew it is assigned at once. All in one batch.

    Args:
        chosen: what the actor sees of what a filter leaves.
        title: of the batch.
        again: also where a job of this kind is open already.
        facts: kept in the batch's report beside the numbers.
        progress: called with how many of how many jobs are written.

    Raises:
        PermissionDenied: the actor may not plan jobs anywhere.
        ValidationError: naming `crew`, `artwork`, `due_on` or `assets` (none of them gets a job).
    """
    authorise(actor, PLAN_MAINTENANCE)
    check_work(work)
    with acting(actor):
        # Locked first: who waits here for another planner then sees that one's jobs.
        locked = assets.order_by("pk").select_for_update(of=("self",), no_key=True)
        keys = list(locked.values_list("pk", flat=True))
        found = _sorted(actor, keys, work, again)
        report = _report(found)
        if not found.planned:
            raise ValidationError({"assets": _("None of these assets gets a job.")})
        batch = Batch.objects.create(
            kind=BatchKind.JOBS,
            title=title[:200],
            actor=actor.user,
            origin=actor.origin,
            report={**(facts or {}), "kind": work.kind.value, **report.as_json()},
        )
        campaign = campaign_of_replacement(
            batch, work.artwork, work.due_on, [asset for asset, _street in found.planned]
        )
        with acting(actor, batch=batch):
            for first in range(0, len(found.planned), WRITTEN_TOGETHER):
                progress(first, len(found.planned))
                _write(actor, batch, work, found.planned[first : first + WRITTEN_TOGETHER], campaign)
    return PlannedJobs(report.asked, report.planned, report.skipped, report.examples, batch)


def check_work(work: Work) -> None:
    """What can be wrong whatever the assets are.

    Raises:
        ValidationError: naming `crew`, `artwork` or `due_on`.
    """
    for crew in {*work.crews_by_street.values(), work.crew} - {None}:
        check_is_crew(crew)  # type: ignore[arg-type]
    if work.due_on is not None and work.due_on < timezone.localdate():
        raise ValidationError({"due_on": _("The day lies in the past.")})
    if work.artwork is not None:
        if work.kind != MaintenanceKind.REPLACE_CONTENT:
            raise ValidationError({"artwork": _("Only a replacement of content hangs an artwork.")})
        check_may_hang(work.artwork, day_of_job(work.due_on, timezone.localdate()))


@dataclass
class _Sorted:
    """The assets that get a job, with their street, and the component ids of the others by reason."""

    planned: list[tuple[int, int | None]] = field(default_factory=list)
    skipped: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def _sorted(actor: Actor, keys: list[int], work: Work, again: bool) -> _Sorted:
    scope = _scope(actor)
    open_job = Maintenance.objects.filter(asset_id=OuterRef("pk"), kind=work.kind, state__in=OPEN_STATES)
    rows = (
        Asset.objects.filter(pk__in=keys)
        .annotate(has_open=Exists(open_job))
        .order_by("pk")
        .values_list("pk", "code", "area__code", "lifecycle", "street_id", "artwork_id", "has_open")
    )
    found = _Sorted()
    for key, code, area, lifecycle, street, artwork, has_open in rows:
        if not scope.covers(area or code[:6]):
            reason = NOT_YOURS
        elif lifecycle == Lifecycle.REMOVED:
            reason = REMOVED
        elif has_open and not again:
            reason = OPEN_ALREADY
        elif work.artwork is not None and artwork == work.artwork.pk:
            reason = SHOWN_ALREADY
        else:
            found.planned.append((key, street))
            continue
        found.skipped[reason].append(code)
    return found


def _scope(actor: Actor) -> Scope:
    """Where the actor plans jobs; a command run on the server does so everywhere."""
    if actor.user is None and actor.origin is Origin.COMMAND:
        return Scope(frozenset({""}))
    assert actor.user is not None  # `authorise` has let nobody else in
    return scope_of(actor.user, PLAN_MAINTENANCE)


def _report(found: _Sorted) -> PlannedJobs:
    skipped = {reason: len(codes) for reason, codes in found.skipped.items()}
    return PlannedJobs(
        asked=len(found.planned) + sum(skipped.values()),
        planned=len(found.planned),
        skipped=skipped,
        examples={reason: codes[:NAMED] for reason, codes in found.skipped.items()},
    )


def _write(
    actor: Actor, batch: Batch, work: Work, planned: list[tuple[int, int | None]], campaign: Campaign | None
) -> None:
    crews = [work.crew_for(street) for _asset, street in planned]
    values: dict[str, Any] = {
        "assets": [asset for asset, _street in planned],
        "crews": [crew.pk if crew else None for crew in crews],
        "kind": work.kind,
        "priority": int(work.priority),
        "description": work.description.strip(),
        "due_on": work.due_on,
        "artwork": work.artwork.pk if work.artwork else None,
        "batch": batch.pk,
        "campaign": campaign.pk if campaign else None,
        "created_by": actor.user.pk if actor.user else None,
        "assigned": MaintenanceState.ASSIGNED,
        "planned": MaintenanceState.PLANNED,
        "outcome": Outcome.PLANNED,
    }
    with connection.cursor() as cursor:
        write_many(
            cursor,
            """
            INSERT INTO assets_maintenance (asset_id, kind, state, priority, description, due_on, crew_id, artwork_id,
                                            batch_id, campaign_id, created_by_id, created_at)
            SELECT job.asset, %(kind)s, CASE WHEN job.crew IS NULL THEN %(planned)s ELSE %(assigned)s END,
                   %(priority)s, %(description)s, %(due_on)s, job.crew, %(artwork)s, %(batch)s, %(campaign)s,
                   %(created_by)s, now()
            FROM unnest(%(assets)s::bigint[], %(crews)s::bigint[]) AS job (asset, crew)
            """,
            values,
        )
        write_many(
            cursor,
            "INSERT INTO assets_batchitem (batch_id, asset_id, outcome) "
            "SELECT %(batch)s, asset, %(outcome)s FROM unnest(%(assets)s::bigint[]) AS asset",
            values,
        )
