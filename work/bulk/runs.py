"""/edit/runs/<uid>/: how far the worker is with a bulk edit or its undoing, then its batch, or what was refused."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import ngettext

from accounts.permissions import EDIT
from assets.field_groups import title_of
from assets.models import Asset, BackgroundRun, RunState
from assets.runs import is_abandoned, take_up_again
from web.access import SignedInRequest, admitting, readers_only
from web.answers import show_page
from work.actions.order_edit import EDIT_ASSETS, UNDO_EDIT


def to_run(request: HttpRequest, run: BackgroundRun) -> HttpResponse:
    """To the batch once it is done, until then to where one can see how far it is."""
    if "batch" not in run.result:
        return redirect("bulk-edit-run", run.uid)
    written = run.result["written"]
    words = (
        ngettext("%(n)s asset is as it was before.", "%(n)s assets are as they were before.", written)
        if run.kind == UNDO_EDIT
        else ngettext("%(n)s asset changed.", "%(n)s assets changed.", written)
    )
    messages.success(request, words % {"n": f"{written:,}"})
    return redirect("bulk-edit-batch", run.result["batch"])


@readers_only(EDIT)
def run_page(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """How far it is. Reloaded by its script when that changes, so all it leads to is here."""
    run = _find(request, uid)
    if "batch" in run.result:
        return to_run(request, run)
    undoing = run.kind == UNDO_EDIT
    context = {
        "section": "map",
        "run": run,
        "undoing": undoing,
        "back": reverse("bulk-edit-undo", args=[run.parameters["batch"]])
        if undoing
        else run.parameters["back"],
        "refused": _refusals(run.result.get("refused", {})),
        "stopped": is_abandoned(run),
        "failed": run.state == RunState.FAILED,
    }
    return show_page(request, "bulk/run.html", context)


@admitting(EDIT, "POST")
def again(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """Have the worker take up again what it left when it was killed, or what failed."""
    run = _find(request, uid)
    take_up_again(run)
    return HttpResponseRedirect(reverse("bulk-edit-run", args=[run.uid]))


def _find(request: SignedInRequest, uid: UUID) -> BackgroundRun:
    """What the reader started; others' runs are nobody else's business."""
    mine = BackgroundRun.objects.filter(kind__in=(EDIT_ASSETS, UNDO_EDIT), started_by_id=request.user.pk)
    run = mine.filter(uid=uid).first()
    if run is None:
        raise Http404
    return run


def _refusals(by_field: dict[str, list[str]]) -> list[tuple[str, str]]:
    """(the field's name in words, or nothing; sentence) of what was refused."""
    columns = {field.name for field in Asset._meta.concrete_fields}
    return [
        (title_of(name) if name in columns else "", sentence)
        for name, sentences in by_field.items()
        for sentence in sentences
    ]
