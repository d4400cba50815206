"""/healthz: whether this server can do its work, for whatever watches it. Needs no sign-in and tells no secrets."""

from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_tasks_db.models import DBTaskResult

# A task that nobody has taken for so long means that no worker runs.
PATIENCE = timedelta(minutes=5)


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when database and migrations are well, else 503; a worker that does not come is told, and no fault."""
    checks = {"database": "ok", "migrations": "ok", "worker": "ok"}
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            checks["migrations"] = "missing"
        elif DBTaskResult.objects.ready().filter(enqueued_at__lt=timezone.now() - PATIENCE).exists():
            checks["worker"] = "late"
    except DatabaseError:
        checks |= {"database": "unreachable", "migrations": "unknown", "worker": "unknown"}
    well = checks["database"] == checks["migrations"] == "ok"
    return JsonResponse({"status": "ok" if well else "failing", **checks}, status=200 if well else 503)
