"""Board, list and single jobs, and the steps people take them on by."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.permissions import DO_MAINTENANCE, PLAN_MAINTENANCE, can
from assets.actions.attach_photo import attach_photo
from assets.actions.change_jobs import change_jobs
from assets.actions.change_maintenance_state import change_maintenance_state
from assets.actions.complete_maintenance import complete_maintenance
from assets.actions.edit_job import edit_job
from assets.actions.reopen_job import correct_cost, may_reopen, reopen_job
from assets.history import Actor
from assets.models import Maintenance, MaintenanceState, Origin, PhotoStage
from assets.models.maintenance import OPEN_STATES
from assets.rules.lateness import job_days_late
from places.row_history import changes_of
from web.access import SignedInRequest, admitting, readers_only
from web.answers import show_page
from web.paging import ways
from work.job_filter import OPEN, JobFilter, of_assets, read_job_filter
from work.job_queries import FINISHED_STATES, board, count_by_state, page_of_jobs, with_all_it_names
from work.jobs.forms import CostForm, DoneForm, EditForm, ReopenForm, StepForm, crews
from work.jobs.showing import cards_of, choices_of, steps_of
from work.jobs.slots import links_of

MOST_NAMED = 5
FILTERS = ("street", "type", "kind", "crew", "priority", "overdue")


def actor_of(request: SignedInRequest) -> Actor:
    """Who acts through a page."""
    return Actor(request.user, Origin.WEB)


@readers_only()
def board_page(request: SignedInRequest) -> HttpResponse:
    """A column for each state."""
    job_filter = read_job_filter(request.GET, request.user)
    today = job_filter.asset_filter.reference.today
    columns = [
        {
            "state": column.state.value,
            "title": column.state.label,
            "count": column.count,
            "late": column.late,
            "cards": cards_of(column.jobs, request.user, today),
            "more": column.count - len(column.jobs),
            "query": job_filter.but(state=column.state.value),
        }
        for column in board(job_filter, request.user)
    ]
    return _answer(request, "jobs/board.html", {"columns": columns, **frame(request, job_filter, "board")})


@readers_only()
def list_page(request: SignedInRequest) -> HttpResponse:
    """The jobs that a filter leaves, page by page."""
    job_filter = read_job_filter(request.GET, request.user, extra=("cursor", "order"))
    order = request.GET.get("order", "due")
    today = job_filter.asset_filter.reference.today
    jobs = job_filter.jobs(request.user)
    page = page_of_jobs(jobs, order=order, cursor=request.GET.get("cursor"))
    counts = count_by_state(job_filter.without("state").jobs(request.user), today)
    context = {
        "cards": cards_of(page.rows, request.user, today),
        "matched": jobs.count(),
        "tabs": _state_tabs(job_filter, counts),
        "orders": [("due", _("Due first")), ("new", _("Planned last"))],
        "order": order,
        "pages": ways(request, page.next),
    }
    return _answer(request, "jobs/list.html", {**context, **frame(request, job_filter, "list")})


def _state_tabs(job_filter: JobFilter, counts: dict[str, tuple[int, int]]) -> list[dict[str, Any]]:
    """All, open, and each state, with their numbers."""

    def tab(value: str, title: str, states: Iterable[str]) -> dict[str, Any]:
        return {
            "title": title,
            "count": sum(counts.get(state, (0, 0))[0] for state in states),
            "query": job_filter.but("state") if not value else job_filter.but(state=value),
            "current": job_filter.values.get("state", "") == value,
        }

    return [
        tab("", _("All"), MaintenanceState.values),
        tab(OPEN, _("Open"), OPEN_STATES),
        *(tab(state.value, str(state.label), [state.value]) for state in MaintenanceState),
    ]


def frame(request: SignedInRequest, job_filter: JobFilter, tab: str) -> dict[str, Any]:
    """What board and list share: the tabs, the filters above, and what can be done to several jobs."""
    return {
        "tab": tab,
        "choices": choices_of(job_filter, request.user, *FILTERS),
        "search": job_filter.values.get("q", ""),
        "kept": [(name, value) for name, value in job_filter.values.items() if name not in (*FILTERS, "q")],
        "words": job_filter.words(*FILTERS, "q", *(("state",) if tab == "list" else ())),
        "query": job_filter.query_string,
        "crews": crews() if can(request.user, PLAN_MAINTENANCE) else [],
        "may_do": can(request.user, DO_MAINTENANCE),
        "here": request.get_full_path(),
    }


# --- One job --------------------------------------------------------------------------------------------------------


@readers_only()
def job_page(request: SignedInRequest, number: int) -> HttpResponse:
    """One job: what, where, how far, and what may be done next."""
    return show_job(request, find_job(request, number))


def find_job(request: SignedInRequest, number: int) -> Maintenance:
    """A job on an asset that the reader may see.

    Raises:
        Http404: there is none.
    """
    seen = with_all_it_names(Maintenance.objects.filter(of_assets(request.user), pk=number))
    job = seen.select_related("created_by", "batch").first()
    if job is None:
        raise Http404
    return job


def show_job(
    request: SignedInRequest,
    job: Maintenance,
    *,
    done: DoneForm | None = None,
    edit: EditForm | None = None,
    reopening: ReopenForm | None = None,
    costing: CostForm | None = None,
) -> HttpResponse:
    """The job's page, with a form that was refused if there is one (422)."""
    today = timezone.localdate()
    may_plan = can(request.user, PLAN_MAINTENANCE, job.asset)
    steps = steps_of(job, request.user)
    photos = list(job.photos.order_by("-taken_at", "-pk"))
    context = {
        "tab": "job",
        "job": job,
        "card": cards_of([job], request.user, today)[0],
        "late": job_days_late(job, today),
        "links": links_of(job, request.user),
        "steps": [step for step in steps if step.asks != "result"],
        "done": (done or DoneForm()) if any(step.asks == "result" for step in steps) else None,
        "edit": edit
        or EditForm(
            initial={
                "due_on": job.due_on,
                "priority": job.priority,
                "description": job.description,
            }
        )
        if may_plan and job.state in OPEN_STATES
        else None,
        "reopening": reopening or (ReopenForm() if may_plan and may_reopen(job) else None),
        "costing": costing
        or (CostForm(initial={"cost": job.cost}) if may_plan and job.state in FINISHED_STATES else None),
        "crews": crews(),
        "stages": [
            (stage, [photo for photo in photos if photo.stage == stage.value])
            for stage in (PhotoStage.BEFORE, PhotoStage.AFTER)
        ],
        "may_add_photos": can(request.user, DO_MAINTENANCE, job.asset)
        and job.state != MaintenanceState.CANCELLED,
        "changes": changes_of(job),
        "refused": bool(done or edit or reopening or costing),
    }
    return _answer(request, "jobs/job.html", context, status=422 if context["refused"] else 200)


@admitting(DO_MAINTENANCE, "GET", "HEAD", "POST")
@require_POST
def change_state(request: SignedInRequest, number: int) -> HttpResponse:
    """Take one job one step on."""
    job = find_job(request, number)
    form = StepForm(request.POST)
    state = request.POST.get("state", "")
    if state not in MaintenanceState.values or not form.is_valid():
        messages.error(request, _("This step does not exist."))
        return back(request, job)
    cleaned = form.cleaned_data
    try:
        job = change_maintenance_state(
            actor_of(request), job, MaintenanceState(state), crew=cleaned["crew"], note=cleaned["note"]
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("%(job)s: %(state)s") % {"job": job, "state": job.get_state_display()})
    return back(request, job)


@admitting(DO_MAINTENANCE, "GET", "HEAD", "POST")
@require_POST
def complete(request: SignedInRequest, number: int) -> HttpResponse:
    """Finish a job: condition afterwards, cost, what was done, photos of it.

    The photos are kept whether or not the rest is accepted: a browser forgets the files of a form that comes back.
    """
    job = find_job(request, number)
    form = DoneForm(request.POST)
    if form.is_valid():
        try:
            job = complete_maintenance(actor_of(request), job, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("%(job)s is done.") % {"job": job})
    _attach(request, job, PhotoStage.AFTER)
    return show_job(request, find_job(request, number), done=form) if form.errors else back(request, job)


@admitting(PLAN_MAINTENANCE, "GET", "HEAD", "POST")
@require_POST
def edit(request: SignedInRequest, number: int) -> HttpResponse:
    """Change day, priority or description."""
    job = find_job(request, number)
    form = EditForm(request.POST)
    if form.is_valid():
        try:
            edit_job(actor_of(request), job, form.cleaned_data, seen=form.seen)
        except ValidationError as error:
            add_errors(form, error)
            job = find_job(request, number)
            form.show_now(job)
        else:
            messages.success(request, _("Saved."))
            return back(request, job)
    return show_job(request, job, edit=form)


@admitting(PLAN_MAINTENANCE, "GET", "HEAD", "POST")
@require_POST
def reopen(request: SignedInRequest, number: int) -> HttpResponse:
    """Open a verified job again."""
    job = find_job(request, number)
    form = ReopenForm(request.POST)
    if form.is_valid():
        try:
            reopen_job(actor_of(request), job, form.cleaned_data["reason"])
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("%(job)s is open again.") % {"job": job})
            return back(request, job)
    return show_job(request, find_job(request, number), reopening=form)


@admitting(PLAN_MAINTENANCE, "GET", "HEAD", "POST")
@require_POST
def cost(request: SignedInRequest, number: int) -> HttpResponse:
    """Correct what a finished job cost."""
    job = find_job(request, number)
    form = CostForm(request.POST)
    if form.is_valid():
        try:
            correct_cost(actor_of(request), job, form.cleaned_data["cost"], form.cleaned_data["reason"])
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return back(request, job)
    return show_job(request, find_job(request, number), costing=form)


@admitting(DO_MAINTENANCE, "GET", "HEAD", "POST")
@require_POST
def add_photos(request: SignedInRequest, number: int) -> HttpResponse:
    """Photos from before or after the work."""
    job = find_job(request, number)
    stage = request.POST.get("stage")
    if stage not in (PhotoStage.BEFORE, PhotoStage.AFTER):
        raise BadRequest(_("Photos of a job are from before or after it."))
    if not request.FILES.getlist("photos"):
        messages.error(request, _("Choose at least one photo."))
    _attach(request, job, PhotoStage(stage))
    return back(request, job)


def _attach(request: SignedInRequest, job: Maintenance, stage: PhotoStage) -> None:
    """Keep what was sent; one bad file does not lose the others."""
    kept = 0
    for file in request.FILES.getlist("photos"):
        try:
            attach_photo(actor_of(request), job.asset, file, stage=stage, maintenance=job)  # type: ignore[arg-type]
            kept += 1
        except ValidationError as error:
            messages.error(request, f"{file.name}: {' '.join(error.messages)}")
    if kept:
        messages.success(request, ngettext("%(n)s photo added.", "%(n)s photos added.", kept) % {"n": kept})


# --- Several jobs ---------------------------------------------------------------------------------------------------


@admitting(DO_MAINTENANCE, "GET", "HEAD", "POST")
@require_POST
def change_several(request: SignedInRequest) -> HttpResponse:
    """Take the chosen jobs one step on."""
    numbers = [int(text) for text in request.POST.getlist("job") if text.isascii() and text.isdigit()]
    form = StepForm(request.POST)
    state = request.POST.get("state", "")
    if state not in MaintenanceState.values or not form.is_valid():
        messages.error(request, _("This step does not exist."))
        return back(request)
    try:
        changed = change_jobs(
            actor_of(request), numbers, MaintenanceState(state), crew=form.cleaned_data["crew"]
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return back(request)
    label = MaintenanceState(state).label
    if changed.jobs:
        words = ngettext("%(n)s job: %(state)s", "%(n)s jobs: %(state)s", len(changed.jobs))
        messages.success(request, words % {"n": len(changed.jobs), "state": label})
    for job, why in changed.refused[:MOST_NAMED]:
        messages.error(request, f"{job}: {why}")
    if len(changed.refused) > MOST_NAMED:
        rest = len(changed.refused) - MOST_NAMED
        messages.error(
            request, ngettext("%(n)s more job refused.", "%(n)s more jobs refused.", rest) % {"n": rest}
        )
    return back(request)


def back(request: SignedInRequest, job: Maintenance | None = None) -> HttpResponse:
    """To where the form stood: the page it names, the job, or the board."""
    address = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(address, allowed_hosts=None):
        return HttpResponseRedirect(address)
    return HttpResponseRedirect(reverse("job", args=[job.pk]) if job else reverse("jobs"))


def add_errors(form: forms.Form, error: ValidationError) -> None:
    """Put an action's sentences at a form's fields; those about anything else at its head."""
    for name, sentences in error.message_dict.items():
        form.add_error(name if name in form.fields else None, sentences)


def _answer(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return show_page(request, template, {"section": "jobs", **context}, status=status)
