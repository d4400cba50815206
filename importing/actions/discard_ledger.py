"""Discard a ledger that was not imported: its file, its table and its rows go, and the catalogue never knew it."""

import shutil
from datetime import timedelta

from django.utils import timezone

from assets.history import Actor
from assets.models import Ledger, LedgerState
from assets.models.ledger import UNDECIDED
from importing.actions.locking_ledgers import idle

FORGOTTEN_AFTER = timedelta(days=30)


def discard_ledger(actor: Actor, ledger: Ledger) -> None:
    """Drop a ledger.

    Raises:
        PermissionDenied: the actor may not go on with this ledger.
        ValidationError: naming `state`: it is being imported, or has been.
    """
    with idle(actor, ledger, *UNDECIDED) as current:
        folder = current.folder
        current.delete()
    shutil.rmtree(folder, ignore_errors=True)


def forget_old_ledgers() -> int:
    """Drop ledgers that nobody has decided about for a month, and folders without a ledger; returns how many."""
    old = Ledger.objects.filter(
        created_at__lt=timezone.now() - FORGOTTEN_AFTER,
        state__in=[LedgerState.UNREADABLE, LedgerState.READ, LedgerState.CHECKED],
    )
    for ledger in old:
        folder = ledger.folder
        ledger.delete()
        shutil.rmtree(folder, ignore_errors=True)
    return len(old)
