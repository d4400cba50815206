"""Suggestions for the inputs that choose one of very many rows: roads, sites, units."""

from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpResponse, JsonResponse

from accounts.permissions import READ, REGISTER, can, scope_of
from places.models import Road, Site, Unit
from web.access import SignedInRequest, admitting
from web.answers import private
from web.problems import problem
from work.desk.fields_form import CHOSEN_FROM

MOST = 12
LONGEST = 80


@admitting(READ, "GET", "HEAD")
def choices_view(request: SignedInRequest, field: str) -> HttpResponse:
    """Rows whose name holds what was typed; for those who write at all, since units are addresses of people."""
    model = CHOSEN_FROM.get(field)
    if model is None:
        raise Http404
    if not can(request.user, REGISTER):
        return problem(403)
    words = request.GET.get("q", "")[:LONGEST].split()
    rows = [
        {"key": row.pk, "title": str(row), "subtitle": _more(row)} for row in _named(request, model, words)
    ]
    answer = JsonResponse({"results": rows})
    return private(answer)


def _named(request: SignedInRequest, model: type[Model], words: list[str]) -> QuerySet[Model]:
    named = Q()
    for word in words:
        short = Q(short_name__icontains=word) if model is Unit else Q()
        named &= Q(name__icontains=word) | short
    rows = model._default_manager.filter(named).order_by("name", "pk")
    if model is Site:
        scope = scope_of(request.user, READ)
        rows = rows.select_related("kind", "area")
        if not scope.is_everywhere:
            rows = rows.filter(Q(area__isnull=True) | scope.within("area__code"))
    return rows[:MOST]


def _more(row: Model) -> str:
    """What tells two rows of one name apart."""
    if isinstance(row, Site):
        return str(row.kind)
    if isinstance(row, Unit):
        return row.name if row.short_name else ""
    return row.code if isinstance(row, Road) else ""
