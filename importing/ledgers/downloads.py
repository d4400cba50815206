"""Workbooks and files of importing: the empty template, the rows to correct, the file as it was sent."""

import uuid

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from accounts.permissions import IMPORT
from importing.ledger_corrections import corrections_file
from importing.ledgers.finding import find_ledger
from importing.template import template as empty_template
from web.access import readers_only
from web.answers import private

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@readers_only(IMPORT)
def template(request: HttpRequest) -> HttpResponse:
    """The empty workbook, with today's lists."""
    response = HttpResponse(empty_template(), content_type=XLSX)
    name = _("Ledger template")
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{name}.xlsx") or "attachment"
    return private(response)


@readers_only(IMPORT)
def corrections(request: HttpRequest, uid: uuid.UUID) -> FileResponse:
    """The rows to correct, with the reasons beside the cells; 404 while it is being written."""
    ledger = find_ledger(request, uid)
    try:
        file = corrections_file(ledger).open("rb")
    except FileNotFoundError:
        raise Http404(_("The workbook is not there (yet).")) from None
    stem = ledger.filename.rpartition(".")[0] or ledger.filename
    suffix = _("rows to correct")
    return _file(file, f"{stem} - {suffix}.xlsx", XLSX)


@readers_only(IMPORT)
def original(request: HttpRequest, uid: uuid.UUID) -> FileResponse:
    """The file as it was sent."""
    ledger = find_ledger(request, uid)
    try:
        file = ledger.file.open("rb")
    except FileNotFoundError:
        raise Http404(_("The file is no longer kept.")) from None
    return _file(file, ledger.filename, "application/octet-stream")


def _file(file: object, name: str, content_type: str) -> FileResponse:
    response = FileResponse(file, as_attachment=True, filename=name, content_type=content_type)
    return private(response)
