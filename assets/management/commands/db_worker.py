"""`manage.py db_worker`: the queue's own worker, which tidies first and then every hour (`assets.tasks.tidy`).

Django runs this command instead of the package's one of the same name, because this room stands before it. It outlives
its database: when that goes away the worker waits, and once it is back takes up what it was at. While it lives it says
so (`assets.workers`).
"""

import logging
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.db import InterfaceError, OperationalError, connections
from django_tasks_db.management.commands.db_worker import Command as QueueWorker

from assets.tasks import schedule_tidying
from assets.workers import alive, find_moved_tasks, settle_lost_tasks

SECONDS_BETWEEN_LOOKS = 0.2
LONGEST_PAUSE_SECONDS = 30
logger = logging.getLogger(__name__)


class Command(QueueWorker):
    """Runs background tasks until stopped; `--batch` runs what is waiting and ends."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The queue's own options; it is looked at more often than the package would."""
        super().add_arguments(parser)
        # Somebody waits in front of a page. A look at the queue is one query of an index, under a millisecond.
        parser.set_defaults(interval=SECONDS_BETWEEN_LOOKS)

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve the queue, saying so.

        Raises:
            OperationalError, InterfaceError: the database is away and only what was waiting was to be done.
        """
        with alive(options["worker_id"]):
            self._serve(*args, **options)

    def _serve(self, *args: Any, **options: Any) -> None:
        """Have the tidying done at once, then serve the queue, as often as the database comes back."""
        pauses = _growing()
        while True:
            started = time.monotonic()
            try:
                find_moved_tasks()
                # These take up what was under way when the database was killed.
                settle_lost_tasks(at_rest=options["worker_id"])
                schedule_tidying()
                super().handle(*args, **options)
                return
            except (OperationalError, InterfaceError) as error:
                if options["batch"]:
                    raise
                connections.close_all()
                if time.monotonic() - started > LONGEST_PAUSE_SECONDS:
                    pauses = _growing()
                pause = next(pauses)
                logger.warning("The database is away (%s); trying again in %s s.", str(error).strip(), pause)
                time.sleep(pause)


def _growing() -> Iterator[float]:
    """Seconds to wait: 1, 2, 4 … and never longer than `LONGEST_PAUSE_SECONDS`."""
    pause = 1.0
    while True:
        yield pause
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
