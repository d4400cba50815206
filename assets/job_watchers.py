"""Whoever else follows maintenance jobs: rooms further left register here (from their `AppConfig.ready`).

The actions on jobs ask before a job goes to another state, and tell afterwards, in the same transaction and with the
job locked; this room knows nothing of what hangs on it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from django.core.exceptions import PermissionDenied

from assets.history import Actor
from assets.models import Inspection, Maintenance, MaintenanceState


class JobWatcher(Protocol):
    """Somebody whose own records go with jobs."""

    def refusals(
        self, actor: Actor, jobs: Sequence[Maintenance], state: MaintenanceState
    ) -> Mapping[int, str]:
        """By the number of the job, why it must not go to this state by this actor's hand; the others may."""

    def moved(self, actor: Actor, jobs: Sequence[Maintenance], note: str, at: datetime) -> None:
        """These jobs have come to another state, which is saved.

        Args:
            note: what was said of it, or "".
            at: when it happened, by whoever did it.
        """

    def reopened(self, actor: Actor, job: Maintenance, reason: str, at: datetime) -> None:
        """What was verified was not so: the job is under way again."""

    def alarmed(self, actor: Actor, alarms: Sequence[tuple[Maintenance, Inspection]]) -> None:
        """These inspections found what cannot wait; beside each the open job that puts it right."""


_watchers: list[JobWatcher] = []


def watch_jobs(watcher: JobWatcher) -> None:
    """Add somebody who follows jobs."""
    _watchers.append(watcher)


def refusals(actor: Actor, jobs: Sequence[Maintenance], state: MaintenanceState) -> dict[int, str]:
    """Why some of these jobs must not go to a state, by the job's number."""
    return {
        number: sentence
        for watcher in _watchers
        for number, sentence in watcher.refusals(actor, jobs, state).items()
    }


def ask(actor: Actor, job: Maintenance, state: MaintenanceState) -> None:
    """Whether nobody objects to a job's going to a state.

    Raises:
        PermissionDenied: somebody does, and says why.
    """
    for sentence in refusals(actor, [job], state).values():
        raise PermissionDenied(sentence)


def tell_moved(actor: Actor, jobs: Sequence[Maintenance], at: datetime, note: str = "") -> None:
    """Tell everybody that jobs have come to another state."""
    for watcher in _watchers:
        watcher.moved(actor, jobs, note, at)


def tell_reopened(actor: Actor, job: Maintenance, reason: str, at: datetime) -> None:
    """Tell everybody that a verified job is under way again."""
    for watcher in _watchers:
        watcher.reopened(actor, job, reason, at)


def tell_alarmed(actor: Actor, alarms: Sequence[tuple[Maintenance, Inspection]]) -> None:
    """Tell everybody what inspections found that cannot wait."""
    for watcher in _watchers:
        watcher.alarmed(actor, alarms)
