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

from accounts.models import User
from accounts.permissions import MANAGE_LISTS, PLAN_MAINTENANCE, POST_ARTWORK, READ, can, require
from assets.dictionaries import dictionaries, read_generation
from assets.filter_parameters import FilterError
from assets.models import Approval, Artwork, MaintenanceKind, Priority
from places.models import Unit
from places.row_history import changes_of
from web.access import SignedInRequest, admitting, readers_only
from web.answers import show_page
from work.actions.order_jobs import Order, order_jobs
from work.actions.plan_jobs import Work
from work.artwork_queries import (
    StreetRow,
    artworks,
    offered,
    shown_of,
    status_of,
    streets_showing,
    successors,
    versions_of,
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
# Those of them that may go up today.
HANGING = frozenset({"expiring", "current"})


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
        "with_pictures": any(row.artwork.picture for row in rows),
        "hanging": HANGING,
        "may_keep": can(request.user, MANAGE_LISTS),
        "may_post": can(request.user, POST_ARTWORK),
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
        field.queryset = Artwork.objects.filter(pk__in=[candidate.pk for candidate in candidates])  # type: ignore[attr-defined]
        field.choices = [("", "—"), *((candidate.code, str(candidate)) for candidate in candidates)]  # type: ignore[attr-defined]
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
    artwork = find_artwork(code)
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
    keeps = can(request.user, MANAGE_LISTS)
    context = {
        "artwork": artwork,
        "versions": _versions(artwork, request.user, today),
        "days_left": (artwork.valid_to - today).days if artwork.valid_to and status == "expiring" else None,
        "changes": changes_of(artwork),
        "may_keep": keeps,
        "may_approve": keeps and artwork.approval != Approval.APPROVED,
        "may_withdraw": keeps and artwork.approval == Approval.APPROVED,
        "may_post": status in HANGING and can(request.user, POST_ARTWORK),
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


def _versions(artwork: Artwork, user: User, today: date) -> list[dict[str, Any]]:
    """All versions of an artwork with how often each hangs; none when there is only the one."""
    family = versions_of(artwork)
    shown = shown_of(family, user)
    rows = []
    for version in family:
        status = status_of(version, today)
        rows.append(
            {
                "artwork": version,
                "status": status,
                "status_title": STATUSES[status],
                "shown": shown.get(version.pk, 0),
                "current": version.pk == artwork.pk,
            }
        )
    return rows if len(rows) > 1 else []


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
    cleaned = form.cleaned_data
    work = Work(
        kind=MaintenanceKind.REPLACE_CONTENT,
        due_on=cleaned["due_on"],
        priority=Priority.HIGH,
        description=cleaned["description"],
        artwork=cleaned["artwork"],
        crews_by_street=form.crews_by_street(),
    )
    order = Order(
        uid=order_id(request),
        query=urlencode({"artwork": artwork.code}),
        work=work,
        title=_("%(old)s → %(new)s") % {"old": artwork.title, "new": cleaned["artwork"].title},
        back=request.get_full_path(),
        facts={"old_artwork": artwork.code, "new_artwork": cleaned["artwork"].code},
    )
    try:
        return to_run(request, order_jobs(actor_of(request), order))
    except ValidationError as error:
        add_errors(form, error)
        return None


@readers_only()
def artwork_picture(request: SignedInRequest, code: str) -> HttpResponseBase:
    """The picture, or with `?size=thumb` a small one of it, which those have that the office's pages took in.

    Artworks are no secret among readers, but nothing is served past a sign-in.
    """
    artwork = find_artwork(code)
    if not artwork.picture:
        raise Http404
    name = str(artwork.picture.name)
    if request.GET.get("size") == "thumb":
        name = name.replace("-original.jpg", "-thumb.jpg")
    try:
        file = artwork.picture.storage.open(name, "rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(file)
    response["Cache-Control"] = "private, max-age=3600"
    return response


def find_artwork(code: str) -> Artwork:
    """An artwork by its code.

    Raises:
        Http404: there is none.
    """
    artwork = None if "\0" in code else Artwork.objects.filter(code=code).first()
    if artwork is None:
        raise Http404
    return artwork


def _answer(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return show_page(request, template, {"section": "artworks", **context}, status=status)
