"""What the worker does for this room: every hour it keeps the figures of days that are over.

It also goes on with the demonstration's past, which takes longer than a first start can wait for.
"""

from django.utils import timezone
from django_tasks import task

from assets.tasks import also_tidy
from reports.demonstration import invent_figures
from reports.figures.keeping import keep_what_is_missing

# Some seconds' work: whatever else waits for the worker comes in between.
INVENTED_AT_ONCE = 5

also_tidy(keep_what_is_missing)


@task()
def invent_more_figures() -> None:
    """Keep figures of some of the demonstration's past days, and have the others kept after what else waits."""
    if invent_figures(timezone.localdate(), INVENTED_AT_ONCE):
        invent_more_figures.enqueue()
