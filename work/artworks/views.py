"""The list of artworks, one artwork with where it hangs, and "replace it everywhere"."""

from collections import Counter
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import PLAN_MAINTENANCE, READ, require
from assets.dictionaries import dictionaries, read_generation
from assets.filter_parameters import FilterError
from assets.models import Artwork, MaintenanceKind, Priority
from places.models import Unit
from web.access import SignedInRequest, admitting, readers_only
from web.answers import show_page
from work.actions.order_jobs import Order, order_jobs
from work.actions.plan_jobs import Work
from work.artwork_queries import (
    StreetRow,
    artworks,
    offered,
    status_of,
    streets_showing,
    successors,
)
from work.jobs.following import order_id, to_run
from work.jobs.forms import DayInput, crews
from work.jobs.views import actor_of, add_errors

USUAL_DAYS = 14
STATUSES = {
    "expired": gettext_lazy("Expired"),
    "withdrawn": gettext_lazy("Withdrawn"),
    "expiring": gettext_lazy("Expires soon"),
    "current": gettext_lazy("May hang"),
    "coming": gettext_lazy("Not yet"),
    "draft": gettext_lazy("Draft"),
}


@readers_only()
def artwork_list(request: SignedInRequest) -> HttpResponse:
    """All artworks, those that must be replaced first; `status` shows only some."""
    for name in request.GET:
        if name != "status":
            raise FilterError(name, _("There is no such parameter."))
    status = request.GET.get("status", "")
    if status and status not in STATUSES:
        raise FilterError("status", _("“%(value)s” does not exist.") % {"value": status[:80]})
    rows = artworks(request.user, timezone.localdate())
    counts = Counter(row.status for row in rows)
    context = {
        "rows": [row for row in rows if not status or row.status == status],
        "to_replace": sum(row.to_replace for row in rows),
        "tabs": [{"code": "", "title": _("All"), "count": len(rows), "current": not status}]
        + [
            {"code": code, "title": title, "count": counts[code], "current": code == status}
            for code, title in STATUSES.items()
        ],
        "statuses": STATUSES,
    }
    return _answer(request, "artworks/list.html", context)


class ReplaceForm(forms.Form):
    """What hangs instead, until when, and who does it in each street."""

    artwork = forms.ModelChoiceField(
        Artwork.objects.none(), label=gettext_lazy("New artwork"), to_field_name="code"
    )
    due_on = forms.DateField(label=gettext_lazy("Due on"), widget=DayInput())
    description = forms.CharField(
        label=gettext_lazy("Description"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self, streets: list[StreetRow], candidates: list[Artwork], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        # The order is that of likeness, so the choices are given rather than asked of the database.
        field = self.fields["artwork"]
        field.queryset = Artwork.objects.filter(pk__in=[each.pk for each in candidates])  # type: ignore[attr-defined]
        field.choices = [("", "—"), *((each.code, str(each)) for each in candidates)]  # type: ignore[attr-defined]
        teams = {str(crew.pk): crew for crew in crews()}
        self.streets = [street for street in streets if street.may_plan]
        for street in self.streets:
            self.fields[f"crew_{street.code}"] = forms.TypedChoiceField(
                label=street.name or _("Area unknown"),
                choices=[("", _("Decide later")), *((key, str(crew)) for key, crew in teams.items())],
                coerce=teams.__getitem__,
                empty_value=None,
                required=False,
                initial=str(street.crew.pk) if street.crew else "",
            )

    def crews_by_street(self) -> dict[int | None, Unit | None]:
        """Who works where."""
        return {street.id: self.cleaned_data[f"crew_{street.code}"] for street in self.streets}

    def rows(self) -> list[tuple[StreetRow, Any]]:
        """Each street with the field for its crew."""
        return [(street, self[f"crew_{street.code}"]) for street in self.streets]


@admitting(READ, "GET", "HEAD", "POST")
def artwork_page(request: SignedInRequest, code: str) -> HttpResponse:
    """One artwork: its picture and days, where it hangs by street, and its replacement (POST)."""
    artwork = _find(code)
    today = timezone.localdate()
    lists = dictionaries(read_generation())
    streets = streets_showing(artwork, request.user, lists)
    candidates = successors(artwork, today)
    if request.method == "POST":
        require(request.user, PLAN_MAINTENANCE)
        form = ReplaceForm(streets, candidates, request.POST)
        answer = _replace(request, artwork, form)
        if answer is not None:
            return answer
    else:
        likely = offered(artwork, candidates)
        form = ReplaceForm(
            streets,
            candidates,
            initial={"artwork": likely.code if likely else "", "due_on": _usual_day(likely, today)},
        )
    status = status_of(artwork, today)
    context = {
        "artwork": artwork,
        "status": status,
        "status_title": STATUSES[status],
        "themes": [lists.themes[theme].name for theme in artwork.themes if theme in lists.themes],
        "streets": streets,
        "shown": sum(street.shown for street in streets),
        "planned": sum(street.planned for street in streets),
        "may_plan": sum(street.may_plan for street in streets),
        "form": form if form.streets else None,
        "order": order_id(request),
        "outdated": status in ("expired", "withdrawn"),
    }
    return _answer(request, "artworks/artwork.html", context, 422 if form.errors else 200)


def _usual_day(artwork: Artwork | None, today: date) -> date:
    """In two weeks, but while the new artwork may hang."""
    usual = today + timedelta(days=USUAL_DAYS)
    if artwork is None:
        return usual
    return min(max(usual, artwork.valid_from or usual), artwork.valid_to or date.max)


def _replace(request: SignedInRequest, artwork: Artwork, form: ReplaceForm) -> HttpResponse | None:
    """Plan the replacements; None when the form has to be shown again."""
    if not form.is_valid():
        return None
    given = form.cleaned_data
    work = Work(
        kind=MaintenanceKind.REPLACE_CONTENT,
        due_on=given["due_on"],
        priority=Priority.HIGH,
        description=given["description"],
        artwork=given["artwork"],
        crews_by_street=form.crews_by_street(),
    )
    order = Order(
        uid=order_id(request),
        query=urlencode({"artwork": artwork.code}),
        work=work,
        title=_("%(old)s → %(new)s") % {"old": artwork.title, "new": given["artwork"].title},
        back=request.get_full_path(),
        facts={"old_artwork": artwork.code, "new_artwork": given["artwork"].code},
    )
    try:
        return to_run(request, order_jobs(actor_of(request), order))
    except ValidationError as error:
        add_errors(form, error)
        return None


@readers_only()
def artwork_picture(request: SignedInRequest, code: str) -> HttpResponseBase:
    """The picture; artworks are no secret among readers, but nothing is served past a sign-in."""
    artwork = _find(code)
    if not artwork.picture:
        raise Http404
    try:
        file = artwork.picture.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(file)
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _find(code: str) -> Artwork:
    artwork = None if "\0" in code else Artwork.objects.filter(code=code).first()
    if artwork is None:
        raise Http404
    return artwork


def _answer(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return show_page(request, template, {"section": "artworks", **context}, status=status)
