"""/campaigns/actions/: the list of campaigns, one with its progress by street, and what is done to it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import EXPORT, MANAGE_CAMPAIGNS, READ, can
from assets.dictionaries import dictionaries, read_generation
from assets.filter_parameters import FilterError
from assets.history import Actor
from assets.models import Campaign, CampaignKind, Origin
from assets.paging import PARAMETER, Key, Keyset
from web.access import SignedInRequest, admitting, readers_only
from web.answers import show_page
from web.paging import only_parameters, ways
from work.actions.close_campaign import close_campaign
from work.actions.edit_campaign import edit_campaign
from work.actions.open_campaign import open_campaign
from work.campaigns.asked import LATEST, CampaignsAsked, in_state, state_titles
from work.campaigns.counting import all_joinable
from work.campaigns.forms import CampaignForm, CloseForm, WhichForm, streets_in, targets_form, targets_in
from work.campaigns.hanging import hanging_of, jobs_to_post, postings_of
from work.campaigns.progress import progress_of

PAGE = 20
POSTINGS_A_PAGE = 100
_BY_KEY = Keyset("postings", (Key("pk", int),))


@readers_only()
def list_page(request: SignedInRequest) -> HttpResponse:
    """The campaigns of the reader's districts, the latest first, each with its progress."""
    asked = CampaignsAsked.read(request, PARAMETER)
    of_kind = asked.in_any_state(request.user)
    found = asked.campaigns(request.user)
    page = LATEST.page_of(
        found.select_related("area").defer("area__boundary").prefetch_related("artworks"),
        request.GET.get(PARAMETER),
        PAGE,
    )
    context = {
        "tab": "actions",
        "rows": progress_of(page.rows, request.user, dictionaries(read_generation())),
        "today": asked.today,
        "pages": ways(request, page.next),
        "matched": found.count(),
        "kinds": [("", _("All")), *CampaignKind.choices],
        "asked": asked,
        "tabs": [
            {
                "title": title,
                "query": asked.but(state=code),
                "count": of_kind.filter(in_state(code, asked.today)).count(),
                "current": code == asked.state,
            }
            for code, title in state_titles()
        ],
        "query": asked.but(),
        "may_open": can(request.user, MANAGE_CAMPAIGNS),
        "may_export": can(request.user, EXPORT),
    }
    return show_page(request, "campaigns/list.html", context)


# --- One campaign ---------------------------------------------------------------------------------------------------


def find_campaign(user: User, code: str) -> Campaign:
    """A campaign that the reader may see.

    Raises:
        Http404: there is none.
    """
    seen = (
        Campaign.objects.visible_to(user).select_related("area", "batch", "closed_by").defer("area__boundary")
    )
    campaign = None if "\0" in code else seen.filter(code=code).first()
    if campaign is None:
        raise Http404
    return campaign


@readers_only()
def campaign_page(request: SignedInRequest, code: str) -> HttpResponse:
    """One: what it is for, how far it is by street, what hangs for it."""
    only_parameters(request)
    return _show(request, find_campaign(request.user, code))


def _show(
    request: SignedInRequest, campaign: Campaign, refused: tuple[str, forms.Form] | None = None
) -> HttpResponse:
    user = request.user
    lists = dictionaries(read_generation())
    manages = can(user, MANAGE_CAMPAIGNS, campaign) and campaign.is_open
    joins = [
        joinable for joinable in all_joinable().values() if campaign.is_open and can(user, joinable.verb)
    ]
    context = {
        "tab": "actions",
        "campaign": campaign,
        "streets": campaign.streets.defer("boundary").order_by("code"),
        "artworks": campaign.artworks.all(),
        "progress": progress_of([campaign], user, lists)[0],
        "hanging": hanging_of(campaign, user, lists, timezone.localdate()),
        "runs": campaign.runs_on(timezone.localdate()),
        "may_manage": manages,
        "joins": [
            (
                joinable,
                refused[1]
                if refused and refused[0] == joinable.code
                else WhichForm(auto_id=f"{joinable.code}-%s"),
            )
            for joinable in joins
        ],
        "close": (refused[1] if refused and refused[0] == "close" else CloseForm(auto_id="close-%s"))
        if manages
        else None,
    }
    return show_page(request, "campaigns/campaign.html", context, status=422 if refused else 200)


@admitting(READ, "POST")
def change_members(request: SignedInRequest, code: str, what: str, way: str) -> HttpResponse:
    """Have jobs, cases or patrols join, or leave."""
    campaign = find_campaign(request.user, code)
    joinable = all_joinable().get(what)
    if joinable is None or way not in ("join", "leave"):
        raise Http404
    form = WhichForm(request.POST, auto_id=f"{what}-%s")
    if form.is_valid():
        act = joinable.join if way == "join" else joinable.leave
        try:
            count = act(Actor(request.user, Origin.WEB), campaign, form.cleaned_data["which"])
        except ValidationError as error:
            add_errors(form, error)
        else:
            words = _("%(what)s: %(n)s joined.") if way == "join" else _("%(what)s: %(n)s left.")
            messages.success(request, words % {"what": joinable.title, "n": count})
            return HttpResponseRedirect(reverse("special-action", args=[campaign.code]))
    return _show(request, campaign, (what, form))


@admitting(MANAGE_CAMPAIGNS, "POST")
def close(request: SignedInRequest, code: str) -> HttpResponse:
    """Close it."""
    campaign = find_campaign(request.user, code)
    form = CloseForm(request.POST, auto_id="close-%s")
    if form.is_valid():
        try:
            close_campaign(Actor(request.user, Origin.WEB), campaign, form.cleaned_data["outcome"])
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("The campaign is closed."))
            return HttpResponseRedirect(reverse("special-action", args=[campaign.code]))
    return _show(request, campaign, ("close", form))


@readers_only()
def hanging_page(request: SignedInRequest, code: str) -> HttpResponse:
    """Asset by asset what hangs for it, to be taken down by its day; or with `list=post` what is to be posted."""
    only_parameters(request, "list", "street", PARAMETER)
    campaign = find_campaign(request.user, code)
    which, street = request.GET.get("list", "down"), request.GET.get("street", "")
    if which not in ("post", "down"):
        raise FilterError("list", _("“%(value)s” does not exist.") % {"value": which[:80]})
    streets = {area.code: area for area in streets_in(campaign.area.code)}
    if street and street not in streets:
        raise FilterError("street", _("“%(value)s” does not exist.") % {"value": street[:80]})
    if which == "post":
        rows: Any = jobs_to_post(campaign, request.user).select_related("asset__street", "artwork", "crew")
    else:
        rows = (
            postings_of(campaign, request.user)
            .filter(taken_down_on=None)
            .select_related("asset__street", "artwork")
        )
    rows = rows.defer("asset__footprint", "asset__street__boundary")
    if street:
        rows = rows.filter(asset__street=streets[street])
    page = _BY_KEY.page_of(rows, request.GET.get(PARAMETER), POSTINGS_A_PAGE)
    context = {
        "tab": "actions",
        "campaign": campaign,
        "which": which,
        "street": street,
        "streets": streets.values(),
        "rows": page.rows,
        "matched": rows.count(),
        "today": timezone.localdate(),
        "pages": ways(request, page.next),
    }
    return show_page(request, "campaigns/hanging.html", context)


# --- Opening and changing -------------------------------------------------------------------------------------------


@admitting(MANAGE_CAMPAIGNS, "GET", "HEAD", "POST")
def new_page(request: SignedInRequest) -> HttpResponse:
    """Open a campaign."""
    if request.method != "POST":
        form = CampaignForm(request.user, initial={"begins_on": timezone.localdate()})
        streets = form.fields["streets"].queryset  # type: ignore[attr-defined]
        return _show_form(request, form, targets_form(streets))
    form = CampaignForm(request.user, request.POST)
    streets = form.fields["streets"].queryset  # type: ignore[attr-defined]
    rows = targets_form(streets, request.POST)
    if form.is_valid() and rows.is_valid():
        given = form.cleaned_data
        try:
            campaign = open_campaign(
                Actor(request.user, Origin.WEB),
                given["area"],
                given["code"],
                form.plan(targets_in(rows, streets)),
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("The campaign is open."))
            return HttpResponseRedirect(reverse("special-action", args=[campaign.code]))
    return _show_form(request, form, rows, status=422)


@admitting(MANAGE_CAMPAIGNS, "GET", "HEAD", "POST")
def edit_page(request: SignedInRequest, code: str) -> HttpResponse:
    """Change what is said of a campaign."""
    campaign = find_campaign(request.user, code)
    streets = streets_in(campaign.area.code)
    if request.method != "POST":
        first = {
            name: getattr(campaign, name)
            for name in CampaignForm.base_fields
            if name not in ("streets", "artworks")
        }
        first |= {
            "streets": list(campaign.streets.values_list("code", flat=True)),
            "artworks": list(campaign.artworks.values_list("code", flat=True)),
        }
        there = [
            {
                "counts": target.counts,
                "street": target.street.code if target.street else "",
                "wanted": target.wanted,
            }
            for target in campaign.targets.select_related("street").defer("street__boundary")
        ]
        form = CampaignForm(request.user, campaign=campaign, initial=first)
        return _show_form(request, form, targets_form(streets, initial=there), campaign)
    form = CampaignForm(request.user, request.POST, campaign=campaign)
    rows = targets_form(streets, request.POST)
    if form.is_valid() and rows.is_valid():
        try:
            edit_campaign(Actor(request.user, Origin.WEB), campaign, form.plan(targets_in(rows, streets)))
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("special-action", args=[campaign.code]))
    return _show_form(request, form, rows, campaign, status=422)


def _show_form(
    request: SignedInRequest, form: forms.Form, rows: Any, campaign: Campaign | None = None, status: int = 200
) -> HttpResponse:
    context = {"tab": "actions", "form": form, "targets": rows, "campaign": campaign}
    return show_page(request, "campaigns/form.html", context, status=status)


def add_errors(form: forms.Form, error: ValidationError) -> None:
    """Put an action's sentences at a form's fields; those about anything else at its head."""
    for name, sentences in error.message_dict.items():
        form.add_error(name if name in form.fields else None, sentences)
