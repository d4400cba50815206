"""How far a report is, in plain words, by its tracking code; and after it was closed: solved or not.

The code comes in the body of a form, never in an address: addresses stand in logs.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import client_address
from accounts.throttle import RESIDENT_LOOKS
from cases.models import Case, State
from cases.residents import REPORTERS_TIME
from portal.actions.report_as_resident import say_whether_solved
from portal.models import ResidentReport
from portal.residents.doors import show, wait_for, where_open
from portal.residents.forms import CodeForm
from portal.residents.tracking import report_of, tidy


@where_open
@require_http_methods(["GET", "HEAD", "POST"])
def progress(request: HttpRequest) -> HttpResponse:
    """How far a report is."""
    if request.method != "POST":
        return show(request, "residents/progress.html", {"form": CodeForm()})
    if wait := _wait(request):
        return wait
    found = report_of(request.POST.get("code", ""))
    return _no_such_code(request) if found is None else _show(request, found)


@where_open
@require_POST
def solved(request: HttpRequest) -> HttpResponse:
    """Say whether it is solved; where it is not, it is opened again."""
    if wait := _wait(request):
        return wait
    found = report_of(request.POST.get("code", ""))
    if found is None:
        return _no_such_code(request)
    problems: list[str] = []
    try:
        reason = request.POST.get("reason", "").strip()[:500] or _("The resident says that it is not solved.")
        say_whether_solved(found, request.POST.get("solved") == "yes", reason)
    except ValidationError as error:
        problems = error.messages
    except PermissionDenied as error:
        problems = [str(error)]
    found = report_of(request.POST.get("code", ""))
    assert found is not None
    return _show(request, found, problems)


def in_plain_words(case: Case) -> str:
    """How far a case is, as somebody reads it who knows none of our words."""
    unit = case.unit.name if case.unit else ""
    seeing_to_it = _("%(unit)s is seeing to it.") if unit else _("Somebody is seeing to it.")
    not_taken_up = _("We could not take up your report. Please call us if you think that we should.")
    return {
        State.REPORTED: _("We have your report and are looking at it."),
        State.FILED: _("Your report is taken up. We are finding out who has to see to it."),
        State.DISPATCHED: _("Your report has been passed on to %(unit)s.") % {"unit": unit},
        State.IN_HAND: seeing_to_it % {"unit": unit},
        State.ON_HOLD: _("%(unit)s is seeing to it; it takes longer than usual.") % {"unit": unit},
        State.FIXED: _("%(unit)s says that it is put right. We are checking it.") % {"unit": unit},
        State.CLOSED: _("It is put right and checked. Thank you."),
        State.REJECTED: not_taken_up,
        State.VOIDED: not_taken_up,
    }.get(State(case.state), _("We have your report and are looking at it."))


def _show(request: HttpRequest, report: ResidentReport, problems: list[str] | None = None) -> HttpResponse:
    case = report.case
    # What was merged goes the way of the case that took it in.
    followed = case.duplicate_of if case.duplicate_of is not None else case
    closed = case.steps.filter(state_after=State.CLOSED).order_by("-id").first()
    in_time = closed is not None and timezone.now() - closed.at <= REPORTERS_TIME
    context = {
        "code": tidy(request.POST.get("code", "")),
        "category": case.category.name,
        "reported_at": case.reported_at,
        "state": followed.state,
        "words": in_plain_words(followed),
        "solved": report.solved,
        "may_say": case.state == State.CLOSED and report.solved is not True,
        "may_reopen": in_time and case.unit is not None,
        "problems": problems or [],
    }
    return show(request, "residents/progress.html", context, 422 if problems else 200)


def _no_such_code(request: HttpRequest) -> HttpResponse:
    form = CodeForm(request.POST)
    form.is_valid()
    sentence = _("There is no report with this code: it has ten letters and digits, as it was shown to you.")
    form.add_error("code", sentence)
    return show(request, "residents/progress.html", {"form": form}, 404)


def _wait(request: HttpRequest) -> HttpResponse | None:
    code = tidy(request.POST.get("code", ""))
    wait = wait_for(request, RESIDENT_LOOKS, client_address(request))
    # What is no code at all is nobody's: only addresses are braked for it.
    return wait or (wait_for(request, RESIDENT_LOOKS, "code", code) if code else None)
