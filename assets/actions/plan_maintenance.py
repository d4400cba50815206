"""Plan a maintenance job on an asset."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import PLAN_MAINTENANCE
from assets.actions.locking import locked, refuse_if_removed
from assets.history import Actor, acting, authorise
from assets.models import Artwork, Asset, Maintenance, MaintenanceKind, MaintenanceState, Priority
from assets.rules.hanging import check_may_hang, day_of_job
from places.models import Unit


def plan_maintenance(
    actor: Actor,
    asset: Asset,
    kind: MaintenanceKind,
    *,
    due_on: date | None = None,
    crew: Unit | None = None,
    priority: Priority = Priority.NORMAL,
    description: str = "",
    artwork: Artwork | None = None,
) -> Maintenance:
    """Plan a job; with a crew it is assigned at once.

    Args:
        artwork: for a replacement of content, what is to hang there.

    Raises:
        PermissionDenied: the actor may not plan jobs on this asset.
        ValidationError: naming `kind`, `crew`, `artwork`, `due_on` or `lifecycle`.
    """
    with acting(actor):
        current = locked(asset)
        authorise(actor, PLAN_MAINTENANCE, current)
        refuse_if_removed(current)
        if crew is not None:
            check_is_crew(crew)
        if artwork is not None:
            if kind != MaintenanceKind.REPLACE_CONTENT:
                raise ValidationError({"artwork": _("Only a replacement of content hangs an artwork.")})
            check_may_hang(artwork, day_of_job(due_on, timezone.localdate()))
        job = Maintenance(
            asset=current,
            kind=kind,
            state=MaintenanceState.ASSIGNED if crew is not None else MaintenanceState.PLANNED,
            priority=priority,
            description=description.strip(),
            due_on=due_on,
            crew=crew,
            artwork=artwork,
            created_by=actor.user,
        )
        job.full_clean()
        job.save()
    return job


def check_is_crew(unit: Unit) -> None:
    """Only a unit that works in the field can be given a job.

    Raises:
        ValidationError: naming `crew`.
    """
    if not unit.is_crew:
        raise ValidationError({"crew": _("%(unit)s is not a crew.") % {"unit": unit}})
