"""/export/…: every export, the change feed, the files of background runs, and what the dialogue offers.

GET gives the file. What is too large to wait for is made by a background run, and so is everything asked for with POST:
the answer is then 202 with the run's progress and, later, its file.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import (
    FileResponse,
    Http404,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.permissions import EXPORT
from assets.chosen_sql import settled_transaction
from assets.filter_parameters import FilterError
from assets.filters import read_filter
from assets.layers import ASSETS, EXPORTED
from assets.models import BackgroundRun, RunState
from mapping.api.application import no_parameters
from mapping.exports import audit
from mapping.exports.changes import SINCE, cursor_of, stream_changes
from mapping.exports.files import KEPT, KIND, file_of
from mapping.exports.formats import FORMATS
from mapping.exports.geojson import features_sql, is_streamed, stream
from mapping.exports.making import count_rows, make
from mapping.exports.progress import unwatched
from mapping.exports.wanted import (
    POSITION,
    SYSTEMS,
    Wanted,
    heading_of,
    named_in_full,
    read_wanted,
    short_name,
)
from mapping.models import ExportOutcome
from mapping.subjects import exported
from mapping.tasks import start_export
from web.access import SignedInRequest, admitting, readers_only
from web.answers import private
from web.problems import problem
from web.turns import in_turn

_PIECE_BYTES = 1 << 20
_MOST_LISTED = 20


@admitting(EXPORT, "GET", "HEAD", "POST")
@in_turn
def export(request: SignedInRequest, layer: str, ending: str) -> HttpResponseBase:
    """The rows that the filter leaves, in a format; takes crs, columns, titles and lang beside the filter."""
    wanted = _wanted(request, layer, ending)
    if request.method == "HEAD":
        return _headed(HttpResponse(), wanted)
    if request.method == "POST" or _is_large(wanted, request):
        return _in_background(wanted, request)
    if is_streamed(wanted):
        line = audit.begin(wanted, request.user)
        return _answer(wanted, audit.Audited(stream(wanted, *features_sql(wanted, request.user)), line))
    return _made(wanted, request)


def _wanted(request: SignedInRequest, layer: str, ending: str) -> Wanted:
    found = exported().get(layer)
    if found is None:
        raise Http404
    site = request.build_absolute_uri("/").rstrip("/")
    try:
        return read_wanted(request.GET, found, ending, site, request.user)
    except KeyError:
        raise Http404 from None


def _is_large(wanted: Wanted, request: SignedInRequest) -> bool:
    most = wanted.format.direct_rows
    if most is None or is_streamed(wanted):
        return False
    return count_rows(wanted.layer, wanted.filter, request.user) > most


def _in_background(wanted: Wanted, request: SignedInRequest) -> HttpResponse:
    run = start_export(wanted, request.user)
    address = reverse("api:run", args=[run.uid])
    body = {"run": str(run.uid), "progress": address, "download": reverse("export-file", args=[run.uid])}
    response = JsonResponse(body, status=202)
    response["Location"] = address
    response["Cache-Control"] = "no-store"
    return response


def _made(wanted: Wanted, request: SignedInRequest) -> HttpResponseBase:
    """A file that is made first and then sent, with its length: one that was cut off is seen to be."""
    line = audit.begin(wanted, request.user)
    folder = TemporaryDirectory(prefix="export-")
    path = Path(folder.name) / wanted.filename
    try:
        rows = make(wanted, request.user, path, unwatched)
        size = path.stat().st_size
    except Exception:
        folder.cleanup()
        audit.finish(line, ExportOutcome.FAILED, rows=0, size=0)
        raise
    response = _answer(wanted, audit.Audited(_MadeFile(path, folder, rows), line))
    response["Content-Length"] = str(size)
    return response


class _MadeFile:
    """A made file on its way to a reader, piece by piece; its folder goes when it ends or is let go, read or not.

    No generator: closing one that was never begun runs none of its lines, and when its folder goes is then up to the
    Python that runs it.
    """

    def __init__(self, path: Path, folder: TemporaryDirectory[str], rows: int) -> None:
        self._file = path.open("rb")
        self._folder = folder
        self._rows = rows

    def __iter__(self) -> Iterator[tuple[bytes, int]]:
        return self

    def __next__(self) -> tuple[bytes, int]:
        if self._file.closed:
            raise StopIteration
        if piece := self._file.read(_PIECE_BYTES):
            return piece, 0
        self.close()
        return b"", self._rows

    def close(self) -> None:
        """Let go of the file and of its folder; twice does no harm."""
        self._file.close()
        self._folder.cleanup()


def _answer(wanted: Wanted, pieces: Iterator[bytes]) -> StreamingHttpResponse:
    response = StreamingHttpResponse(pieces)
    _headed(response, wanted)
    # A proxy that collected the answer first would undo the streaming.
    response["X-Accel-Buffering"] = "no"
    return response


def _headed(response: HttpResponseBase, wanted: Wanted) -> Any:
    response["Content-Type"] = wanted.format.media_type
    response["Content-Disposition"] = attachment(str(wanted.layer.title), wanted.filename)
    return private(response)


def attachment(title: str, filename: str) -> str:
    """The header that names a file, in the reader's language and, for old programs, in ASCII."""
    stem, _dot, ending = filename.partition(".")
    stamp = f"{timezone.localtime():%Y%m%d_%H%M}"
    named = quote(f"{title}_{stamp}.{ending}")
    return f"attachment; filename=\"{stem}_{stamp}.{ending}\"; filename*=UTF-8''{named}"


# --- Files of background runs ---------------------------------------------------------------------------------------


@readers_only(EXPORT)
def file(request: SignedInRequest, uid: UUID) -> HttpResponseBase:
    """What a background run made, for the user who started it."""
    run = BackgroundRun.objects.filter(kind=KIND, uid=uid, started_by_id=request.user.pk).first()
    if run is None or run.state == RunState.FAILED:
        raise Http404
    if run.state != RunState.DONE:
        return problem(409, _("The file is still being made."))
    path = file_of(run)
    if path is None:
        return problem(410, _("The file has been tidied away. Ask for it again."))
    response = FileResponse(path.open("rb"), content_type=FORMATS[run.parameters["format"]].media_type)
    title = str(exported()[run.parameters["layer"]].title)
    response["Content-Disposition"] = attachment(title, path.name)
    return private(response)


@readers_only(EXPORT)
def files(request: SignedInRequest) -> JsonResponse:
    """What background runs have made for the user and is still there, newest first."""
    no_parameters(request)
    runs = BackgroundRun.objects.filter(kind=KIND, started_by_id=request.user.pk, state=RunState.DONE)
    names = ("filename", "rows", "bytes", "download")
    made = [
        {**{name: run.result[name] for name in names}, "finished_at": run.finished_at}
        for run in runs.filter(finished_at__gte=timezone.now() - KEPT)[:_MOST_LISTED]
        if file_of(run)
    ]
    response = JsonResponse({"files": made})
    return private(response)


# --- Change feed ----------------------------------------------------------------------------------------------------


@readers_only(EXPORT)
def changes(request: SignedInRequest, ending: str, layer: str = ASSETS.name) -> HttpResponseBase:
    """What changed since a cursor or a time (`updated_since`); without one, the whole set to begin with.

    Args:
        layer: one whose rows are what its subject is of: assets, cases.
    """
    if layer not in exported() or not exported()[layer].is_main:
        raise Http404(_("There is no such layer."))
    for name in ("crs", "titles"):
        if name in request.GET:
            raise FilterError(name, _("There is no such parameter."))
    wanted = _wanted(request, layer, ending)
    settled = settled_transaction()
    response = (
        HttpResponse()
        if request.method == "HEAD"
        else StreamingHttpResponse(
            audit.Audited(
                stream_changes(wanted, request.user, settled),
                audit.begin_plain(
                    request.user,
                    layer="changes" if layer == ASSETS.name else f"changes: {layer}",
                    format=wanted.format.name,
                    filter=wanted.filter.query_string,
                ),
            )
        )
    )
    response["Content-Type"] = wanted.format.media_type
    response["Cache-Control"] = "private, no-store"
    response["X-Accel-Buffering"] = "no"
    query = request.GET.copy()
    query[SINCE] = cursor_of(settled)
    response["Link"] = f'<{request.build_absolute_uri(request.path)}?{query.urlencode()}>; rel="next"'
    return response


# --- The dialogue ---------------------------------------------------------------------------------------------------


@readers_only(EXPORT)
def options(request: SignedInRequest) -> JsonResponse:
    """Layers, formats, systems and columns, in the reader's language."""
    no_parameters(request)
    language = (get_language() or "zh")[:2]
    body = {
        "layers": [
            {
                "name": layer.name,
                "title": str(layer.title),
                "formats": [
                    format_.name for format_ in FORMATS.values() if format_.listed and format_.is_for(layer)
                ],
                "columns": [
                    {"name": field.name, "title": heading_of(field, language)} for field in layer.fields
                ],
            }
            for layer in EXPORTED.values()
        ],
        "formats": [
            {
                "name": format_.name,
                "ending": format_.ending,
                "title": str(format_.title),
                "words": str(format_.words),
                "only_wgs84": format_.only_wgs84,
                "takes_titles": format_.takes_titles,
                "takes_columns": format_.takes_columns,
                "direct_rows": format_.direct_rows,
            }
            for format_ in FORMATS.values()
            if format_.listed
        ],
        "systems": [
            {"name": short_name(crs), "title": crs.title, "short": named_in_full(crs)} for crs in SYSTEMS
        ],
        "position": POSITION,
    }
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "private, max-age=60"
    return response


@readers_only(EXPORT)
def counts(request: SignedInRequest) -> JsonResponse:
    """How many rows of each layer the filter leaves, and how many there are without one."""
    asset_filter, every = read_filter(request.GET), read_filter("")
    body = {
        name: {
            "rows": count_rows(layer, asset_filter, request.user),
            "total": count_rows(layer, every, request.user),
        }
        for name, layer in EXPORTED.items()
    }
    response = JsonResponse(body)
    return private(response)
