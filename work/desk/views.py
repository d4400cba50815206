"""The panel's forms of one asset: shown by GET, done by POST. Every answer to POST is JSON (`work.desk.answers`)."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import EDIT, READ, require
from assets.actions.edit_asset import EditConflict, edit_asset
from assets.field_groups import GROUPS_BY_NAME
from assets.history import Actor
from assets.models import Asset, Origin
from mapping.panel import find_asset
from places.row_history import changes_of
from web.access import SignedInRequest, admitting
from web.problems import problem
from work.desk import answers, conflicts
from work.desk.fields_form import FieldsForm, groups_named
from work.desk.forms import DeskForm
from work.desk.verbs import VERBS_BY_SLUG, Verb


def actor_of(request: SignedInRequest) -> Actor:
    """Who acts through the panel."""
    return Actor(request.user, Origin.WEB)


def asset_or_404(request: SignedInRequest, code: str) -> Asset:
    """An asset that the reader may see.

    Raises:
        Http404: there is none.
    """
    asset = None if "\0" in code else find_asset(code, request.user)
    if asset is None:
        raise Http404
    return asset


# --- Verbs with a small form ----------------------------------------------------------------------------------------


@admitting(READ, "GET", "HEAD", "POST")
def verb_view(request: SignedInRequest, code: str, slug: str) -> HttpResponse:
    """Ask for what a verb needs (GET), or do it (POST)."""
    asset = asset_or_404(request, code)
    verb = VERBS_BY_SLUG.get(slug)
    if verb is None:
        raise Http404
    require(request.user, verb.permission(asset), asset)
    if request.method == "POST":
        form = verb.form(asset, request.user, request.POST, request.FILES)
        return _do(request, asset, verb, form)
    form = verb.form(asset, request.user, initial=request.GET.dict())
    context = {
        "form": form,
        "asset": asset,
        "verb": verb,
        "changes": _change_to_undo(asset, request) if slug == "undo" else [],
        "action": reverse("desk-verb", args=[asset.code, slug]),
    }
    template = "desk/inspect.html" if slug == "inspect" else "desk/verb.html"
    return answers.form_page(request, template, context)


def _do(request: SignedInRequest, asset: Asset, verb: Verb, form: DeskForm) -> HttpResponse:
    if not form.is_valid():
        return answers.refused(errors_of(form))
    try:
        sentence = verb.run(actor_of(request), asset, form.cleaned_data)
    except ValidationError as error:
        return answers.refused(answers.sentences_of(error))
    return answers.done(Asset.objects.get(pk=asset.pk), sentence)


def errors_of(form: forms.Form) -> dict[str, list[str]]:
    """A form's sentences by field."""
    return {name: [str(sentence) for sentence in sentences] for name, sentences in form.errors.items()}


def _change_to_undo(asset: Asset, request: HttpRequest) -> list[Any]:
    """What the change did, to be read before it is taken back."""
    version = request.GET.get("version", "")
    return [change for change in changes_of(asset, limit=100) if str(change.version) == version]


# --- Editing --------------------------------------------------------------------------------------------------------


@admitting(READ, "GET", "HEAD", "POST")
def edit_view(request: SignedInRequest, code: str) -> HttpResponse:
    """Some groups of an asset's fields, or all (`?group=place`)."""
    asset = asset_or_404(request, code)
    require(request.user, EDIT, asset)
    group_names = request.GET.getlist("group")
    unknown = [name for name in group_names if name not in GROUPS_BY_NAME]
    if unknown:
        return problem(400, _("There is no such group of fields: %(name)s") % {"name": unknown[0]})
    groups = groups_named(group_names)
    if request.method == "POST":
        return _edit(request, asset, FieldsForm(groups, asset, request.user, request.POST))
    context = {
        "form": FieldsForm(groups, asset, request.user),
        "asset": asset,
        "title": groups[0].title if len(groups) == 1 else _("Edit"),
        "alone": len(groups) == 1,
        "action": request.get_full_path(),
    }
    return answers.form_page(request, "desk/edit.html", context)


def _edit(request: SignedInRequest, asset: Asset, form: FieldsForm) -> HttpResponse:
    if not form.is_valid():
        return answers.refused(errors_of(form))
    if form.cleaned_data["base_version"] is None:
        # A form that does not say what its writer saw would put back what others wrote.
        return answers.refused({"__all__": [_("The form is incomplete. Open it again.")]})
    changes = form.written()
    if not changes:
        return answers.done(asset, _("Nothing was changed."))
    try:
        edited = edit_asset(actor_of(request), asset, changes, base_version=form.cleaned_data["base_version"])
    except EditConflict as conflict:
        return answers.conflict(
            _("Somebody else has changed the same meanwhile. Choose what stays, then save again."),
            version=conflict.asset.version,
            conflicts=conflicts.told(conflict, form),
        )
    except ValidationError as error:
        return answers.refused(answers.sentences_of(error))
    return answers.done(edited, _("Saved."))
