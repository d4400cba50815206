"""/residents/: what residents answered, praised, suggested and reported; counted with n, hidden where it is spam."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts.permissions import FILE_CASE, scope_filter, scope_of
from assets.filter_parameters import FilterError
from assets.history import Actor
from assets.models import Origin
from assets.paging import PARAMETER, Key, Keyset
from cases.models import Case
from portal.actions.mark_spam import (
    mark_report_spam,
    mark_spam,
    unmark_report_spam,
    unmark_spam,
    with_spam,
)
from portal.desk.counting import FEWEST_TO_RANK, by_site, by_street, in_reach, total
from portal.models import RemarkKind, ResidentAnswer, ResidentRemark, ResidentReport
from web.access import SignedInRequest, admitting, readers_only
from web.answers import private, show_page
from web.paging import only_parameters, ways
from web.photos import photo_answer

A_PAGE = 50
_LATEST_FIRST = Keyset("said", (Key("at", datetime, descending=True), Key("pk", int, descending=True)))
_NEWEST_REPORT_FIRST = Keyset("reports", (Key("pk", int, descending=True),))
PERIODS = {"30": 30, "90": 90, "365": 365, "all": None}
KINDS: dict[str, type[ResidentAnswer] | type[ResidentRemark]] = {
    "answers": ResidentAnswer,
    "remarks": ResidentRemark,
}


@readers_only(FILE_CASE)
def answers_page(request: SignedInRequest) -> HttpResponse:
    """Satisfaction with its n, by street and by site, and the answers themselves."""
    only_parameters(request, "days", "spam", PARAMETER)
    days = _days(request)
    answers = in_reach(ResidentAnswer.objects.all(), request.user)
    if PERIODS[days] is not None:
        answers = answers.filter(at__gte=timezone.now() - timedelta(days=PERIODS[days] or 0))
    context = {
        **_listed(request, answers),
        "whole": total(answers),
        "streets": by_street(answers),
        "sites": by_site(answers),
        "fewest": FEWEST_TO_RANK,
        "days": days,
        "periods": [
            ("30", _("30 days")),
            ("90", _("90 days")),
            ("365", _("A year")),
            ("all", _("All")),
        ],
    }
    return show_page(request, "residents_desk/answers.html", context)


@readers_only(FILE_CASE)
def remarks_page(request: SignedInRequest) -> HttpResponse:
    """Praise and suggestions, counted and listed."""
    only_parameters(request, "spam", PARAMETER)
    remarks = in_reach(ResidentRemark.objects.all(), request.user)
    counts = dict(remarks.filter(spam=False).order_by().values_list("kind").annotate(n=Count("pk")))
    context = {
        **_listed(request, remarks),
        "counts": [(kind.label, counts.get(kind.value, 0)) for kind in RemarkKind],
    }
    return show_page(request, "residents_desk/remarks.html", context)


@readers_only(FILE_CASE)
def reports_page(request: SignedInRequest) -> HttpResponse:
    """The cases that residents reported, with how far they are, and what they said of it afterwards."""
    only_parameters(request, "spam", PARAMETER)
    reports = with_spam(ResidentReport.objects.filter(case__in=_cases(request)))
    shown = _wants_spam(request)
    listed = reports.filter(Q(spam=shown)).select_related(
        "case__category", "case__street", "case__unit", "case__asset__type"
    )
    page = _NEWEST_REPORT_FIRST.page_of(
        listed.defer("case__street__boundary"), request.GET.get(PARAMETER), A_PAGE
    )
    counts = reports.aggregate(
        n=Count("pk", filter=Q(spam=False)),
        yes=Count("pk", filter=Q(solved=True, spam=False)),
        no=Count("pk", filter=Q(solved=False, spam=False)),
        hidden=Count("pk", filter=Q(spam=True)),
    )
    context = {"rows": page.rows, "pages": ways(request, page.next), "spam": shown, "counts": counts}
    return show_page(request, "residents_desk/reports.html", context)


@admitting(FILE_CASE, "POST")
def decide(request: SignedInRequest, kind: str, uid: UUID, verdict: str) -> HttpResponse:
    """Hide an answer or a remark as spam, or take that back."""
    acts = {"spam": mark_spam, "no-spam": unmark_spam}
    if kind not in KINDS or verdict not in acts:
        raise Http404
    statement = in_reach(KINDS[kind].objects.all(), request.user).filter(uid=uid).first()
    if statement is None:
        raise Http404
    acts[verdict](Actor(request.user, Origin.WEB), statement)  # type: ignore[arg-type]  # one of KINDS
    messages.success(
        request, _("Marked as spam: it counts nowhere.") if statement.spam else _("It counts again.")
    )
    return _back(request, reverse(f"resident-{kind}"))


@admitting(FILE_CASE, "POST")
def decide_report(request: SignedInRequest, code: str, verdict: str) -> HttpResponse:
    """Reject a report as spam, or take that back."""
    acts = {"spam": mark_report_spam, "no-spam": unmark_report_spam}
    report = (
        ResidentReport.objects.select_related("case__area")
        .filter(case__in=_cases(request), case__code=code)
        .first()
    )
    if report is None or verdict not in acts:
        raise Http404
    try:
        acts[verdict](Actor(request.user, Origin.WEB), report)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        done = (
            _("%(case)s is hidden as spam.") if verdict == "spam" else _("%(case)s waits in the inbox again.")
        )
        messages.success(request, done % {"case": code})
    return _back(request, reverse("resident-reports"))


@readers_only(FILE_CASE)
def photo(request: SignedInRequest, kind: str, uid: UUID, size: str) -> HttpResponseBase:
    """One size of a photo that came with an answer or a remark."""
    if kind not in KINDS:
        raise Http404
    statement = in_reach(KINDS[kind].objects.exclude(sha256=""), request.user).filter(uid=uid).first()
    if statement is None:
        raise Http404
    return private(photo_answer(statement.stored, size))


def _cases(request: SignedInRequest) -> QuerySet[Case]:
    return Case.objects.filter(scope_filter(scope_of(request.user, FILE_CASE)))


def _days(request: SignedInRequest) -> str:
    days = request.GET.get("days", "90")
    if days not in PERIODS:
        raise FilterError("days", _("“%(value)s” does not exist.") % {"value": days[:20]})
    return days


def _wants_spam(request: SignedInRequest) -> bool:
    """Whether what is hidden is asked for."""
    wanted = request.GET.get("spam", "")
    if wanted not in ("", "yes"):
        raise FilterError("spam", _("“%(value)s” does not exist.") % {"value": wanted[:20]})
    return wanted == "yes"


def _listed(request: SignedInRequest, statements: QuerySet) -> dict[str, Any]:
    """A page of what was said, the newest first; what is spam apart."""
    shown = _wants_spam(request)
    rows = statements.filter(spam=shown).select_related("asset__type", "site", "street")
    rows = rows.defer("asset__footprint", "site__outline", "street__boundary")
    page = _LATEST_FIRST.page_of(rows, request.GET.get(PARAMETER), A_PAGE)
    hidden = statements.filter(spam=True).count()
    return {"rows": page.rows, "pages": ways(request, page.next), "spam": shown, "hidden": hidden}


def _back(request: SignedInRequest, usual: str) -> HttpResponse:
    """To where the button stood, if that is here."""
    wanted = request.POST.get("next", "")
    here = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return HttpResponseRedirect(wanted if here else usual)
