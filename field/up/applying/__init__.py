"""What each kind of operation does, by way of the actions of `assets`, `cases` and `evaluation`.

All of it inside `field.up.receiving`'s savepoint.
"""

from collections.abc import Callable

from django.utils.translation import gettext as _

from field.models import Kind, Reason
from field.up.applying.creations import create
from field.up.applying.edits import edit
from field.up.applying.evaluations import visit as evaluate
from field.up.applying.inspections import inspect
from field.up.applying.jobs import finish_job, pause_job, start_job
from field.up.applying.patrols import end, start, visit
from field.up.applying.problems import report
from field.up.applying.work import Applied, Refused, Work

_BY_KIND: dict[str, Callable[[Work], Applied]] = {
    Kind.INSPECT: inspect,
    Kind.EDIT: edit,
    Kind.CREATE: create,
    Kind.JOB_START: start_job,
    Kind.JOB_PAUSE: pause_job,
    Kind.JOB_DONE: finish_job,
    Kind.PATROL_START: start,
    Kind.PATROL_VISIT: visit,
    Kind.PATROL_END: end,
    Kind.PROBLEM: report,
    Kind.EVALUATION: evaluate,
}


def apply(work: Work) -> Applied:
    """Do what an operation says.

    Raises:
        Held: the office must decide.
        Refused: it cannot be done; ValidationError and PermissionDenied of the actions mean the same.
    """
    do = _BY_KIND.get(work.envelope.kind)
    if do is None:
        raise Refused(Reason.UNKNOWN_KIND, _("This server does not know such records."))
    return do(work)
