"""The first page: what this office has imported, and where a file is sent to.

An upload goes straight to the disk it will stay on, and no further than it may: who may send one, and how large it
says it is, is checked before its first byte is read.
"""

import tempfile
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload, UploadFileException
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from accounts.permissions import IMPORT, scope_of
from assets.models import Ledger
from assets.paging import PARAMETER, Key, Keyset
from importing.actions.add_photos import MOST_PHOTO_MEGABYTES, receive_photos
from importing.actions.receive_ledger import MOST_MEGABYTES, receive_ledger
from importing.errors import LedgerError
from importing.ledgers.finding import actor_of, find_ledger, form
from importing.reading import READABLE
from places.models import Area
from web.access import SignedInRequest, admitting
from web.answers import show_page
from web.paging import only_parameters, ways
from web.problems import problem

PER_PAGE = 20
_LATEST_FIRST = Keyset("new", (Key("pk", int, descending=True),))
# What surrounds the file in the body of a form.
_FRAME_BYTES = 1 << 20


@csrf_exempt  # the check reads the body, which comes after the question who sends it: see `_received`
@admitting(IMPORT, "GET", "HEAD", "POST")
def home(request: SignedInRequest) -> HttpResponse:
    """The imports of one's office, and the form for another; POST sends a file."""
    if request.method == "POST":
        return _receive(request, MOST_MEGABYTES, _received)
    return _home(request)


@csrf_exempt  # as above
@admitting(IMPORT, "POST")
def photos(request: SignedInRequest, uid: uuid.UUID) -> HttpResponse:
    """Send a ZIP file of photos for an imported ledger."""
    ledger = find_ledger(request, uid)
    return _receive(request, MOST_PHOTO_MEGABYTES, lambda guarded: _photos_received(guarded, ledger))


def _home(request: SignedInRequest, sentence: str = "", status: int = 200) -> HttpResponse:
    only_parameters(request, PARAMETER)
    ledgers = Ledger.objects.visible_to(request.user).select_related("uploaded_by", "run", "batch", "undone")
    page = _LATEST_FIRST.page_of(ledgers, request.GET.get(PARAMETER), PER_PAGE)
    offices = {area.code: area.name for area in _offices(request)}
    named = dict(Area.objects.filter(code__in={row.office for row in page.rows}).values_list("code", "name"))
    context: dict[str, Any] = {
        "ledgers": [(ledger, named.get(ledger.office, "")) for ledger in page.rows],
        "pages": ways(request, page.next),
        "offices": offices,
        "readable": ",".join(f".{ending}" for ending in READABLE if ending != "gdb"),
        "most_megabytes": MOST_MEGABYTES,
        "sentence": sentence,
    }
    return show_page(request, "ledgers/home.html", context, status=status)


def _offices(request: SignedInRequest) -> list[Area]:
    """The offices in whose name one may import: the areas of one's roles, or every district for who stands above."""
    scope = scope_of(request.user, IMPORT)
    if scope.is_everywhere:
        return list(Area.objects.filter(parent=None).order_by("code"))
    return list(Area.objects.filter(code__in=scope.prefixes).order_by("code"))


# --- Uploads ----------------------------------------------------------------------------------------------------------


class _Incoming(TemporaryUploadedFile):
    """An upload on the disk it will stay on, so that keeping it is renaming it."""

    def __init__(self, name: str, content_type: str | None, charset: str | None, extra: Any) -> None:
        folder = Path(settings.VAR_DIR) / "incoming"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = tempfile.NamedTemporaryFile(suffix=".upload", dir=folder)  # noqa: SIM115 (closed by the request)
        UploadedFile.__init__(self, file, name, content_type, 0, charset, extra)


class _ToDisk(FileUploadHandler):
    """Writes each piece to the disk as it comes, and stops at the limit whatever the sender said of the size."""

    def __init__(self, request: HttpRequest, most_bytes: int) -> None:
        super().__init__(request)
        self._left = most_bytes
        self.too_large = False
        self._file: _Incoming | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """One more file begins."""
        super().new_file(*args, **kwargs)
        self._file = _Incoming(self.file_name or "", self.content_type, self.charset, self.content_type_extra)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """One piece."""
        self._left -= len(raw_data)
        if self._left < 0:
            self.too_large = True
            self.upload_interrupted()
            raise StopUpload(connection_reset=True)
        assert self._file is not None
        self._file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """The file is whole."""
        assert self._file is not None
        self._file.seek(0)
        self._file.size = file_size
        return self._file

    def upload_interrupted(self) -> None:
        """The sender went away, or sends too much: what came so far is dropped."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _receive(request: SignedInRequest, most_megabytes: int, received: Any) -> HttpResponse:
    """Read the body under its limit, then let `received` see to it; answers in the sender's way, page or script."""
    too_large = str(LedgerError("too_large", megabytes=most_megabytes))
    if int(request.META.get("CONTENT_LENGTH") or 0) > (most_megabytes << 20) + _FRAME_BYTES:
        return _refused(request, too_large, 413)
    to_disk = _ToDisk(request, most_megabytes << 20)
    request.upload_handlers = [to_disk]
    try:
        response: HttpResponse = csrf_protect(received)(request)
    except ValidationError as error:
        if to_disk.too_large:  # and therefore no file
            return _refused(request, too_large, 413)
        return _refused(request, " ".join(error.messages), 422)
    except (MultiPartParserError, UploadFileException, OSError):
        return _refused(request, _("The file did not arrive whole. Please send it again."), 400)
    return response


def _refused(request: SignedInRequest, sentence: str, status: int) -> HttpResponse:
    if _is_script(request):
        return problem(status, sentence)
    return _home(request, sentence, status)


def _is_script(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "") == "application/json"


def _to(request: HttpRequest, address: str) -> HttpResponse:
    return JsonResponse({"location": address}) if _is_script(request) else HttpResponseRedirect(address)


def _received(request: SignedInRequest) -> HttpResponse:
    """A ledger's file is here."""
    file = request.FILES.get("file")
    if not isinstance(file, _Incoming):
        raise ValidationError({"file": _("Choose a file.")})
    offices = [area.code for area in _offices(request)]
    office = form(request).get("office") or (offices[0] if offices else "")
    file.flush()
    ledger = receive_ledger(
        actor_of(request), Path(file.temporary_file_path()), str(file.name), office=office
    )
    return _to(request, reverse("ledger", args=[ledger.uid]))


def _photos_received(request: SignedInRequest, ledger: Ledger) -> HttpResponse:
    """A ZIP file of photos is here."""
    file = request.FILES.get("file")
    if not isinstance(file, _Incoming):
        raise ValidationError({"file": _("Choose a file.")})
    file.flush()
    receive_photos(actor_of(request), ledger, Path(file.temporary_file_path()), str(file.name))
    return _to(request, reverse("ledger", args=[ledger.uid]) + "#photos")
