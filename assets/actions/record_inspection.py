"""Record what somebody saw: a dated fact that never conflicts with another."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from accounts.permissions import INSPECT
from assets.followups import close_inspection_jobs, raise_urgent_jobs
from assets.history import Actor, acting, authorise
from assets.models import Asset, Condition, Defect, Inspection
from places.distance import metres_between

_LONGEST_NAME = 24


def _as_written(inspector: User | None, actor: Actor) -> str:
    """The inspector's name with the writer's, in the register's language; empty when they are one."""
    if inspector is None or actor.user is None or inspector == actor.user:
        return ""
    with override(settings.LANGUAGE_CODE):
        return _("%(inspector)s (written down by %(writer)s)") % {
            "inspector": str(inspector)[:_LONGEST_NAME],
            "writer": str(actor.user)[:_LONGEST_NAME],
        }


def record_inspection(
    actor: Actor,
    asset: Asset,
    condition: Condition,
    *,
    defects: Sequence[str] = (),
    note: str = "",
    observed_at: datetime | None = None,
    position: Point | None = None,
    position_accuracy: float | None = None,
    uid: uuid.UUID | None = None,
    inspector: User | None = None,
) -> Inspection:
    """Append an inspection; the database then derives the asset's condition and next due date.

    In the same transaction an urgent defect raises an urgent job, and open jobs to inspect the asset are done
    (`assets.followups`).

    Args:
        defects: codes of the defect list.
        observed_at: the device's time; the earlier of it and receipt counts.
        position: where the recorder stood, WGS84; `position_accuracy` in metres.
        uid: the recorder's own id, by which a repeat is recognised: the first record is returned.
        inspector: who saw it, when somebody else writes it down; the actor when not given. Whoever writes it down
            stands beside the name for good: the one has only the other's word.

    Raises:
        PermissionDenied: the actor may not inspect this asset.
        ValidationError: naming `condition`, `defects` or `uid` (taken by a record of another asset).
    """
    authorise(actor, INSPECT, asset)
    _check(condition, defects)
    with acting(actor):
        inspection, created = Inspection.objects.get_or_create(
            uid=uid or uuid.uuid4(),
            defaults={
                "asset": asset,
                "condition": condition,
                "defects": list(defects),
                "note": note,
                "observed_at": observed_at or timezone.now(),
                "inspector": inspector or actor.user,
                "inspector_name": _as_written(inspector, actor),
                "origin": actor.origin,
                "position": position,
                "position_accuracy": position_accuracy,
                "distance": metres_between(position, asset.point) if position else None,
            },
        )
        if inspection.asset_id != asset.pk:
            raise ValidationError({"uid": _("This record belongs to another asset.")})
        if created:
            # The database has worked out when it counts.
            inspection.refresh_from_db(fields=["received_at", "effective_at"])
            raise_urgent_jobs(actor, [inspection])
            close_inspection_jobs(Inspection.objects.filter(pk=inspection.pk))
        asset.refresh_from_db(fields=["condition", "condition_at", "next_inspection_due", "version"])
    return inspection


def _check(condition: Condition, defects: Sequence[str]) -> None:
    if condition == Condition.UNKNOWN:
        raise ValidationError({"condition": _("Say which condition you saw.")})
    unknown = set(defects) - set(Defect.objects.filter(code__in=defects).values_list("code", flat=True))
    if unknown:
        raise ValidationError(
            {"defects": _("Unknown defect: %(codes)s") % {"codes": ", ".join(sorted(unknown))}}
        )
