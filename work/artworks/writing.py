"""Writing about artworks: entering one or its next version, editing, approving, withdrawing, hanging it on an asset.

Forms are shown by GET and sent by their script (POST answered in JSON, as the map's panel does it).
"""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.permissions import MANAGE_LISTS, POST_ARTWORK, can, require
from assets.actions.approve_artwork import approve_artwork
from assets.actions.edit_artwork import ArtworkConflict, edit_artwork
from assets.actions.post_artwork import post_artwork
from assets.actions.register_artwork import register_artwork
from assets.actions.withdraw_artwork import withdraw_artwork
from assets.dictionaries import dictionaries, read_generation
from assets.filter_parameters import FilterError
from assets.models import Approval, Artwork, Asset
from assets.search import suggestions
from places.row_history import changes_of, recorded_states
from web.access import SignedInRequest, admitting
from web.answers import private
from work.artwork_queries import shown_of
from work.artworks.forms import ApproveForm, ArtworkForm, PostOnForm, next_code
from work.artworks.views import find_artwork
from work.desk import answers, conflicts
from work.desk.forms import DeskForm
from work.desk.views import errors_of
from work.jobs.views import actor_of

MOST_SUGGESTED = 12
# What the search finds before those are left out that the reader may not post on.
_LOOKED_THROUGH = 60


# --- What is written about one --------------------------------------------------------------------------------------


@admitting(MANAGE_LISTS, "GET", "HEAD", "POST")
def new_view(request: SignedInRequest) -> HttpResponse:
    """Enter an artwork."""
    return _register(request, None)


@admitting(MANAGE_LISTS, "GET", "HEAD", "POST")
def version_view(request: SignedInRequest, code: str) -> HttpResponse:
    """Enter the next version of an artwork: begins with what the earlier one says, without its picture and days."""
    return _register(request, find_artwork(code))


def _register(request: SignedInRequest, earlier: Artwork | None) -> HttpResponse:
    if request.method == "POST":
        form = ArtworkForm(None, request.user, request.POST, request.FILES)
        if not form.is_valid():
            return answers.refused(errors_of(form))
        try:
            artwork = register_artwork(
                actor_of(request), form.cleaned_data["code"], form.written(), replaces=earlier
            )
        except ValidationError as error:
            return answers.refused(answers.sentences_of(error))
        return _done(request, artwork, _("It is entered as a draft. It may hang once it is approved."))
    initial: dict[str, Any] = {"code": next_code(earlier)}
    if earlier is not None:
        initial |= {name: getattr(earlier, name) for name in ("title", "wording", "themes", "origin", "logo")}
    context = {
        "form": ArtworkForm(None, request.user, initial=initial),
        "title": _("New version of “%(title)s”") % {"title": earlier.title} if earlier else _("New artwork"),
        "artwork": None,
        "earlier": earlier,
        "back": reverse("artwork", args=[earlier.code]) if earlier else reverse("artworks"),
    }
    return _page(request, "artworks/form.html", context)


@admitting(MANAGE_LISTS, "GET", "HEAD", "POST")
def edit_view(request: SignedInRequest, code: str) -> HttpResponse:
    """Edit an artwork."""
    artwork = find_artwork(code)
    if request.method == "POST":
        return _edit(request, artwork, ArtworkForm(artwork, request.user, request.POST, request.FILES))
    context = {
        "form": ArtworkForm(artwork, request.user),
        "title": _("Edit “%(title)s”") % {"title": artwork.title},
        "artwork": artwork,
        "fixed": artwork.approval == Approval.APPROVED,
        "back": reverse("artwork", args=[artwork.code]),
    }
    return _page(request, "artworks/form.html", context)


def _edit(request: SignedInRequest, artwork: Artwork, form: ArtworkForm) -> HttpResponse:
    if not form.is_valid():
        return answers.refused(errors_of(form))
    base = form.cleaned_data["base_version"]
    if base is None:
        # A form that does not say what its writer saw would put back what others wrote.
        return answers.refused({"__all__": [_("The form is incomplete. Open it again.")]})
    try:
        changes = form.written()
        if not changes:
            return _done(request, artwork, _("Nothing was changed."))
        edited = edit_artwork(actor_of(request), artwork, changes, base_state=base)
    except ArtworkConflict as conflict:
        newest = recorded_states(conflict.artwork).first()
        seen = recorded_states(conflict.artwork).filter(pgh_id__lte=base).first()
        later = [
            change
            for change in changes_of(conflict.artwork)
            if seen is None or change.at > seen.pgh_created_at
        ]
        return answers.conflict(
            _("Somebody else has changed the same meanwhile. Choose what stays, then save again."),
            version=newest.pgh_id if newest else 0,
            conflicts=conflicts.told_of(conflict.artwork, conflict.fields, form, later),
        )
    except ValidationError as error:
        return answers.refused(answers.sentences_of(error))
    return _done(request, edited, _("Saved."))


# --- Its approval ---------------------------------------------------------------------------------------------------


@admitting(MANAGE_LISTS, "GET", "HEAD", "POST")
def approve_view(request: SignedInRequest, code: str) -> HttpResponse:
    """Write down its approval."""
    artwork = find_artwork(code)
    if request.method == "POST":
        form = ApproveForm(None, request.user, request.POST)
        if not form.is_valid():
            return answers.refused(errors_of(form))
        cleaned = form.cleaned_data
        try:
            approve_artwork(
                actor_of(request),
                artwork,
                approved_by=cleaned["approved_by"],
                approved_on=cleaned["approved_on"],
                document=cleaned["approval_document"],
            )
        except ValidationError as error:
            return answers.refused(answers.sentences_of(error))
        return _done(request, artwork, _("It is approved and may hang on its days."))
    context = {
        "form": ApproveForm(None, request.user),
        "title": _("Approve “%(title)s”") % {"title": artwork.title},
        "artwork": artwork,
        "button": _("Approve"),
        "asks": _(
            "From now on it may hang. Its wording and picture then stay as they are; what changes is a new version."
        ),
        "back": reverse("artwork", args=[artwork.code]),
    }
    return _page(request, "artworks/verb.html", context)


@admitting(MANAGE_LISTS, "GET", "HEAD", "POST")
def withdraw_view(request: SignedInRequest, code: str) -> HttpResponse:
    """Take its approval back."""
    artwork = find_artwork(code)
    if request.method == "POST":
        try:
            withdraw_artwork(actor_of(request), artwork)
        except ValidationError as error:
            return answers.refused(answers.sentences_of(error))
        return _done(request, artwork, _("It is withdrawn: it may hang nowhere any more."))
    shown = shown_of([artwork], request.user).get(artwork.pk, 0)
    hangs = ngettext(
        "It may hang nowhere any more. %(n)s asset shows it and then counts as to be replaced.",
        "It may hang nowhere any more. %(n)s assets show it and then count as to be replaced.",
        shown,
    ) % {"n": shown}
    context = {
        "form": DeskForm(None, request.user),
        "title": _("Withdraw “%(title)s”") % {"title": artwork.title},
        "artwork": artwork,
        "button": _("Withdraw"),
        "dangerous": True,
        "asks": hangs if shown else _("It may hang nowhere any more. No asset shows it now."),
        "back": reverse("artwork", args=[artwork.code]),
    }
    return _page(request, "artworks/verb.html", context)


# --- Hanging it on an asset -----------------------------------------------------------------------------------------


@admitting(POST_ARTWORK, "GET", "HEAD", "POST")
def post_view(request: SignedInRequest, code: str) -> HttpResponse:
    """Hang it on an asset; the form stays open for the next one."""
    artwork = find_artwork(code)
    here = reverse("artwork-post", args=[artwork.code])
    if request.method == "POST":
        form = PostOnForm(None, request.user, request.POST)
        if not form.is_valid():
            return answers.refused(errors_of(form))
        cleaned = form.cleaned_data
        asset = Asset.objects.visible_to(request.user).filter(code=cleaned["asset_code"]).first()
        if asset is None:
            return answers.refused({"asset_code": [_("There is no such asset.")]})
        require(request.user, POST_ARTWORK, asset)
        try:
            post_artwork(actor_of(request), asset, artwork, posted_on=cleaned["posted_on"])
        except ValidationError as error:
            return answers.refused(answers.sentences_of(error))
        sentence = _("Posted on %(asset)s (%(code)s). Choose the next one, or go back.") % {
            "asset": asset.name or asset.type.name,
            "code": asset.code,
        }
        return _done(request, artwork, sentence, here)
    context = {
        "form": PostOnForm(None, request.user),
        "title": _("Post “%(title)s” on …") % {"title": artwork.title},
        "artwork": artwork,
        "button": _("Post"),
        "asks": _("It hangs there in place of what hung there; that comes down the same day."),
        "back": reverse("artwork", args=[artwork.code]),
    }
    return _page(request, "artworks/verb.html", context)


@admitting(POST_ARTWORK, "GET", "HEAD")
def assets_view(request: SignedInRequest) -> HttpResponse:
    """Assets that somebody types a part of, of those that they may post on."""
    try:
        found = suggestions(
            request.GET.get("q", ""), request.user, dictionaries(read_generation()), limit=_LOOKED_THROUGH
        )
    except FilterError:
        found = []
    codes = [suggestion["code"] for suggestion in found if suggestion["kind"] == "asset"]
    placed = Asset.objects.select_related("area").in_bulk(codes, field_name="code")
    rows = [
        {"key": suggestion["code"], "title": suggestion["title"], "subtitle": suggestion["subtitle"]}
        for suggestion in found
        if suggestion["kind"] == "asset" and can(request.user, POST_ARTWORK, placed[suggestion["code"]])
    ]
    answer = JsonResponse({"results": rows[:MOST_SUGGESTED]})
    return private(answer)


# --- Answers --------------------------------------------------------------------------------------------------------


def _done(request: SignedInRequest, artwork: Artwork, sentence: str, url: str = "") -> JsonResponse:
    """It was written; the script goes on to a page, which says so."""
    messages.success(request, sentence)
    answer = JsonResponse({"said": sentence, "url": url or reverse("artwork", args=[artwork.code])})
    answer["Cache-Control"] = "no-store"
    return answer


def _page(request: SignedInRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return answers.form_page(
        request, template, {"section": "artworks", "action": request.get_full_path(), **context}
    )
