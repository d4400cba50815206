"""Finding what an operation is about."""

from collections.abc import Iterable
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _

from assets.models import Asset, Maintenance
from field.models import Reason, ReviewKind
from field.up.applying.work import Held, Refused, Work


def locked_assets(uids: Iterable[UUID]) -> dict[UUID, Asset]:
    """Assets by uid as they are now, locked until the transaction ends, always in the same order.

    Raises:
        Held: one of them has not arrived. It may be on another phone, or in a request that was overtaken.
    """
    wanted = set(uids)
    found = _lock(wanted)
    if len(found) < len(wanted):
        # Whoever registers one of them holds this lock until its row is there to be seen: look again.
        for uid in sorted(wanted - set(found)):
            lock_name("asset", str(uid))
        found = _lock(wanted)
    if len(found) < len(wanted):
        raise Held(
            ReviewKind.WAITING,
            Reason.UNKNOWN_ASSET,
            _("The asset is not here yet; this is applied when it arrives."),
        )
    return found


def _lock(uids: set[UUID]) -> dict[UUID, Asset]:
    rows = (
        Asset.objects.select_for_update(of=("self",)).select_related("area", "type", "support").order_by("pk")
    )
    return {asset.uid: asset for asset in rows.filter(uid__in=uids)}


def locked_asset(work: Work) -> Asset:
    """The asset an operation names, locked.

    Raises:
        ValidationError: it names none.
        Held: it has not arrived.
    """
    uid = work.envelope.asset
    if uid is None:
        raise ValidationError({"asset": _("Say which asset.")})
    return locked_assets([uid])[uid]


def job_of(work: Work) -> Maintenance:
    """The job an operation names, with its asset.

    Raises:
        ValidationError: it names none.
        Refused: there is no such job.
    """
    if work.envelope.job is None:
        raise ValidationError({"job": _("Say which job.")})
    job = (
        Maintenance.objects.select_related("asset__area", "asset__type").filter(pk=work.envelope.job).first()
    )
    if job is None:
        raise Refused(Reason.UNKNOWN_JOB, _("There is no such job."))
    return job


def lock_name(*parts: str) -> None:
    """Wait until nobody else in another transaction holds this name; hold it until this one ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", ["field:" + ":".join(parts)])
