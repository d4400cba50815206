"""/jobs/runs/<uid>/: what the worker does with many jobs: how far it is, then their campaign, or what was refused."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.permissions import PLAN_MAINTENANCE
from assets.models import BackgroundRun, Batch, MaintenanceState, RunState
from assets.runs import is_abandoned, take_up_again
from web.access import SignedInRequest, admitting, readers_only
from web.answers import show_page
from work.actions.change_campaign import CHANGE_CAMPAIGN
from work.actions.order_jobs import PLAN_JOBS
from work.jobs.forms import PlanForm
from work.jobs.showing import reasons

_KINDS = (PLAN_JOBS, CHANGE_CAMPAIGN)


def order_id(request: HttpRequest) -> UUID:
    """The id of the order that a form holds; a new one for a form that is opened now, or holds none."""
    try:
        return UUID(request.POST.get("order", ""))
    except ValueError:
        return uuid4()


def to_run(request: HttpRequest, run: BackgroundRun) -> HttpResponse:
    """To the campaign it is about once it is done, until then to where one can see how far it is."""
    if "batch" in run.result:
        messages.success(request, in_words(run.result))
        return HttpResponseRedirect(reverse("campaign", args=[run.result["batch"]]))
    return HttpResponseRedirect(reverse("jobs-run", args=[run.uid]))


@readers_only(PLAN_MAINTENANCE)
def run_page(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """How far it is. Reloaded by its script when that changes, so all it leads to is here."""
    run = _find(request, uid)
    if "batch" in run.result:
        return to_run(request, run)
    context = {
        "section": "jobs",
        "tab": "new",
        "run": run,
        "planning": run.kind == PLAN_JOBS,
        "title": _title(run),
        "back": run.parameters.get("back") or reverse("campaign", args=[run.parameters["batch"]]),
        "refused": _refusals(run.result.get("refused", {})),
        "stopped": is_abandoned(run),
        "failed": run.state == RunState.FAILED,
    }
    return show_page(request, "jobs/run.html", context)


@admitting(PLAN_MAINTENANCE, "POST")
def again(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """Have the worker take up again what it left when it was killed, or what failed."""
    run = _find(request, uid)
    take_up_again(run)
    return HttpResponseRedirect(reverse("jobs-run", args=[run.uid]))


def in_words(result: dict[str, Any]) -> str:
    """What came of a run: n of N planned, and why the others not; or n taken a step on."""
    if "changed" in result:
        words = ngettext("%(n)s job: %(state)s", "%(n)s jobs: %(state)s", result["changed"])
        return words % {"n": f"{result['changed']:,}", "state": MaintenanceState(result["state"]).label}
    counts = {"n": f"{result['planned']:,}", "all": f"{result['asked']:,}"}
    parts = [_("%(n)s of %(all)s jobs planned.") % counts]
    parts += [
        _("%(n)s left out: %(why)s.") % {"n": f"{result['skipped'][code]:,}", "why": words}
        for code, words in reasons().items()
        if code in result["skipped"]
    ]
    return " ".join(parts)


def _title(run: BackgroundRun) -> str:
    """What the batch is called."""
    if run.kind == PLAN_JOBS:
        return str(run.parameters["title"])
    return str(Batch.objects.values_list("title", flat=True).get(pk=run.parameters["batch"]))


def _find(request: SignedInRequest, uid: UUID) -> BackgroundRun:
    """What the reader started; others' runs are nobody else's business."""
    run = BackgroundRun.objects.filter(kind__in=_KINDS, uid=uid, started_by_id=request.user.pk).first()
    if run is None:
        raise Http404
    return run


def _refusals(by_field: dict[str, list[str]]) -> list[tuple[str, str]]:
    """(label of the form's field, or nothing; sentence) of what was refused."""
    fields = PlanForm.base_fields
    return [
        (str(fields[name].label) if name in fields else "", sentence)
        for name, sentences in by_field.items()
        for sentence in sentences
    ]
