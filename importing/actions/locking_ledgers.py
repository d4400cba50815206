"""What the actions on ledgers share: the current row, locked, of somebody who may go on with it, and at rest."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.permissions import IMPORT
from assets.history import Actor, authorise
from assets.models import Ledger, LedgerState


@contextmanager
def idle(actor: Actor, ledger: Ledger, *states: LedgerState) -> Iterator[Ledger]:
    """One transaction with the ledger's row locked, in one of `states`.

    Raises:
        PermissionDenied: the actor may not import, or not for this office.
        ValidationError: naming `state`.
    """
    authorise(actor, IMPORT)
    with transaction.atomic():
        current = (
            Ledger.objects.select_for_update(of=("self",)).select_related("batch", "undone").get(pk=ledger.pk)
        )
        if actor.user is None or not current.may_be_handled_by(actor.user):
            raise PermissionDenied(_("Your role does not allow this here."))
        if current.state not in states:
            state = {"state": current.get_state_display()}
            raise ValidationError({"state": _("The ledger has moved on meanwhile: %(state)s.") % state})
        yield current
