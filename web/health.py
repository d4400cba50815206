"""/healthz: whether this server can do its work, for whatever watches it. Needs no sign-in and tells no secrets."""

from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_tasks_db.models import DBTaskResult

from assets.workers import living

# A task that nobody has taken for so long means that the worker is stuck, or that there are too few.
PATIENCE = timedelta(minutes=5)


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when this server can answer, else 503: database and migrations are well.

    Without a worker the answer is "degraded", and still 200: pages are served, and whoever balances load is not to take
    them away. The worker is "stopped" when none was heard of for `SILENCE`, "late" when tasks wait all the same.
    """
    checks = {"database": "ok", "migrations": "ok", "worker": "ok"}
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            checks["migrations"] = "missing"
        elif not living().exists():
            checks["worker"] = "stopped"
        elif DBTaskResult.objects.ready().filter(enqueued_at__lt=timezone.now() - PATIENCE).exists():
            checks["worker"] = "late"
    except DatabaseError:
        checks |= {"database": "unreachable", "migrations": "unknown", "worker": "unknown"}
    if not checks["database"] == checks["migrations"] == "ok":
        return JsonResponse({"status": "failing", **checks}, status=503)
    return JsonResponse({"status": "ok" if checks["worker"] == "ok" else "degraded", **checks})
