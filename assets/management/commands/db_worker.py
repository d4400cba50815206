"""`manage.py db_worker`: the queue's own worker, which tidies first and then every hour (`assets.tasks.tidy`).

Django runs this command instead of the package's one of the same name, because this room stands before it.
"""

from argparse import ArgumentParser
from typing import Any

from django_tasks_db.management.commands.db_worker import Command as QueueWorker

from assets.tasks import schedule_tidying

SECONDS_BETWEEN_LOOKS = 0.2


class Command(QueueWorker):
    """Runs background tasks until stopped; `--batch` runs what is waiting and ends."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The queue's own options; it is looked at more often than the package would."""
        super().add_arguments(parser)
        # Somebody waits in front of a page. A look at the queue is one query of an index, under a millisecond.
        parser.set_defaults(interval=SECONDS_BETWEEN_LOOKS)

    def handle(self, *args: Any, **options: Any) -> None:
        """Have the tidying done at once, then serve the queue."""
        schedule_tidying()
        super().handle(*args, **options)
