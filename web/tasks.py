"""What the worker does for this room: counts that are kept."""

from django_tasks import task

from assets.runs import has_moved
from assets.tasks import SOON, also_tidy
from web.kept_answers import count_anew, forget_unasked, have_counted_by


@task(priority=SOON)
def recount(pk: int) -> None:
    """Count a kept answer anew."""
    count_anew(pk)


has_moved(recount, "mapping.tasks")
also_tidy(forget_unasked)
have_counted_by(recount.enqueue)
