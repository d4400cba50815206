"""What the worker does for this room: edits of many assets, jobs of orders and campaigns, too large to wait for."""

from django.utils import translation
from django_tasks import task

from assets.models import BackgroundRun
from assets.runs import does, followed, has_moved
from assets.tasks import SOON
from work.actions.change_campaign import CHANGE_CAMPAIGN, carry_out_change
from work.actions.order_edit import EDIT_ASSETS, UNDO_EDIT, carry_out_edit, carry_out_undoing
from work.actions.order_jobs import PLAN_JOBS, carry_out


@task(priority=SOON)
def run_planning(run_id: int) -> None:
    """Plan the jobs of an order that is too large to wait for."""
    run = BackgroundRun.objects.select_related("started_by").get(pk=run_id)
    with followed(run) as progress, translation.override(run.parameters["language"]):
        carry_out(run, progress)


@task(priority=SOON)
def run_changing(run_id: int) -> None:
    """Take the jobs of a campaign one step on that is too large to wait for."""
    run = BackgroundRun.objects.select_related("started_by").get(pk=run_id)
    with followed(run) as progress, translation.override(run.parameters["language"]):
        carry_out_change(run, progress)


@task(priority=SOON)
def run_editing(run_id: int) -> None:
    """Change all assets of an order that is too large to wait for."""
    run = BackgroundRun.objects.select_related("started_by").get(pk=run_id)
    with followed(run) as progress, translation.override(run.parameters["language"]):
        carry_out_edit(run, progress)


@task(priority=SOON)
def run_undoing_edit(run_id: int) -> None:
    """Undo a bulk edit that is too large to wait for."""
    run = BackgroundRun.objects.select_related("started_by").get(pk=run_id)
    with followed(run) as progress, translation.override(run.parameters["language"]):
        carry_out_undoing(run, progress)


does(EDIT_ASSETS, run_editing)
does(UNDO_EDIT, run_undoing_edit)
does(PLAN_JOBS, run_planning)
does(CHANGE_CAMPAIGN, run_changing)
for _task in (run_planning, run_changing):
    has_moved(_task, "assets.tasks")
