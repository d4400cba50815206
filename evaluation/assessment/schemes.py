"""/assessment/<district>/schemes/: the editions of the score scheme, an edition to be changed, and one from a file."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import PREPARE_SHEETS, PUBLISH_SHEET
from assets.history import Actor
from assets.models import Origin
from evaluation.assessment.actions.keep_scheme import keep_scheme
from evaluation.assessment.reading import district_named, may_publish
from evaluation.assessment.scheme import BadScheme, Scheme, read_scheme, usual_scheme
from evaluation.assessment.scheme_files import COLUMNS, read_file, rows_of
from evaluation.assessment.scheme_form import SchemeForm, initial_of
from evaluation.models import ScoreScheme
from mapping.exports.tables import Table, csv_of
from mapping.exports.views import attachment
from places.models import Area
from web.access import SignedInRequest, admitting, readers_only
from web.answers import private, show_page
from web.paging import only_parameters

LARGEST = 1024 * 1024


class SchemeFileForm(forms.Form):
    """A file, and what its edition is called."""

    edition = forms.CharField(label=gettext_lazy("Edition"), max_length=40)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    source = forms.CharField(
        label=gettext_lazy("Source (number and date of the document)"), max_length=200, required=False
    )
    draft = forms.BooleanField(label=gettext_lazy("Draft, confirmed by nobody yet"), required=False)
    file = forms.FileField(label=gettext_lazy("File (CSV or XLSX)"))

    def clean_file(self) -> Scheme:
        """The scheme in it."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise ValidationError(_("The file is larger than %(limit)s MB.") % {"limit": 1})
        try:
            return read_file(file.read(), file.name)
        except BadScheme as bad:
            raise ValidationError(
                [f"{name}: {sentence}" for name, sentence in bad.problems.items()]
            ) from None


@readers_only(PREPARE_SHEETS)
def list_page(request: SignedInRequest, district: str) -> HttpResponse:
    """The editions, the newest first."""
    only_parameters(request)
    area = district_named(request.user, district, PREPARE_SHEETS)
    context = {"schemes": ScoreScheme.objects.filter(district=area).order_by("-pk")}
    return _show(request, "assessment/schemes.html", area, context)


@admitting(PREPARE_SHEETS, "GET", "HEAD", "POST")
def scheme_page(request: SignedInRequest, district: str, uid: UUID | None = None) -> HttpResponse:
    """An edition, to be read or changed; a new one starts from the usual weights."""
    only_parameters(request)
    area = district_named(request.user, district, PREPARE_SHEETS)
    kept = _found(area, uid) if uid is not None else None
    if request.method == "POST" or uid is None:
        district_named(request.user, district, PUBLISH_SHEET)
    if request.method != "POST":
        scheme = read_scheme(kept.content) if kept is not None else usual_scheme()
        return _show_form(request, area, kept, SchemeForm(initial=initial_of(scheme, kept)))
    form = SchemeForm(request.POST)
    if form.is_valid() and form.scheme is not None:
        try:
            saved = keep_scheme(
                Actor(request.user, Origin.WEB),
                area,
                form.scheme,
                form.cleaned_data,
                kept=kept,
                version=form.cleaned_data["version"],
            )
        except ValidationError as error:
            return _refused(request, area, kept, form, error)
        messages.success(request, _("Saved: %(name)s.") % {"name": saved})
        return HttpResponseRedirect(reverse("score-schemes", args=[area.code]))
    return _show_form(request, area, kept, form, 422)


def _refused(
    request: SignedInRequest, area: Area, kept: ScoreScheme | None, form: SchemeForm, error: ValidationError
) -> HttpResponse:
    for name, sentences in error.message_dict.items():
        # The version is a hidden field: what is wrong with it is said on top.
        form.add_error(name if name in form.fields and name != "version" else None, sentences)
    return _show_form(request, area, kept, form, 409 if "version" in error.message_dict else 422)


@admitting(PUBLISH_SHEET, "GET", "HEAD", "POST")
def import_page(request: SignedInRequest, district: str) -> HttpResponse:
    """A new edition from a file."""
    only_parameters(request)
    area = district_named(request.user, district, PUBLISH_SHEET)
    form = SchemeFileForm(request.POST, request.FILES) if request.method == "POST" else SchemeFileForm()
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data | {"active": True}
        try:
            saved = keep_scheme(Actor(request.user, Origin.WEB), area, form.cleaned_data["file"], told)
        except ValidationError as error:
            for name, sentences in error.message_dict.items():
                form.add_error(name if name in form.fields else None, sentences)
        else:
            messages.success(request, _("Imported: %(name)s.") % {"name": saved})
            return HttpResponseRedirect(reverse("score-scheme", args=[area.code, saved.uid]))
    status = 422 if request.method == "POST" else 200
    return _show(request, "assessment/scheme_import.html", area, {"form": form}, status)


@readers_only(PREPARE_SHEETS)
def scheme_file(request: SignedInRequest, district: str, uid: UUID) -> HttpResponse:
    """An edition as the CSV that can be imported again."""
    only_parameters(request)
    area = district_named(request.user, district, PREPARE_SHEETS)
    kept = _found(area, uid)
    rows = rows_of(read_scheme(kept.content))
    data = csv_of(Table(str(kept), COLUMNS, rows, [12] * len(COLUMNS)))
    response = HttpResponse(data, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = attachment(str(kept), f"score-scheme-{kept.pk}.csv")
    return private(response)


def _found(area: Area, uid: UUID) -> ScoreScheme:
    kept = ScoreScheme.objects.filter(district=area, uid=uid).first()
    if kept is None:
        raise Http404
    return kept


def _show_form(
    request: SignedInRequest, area: Area, kept: ScoreScheme | None, form: SchemeForm, status: int = 200
) -> HttpResponse:
    return _show(request, "assessment/scheme.html", area, {"kept": kept, "form": form}, status)


def _show(
    request: SignedInRequest, template: str, area: Area, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    common = {
        "tab": "schemes",
        "district": area,
        "may_prepare": True,
        "may_keep": may_publish(request.user, area),
    }
    return show_page(request, template, common | context, status=status)
