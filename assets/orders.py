"""Orders: what somebody asks for with a form, done at once while it is little, else by the worker; each order once.

An order has an id of its own, made with the form it came from. Whoever sends the form a second time, or clicks twice,
gets the run of the first; only an order that came to nothing may be sent again.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from assets.filter_parameters import FilterError
from assets.models import BackgroundRun, RunState
from assets.runs import Progress


def run_of(user: User, kind: str, uid: UUID, parameters: dict[str, Any]) -> tuple[BackgroundRun, bool]:
    """The run of an order, and whether it is still to be done. Whoever sends the same order meanwhile waits here.

    Raises:
        ValidationError: naming `order`: its id is somebody else's.
    """
    run, new = BackgroundRun.objects.get_or_create(
        uid=uid, defaults={"kind": kind, "started_by": user, "parameters": parameters}
    )
    if new:
        return run, True
    run = BackgroundRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if (run.kind, run.started_by_id) != (kind, user.pk):
        raise ValidationError({"order": _("This form was somebody else's. Open it again.")})
    if "refused" not in run.result:
        return run, False
    run.parameters, run.result, run.state = parameters, {}, RunState.WAITING
    run.finished_at, run.attempts, run.done = None, 0, 0
    run.save(update_fields=["parameters", "result", "state", "finished_at", "attempts", "done"])
    return run, True


def finish(run: BackgroundRun, result: dict[str, Any], *, done: int) -> None:
    """Done at once: `result` is what came of it."""
    run.state, run.result, run.finished_at = RunState.DONE, result, timezone.now()
    run.done = run.total = done
    run.save(update_fields=["state", "result", "finished_at", "done", "total"])


def carry_out(run: BackgroundRun, progress: Progress, act: Callable[[], dict[str, Any]]) -> None:
    """What the worker does with an order: `act` writes and tells what came of it, with its `batch`.

    What is refused is said in the result, by field, as the form would.
    """
    if "batch" in run.result:  # done, and killed before the run could say so
        progress.result = run.result
        return
    try:
        with transaction.atomic():
            result = act()
            # With what was written or not at all, so that a second attempt knows.
            BackgroundRun.objects.filter(pk=run.pk).update(result=result)
    except ValidationError as refusal:
        by_field = hasattr(refusal, "error_dict")
        progress.result = {"refused": refusal.message_dict if by_field else {"": refusal.messages}}
    except PermissionDenied as refusal:
        progress.result = {"refused": {"": [str(refusal)]}}
    except FilterError as refusal:
        progress.result = {"refused": {refusal.parameter: [refusal.sentence]}}
    else:
        progress.result = result
