"""Taking in what phones send: each operation once, each for itself, none lost (docs/field-sync.md).

An operation is taken in by one transaction: its name is locked, so that of simultaneous repeats the later ones find
the first's answer; it is applied inside a savepoint; then it is stored with its answer, whatever that is. A busy
database is the only thing that leaves no trace: the phone is told to come again.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AccessToken, User
from assets.history import Actor
from assets.models import Asset, Origin
from assets.placing import placement_at
from field.models import OF_THE_DISTRICT, Kind, Operation
from field.up.applying.finding import lock_name
from field.up.applying.work import Work
from field.up.attempting import End, attempt
from field.up.claims import attach_what_is_here, claim_photos, lock_photos
from field.up.clock import PhoneClock
from field.up.envelope import Envelope, read_envelope
from field.up.keeping import ask_the_office, blank_result, put_end, result_of
from field.up.reapplying import apply_what_waited

MOST_OPERATIONS = 50
# Longer than any action takes; who holds an asset longer (an import) makes a phone come again.
_PATIENCE = "4s"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sender:
    """Whose work comes in, by which phone, and under whose rights (`rescuer`, when a file is loaded)."""

    author: User
    token: AccessToken | None = None
    rescuer: User | None = None

    @property
    def actor(self) -> Actor:
        """Who acts, for the actions and for history."""
        return Actor(self.rescuer or self.author, Origin.PHONE)


def receive(
    sender: Sender,
    operations: Sequence[Any],
    device_time: datetime | None,
    *,
    arrived_at: datetime | None = None,
) -> list[dict[str, Any]]:
    """Take in some operations.

    Args:
        device_time: the phone's clock when it sent them.
        arrived_at: the server's clock at that moment; now, except for the demonstration's invented past.

    Returns:
        One result for each, in the same order, as a phone is told it.
    """
    clock = PhoneClock.compared(device_time, arrived_at or timezone.now())
    return [_receive_one(sender, read_envelope(came), clock) for came in operations]


def _receive_one(sender: Sender, envelope: Envelope, clock: PhoneClock) -> dict[str, Any]:
    try:
        with transaction.atomic():
            return _take_in(sender, envelope, clock)
    except (OperationalError, InterfaceError) as error:
        # A lock that did not come, a deadlock, a database that restarts: nothing was written.
        log.warning("Field operation %s comes again: %s", envelope.op_id, error)
        busy = _("The server is busy. This is sent again by itself.")
        return {**blank_result(envelope.op_id, "later"), "message": busy}


def _take_in(sender: Sender, envelope: Envelope, clock: PhoneClock) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [_PATIENCE])
    lock_name("operation", str(sender.author.pk), str(envelope.op_id))
    earlier = (
        Operation.objects.select_related("asset").filter(user=sender.author, op_id=envelope.op_id).first()
    )
    if earlier is not None:
        first = result_of(earlier)
        again = blank_result(envelope.op_id, "duplicate")
        return {**again, "first": first, "photos_wanted": first["photos_wanted"]}
    lock_photos(sender.author.pk, [photo.sha256 for photo in envelope.photos])
    work = Work(envelope, sender.author, sender.actor, clock.corrected(envelope.at))
    end = attempt(work)
    operation = _store(sender, work, end, clock)
    claim_photos(operation, envelope.photos, clock)
    ask_the_office(operation, end)
    attach_what_is_here(operation, work.actor)
    if operation.is_applied and operation.kind == Kind.CREATE:
        apply_what_waited(operation)
    return result_of(operation)


def _store(sender: Sender, work: Work, end: End, clock: PhoneClock) -> Operation:
    envelope = work.envelope
    operation = Operation(
        user=sender.author,
        op_id=envelope.op_id,
        phone=envelope.phone,
        seq=envelope.seq,
        token=sender.token,
        rescued_by=sender.rescuer,
        kind=envelope.kind,
        asset_uid=envelope.asset,
        raw=envelope.raw,
        at=envelope.at,
        happened_at=work.happened_at,
        received_at=clock.server,
        position=envelope.position,
        accuracy=envelope.accuracy,
    )
    put_end(operation, end, applied_by=sender.actor.user)
    if operation.asset is None and envelope.asset is not None:
        operation.asset = Asset.objects.select_related("area").filter(uid=envelope.asset).first()
    operation.scope_code = _scope_code(operation, envelope)
    operation.save(force_insert=True)
    return operation


def _scope_code(operation: Operation, envelope: Envelope) -> str:
    """The area whose office answers for an operation: its asset's, else where it was recorded, else its author's.

    What is recorded on patrols belongs to the district as a whole (`OF_THE_DISTRICT`), and so does what an evaluation
    found: of one that was not announced the street hears when it is over.
    """
    found = _area_code(operation, envelope)
    of_an_evaluation = isinstance(envelope.fields, dict) and bool(envelope.fields.get("round"))
    return found[:6] if operation.kind in OF_THE_DISTRICT or of_an_evaluation else found


def _area_code(operation: Operation, envelope: Envelope) -> str:
    if operation.asset is not None:
        return operation.asset.scope_code
    if envelope.position is not None:
        area = placement_at(envelope.position).area
        if area is not None:
            return area.code
    role = operation.user.memberships.select_related("area").exclude(area=None).order_by("area__code").first()
    return role.area.code[:6] if role is not None and role.area is not None else ""
