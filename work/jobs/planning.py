"""/jobs/new/: one kind of job for all that a filter leaves, or a selection on the map."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import PLAN_MAINTENANCE
from assets.filter_parameters import FilterError
from assets.filters import AssetFilter, read_filter
from assets.legend import legend_of
from assets.models import Artwork, MaintenanceKind
from web.access import SignedInRequest, admitting, readers_only
from web.answers import show_page
from work.actions.order_jobs import Order, order_jobs
from work.actions.plan_jobs import Work, preview_jobs
from work.jobs.following import order_id, to_run
from work.jobs.forms import PlanForm
from work.jobs.showing import reasons
from work.jobs.views import actor_of, add_errors

USUAL_DAYS = 14


@admitting(PLAN_MAINTENANCE, "GET", "HEAD", "POST")
def new_jobs(request: SignedInRequest) -> HttpResponse:
    """Ask for kind, crew and day; then plan, or have the worker plan."""
    asset_filter = read_filter(request.GET, extra=("kind",))
    if request.method == "POST":
        form = PlanForm(request.POST)
        if form.is_valid():
            try:
                return to_run(request, order_jobs(actor_of(request), _order(request, form, asset_filter)))
            except ValidationError as error:
                add_errors(form, error)
    else:
        due = timezone.localdate() + timedelta(days=USUAL_DAYS)
        form = PlanForm(initial={"kind": _kind(request, "repair"), "due_on": due})
    kind = form["kind"].value()
    if kind not in MaintenanceKind.values:
        kind = MaintenanceKind.REPAIR
    context = {
        "section": "jobs",
        "tab": "new",
        "form": form,
        "order": order_id(request),
        "words": given_words(asset_filter),
        "query": asset_filter.query_string,
        "preview": _preview(request, asset_filter, kind, None, again=False),
        "breakdown": _breakdown(asset_filter, request),
    }
    return _answer(request, "jobs/new.html", context, 422 if form.errors else 200)


@readers_only(PLAN_MAINTENANCE)
def preview(request: SignedInRequest) -> HttpResponse:
    """How many of what the filter leaves would get a job, and why the others not: a piece of the page."""
    asset_filter = read_filter(request.GET, extra=("kind", "post", "again"))
    artwork = None
    if code := request.GET.get("post"):
        artwork = Artwork.objects.filter(code=code).first() if "\0" not in code else None
        if artwork is None:
            raise FilterError("post", _("“%(value)s” does not exist.") % {"value": code[:80]})
    planned = _preview(
        request, asset_filter, _kind(request, "repair"), artwork, again=request.GET.get("again") == "yes"
    )
    return _answer(request, "jobs/preview.html", {"preview": planned})


def _kind(request: HttpRequest, otherwise: str) -> str:
    kind = request.GET.get("kind", otherwise)
    if kind not in MaintenanceKind.values:
        raise FilterError("kind", _("“%(value)s” does not exist.") % {"value": kind[:80]})
    return kind


def _order(request: SignedInRequest, form: PlanForm, asset_filter: AssetFilter) -> Order:
    return Order(
        uid=order_id(request),
        query=asset_filter.query_string,
        work=_work(form),
        title=_title(form, asset_filter),
        back=request.get_full_path(),
        again=form.cleaned_data["again"],
    )


def _work(form: PlanForm) -> Work:
    cleaned = form.cleaned_data
    kind = MaintenanceKind(cleaned["kind"])
    return Work(
        kind=kind,
        due_on=cleaned["due_on"],
        priority=cleaned["priority"],
        description=cleaned["description"],
        # The field is hidden for other kinds, whatever it still says.
        artwork=cleaned["artwork"] if kind == MaintenanceKind.REPLACE_CONTENT else None,
        crew=cleaned["crew"],
    )


def _title(form: PlanForm, asset_filter: AssetFilter) -> str:
    """What the batch is called: kind and filter."""
    kind = MaintenanceKind(form.cleaned_data["kind"]).label
    return " · ".join([str(kind), *(_joined(values) for _label, values in given_words(asset_filter))])


def given_words(asset_filter: AssetFilter) -> list[tuple[str, list[str]]]:
    """What was filtered by, in words; what holds anyway is not told."""
    return [
        (
            str(asset_filter.filters[name].label),
            asset_filter.filters[name].words(value, asset_filter.reference),
        )
        for name, value in asset_filter.values.items()
        if name in asset_filter.data
    ]


def _joined(values: list[str]) -> str:
    return "、".join(values[:3]) + ("…" if len(values) > 3 else "")


def _preview(
    request: SignedInRequest, asset_filter: AssetFilter, kind: str, artwork: Artwork | None, *, again: bool
) -> dict[str, Any]:
    work = Work(MaintenanceKind(kind), artwork=artwork)
    planned = preview_jobs(actor_of(request), asset_filter.assets(request.user), work, again=again)
    return {
        "asked": planned.asked,
        "planned": planned.planned,
        "skipped": [
            (words, planned.skipped[code]) for code, words in reasons().items() if code in planned.skipped
        ],
    }


def _breakdown(asset_filter: AssetFilter, request: SignedInRequest) -> list[dict[str, Any]]:
    """What the filter leaves, by street and by type, the most first."""
    counted = legend_of(asset_filter, request.user)["groups"]
    # A group's counts leave its own filter out, so only what that filter names is shown.
    return [
        {
            "title": title,
            "rows": sorted(
                (
                    row
                    for row in counted[name]
                    if row["count"]
                    and (name not in asset_filter.values or row["code"] in asset_filter.values[name])
                ),
                key=lambda row: -row["count"],
            )[:8],
        }
        for name, title in (("street", _("By street")), ("type", _("By type")))
    ]


def _answer(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return show_page(request, template, context, status=status)
