"""/cases/media/: the list of media pieces with counts by column and street, entering and changing one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import KEEP_MEDIA, READ_CASES, can
from assets.dictionaries import dictionaries, read_generation
from assets.filter_parameters import NONE
from assets.history import Actor
from assets.models import Campaign, Origin
from assets.paging import PARAMETER
from cases.actions.keep_media import keep_media_piece, remove_media_piece
from cases.desk.views import add_errors
from cases.media.asked import LATEST, NAMED, MediaAsked
from cases.media.forms import PieceForm
from cases.models import MediaColumn, MediaPiece
from web.access import SignedInRequest, admitting, readers_only
from web.answers import show_page
from web.paging import only_parameters, ways

PAGE = 50


@readers_only(READ_CASES)
def list_page(request: SignedInRequest) -> HttpResponse:
    """The pieces that an address asks for, the latest first, with the counts of all it leaves."""
    user = request.user
    asked = MediaAsked.read(request, dictionaries(read_generation()), user, PARAMETER)
    pieces = asked.pieces(user)
    named = pieces.select_related(*NAMED).defer("street__boundary")
    page = LATEST.page_of(named, request.GET.get(PARAMETER), PAGE)
    context = {
        "rows": page.rows,
        "pages": ways(request, page.next),
        "asked": asked,
        "matched": pieces.count(),
        "columns": _by_column(asked, user),
        "streets": _by_street(asked, user),
        "campaigns": Campaign.objects.visible_to(user).filter(media__isnull=False).distinct(),
        "query": asked.but(),
        "may_keep": can(user, KEEP_MEDIA),
    }
    return show_page(request, "cases/media/list.html", context)


def _by_column(asked: MediaAsked, user: Any) -> list[dict[str, Any]]:
    """Each column with its number, every filter but its own applied."""
    counted = asked.pieces(user, "column").order_by().values_list("column").annotate(n=Count("pk"))
    numbers = dict(counted)
    tabs = [
        {
            "title": _("All"),
            "count": sum(numbers.values()),
            "query": asked.but(column=""),
            "current": not asked.column,
        }
    ]
    for column in MediaColumn.objects.all():
        if column.active or numbers.get(column.pk):
            query = asked.but(column=column.code)
            current = asked.column == column.code
            tabs.append(
                {"title": column.name, "count": numbers.get(column.pk, 0), "query": query, "current": current}
            )
    return tabs


def _by_street(asked: MediaAsked, user: Any) -> list[dict[str, Any]]:
    """Each street with its number; pieces about no one street are a row, so that sums match."""
    counted = dict(asked.pieces(user, "street").order_by().values_list("street").annotate(n=Count("pk")))
    rows = [
        {"name": area.name, "code": code, "count": counted.get(area.id, 0), "query": asked.but(street=code)}
        for code, area in asked.streets.items()
    ]
    rows.append(
        {
            "name": _("No one street"),
            "code": NONE,
            "count": counted.get(None, 0),
            "query": asked.but(street=NONE),
        }
    )
    return rows


def _find(request: SignedInRequest, number: int) -> MediaPiece:
    """A piece that the reader may see and that is still there.

    Raises:
        Http404: there is none.
    """
    seen = MediaPiece.objects.visible_to(request.user).there().select_related("area", *NAMED)
    piece = (
        seen.defer("area__boundary", "street__boundary").filter(pk=number).first() if number < 2**63 else None
    )
    if piece is None:
        raise Http404
    return piece


@admitting(KEEP_MEDIA, "GET", "HEAD", "POST")
def new_page(request: SignedInRequest) -> HttpResponse:
    """Enter a piece."""
    if request.method != "POST":
        only_parameters(request)
        return _show(request, PieceForm(request.user, initial={"published_on": timezone.localdate()}))
    form = PieceForm(request.user, request.POST)
    if form.is_valid():
        try:
            keep_media_piece(_actor(request), None, form.piece(), area=form.cleaned_data["area"])
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Entered."))
            return HttpResponseRedirect(reverse("media"))
    return _show(request, form, status=422)


@admitting(KEEP_MEDIA, "GET", "HEAD", "POST")
def piece_page(request: SignedInRequest, number: int) -> HttpResponse:
    """Change a piece."""
    piece = _find(request, number)
    if request.method != "POST":
        only_parameters(request)
        first: dict[str, Any] = {
            name: getattr(piece, name) for name in ("title", "outlet", "published_on", "link")
        }
        for name in NAMED:
            listed = getattr(piece, name)
            first[name] = listed.code if listed is not None else ""
        return _show(request, PieceForm(request.user, initial=first, district=piece.area), piece)
    form = PieceForm(request.user, request.POST, district=piece.area)
    if form.is_valid():
        try:
            keep_media_piece(_actor(request), piece, form.piece())
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("media"))
    return _show(request, form, piece, 422)


@admitting(KEEP_MEDIA, "POST")
def remove(request: SignedInRequest, number: int) -> HttpResponse:
    """Take a piece out."""
    piece = _find(request, number)
    remove_media_piece(_actor(request), piece)
    messages.success(request, _("“%(title)s” is taken out.") % {"title": piece.title})
    return HttpResponseRedirect(reverse("media"))


def _actor(request: SignedInRequest) -> Actor:
    return Actor(request.user, Origin.WEB)


def _show(
    request: SignedInRequest, form: PieceForm, piece: MediaPiece | None = None, status: int = 200
) -> HttpResponse:
    return show_page(request, "cases/media/piece.html", {"form": form, "piece": piece}, status=status)
