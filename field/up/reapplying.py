"""Applying what was held or refused at first: because its asset arrived, or because somebody in the office says so."""

from django.db.models import Q
from django.utils import timezone

from assets.history import Actor
from assets.models import Origin
from field.models import Decision, Operation, ReviewItem, ReviewKind, Status
from field.up.applying.work import Applied, Held, Work
from field.up.attempting import End, attempt
from field.up.claims import attach_what_is_here
from field.up.envelope import loads, read_envelope
from field.up.keeping import END_FIELDS, ask_the_office, put_end


def apply_what_waited(creation: Operation) -> None:
    """Apply what had arrived before the asset it is about, in the order in which each phone's work was done."""
    uid = str(creation.asset_uid)
    waiting = (
        Operation.objects.select_for_update(of=("self",))
        .filter(status=Status.CONFLICT, review_items__kind=ReviewKind.WAITING, review_items__decision="")
        .filter(Q(asset_uid=uid) | Q(raw__icontains=uid))
        .select_related("user")
    )
    for operation in sorted(waiting, key=lambda waited: (str(waited.phone), waited.seq or 0, waited.pk)):
        own = Actor(operation.rescued_by or operation.user, Origin.PHONE)
        end = reapply(operation, own)
        if not isinstance(end, Held) or end.kind != ReviewKind.WAITING:
            decision = Decision.APPLIED if isinstance(end, Applied) else Decision.TURNED
            settled = ReviewItem.objects.filter(operation=operation, kind=ReviewKind.WAITING)
            settled.update(decision=decision, decided_at=timezone.now())


def reapply(operation: Operation, actor: Actor) -> End:
    """Apply an operation now, under the actor's rights. What it turns up that must be looked at is asked about."""
    envelope = read_envelope(loads(operation.raw.encode()))
    end = attempt(Work(envelope, operation.user, actor, operation.happened_at))
    about = operation.asset
    put_end(operation, end, applied_by=actor.user)
    operation.asset = operation.asset or about
    operation.save(update_fields=END_FIELDS)
    asked = set(operation.review_items.values_list("kind", flat=True))
    ask_the_office(operation, end, besides=asked)
    if isinstance(end, Applied):
        attach_what_is_here(operation, actor)
    return end
