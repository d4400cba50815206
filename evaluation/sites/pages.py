"""/evaluation/sites/: the register of sites by kind and street, with files in and out."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, F, QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import EXPORT, MANAGE_PLACES, READ_EVALUATION, SEE_HOLDERS, can, scope_of
from assets.filter_parameters import FilterError
from assets.history import Actor
from assets.models import Origin
from assets.paging import PARAMETER, Key, Keyset
from evaluation.actions.import_sites import BadSites, import_sites
from mapping.exports.table_files import Content, answer_with
from mapping.exports.tables import Table, Value
from places.answering import keepers_of
from places.models import Responsibility, Site, SiteKind
from web.access import SignedInRequest, admitting, readers_only
from web.answers import show_page
from web.paging import only_parameters, ways

PAGE = 100
_BY_KIND = Keyset("sites", (Key("kind_order", int), Key("code", str)))
LARGEST_FILE = 10 << 20
MOST_IN_A_FILE = 20_000


class SitesForm(forms.Form):
    """A file of sites."""

    file = forms.FileField(label=gettext_lazy("File (CSV or XLSX): code, name, kind, lon, lat, address …"))


@admitting(READ_EVALUATION, "GET", "HEAD", "POST")
def sites_page(request: SignedInRequest) -> HttpResponse:
    """The sites of the reader's districts; importing for whoever keeps places."""
    only_parameters(request, "kind", PARAMETER)
    keeps = can(request.user, MANAGE_PLACES)
    problems: list[str] = []
    form = SitesForm(request.POST or None, request.FILES or None) if keeps else None
    if request.method == "POST":
        if form is None:
            return HttpResponse(status=403)
        if form.is_valid():
            problems = _import(request, form.cleaned_data["file"])
            if not problems:
                return HttpResponseRedirect(reverse("evaluation-sites"))
    sites = _sites(request)
    kind = request.GET.get("kind", "")
    if kind and not SiteKind.objects.filter(code=kind).exists():
        raise FilterError("kind", _("“%(value)s” does not exist.") % {"value": kind[:80]})
    counts = {
        row["kind__code"]: row["n"] for row in sites.order_by().values("kind__code").annotate(n=Count("pk"))
    }
    kinds = [
        {"kind": site_kind, "n": counts[site_kind.code]}
        for site_kind in SiteKind.objects.all()
        if site_kind.code in counts
    ]
    if kind:
        sites = sites.filter(kind__code=kind)
    page = _BY_KIND.page_of(sites, request.GET.get(PARAMETER), PAGE)
    keepers = keepers_of([site.pk for site in page.rows], timezone.localdate())
    context = {
        "sites": [(site, keepers.get(site.pk)) for site in page.rows],
        "pages": ways(request, page.next),
        "kinds": kinds,
        "kind": kind,
        "total": sum(counts.values()),
        "form": form,
        "problems": problems,
        "may_export": can(request.user, EXPORT),
    }
    return show_page(
        request, "evaluation/sites.html", context, status=422 if request.method == "POST" else 200
    )


def _sites(request: SignedInRequest) -> QuerySet[Site]:
    scope = scope_of(request.user, READ_EVALUATION)
    sites = Site.objects.filter(scope.within("area__code")).select_related("kind", "area")
    return (
        sites.defer("outline", "area__boundary")
        .annotate(kind_order=F("kind__order"))
        .order_by("kind_order", "code")
    )


def _import(request: SignedInRequest, upload: UploadedFile) -> list[str]:
    if (upload.size or 0) > LARGEST_FILE:
        return [_("Larger than %(most)s MB.") % {"most": LARGEST_FILE >> 20}]
    with tempfile.TemporaryDirectory(prefix="sites-") as folder:
        name = upload.name or ""
        path = Path(folder) / f"sites{Path(name).suffix.lower()[:6]}"
        path.write_bytes(upload.read())
        try:
            done = import_sites(Actor(request.user, Origin.WEB), path, name)
        except BadSites as error:
            return error.sentences
    words = _("%(added)s sites added, %(changed)s changed, %(unchanged)s as they were.")
    messages.success(request, words % vars(done))
    if done.answers is not None:
        # What a file says of who answers is undone on its own page.
        messages.success(
            request,
            format_html(
                '{} <a href="{}">{}</a>',
                _("Who keeps them was entered from today on."),
                reverse("responsibility-batch", args=[done.answers.uid]),
                _("Look at it or undo it"),
            ),
        )
    if done.left_out:
        messages.warning(
            request,
            _("Leaders left out, as a site has one keeper and the row names another person: %(n)s.")
            % {"n": done.left_out},
        )
    return []


@readers_only(EXPORT)
def sites_file(request: SignedInRequest, ending: str) -> HttpResponse:
    """The register as a file that can be edited and imported again."""
    if ending not in ("csv", "xlsx") or not can(request.user, READ_EVALUATION):
        raise Http404
    sites = list(_sites(request)[:MOST_IN_A_FILE])
    keepers = keepers_of([site.pk for site in sites], timezone.localdate())
    # Whole columns or none: an empty name among others would be taken for nobody when the file is imported again.
    open_to = scope_of(request.user, SEE_HOLDERS)
    named = all(open_to.covers(site.scope_code) for site in sites)
    rows: list[Sequence[Value]] = [
        [
            site.code,
            site.name,
            site.kind.code,
            f"{site.point.x:.6f}",
            f"{site.point.y:.6f}",
            site.address,
            site.area.name if site.area else "",
            *_answer(keepers.get(site.pk))[: 4 if named else 2],
        ]
        for site in sites
    ]
    headings = ["code", "name", "kind", "lon", "lat", "address", "street"]
    answers = ["leader_unit", "responsible_post", "responsible_person", "responsible_phone"][
        : 4 if named else 2
    ]
    table = Table(_("Sites"), [*headings, *answers], rows, [14, 30, 16, 12, 12, 30, 16, 24, 16, 12, 16])
    content = Content("evaluation_sites", _("Sites"), table, _("The register of sites"), "")
    return answer_with(content, ending, request.user)


def _answer(row: Responsibility | None) -> list[str]:
    """Unit, post, name and telephone of a keeper."""
    if row is None:
        return ["", "", "", ""]
    holder = row.holder
    return [holder.unit.name if holder.unit else "", holder.post, holder.name, holder.telephone]
