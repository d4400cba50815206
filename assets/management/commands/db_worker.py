"""`manage.py db_worker`: the queue's own worker, which tidies first and then every hour (`assets.tasks.tidy`).

Django runs this command instead of the package's one of the same name, because this room stands before it.
"""

from typing import Any

from django_tasks_db.management.commands.db_worker import Command as QueueWorker

from assets.tasks import schedule_tidying


class Command(QueueWorker):
    """Runs background tasks until stopped; `--batch` runs what is waiting and ends."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Have the tidying done at once, then serve the queue."""
        schedule_tidying()
        super().handle(*args, **options)
