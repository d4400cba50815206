"""/evaluation/editions/: the editions of the handbook, one with its items, an item to be edited, files in and out."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.permissions import EXPORT, MANAGE_LISTS, READ_EVALUATION, can
from assets.history import Actor
from assets.models import Origin
from evaluation.actions.keep_edition import copy_edition, edit_item, import_edition
from evaluation.editions.forms import ImportForm, ItemForm, NameForm
from evaluation.editions.reading import BadItems
from evaluation.models import EvaluationItem, StandardEdition
from mapping.exports.table_files import Content, answer_with
from mapping.exports.tables import Table, Value
from web.access import SignedInRequest, admitting, readers_only
from web.answers import show_page

LARGEST_FILE = 10 << 20
_COLUMNS = (
    "site_kind",
    "code",
    "group",
    "item",
    "item_en",
    "how_checked",
    "how_checked_en",
    "answer",
    "threshold",
    "direction",
    "asked",
    "theme",
    "carrier",
    "metres",
    "minutes",
    "critical",
    "weight",
    "concerns_publicity",
    "scoring",
    "source",
    "confidence",
)


@admitting(READ_EVALUATION, "GET", "HEAD", "POST")
def list_page(request: SignedInRequest) -> HttpResponse:
    """The editions, and taking a new one from a file for whoever keeps lists."""
    keeps = can(request.user, MANAGE_LISTS)
    form = ImportForm(request.POST or None, request.FILES or None) if keeps else None
    problems: list[str] = []
    if request.method == "POST":
        if form is None:
            return HttpResponse(status=403)
        if form.is_valid():
            answer, problems = _import(request, form)
            if answer is not None:
                return answer
    context = {
        "editions": StandardEdition.objects.annotate(
            count=Count("items", filter=Q(items__active=True)), used=Count("rounds", distinct=True)
        ).select_related("made_by", "category"),
        "form": form,
        "problems": problems,
    }
    status = 422 if request.method == "POST" else 200
    return show_page(request, "evaluation/editions.html", context, status=status)


def _import(request: SignedInRequest, form: ImportForm) -> tuple[HttpResponse | None, list[str]]:
    """Take the file; the way to its page, or what is wrong with it."""
    given = dict(form.cleaned_data)
    upload = given.pop("file")
    if upload.size > LARGEST_FILE:
        return None, [_("Larger than %(most)s MB.") % {"most": LARGEST_FILE >> 20}]
    with tempfile.TemporaryDirectory(prefix="edition-") as folder:
        path = Path(folder) / f"items{Path(upload.name).suffix.lower()[:6]}"
        path.write_bytes(upload.read())
        try:
            edition, read = import_edition(Actor(request.user, Origin.WEB), path, upload.name, **given)
        except BadItems as error:
            return None, error.sentences
        except ValidationError as error:
            for name, sentences in error.message_dict.items():
                form.add_error(name if name in form.fields else None, sentences)
            return None, []
    messages.success(
        request,
        ngettext("%(n)s item was read.", "%(n)s items were read.", len(read.rows)) % {"n": len(read.rows)},
    )
    return HttpResponseRedirect(reverse("evaluation-edition", args=[edition.code])), []


def find_edition(code: str) -> StandardEdition:
    """An edition by its code.

    Raises:
        Http404: there is none.
    """
    edition = StandardEdition.objects.filter(code=code).first() if "\0" not in code else None
    if edition is None:
        raise Http404
    return edition


@readers_only(READ_EVALUATION)
def edition_page(request: SignedInRequest, code: str) -> HttpResponse:
    """One edition: its items by kind of site, and those whose scoring was not understood."""
    edition = find_edition(code)
    items = list(
        edition.items.select_related("kind", "theme", "carrier").order_by("kind__order", "order", "pk")
    )
    context = {
        "edition": edition,
        "items": items,
        "not_understood": [item for item in items if not item.understood],
        "keeps": can(request.user, MANAGE_LISTS),
        "may_export": can(request.user, EXPORT),
        "copy_form": NameForm(auto_id="copy-%s"),
        "publicity": sum(item.publicity for item in items),
    }
    return show_page(request, "evaluation/edition.html", context)


@admitting(MANAGE_LISTS, "POST")
def copy(request: SignedInRequest, code: str) -> HttpResponse:
    """The same items as a new edition."""
    form = NameForm(request.POST)
    if form.is_valid():
        try:
            made = copy_edition(Actor(request.user, Origin.WEB), find_edition(code), **form.cleaned_data)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("Copied: change it here, old rounds keep theirs."))
            return HttpResponseRedirect(reverse("evaluation-edition", args=[made.code]))
    else:
        messages.error(request, _("Give a code of small letters, and a name."))
    return HttpResponseRedirect(reverse("evaluation-edition", args=[code]))


@admitting(MANAGE_LISTS, "GET", "HEAD", "POST")
def item_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """One item to be edited."""
    item = EvaluationItem.objects.select_related("edition", "kind").filter(pk=pk).first()
    if item is None:
        raise Http404
    form = ItemForm(request.POST or None, instance=item)
    if request.method == "POST" and form.is_valid():
        changed = {name: form.cleaned_data[name] for name in form.changed_data}
        try:
            edit_item(Actor(request.user, Origin.WEB), item, **changed)
        except ValidationError as error:
            for name, sentences in error.message_dict.items():
                form.add_error(name if name in form.fields else None, sentences)
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("evaluation-edition", args=[item.edition.code]))
    context = {"item": item, "form": form, "answered": item.observations.exists()}
    return show_page(
        request, "evaluation/item.html", context, status=422 if request.method == "POST" else 200
    )


@readers_only(EXPORT)
def edition_file(request: SignedInRequest, code: str, ending: str) -> HttpResponse:
    """The items as a file that can be edited and imported again."""
    if ending not in ("csv", "xlsx") or not can(request.user, READ_EVALUATION):
        raise Http404
    edition = find_edition(code)
    items = edition.items.filter(active=True).select_related("kind", "theme", "carrier")
    rows: list[Sequence[Value]] = [_row(item) for item in items]
    table = Table(edition.name[:30], _COLUMNS, rows, [14] * len(_COLUMNS))
    content = Content("evaluation_items", edition.name, table, edition.source, edition.code)
    return answer_with(content, ending, request.user)


def _row(item: EvaluationItem) -> list[Value]:
    def text(value: object) -> str:
        return "" if value is None else str(value)

    return [
        item.kind.code if item.kind else "通用",
        item.code,
        item.group,
        item.text_zh,
        item.text_en,
        item.how,
        item.how_en,
        item.answer,
        text(item.threshold),
        item.direction,
        text(item.asked),
        item.theme.code if item.theme else "",
        item.carrier.code if item.carrier else "",
        text(item.metres),
        text(item.minutes),
        "yes" if item.critical else "no",
        text(item.weight),
        "yes" if item.publicity else "no",
        item.scoring,
        item.source,
        item.confidence,
    ]
