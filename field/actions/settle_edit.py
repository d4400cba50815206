"""Decide a correction that was held: for each field, what the phone said or what the catalogue says."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from assets.actions.edit_asset import EditConflict
from assets.actions.locking import locked
from assets.history import Actor
from assets.models import Origin
from field.actions.deciding import decide, deciding
from field.models import Decision, Kind, Operation, ReviewItem, ReviewKind, Status
from field.up.applying.edits import read_changes, write
from field.up.claims import attach_what_is_here
from field.up.envelope import loads, read_envelope
from field.up.keeping import END_FIELDS


def settle_edit(
    user: User, item: ReviewItem, take: Collection[str], *, seen: int | None = None, reason: str = ""
) -> Operation:
    """Write the phone's values of some fields, under the rights of whoever decides; the others stay as they are.

    Args:
        take: names of the fields to take from the phone, at least one (for none, see `dismiss_record`).
        seen: the version of the asset that was shown beside the phone's values.

    Raises:
        PermissionDenied: the user does not review there, or may not edit (or move) the asset.
        ValidationError: it is decided already; the fields are none, or not in the operation; or the asset has
            changed again since it was shown.
    """
    with deciding(user, item, ReviewKind.CONFLICT, ReviewKind.PROPOSAL, ReviewKind.REMOVED) as current:
        operation = current.operation
        if operation.kind != Kind.EDIT or operation.asset is None:
            raise ValidationError(_("This cannot be decided that way."))
        changes = read_changes(read_envelope(loads(operation.raw.encode())))
        taken = changes.only(set(take))
        if not taken.names or set(take) - set(changes.names):
            raise ValidationError({"take": _("Choose at least one field of the phone's.")})
        asset = locked(operation.asset)
        before = asset.version
        try:
            asset = write(Actor(user, Origin.PHONE), asset, taken, seen=seen)
        except EditConflict as conflict:
            raise ValidationError(_("The asset has changed again. Look at it anew.")) from conflict
        operation.status, operation.reason, operation.message = Status.MERGED, "", ""
        operation.fields = list(taken.names)
        operation.applied_by = user
        operation.version_before, operation.version_after = before, asset.version
        operation.save(update_fields=END_FIELDS)
        attach_what_is_here(operation, Actor(user, Origin.PHONE))
        decide(current, user, Decision.APPLIED, reason)
    return operation
