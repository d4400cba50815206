"""/coverage/rules/: the rules by edition, one of them with a dry run on the map, and their import."""

import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import MANAGE_COVERAGE, READ_COVERAGE, can
from assets.history import Actor
from assets.models import Origin
from cases.models import Confidence
from evaluation.coverage.actions.edit_rule import changed_rule, edit_rule
from evaluation.coverage.actions.import_rules import ImportedRules, import_rules
from evaluation.coverage.computing import counting_in_force, measure, results_of
from evaluation.coverage.forms import ImportForm, RuleForm
from evaluation.coverage.ground import read_ground
from evaluation.coverage.results import feature_of, street_names
from evaluation.coverage.rule_files import LARGEST_FILE, BadRules
from evaluation.coverage.showing import cards_of
from evaluation.coverage.tasks import start_computing
from evaluation.models import CoverageResult, CoverageRule
from mapping.basemap.describing import offered_basemap
from web.access import SignedInRequest, admitting, readers_only
from web.answers import show_page
from web.paging import only_parameters

# What a dry run shows in its table; the map has all.
MOST_TRIED = 50


@readers_only(READ_COVERAGE)
def rules_page(request: SignedInRequest) -> HttpResponse:
    """All rules, those that are on first."""
    only_parameters(request)
    rules = list(CoverageRule.objects.order_by("-active", "edition", "code"))
    context = {
        "rules": rules,
        "on": sum(rule.active for rule in rules),
        "draft": any(rule.active and rule.confidence != Confidence.HIGH for rule in rules),
        "manages": can(request.user, MANAGE_COVERAGE),
        "section": "rules",
    }
    return show_page(request, "coverage/rules.html", context)


@admitting(MANAGE_COVERAGE, "GET", "HEAD", "POST")
def rule_page(request: SignedInRequest, key: int) -> HttpResponse:
    """One rule to change, or to try: then what it would come to is shown, and nothing is written."""
    rule = CoverageRule.objects.filter(pk=key).first()
    if rule is None:
        raise Http404
    if request.method != "POST":
        return _show(request, rule, RuleForm.of(rule))
    form = RuleForm(request.POST)
    if not form.is_valid():
        return _show(request, rule, form, status=422)
    try:
        if "try" in request.POST:
            return _show(request, rule, form, tried=changed_rule(rule, form.changes()))
        edit_rule(Actor(request.user, Origin.WEB), rule, **form.changes())
    except ValidationError as error:
        for name, sentences in error.message_dict.items():
            form.add_error(name if name in form.fields else None, sentences)
        return _show(request, rule, form, status=422)
    start_computing(request.user)
    messages.success(request, _("Saved. The results are being computed anew."))
    return HttpResponseRedirect(reverse("coverage-rules"))


def _show(
    request: SignedInRequest,
    rule: CoverageRule,
    form: RuleForm,
    *,
    tried: CoverageRule | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "rule": rule,
        "form": form,
        "manages": True,
        "section": "rules",
        "basemap": offered_basemap(),
    }
    if tried is not None:
        context |= _dry_run(tried)
    return show_page(request, "coverage/rule.html", context, status=status)


def _dry_run(rule: CoverageRule) -> dict[str, Any]:
    """What a rule would come to, with the counting rules as they are; a rule about counting is one of them."""
    if rule.is_counting:
        return {"tried": True, "counting_only": True}
    found = measure(rule, read_ground(), counting_in_force())
    results: list[CoverageResult] = results_of(rule, found, timezone.now())
    results.sort(key=lambda result: (result.ok, result.name))
    return {
        "tried": True,
        "cards": cards_of(results[:MOST_TRIED], street_names()),
        "places": len(results),
        "gaps": sum(not result.ok for result in results),
        "map": {"results": [feature_of(result) for result in results], "pieces": []},
    }


@admitting(MANAGE_COVERAGE, "GET", "HEAD", "POST")
def import_page(request: SignedInRequest) -> HttpResponse:
    """Import an edition of rules, and say what was not understood."""
    if request.method != "POST":
        return _show_import(request, ImportForm())
    form = ImportForm(request.POST, request.FILES)
    if form.is_valid() and form.cleaned_data["file"].size > LARGEST_FILE:
        form.add_error("file", _("The file is larger than %(most)s MB.") % {"most": LARGEST_FILE >> 20})
    if not form.is_valid():
        return _show_import(request, form, status=422)
    upload = form.cleaned_data["file"]
    with tempfile.TemporaryDirectory(prefix="coverage-") as folder:
        path = Path(folder) / "rules"
        with path.open("wb") as kept:
            for chunk in upload.chunks():
                kept.write(chunk)
        try:
            done = import_rules(
                Actor(request.user, Origin.WEB), path, upload.name, form.cleaned_data["edition"]
            )
        except BadRules as error:
            form.add_error("file", error.sentences[:30])
            return _show_import(request, form, status=422)
    start_computing(request.user)
    return _show_import(request, ImportForm(), done)


def _show_import(
    request: SignedInRequest, form: ImportForm, done: ImportedRules | None = None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "done": done, "manages": True, "section": "rules"}
    return show_page(request, "coverage/import.html", context, status=status)
