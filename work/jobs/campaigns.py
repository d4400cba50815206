"""/campaigns/: jobs that were planned together, and how far they are."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import PLAN_MAINTENANCE, can
from assets.dictionaries import dictionaries, read_generation
from assets.models import Artwork, Batch, BatchKind, Maintenance, MaintenanceState
from assets.paging import PARAMETER
from web.access import SignedInRequest, admitting, readers_only
from web.answers import show_page
from web.paging import only_parameters, ways
from work.actions.change_campaign import STEPS, change_campaign_or_start, jobs_to_change
from work.job_filter import of_assets
from work.job_queries import BOARD_STATES, campaign, page_of_campaigns
from work.jobs.following import to_run
from work.jobs.showing import reasons
from work.jobs.views import actor_of


@readers_only()
def campaign_list(request: SignedInRequest) -> HttpResponse:
    """The latest first, each with its progress."""
    only_parameters(request, PARAMETER)
    page = page_of_campaigns(request.user, timezone.localdate(), request.GET.get(PARAMETER))
    context = {"tab": "campaigns", "campaigns": page.rows, "pages": ways(request, page.next)}
    return _answer(request, "jobs/campaigns.html", context)


@readers_only()
def campaign_page(request: SignedInRequest, number: int) -> HttpResponse:
    """One of them: by state, street and crew, with ways to its jobs and to the map."""
    batch = Batch.objects.filter(pk=number, kind=BatchKind.JOBS).select_related("actor", "campaign").first()
    lists = dictionaries(read_generation())
    found = campaign(batch, request.user, lists, timezone.localdate()) if batch else None
    if found is None:
        raise Http404
    old, new = _artworks(found.batch)
    skipped = found.batch.report.get("skipped", {})
    context = {
        "tab": "campaigns",
        "campaign": found,
        "states": BOARD_STATES,
        "by_street": _("By street"),
        "by_crew": _("By crew"),
        "new": new,
        "old": old,
        "asked": found.batch.report.get("asked"),
        "planned": found.batch.report.get("planned"),
        "skipped": [(words, skipped[code]) for code, words in reasons().items() if code in skipped],
        "steps": _steps(request, found.batch),
        "due_on": Maintenance.objects.filter(batch=found.batch).values_list("due_on", flat=True).first(),
    }
    return _answer(request, "jobs/campaign.html", context)


@admitting(PLAN_MAINTENANCE, "POST")
def change(request: SignedInRequest, number: int) -> HttpResponse:
    """Cancel all of it that is still open, or verify all that is done."""
    batch = Batch.objects.filter(pk=number, kind=BatchKind.JOBS).first()
    if batch is None or not Maintenance.objects.filter(of_assets(request.user), batch=batch).exists():
        raise Http404
    state = request.POST.get("state", "")
    try:
        if state not in MaintenanceState.values:
            raise ValidationError(_("This step does not exist."))
        return to_run(request, change_campaign_or_start(actor_of(request), batch, MaintenanceState(state)))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return HttpResponseRedirect(reverse("campaign", args=[number]))


def _steps(request: SignedInRequest, batch: Batch) -> dict[str, int]:
    """How many of its jobs the reader may take to each step that is for all of them."""
    if not can(request.user, PLAN_MAINTENANCE):
        return {}
    return {state.value: jobs_to_change(request.user, batch, state).count() for state in STEPS}


def _artworks(batch: Batch) -> tuple[Artwork | None, Artwork | None]:
    """The artwork that is replaced, and the one that takes its place."""
    codes = [batch.report.get(name) for name in ("old_artwork", "new_artwork")]
    found = {artwork.code: artwork for artwork in Artwork.objects.filter(code__in=filter(None, codes))}
    return found.get(codes[0]), found.get(codes[1])


def _answer(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return show_page(request, template, {"section": "jobs", **context})
