"""How far a background run is: what a page asks every moment while the worker works."""

import uuid
from datetime import datetime
from typing import Any, Literal

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema

from assets.models import BackgroundRun
from mapping.api.application import no_parameters

router = Router()


class Run(Schema):
    """A background run; `total` is null until it is known."""

    uid: uuid.UUID
    kind: str
    state: Literal["waiting", "running", "done", "failed"]
    done: int
    total: int | None
    message: str
    result: dict[str, Any]
    created_at: datetime
    finished_at: datetime | None


@router.get("/runs/{uid}", response=Run)
def run(request: HttpRequest, uid: uuid.UUID) -> BackgroundRun:
    """A background run that you started."""
    no_parameters(request)
    found = BackgroundRun.objects.filter(uid=uid, started_by_id=request.user.pk).first()
    if found is None:
        raise Http404(_("There is no such run, or somebody else started it."))
    return found
