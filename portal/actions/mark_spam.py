"""The desk hides what is no answer, remark or report at all, and takes that back; both are in the history."""

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.permissions import FILE_CASE
from assets.history import Actor, acting, authorise
from cases.actions.file_case import reject_spam, take_up_case
from cases.models import CaseStep, State, Verb
from portal.models import ResidentAnswer, ResidentRemark, ResidentReport

AnySaid = ResidentAnswer | ResidentRemark


def mark_spam(actor: Actor, statement: AnySaid) -> None:
    """Hide an answer or a remark: it counts nowhere.

    Raises:
        PermissionDenied: the actor does not decide about reports there.
    """
    _set(actor, statement, True)


def unmark_spam(actor: Actor, statement: AnySaid) -> None:
    """Take it back: it counts again.

    Raises:
        PermissionDenied: the actor does not decide about reports there.
    """
    _set(actor, statement, False)


def mark_report_spam(actor: Actor, report: ResidentReport) -> None:
    """Reject a report as spam: it leaves the inbox.

    Raises:
        PermissionDenied: the actor does not file there.
        ValidationError: naming `state`: it is decided already.
    """
    reject_spam(actor, report.case)


def unmark_report_spam(actor: Actor, report: ResidentReport) -> None:
    """Take it back: the report waits in the inbox again.

    Raises:
        PermissionDenied: the actor does not file there.
        ValidationError: naming `state`: it is not rejected.
    """
    take_up_case(actor, report.case, _("No spam"))


def with_spam(reports: QuerySet[ResidentReport]) -> QuerySet[ResidentReport]:
    """The reports, each with whether its case is rejected as spam (`spam`)."""
    last = CaseStep.objects.filter(case=OuterRef("case"), case__state=State.REJECTED, verb=Verb.REJECT)
    later = CaseStep.objects.filter(case=OuterRef("case"), verb=Verb.REJECT, pk__gt=OuterRef("pk"))
    return reports.annotate(spam=Exists(last.filter(~Exists(later), details__spam=True)))


def _set(actor: Actor, statement: AnySaid, spam: bool) -> None:
    authorise(actor, FILE_CASE, statement)
    with acting(actor):
        type(statement).objects.filter(pk=statement.pk).exclude(spam=spam).update(spam=spam)
        statement.spam = spam
