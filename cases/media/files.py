"""Media pieces as files: taken away as CSV or XLSX, and brought in with a preview of what is refused, and undo."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import EXPORT, KEEP_MEDIA, scope_of
from assets.dictionaries import dictionaries, read_generation
from assets.history import Actor
from assets.models import Origin
from assets.paging import PARAMETER, Key, Keyset
from cases.actions.import_media import apply_media, receive_media, undo_media
from cases.desk.views import add_errors
from cases.media.asked import MediaAsked
from cases.media.forms import FileForm
from cases.media.reading import TITLES
from cases.models import MediaImport
from mapping.exports.table_files import Content, answer_with
from mapping.exports.tables import Table, Value
from web.access import SignedInRequest, admitting, readers_only
from web.answers import show_page
from web.paging import only_parameters, ways

PAGE = 20
SHOWN_ROWS = 200
MOST_MEGABYTES = 20
_LATEST = Keyset("imports", (Key("pk", int, descending=True),))


@readers_only(EXPORT)
def export(request: SignedInRequest, ending: str) -> HttpResponse:
    """The pieces that the list shows, by the columns that an import reads."""
    asked = MediaAsked.read(request, dictionaries(read_generation()), request.user)
    pieces = (
        asked.pieces(request.user)
        .filter(scope_of(request.user, EXPORT).within("area__code"))
        .select_related("column", "street", "campaign")
        .defer("street__boundary")
    )
    rows: list[Sequence[Value]] = [
        [
            piece.pk,
            piece.published_on,
            piece.title,
            piece.outlet,
            piece.column.name,
            piece.link,
            piece.street.name if piece.street else "",
            piece.campaign.name if piece.campaign else "",
        ]
        for piece in pieces.order_by("-published_on", "-pk")
    ]
    table = Table(
        _("Media pieces"), [str(title) for title in TITLES.values()], rows, [8, 12, 48, 20, 16, 40, 16, 20]
    )
    return answer_with(
        Content("media", _("Media pieces"), table, _("Media pieces"), asked.but()), ending, request.user
    )


@admitting(KEEP_MEDIA, "GET", "HEAD", "POST")
def imports_page(request: SignedInRequest) -> HttpResponse:
    """The imports so far, and a form for another file."""
    only_parameters(request, PARAMETER)
    form = FileForm(request.user)
    if request.method == "POST":
        form = FileForm(request.user, request.POST, request.FILES)
        if form.is_valid():
            given = form.cleaned_data
            try:
                brought = _received(request, given["area"], given["file"])
            except ValidationError as error:
                add_errors(form, error)
            else:
                return HttpResponseRedirect(reverse("media-import", args=[brought.uid]))
    page = _LATEST.page_of(
        _imports(request.user).select_related("by").defer("rows"), request.GET.get(PARAMETER), PAGE
    )
    context = {"form": form, "rows": page.rows, "pages": ways(request, page.next)}
    return show_page(request, "cases/media/imports.html", context, status=422 if form.errors else 200)


def _received(request: SignedInRequest, area: Any, file: UploadedFile) -> MediaImport:
    """The file on disk for as long as it is read; nothing of it is kept but what its rows say."""
    name = Path(file.name or "").name
    if (file.size or 0) > MOST_MEGABYTES << 20:
        raise ValidationError(
            {"file": _("The file is larger than %(megabytes)s MB.") % {"megabytes": MOST_MEGABYTES}}
        )
    with tempfile.NamedTemporaryFile(suffix=Path(name).suffix[:8]) as kept:
        for chunk in file.chunks():
            kept.write(chunk)
        kept.flush()
        return receive_media(Actor(request.user, Origin.WEB), area, Path(kept.name), name)


def _imports(user: User) -> Any:
    scope = scope_of(user, KEEP_MEDIA)
    found = MediaImport.objects.select_related("area").defer("area__boundary")
    if scope.is_everywhere:
        return found
    codes = [prefix for prefix in scope.prefixes if len(prefix) <= 6]
    return found.filter(area__code__in=codes)


def _find(user: User, uid: UUID) -> MediaImport:
    """An import of a district whose media the reader keeps.

    Raises:
        Http404: there is none.
    """
    brought: MediaImport | None = _imports(user).filter(uid=uid).first()
    if brought is None:
        raise Http404
    return brought


@readers_only(KEEP_MEDIA)
def import_page(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """What a file says: what is new, what changes, what is refused and why; then take it over, or undo it."""
    only_parameters(request)
    brought = _find(request.user, uid)
    outcomes = {
        name: sum(row["outcome"] == name for row in brought.rows) for name in ("new", "changed", "same")
    }
    context = {
        "brought": brought,
        "outcomes": outcomes,
        "rows": [row for row in brought.rows if row["outcome"] != "same"][:SHOWN_ROWS],
        "shown": SHOWN_ROWS,
        "refused": brought.refused[:SHOWN_ROWS],
        "may_apply": brought.applied_at is None and outcomes["new"] + outcomes["changed"] > 0,
        "may_undo": brought.applied_at is not None and brought.undone_at is None,
    }
    return show_page(request, "cases/media/import.html", context)


@admitting(KEEP_MEDIA, "POST")
def do_verb(request: SignedInRequest, uid: UUID, verb: str) -> HttpResponse:
    """Take it over, or undo it."""
    brought = _find(request.user, uid)
    actor = Actor(request.user, Origin.WEB)
    if verb not in ("apply", "undo"):
        raise Http404
    try:
        if verb == "apply":
            messages.success(request, _("%(n)s pieces taken over.") % {"n": apply_media(actor, brought)})
        else:
            undone, left = undo_media(actor, brought)
            words = _("%(n)s pieces undone; %(left)s were changed since and are left as they are.")
            messages.success(request, words % {"n": undone, "left": left})
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return HttpResponseRedirect(reverse("media-import", args=[uid]))
