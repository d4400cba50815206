"""Counts that take long, kept with the moment they were counted; the worker counts them anew when something changed.

Whoever sees a whole province asks for counts over millions of rows. The first who asks waits, and what took longer
than a second is kept (`KeptAnswer`). After a change the next who asks gets the kept answer and its age at once, and the
worker counts anew. What takes longer than a page may take at all is left to the worker from the beginning, and whoever
asks is told to come back.

A kept answer belongs to one question: kind, filter, area that its readers see, language, coordinate system. It is
counted with the rights of somebody who asked for it, as they are when it is counted.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from django.conf import settings
from django.db import OperationalError
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone, translation

from accounts.models import User
from accounts.permissions import READ, AnyUser, scope_of
from assets.filter_parameters import FilterError
from assets.filters import AssetFilter, read_filter
from places.database_away import statement_was_ended
from web.models import KeptAnswer

Count = Callable[[AssetFilter, User, str], bytes]

# Answers of another build are other answers, here and in caches (`web.caching`): raised when what is counted changes.
BUILD = "2"
SLOW_SECONDS = 1.0
# The worker counts nothing anew more often than this, and takes at most a fifth of its time for one question.
LEAST_PAUSE = timedelta(seconds=10)
PAUSES_A_COUNT = 5
# A task that has waited longer was lost with its worker, or there is none.
LOST_AFTER = timedelta(minutes=5)
FORGOTTEN_AFTER = timedelta(days=7)

_counts: dict[str, Count] = {}
_have_counted: list[Callable[[int], object]] = []


class BeingCountedError(Exception):
    """Nobody has waited long enough for this answer yet; the worker is at it."""


@dataclass(frozen=True)
class Answer:
    """What was counted. `counted_at` is None for what is as true now as when it was counted."""

    body: bytes
    counted_at: datetime | None = None

    @property
    def seconds_ago(self) -> int:
        """Its age, 0 for what is true now."""
        if self.counted_at is None:
            return 0
        return max(0, int((timezone.now() - self.counted_at).total_seconds()))


def counts(kind: str) -> Callable[[Count], Count]:
    """Mark the function that counts answers of a kind, from a filter, a reader, and what else was asked."""

    def register(count: Count) -> Count:
        _counts[kind] = count
        return count

    return register


def have_counted_by(task: Callable[[int], object]) -> None:
    """Name what has the worker count a kept answer anew, by its primary key (`web.tasks`)."""
    _have_counted[:] = [task]


def counted(kind: str, asset_filter: AssetFilter, user: User, asked: str = "") -> Answer:
    """The answer to a question: counted now, or kept.

    Raises:
        BeingCountedError: it takes longer than a page may take, and has not been counted yet.
    """
    if isinstance(asset_filter.values.get("updated_since"), int):
        # What a cursor leaves depends on the transactions that run now: never asked for twice.
        return Answer(_counts[kind](asset_filter, user, asked))
    kept = KeptAnswer.objects.filter(question=_digest(kind, asset_filter, user, asked)).first()
    if kept is None or _was_lost(kept):
        return _counted_here(kind, asset_filter, user, asked)
    if kept.edition == edition_of(asset_filter):
        return Answer(bytes(kept.body))
    _have_counted_anew(kept)
    if kept.counted_at is None:
        raise BeingCountedError
    return Answer(bytes(kept.body), kept.counted_at)


def edition_of(asset_filter: AssetFilter) -> str:
    """What an answer is true of: a state of the data, on a day, since days make things overdue."""
    return f"{asset_filter.generation.key} {asset_filter.reference.today}"


def _digest(kind: str, asset_filter: AssetFilter, user: AnyUser, asked: str) -> str:
    question = (
        BUILD,
        kind,
        asset_filter.query_string,
        asked,
        scope_of(user, READ).key,
        translation.get_language(),
        settings.BASEMAP_CRS,
    )
    return hashlib.sha256(repr(question).encode()).hexdigest()


def _was_lost(kept: KeptAnswer) -> bool:
    """Whether nobody will count what has never been counted: better try it again here."""
    waits = kept.waiting_since
    return kept.counted_at is None and (waits is None or timezone.now() - waits > LOST_AFTER)


def _counted_here(kind: str, asset_filter: AssetFilter, user: User, asked: str) -> Answer:
    started = monotonic()
    try:
        body = _counts[kind](asset_filter, user, asked)
    except OperationalError as error:
        if not statement_was_ended(error):
            raise
        _have_counted_anew(_keep(kind, asset_filter, user, asked))
        raise BeingCountedError from error
    seconds = monotonic() - started
    if seconds >= SLOW_SECONDS:
        _keep(
            kind,
            asset_filter,
            user,
            asked,
            body=body,
            edition=edition_of(asset_filter),
            counted_at=timezone.now(),
            seconds=seconds,
        )
    return Answer(body)


def _keep(kind: str, asset_filter: AssetFilter, user: User, asked: str, **found: object) -> KeptAnswer:
    """The question's row, with what was found; two who ask at once write one."""
    kept, _new = KeptAnswer.objects.update_or_create(
        question=_digest(kind, asset_filter, user, asked),
        defaults={"kind": kind, "asked_by": user, "asked_at": timezone.now(), "waiting_since": None, **found},
        create_defaults={
            "kind": kind,
            "filter": asset_filter.query_string,
            "asked": asked,
            "scope": scope_of(user, READ).key,
            "language": translation.get_language() or "",
            "asked_by": user,
            "asked_at": timezone.now(),
            **found,
        },
    )
    return kept


def _have_counted_anew(kept: KeptAnswer) -> None:
    """Have the worker count, unless that waits already or was done a moment ago."""
    now = timezone.now()
    if kept.counted_at is not None:
        pause = max(LEAST_PAUSE, timedelta(seconds=kept.seconds * PAUSES_A_COUNT))
        if now - kept.counted_at < pause:
            return
    waits_not = Q(waiting_since=None) | Q(waiting_since__lt=now - LOST_AFTER)
    if KeptAnswer.objects.filter(waits_not, pk=kept.pk).update(waiting_since=Now(), asked_at=Now()):
        for have_counted in _have_counted:
            have_counted(kept.pk)


def count_anew(pk: int) -> None:
    """Count a kept answer (for the worker); one that is quick by now, or nobody's any more, is kept no longer."""
    kept = KeptAnswer.objects.select_related("asked_by").filter(pk=pk).first()
    if kept is None:
        return
    user = kept.asked_by
    with translation.override(kept.language):
        asset_filter = _understood(kept.filter)
        if asset_filter is None or not user.is_active or scope_of(user, READ).key != kept.scope:
            kept.delete()
            return
        started = monotonic()
        kept.body = _counts[kept.kind](asset_filter, user, kept.asked)
    kept.seconds = monotonic() - started
    if kept.seconds < SLOW_SECONDS:
        kept.delete()
        return
    kept.edition, kept.counted_at, kept.waiting_since = edition_of(asset_filter), timezone.now(), None
    kept.save(update_fields=["body", "seconds", "edition", "counted_at", "waiting_since"])


def _understood(query: str) -> AssetFilter | None:
    """A kept filter; None when it names what there is no more."""
    try:
        return read_filter(query)
    except FilterError:
        return None


def forget_unasked() -> None:
    """Delete what nobody has asked for in a week."""
    KeptAnswer.objects.filter(asked_at__lt=Now() - FORGOTTEN_AFTER).delete()
