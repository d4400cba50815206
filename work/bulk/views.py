"""/edit/: the same change for all that a filter leaves: say what, look at what it comes to, then do it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from accounts.permissions import EDIT
from assets.filters import AssetFilter, read_filter
from web.access import SignedInRequest, admitting
from web.answers import show_page
from work.actions.edit_assets import preview_edit
from work.actions.order_edit import EditOrder, order_edit
from work.bulk.forms import BulkEditForm
from work.bulk.runs import to_run
from work.bulk.showing import edit_in_words, refused_in_words, title_of
from work.jobs.following import order_id
from work.jobs.planning import given_words
from work.jobs.views import actor_of

# What a preview's form sends beside the edit itself.
_OF_THE_PAGE = frozenset({"csrfmiddlewaretoken", "order", "expected", "do"})


@admitting(EDIT, "GET", "HEAD", "POST")
def bulk_edit(request: SignedInRequest) -> HttpResponse:
    """The form; sent, the preview; sent from there, the change."""
    asset_filter = read_filter(request.GET)
    if request.method != "POST":
        return _form(request, asset_filter, BulkEditForm())
    form = BulkEditForm(request.POST)
    if request.POST.get("do") == "back" or not form.is_valid():
        return _form(request, asset_filter, form, sent=request.POST.get("do") != "back")
    edit = form.edit
    try:
        if request.POST.get("do") == "apply":
            order = EditOrder(
                uid=order_id(request),
                query=asset_filter.query_string,
                edit=edit,
                title=title_of(edit, given_words(asset_filter)),
                back=request.get_full_path(),
                expected=_expected(request),
            )
            return to_run(request, order_edit(actor_of(request), order))
        preview = preview_edit(actor_of(request), asset_filter.assets(request.user), edit)
    except ValidationError as problem:
        form.add_problems(problem)
        return _form(request, asset_filter, form, sent=True)
    context = {
        "told": preview,
        "edit": edit_in_words(edit),
        "refused": refused_in_words(preview.refused, preview.examples),
        "order": order_id(request),
        "kept": [
            (name, value)
            for name in request.POST
            if name not in _OF_THE_PAGE
            for value in request.POST.getlist(name)
            if value
        ],
    }
    return _answer(request, "bulk/preview.html", asset_filter, context)


def _expected(request: HttpRequest) -> int:
    number = request.POST.get("expected", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else -1


def _form(
    request: SignedInRequest, asset_filter: AssetFilter, form: BulkEditForm, *, sent: bool = False
) -> HttpResponse:
    wrong = sent and bool(form.errors)
    context = {"form": form, "matched": asset_filter.assets(request.user).count(), "shows_errors": wrong}
    return _answer(request, "bulk/edit.html", asset_filter, context, 422 if wrong else 200)


def _answer(
    request: HttpRequest, template: str, asset_filter: AssetFilter, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    shared = {"section": "map", "words": given_words(asset_filter), "query": asset_filter.query_string}
    return show_page(request, template, {**shared, **context}, status=status)
