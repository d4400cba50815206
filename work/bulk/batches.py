"""/edit/batches/<number>/: what a bulk edit did, and its undoing, which says beforehand what was changed since."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import EDIT
from assets.actions.revert_batch import preview_revert
from assets.models import Asset, Batch, BatchItem, BatchKind
from assets.sets.edits import bulk_edit_of
from assets.sets.undoing import CHANGED_SINCE
from web.access import SignedInRequest, admitting, readers_only
from web.answers import show_page
from work.actions.order_edit import order_undoing
from work.bulk.runs import to_run
from work.bulk.showing import edit_in_words, refused_in_words
from work.jobs.views import actor_of

LISTED = 50


@readers_only(EDIT)
def batch_page(request: SignedInRequest, number: int) -> HttpResponse:
    """What was changed, what was left alone and why, and the way to undo it."""
    batch = _find(request.user, number)
    report = batch.report
    context = {
        "edit": _edit_in_words(batch),
        "count": batch.items.count(),
        "asked": report.get("asked"),
        "unchanged": report.get("unchanged"),
        "refused": refused_in_words(report.get("refused", report.get("left", {})), _examples(report)),
        "undone_by": Batch.objects.filter(kind=BatchKind.REVERT, report__reverts=batch.pk)
        .order_by("-pk")
        .first(),
        "undoes": Batch.objects.filter(pk=report.get("reverts")).first() if report.get("reverts") else None,
    }
    return _answer(request, "bulk/batch.html", batch, context)


@admitting(EDIT, "GET", "HEAD", "POST")
def undo(request: SignedInRequest, number: int) -> HttpResponse:
    """What undoing would do and what was changed since; then do it."""
    batch = _find(request.user, number)
    problems: list[str] = []
    changed_too = (request.POST if request.method == "POST" else request.GET).get("changed_too") == "yes"
    if request.method == "POST":
        try:
            return to_run(request, order_undoing(actor_of(request), batch, changed_too=changed_too))
        except ValidationError as problem:
            problems = problem.messages
    preview = preview_revert(actor_of(request), batch, changed_too=changed_too)
    since = [left for left in preview.listed if left.reason == CHANGED_SINCE]
    others = {reason: n for reason, n in preview.left.items() if reason != CHANGED_SINCE}
    examples: dict[str, list[str]] = {}
    for left in preview.listed:
        examples.setdefault(left.reason, []).append(left.code)
    context = {
        "problems": problems,
        "told": preview,
        "since": since[:LISTED],
        "since_count": len(since),
        "refused": refused_in_words(others, examples),
        "changed_too": changed_too,
    }
    return _answer(request, "bulk/undo.html", batch, context, 422 if problems else 200)


def _find(user: User, number: int) -> Batch:
    """A bulk edit, or the undoing of one, of which the reader sees every asset."""
    batch = Batch.objects.filter(pk=number).select_related("actor").first() if number < 2**63 else None
    if batch is None or not _is_bulk_edit(batch):
        raise Http404
    items = BatchItem.objects.filter(batch=batch)
    seen = Asset.objects.visible_to(user).filter(pk__in=items.values("asset_id"))
    if items.count() != seen.count():
        raise Http404
    return batch


def _is_bulk_edit(batch: Batch) -> bool:
    """Whether it is one, or undoes one, or undoes that."""
    while batch.kind == BatchKind.REVERT and batch.report.get("reverts"):
        batch = Batch.objects.get(pk=batch.report["reverts"])
    return batch.kind == BatchKind.BULK_EDIT


def _edit_in_words(batch: Batch) -> list[tuple[str, str]]:
    if "edit" not in batch.report:
        return []
    try:
        return edit_in_words(bulk_edit_of(batch.report["edit"]))
    except ValidationError as gone:
        return [(_("What was changed"), " ".join(gone.messages))]


def _examples(report: dict[str, Any]) -> dict[str, list[str]]:
    """Some component ids for each reason."""
    examples: dict[str, list[str]] = dict(report.get("examples", {}))
    for left in report.get("listed", []):
        examples.setdefault(left["reason"], []).append(left["code"])
    return examples


def _answer(
    request: HttpRequest, template: str, batch: Batch, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    return show_page(request, template, {"section": "map", "batch": batch, **context}, status=status)
