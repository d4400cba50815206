"""Responsibilities in and out as a workbook: template, export, reading a file, its preview, applying and undoing it."""

from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import EXPORT, MANAGE_RESPONSIBILITY
from assets.answering import told_to
from assets.history import Actor
from assets.models import Origin
from mapping.exports import audit
from mapping.exports.tables import Table
from mapping.exports.views import attachment
from mapping.exports.workbook import xlsx_of
from mapping.models import ExportOutcome
from places.models import BatchState, ResponsibilityBatch
from web.access import SignedInRequest, admitting, readers_only
from web.answers import private
from web.paging import only_parameters
from work.responsibility import forms
from work.responsibility.actions.import_responsibilities import (
    SAME,
    VERDICTS,
    WRONG,
    apply_batch,
    discard_batch,
    judge,
    receive_lines,
    undo_batch,
)
from work.responsibility.showing import show
from work.responsibility.views import day_asked, rows_asked
from work.responsibility.workbook import LARGEST_FILE, BadWorkbook, Line, read_lines, table_of, template

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_EXPORTED = 20_000
SHOWN = 500


@readers_only(EXPORT)
def export(request: SignedInRequest) -> HttpResponse:
    """The rows that the list shows, as a workbook that can be read back."""
    only_parameters(request, "kind", "street", "on")
    rows, kind, _street = rows_asked(request, day_asked(request))
    of_kind = rows.filter(kind=kind) if kind else rows
    found = [told_to(request.user, row) for row in of_kind.told().order_by("kind", "pk")[:MOST_EXPORTED]]
    line = audit.begin_plain(
        request.user,
        layer="responsibilities",
        format="xlsx",
        filter=request.GET.urlencode(),
        language=get_language(),
    )
    table = table_of(found)
    data = _xlsx(table, request.user)
    audit.finish(line, ExportOutcome.COMPLETE, rows=len(table.rows), size=len(data))
    return _answer(data, "responsibilities.xlsx")


@readers_only(MANAGE_RESPONSIBILITY)
def template_file(request: SignedInRequest) -> HttpResponse:
    """The empty workbook."""
    only_parameters(request)
    return _answer(_xlsx(template(), request.user), "responsibilities-template.xlsx")


def _xlsx(table: Table, user: User) -> bytes:
    made = f"{timezone.localtime():%Y-%m-%d %H:%M}"
    return xlsx_of(
        [table], [(_("Contents"), table.title), (_("Made at"), made), (_("Exported by"), str(user))]
    )


def _answer(data: bytes, filename: str) -> HttpResponse:
    response = HttpResponse(data, content_type=_XLSX)
    response["Content-Disposition"] = attachment(_("Responsibilities"), filename)
    return private(response)


@admitting(MANAGE_RESPONSIBILITY, "GET", "HEAD", "POST")
def import_page(request: SignedInRequest) -> HttpResponse:
    """Give a file; what was imported before."""
    form = forms.FileForm()
    if request.method == "POST":
        form = forms.FileForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                lines = _read(form.cleaned_data["file"])
            except BadWorkbook as error:
                form.add_error("file", str(error))
            else:
                name = form.cleaned_data["file"].name
                batch = receive_lines(Actor(request.user, Origin.IMPORT), name, lines)
                return HttpResponseRedirect(reverse("responsibility-batch", args=[batch.uid]))
    context = {"form": form, "batches": ResponsibilityBatch.objects.filter(by=request.user)[:20]}
    return show(request, "import", context, status=422 if form.errors else 200)


def _read(upload: UploadedFile) -> list[Line]:
    if (upload.size or 0) > LARGEST_FILE:
        raise BadWorkbook(_("The file is larger than %(megabytes)s MB.") % {"megabytes": LARGEST_FILE >> 20})
    ending = Path(upload.name or "").suffix.lower()[:8]
    with TemporaryDirectory(prefix="responsibilities-") as folder:
        path = Path(folder) / f"file{ending}"
        with path.open("wb") as file:
            for chunk in upload.chunks():
                file.write(chunk)
        return read_lines(path, f"file{ending}")


@admitting(MANAGE_RESPONSIBILITY, "GET", "HEAD", "POST")
def batch_page(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """What would come of a file, line by line; applying, throwing away, undoing it."""
    batch = ResponsibilityBatch.objects.filter(uid=uid, by=request.user).first()
    if batch is None:
        raise Http404
    if request.method == "POST":
        return _decide(request, batch)
    actor = Actor(request.user, Origin.IMPORT)
    judged = judge(actor, [Line(**row) for row in batch.rows]) if batch.state == BatchState.READ else []
    counted = dict.fromkeys(VERDICTS, 0)
    for judgement in judged:
        counted[judgement.verdict] += 1
    context = {
        "batch": batch,
        "is_read": batch.state == BatchState.READ,
        "is_applied": batch.state == BatchState.APPLIED,
        "counts": [(name, title, counted[name]) for name, title in VERDICTS.items()],
        # What needs a look stands first.
        "judged": sorted(
            judged, key=lambda judgement: (judgement.verdict != WRONG, judgement.verdict == SAME)
        )[:SHOWN],
        "total": len(judged),
        "changing": len(judged) - counted[WRONG] - counted[SAME],
        "made": batch.made.count(),
    }
    return show(request, "batch", context)


def _decide(request: SignedInRequest, batch: ResponsibilityBatch) -> HttpResponse:
    actor = Actor(request.user, Origin.IMPORT)
    order = request.POST.get("order")
    try:
        if order == "apply":
            counted = apply_batch(actor, batch)
            done = sum(counted.values()) - counted[WRONG] - counted[SAME]
            messages.success(
                request, _("Entered: %(n)s. Left out: %(left)s.") % {"n": done, "left": counted[WRONG]}
            )
        elif order == "undo":
            messages.success(request, _("Voided: %(n)s.") % {"n": undo_batch(actor, batch)})
        elif order == "discard":
            discard_batch(actor, batch)
            return HttpResponseRedirect(reverse("responsibility-import"))
        else:
            raise Http404
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return HttpResponseRedirect(reverse("responsibility-batch", args=[batch.uid]))
