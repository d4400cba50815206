"""The pages of one ledger: the step it stands at, and the answers that lead to the next.

Every answer is a form that works without a script; an answer that is not accepted comes back with the page and the
reason. Whoever comes late, because a colleague has gone on meanwhile, is led to where the ledger stands.
"""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import IMPORT, MANAGE_LISTS, can
from assets.actions.revert_batch import preview_revert
from assets.models import AssetType, Ledger, LedgerState
from assets.paging import PARAMETER
from assets.runs import take_up_again
from importing.actions.check_ledger import (
    answer_columns,
    answer_values,
    confirm_rows,
    forget_answers,
    start_checking,
)
from importing.actions.discard_ledger import discard_ledger
from importing.actions.import_ledger import start_importing
from importing.actions.receive_ledger import choose_sheet
from importing.actions.undo_import import start_undoing
from importing.answers import Answers
from importing.ledgers import answering
from importing.ledgers.api import photos_of, progress_of
from importing.ledgers.filtering import page_of_rows, rows_to_show, show_of
from importing.ledgers.finding import actor_of, find_ledger, form
from importing.ledgers.showing import (
    held_codes,
    recalled_names,
    remarks_in_words,
    said_of_the_file,
    shown_codes,
    shown_rows,
    steps,
)
from importing.ledgers.unknown_values import unknown_values
from importing.locating import has_positions, locate
from importing.options import NO_POSITIONS
from importing.problems import in_words
from mapping.page_config import page_config
from places.coordinates import UnknownCRSError
from places.models import Area
from web.access import SignedInRequest, admitting, readers_only
from web.answers import show_page

ROWS_PER_PAGE = 50


@readers_only(IMPORT)
def ledger(request: SignedInRequest, uid: uuid.UUID) -> HttpResponse:
    """Where the ledger stands; once it is imported, the report."""
    found = find_ledger(request, uid)
    if found.is_busy:
        return _progress(request, found)
    if found.state == LedgerState.UNREADABLE:
        return _page(request, found, "unreadable", "upload", answering.unreadable(found))
    if found.state == LedgerState.READ:
        answers = Answers.of(found)
        step = "position" if answers.columns and has_positions(found, answers) else "columns"
        return HttpResponseRedirect(reverse(f"ledger-{step}", args=[uid]))
    return _rows_page(request, found)


# --- Sheet and columns --------------------------------------------------------------------------------------------


@admitting(IMPORT, "POST")
def sheet(request: SignedInRequest, uid: uuid.UUID) -> HttpResponse:
    """Read another sheet or layer, or the same one laid out in another way."""
    found = find_ledger(request, uid)
    try:
        choose_sheet(actor_of(request), found, answering.layout(form(request), Answers.of(found)))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return _to(found)


@admitting(IMPORT, "GET", "HEAD", "POST")
def columns(request: SignedInRequest, uid: uuid.UUID) -> HttpResponse:
    """Say what the columns mean."""
    found = find_ledger(request, uid)
    if found.state not in (LedgerState.READ, LedgerState.CHECKED):
        return _to(found)
    if request.method != "POST":
        return _columns(request, found, Answers.of(found))
    answers = answering.columns(form(request), found)
    try:
        current = answer_columns(actor_of(request), found, answers)
        if has_positions(current, Answers.of(current)):
            return HttpResponseRedirect(reverse("ledger-position", args=[uid]))
        start_checking(actor_of(request), current)
    except ValidationError as error:
        if "state" in error.message_dict:
            messages.error(request, " ".join(error.messages))
            return _to(found)
        return _columns(request, found, answers, error)
    return _to(found)


def _columns(
    request: SignedInRequest, found: Ledger, answers: Answers, error: ValidationError | None = None
) -> HttpResponse:
    choices = answering.column_choices(found, answers)
    context = {
        "choices": choices,
        "delimiters": answering.delimiters(),
        "encodings": answering.encodings(),
        "outlines": answering.outlines(),
        "recalled": sum(choice.recalled for choice in choices),
        "groups": answering.field_groups(),
        "answers": answers,
        "types": AssetType.objects.filter(active=True),
        "sources": answering.earlier_sources(found),
        "may_enter": can(request.user, MANAGE_LISTS),
        "remarks": remarks_in_words(found),
        "errors": error.message_dict if error else {},
        "problem": in_words(found.problem),
    }
    return _page(request, found, "columns", "columns", context, status=422 if error else 200)


@admitting(IMPORT, "POST")
def forget(request: SignedInRequest, uid: uuid.UUID) -> HttpResponse:
    """Forget what was said of ledgers with these headings; the columns are guessed anew."""
    found = find_ledger(request, uid)
    try:
        forget_answers(actor_of(request), found)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return _to(found)
    return HttpResponseRedirect(reverse("ledger-columns", args=[uid]))


# --- Position -----------------------------------------------------------------------------------------------------


@admitting(IMPORT, "GET", "HEAD", "POST")
def position(request: SignedInRequest, uid: uuid.UUID) -> HttpResponse:
    """Say which coordinate system the numbers are in, with both readings on the map; then have it checked."""
    found = find_ledger(request, uid)
    answers = Answers.of(found)
    if found.state not in (LedgerState.READ, LedgerState.CHECKED) or not answers.columns:
        return _to(found)
    if request.method != "POST":
        return _position(request, found, answers)
    crs, exchanged = answering.crs(form(request))
    try:
        if not crs and (located := locate(found, answers)) is not None and located.stated is None:
            raise ValidationError({"crs": _("Choose the coordinate system.")})
        start_checking(actor_of(request), found, crs=crs or None, exchanged=exchanged)
    except ValidationError as error:
        if "state" in error.message_dict:
            messages.error(request, " ".join(error.messages))
            return _to(found)
        return _position(request, found, answers, error)
    return _to(found)


def _position(
    request: SignedInRequest, found: Ledger, answers: Answers, error: ValidationError | None = None
) -> HttpResponse:
    also = request.GET.get("also", "").strip()
    try:
        located = locate(found, answers, also)
        unknown = ""
    except UnknownCRSError as unknown_crs:
        located, unknown = locate(found, answers), str(unknown_crs)
    context = {
        "located": located,
        "readings": answering.shown_readings(located, answers),
        "sample": answering.sample(located),
        "places_nothing": answers.crs == NO_POSITIONS,
        "also": also,
        "remarks": remarks_in_words(found),
        "unknown": unknown,
        "error": " ".join(error.messages) if error else "",
        "problem": in_words(found.problem),
        "page_config": page_config(request),
    }
    return _page(request, found, "position", "position", context, status=422 if error else 200)


# --- Progress -----------------------------------------------------------------------------------------------------


def _progress(request: SignedInRequest, found: Ledger) -> HttpResponse:
    step = {LedgerState.READING: "upload", LedgerState.CHECKING: "check"}.get(
        LedgerState(found.state), "done"
    )
    context = {"progress": progress_of(found), "page_config": page_config(request)}
    return _page(request, found, "progress", step, context)


@admitting(IMPORT, "POST")
def again(request: SignedInRequest, uid: uuid.UUID) -> HttpResponse:
    """Have the worker take up again what it left when it was killed, or what failed."""
    found = find_ledger(request, uid)
    if found.run is not None and found.is_busy:
        take_up_again(found.run)
    return _to(found)


# --- Differences and report -----------------------------------------------------------------------------------------


def _rows_page(request: SignedInRequest, found: Ledger) -> HttpResponse:
    template = "report" if found.is_imported else "preview"
    context = {
        **_rows_context(request, found),
        "page_config": page_config(request),
        "problem": in_words(found.problem),
        "corrections": progress_of(found)["corrections"],
        "may_enter": can(request.user, MANAGE_LISTS),
        "of_the_file": said_of_the_file(found),
    }
    if found.is_imported:
        context["photos"] = photos_of(found)
    else:
        context["unknown"] = unknown_values(found)
        context["held"] = held_codes(found)
        context["recalled"] = recalled_names(found)
        context["types"] = AssetType.objects.filter(active=True)
    return _page(request, found, template, "done" if found.is_imported else "check", context)


@readers_only(IMPORT)
def rows(request: SignedInRequest, uid: uuid.UUID) -> HttpResponse:
    """The list of rows alone, for a page that is open."""
    found = find_ledger(request, uid)
    return show_page(request, "ledgers/rows.html", {"ledger": found, **_rows_context(request, found)})


def _rows_context(request: HttpRequest, found: Ledger) -> dict[str, Any]:
    show, code = show_of(request, PARAMETER)
    # An empty cursor is the first page's, as links without a script have it.
    page = page_of_rows(rows_to_show(found, show, code), request.GET.get(PARAMETER) or None, ROWS_PER_PAGE)
    return {
        "show": show,
        "code": code,
        "codes": shown_codes(found.report.get("codes", {}), Answers.of(found)),
        "page": page,
        "rows": shown_rows(found, page.rows),
    }


@admitting(IMPORT, "POST")
def values(request: SignedInRequest, uid: uuid.UUID) -> HttpResponse:
    """Say what unknown names mean, or enter them; then have the ledger checked again."""
    found = find_ledger(request, uid)
    try:
        meanings = answering.values(actor_of(request), form(request))
        if not any(meanings.values()):
            raise ValidationError(_("Choose a meaning for at least one name."))
        answer_values(actor_of(request), found, meanings)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return _to(found)


@admitting(IMPORT, "POST")
def confirm(request: SignedInRequest, uid: uuid.UUID) -> HttpResponse:
    """Say that rows which are held are right all the same; then have the ledger checked again."""
    found = find_ledger(request, uid)
    try:
        confirm_rows(actor_of(request), found, form(request).get("code", ""))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return _to(found)


@admitting(IMPORT, "POST")
def commit(request: SignedInRequest, uid: uuid.UUID) -> HttpResponse:
    """Import it."""
    found = find_ledger(request, uid)
    try:
        start_importing(actor_of(request), found, skip_bad=form(request).get("skip_bad") == "yes")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return _to(found)


@admitting(IMPORT, "GET", "HEAD", "POST")
def undo(request: SignedInRequest, uid: uuid.UUID) -> HttpResponse:
    """What undoing the import would do; POST does it."""
    found = find_ledger(request, uid)
    if found.state != LedgerState.IMPORTED or found.batch is None:
        return _to(found)
    if request.method == "POST":
        try:
            start_undoing(actor_of(request), found, changed_too=form(request).get("changed_too") == "yes")
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return _to(found)
    batch = found.undone or found.batch
    reverted = preview_revert(actor_of(request), batch)
    return _page(request, found, "undo", "done", {"reverted": reverted, "listed": reverted.listed[:200]})


@admitting(IMPORT, "POST")
def discard(request: SignedInRequest, uid: uuid.UUID) -> HttpResponse:
    """Drop a ledger that was not imported."""
    found = find_ledger(request, uid)
    try:
        discard_ledger(actor_of(request), found)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return _to(found)
    messages.success(
        request, _("“%(file)s” has been discarded. Nothing was imported.") % {"file": found.filename}
    )
    return HttpResponseRedirect(reverse("import"))


# --- Shared -------------------------------------------------------------------------------------------------------


def _to(found: Ledger) -> HttpResponse:
    return HttpResponseRedirect(reverse("ledger", args=[found.uid]))


def _page(
    request: SignedInRequest,
    found: Ledger,
    template: str,
    step: str,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    office = Area.objects.filter(code=found.office).values_list("name", flat=True).first()
    everything = {"ledger": found, "office": office or "", "steps": steps(found, step), **context}
    return show_page(request, f"ledgers/{template}.html", everything, status=status)
