"""What the worker does for this room: exports that are too large to wait for."""

from django.urls import reverse
from django.utils import timezone
from django_tasks import task

from accounts.models import User
from accounts.permissions import EXPORT, require
from assets.models import BackgroundRun
from assets.runs import Progress, does, followed, start_run
from assets.tasks import also_tidy
from mapping import counting  # noqa: F401 -- what the worker counts anew
from mapping.exports import audit
from mapping.exports.files import KEPT, KIND, new_file, tidy_files
from mapping.exports.making import make
from mapping.exports.wanted import Wanted, from_parameters
from mapping.models import Export, ExportOutcome


def start_export(wanted: Wanted, user: User) -> BackgroundRun:
    """Have an export made; the same one that still waits or runs for the same user answers for both."""
    parameters = wanted.as_parameters()
    unfinished = BackgroundRun.objects.filter(
        kind=KIND, started_by=user, parameters=parameters, finished_at=None
    ).first()
    return unfinished or start_run(KIND, user, parameters)


@task()
def run_export(run_id: int) -> None:
    """Make the file of an export, with the rights its user has now."""
    run = BackgroundRun.objects.select_related("started_by").get(pk=run_id)
    with followed(run) as progress:
        user = run.started_by
        assert user is not None
        require(user, EXPORT)
        wanted = from_parameters(run.parameters, user)
        # A second attempt goes on with the line of the first.
        line = Export.objects.filter(run=run).first() or audit.begin(wanted, user, run)
        try:
            with new_file(run, wanted.filename) as path:
                rows = make(wanted, user, path, _Counting(progress))
        except Exception:
            audit.finish(line, ExportOutcome.FAILED, rows=0, size=0)
            raise
        size = path.stat().st_size
        audit.finish(line, ExportOutcome.COMPLETE, rows=rows, size=size)
        progress.result = {
            "filename": wanted.filename,
            "rows": rows,
            "bytes": size,
            "download": reverse("export-file", args=[run.uid]),
            "kept_until": (timezone.now() + KEPT).isoformat(),
        }


class _Counting:
    """A run's progress, from the rows that a writer says it has written."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.written = self.expected = 0

    def __call__(self, written: int, expected: int = 0) -> None:
        self.written += written
        self.expected += expected
        self.progress(self.written, max(self.written, self.expected))


does(KIND, run_export)
also_tidy(tidy_files)
