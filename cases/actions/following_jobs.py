"""Cases go with their maintenance jobs: a job that is done has put its cases right, one that is verified closes them.

Registered with `assets.job_watchers`. Whoever may not check a case does not check its job either, by page, phone or
many at once: otherwise a unit would close its own work by way of the job. The other direction is `job_of_case`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from assets.history import Actor
from assets.models import Defect, Inspection, Maintenance, MaintenanceState, Origin
from cases import clocks
from cases.actions.dispatch_case import begin_handling
from cases.actions.fix_case import close, open_anew, put_right, rework
from cases.actions.raise_case import raise_case
from cases.actions.stepping import locked_case, may, take_step, why_not
from cases.models import OPEN_STATES, Case, CaseCategory, State, Verb

Job = MaintenanceState
WITH_A_UNIT = (State.DISPATCHED, State.IN_HAND, State.ON_HOLD)


class CasesOfJobs:
    """What the actions on jobs ask and tell (`assets.job_watchers.JobWatcher`)."""

    def refusals(
        self, actor: Actor, jobs: Sequence[Maintenance], state: MaintenanceState
    ) -> Mapping[int, str]:
        """Whose cases the actor may not check, or not open again."""
        if actor.user is None and actor.origin is Origin.COMMAND:
            return {}
        wanted = Q()
        if state == Job.VERIFIED:
            wanted = Q(state=State.FIXED)
        elif state == Job.IN_PROGRESS:
            wanted = Q(state=State.FIXED) | Q(state=State.CLOSED, job__state=Job.VERIFIED)
        else:
            return {}
        refused = {}
        for case in _cases_of(jobs).filter(wanted):
            verb = Verb.REOPEN if case.state == State.CLOSED else Verb.REJECT_FIX
            verb = Verb.VERIFY if state == Job.VERIFIED else verb
            assert case.job_id is not None
            if actor.user is None or not may(actor.user, verb, case):
                refused[case.job_id] = _("Case %(case)s goes by this job. %(why)s") % {
                    "case": case.code,
                    "why": why_not(actor.user or AnonymousUser(), verb, case),
                }
        return refused

    def moved(self, actor: Actor, jobs: Sequence[Maintenance], note: str, at: datetime) -> None:
        """Done: put right. Verified: closed. Under way again: not good enough."""
        by_number = {job.pk: job for job in jobs}
        for found in _cases_of(jobs).filter(state__in=(*WITH_A_UNIT, State.FIXED)).order_by("pk"):
            assert found.job_id is not None
            job = by_number[found.job_id]
            case = locked_case(found)
            moment = _not_before_the_last_step(case, at)
            told = {"job": job.pk}
            if job.state == Job.DONE and case.state in WITH_A_UNIT:
                _take_in_hand(actor, case, moment)
                put_right(
                    actor, case, moment, reason=note.strip()[:2000], unit=job.crew or case.unit, details=told
                )
            elif job.state == Job.VERIFIED and case.state == State.FIXED:
                close(actor, case, moment, reason=note.strip()[:2000], details=told)
            elif job.state == Job.IN_PROGRESS and case.state == State.FIXED:
                reason = note.strip() or _("The job was handed back.")
                rework(actor, case, moment, reason=reason[:2000], details=told)

    def reopened(self, actor: Actor, job: Maintenance, reason: str, at: datetime) -> None:
        """What was verified was not so: the cases it closed are open again."""
        for found in _cases_of([job]).filter(state=State.CLOSED, unit__isnull=False).order_by("pk"):
            case = locked_case(found)
            moment = _not_before_the_last_step(case, at)
            open_anew(actor, case, moment, reason=reason.strip()[:2000], details={"job": job.pk})

    def alarmed(self, actor: Actor, alarms: Sequence[tuple[Maintenance, Inspection]]) -> None:
        """An urgent defect raises a case, which carries the job; unless an open one does already.

        Which category the defect belongs to is the list's to say (`CaseCategory.asset_defects`); without one there is
        the job alone.
        """
        noted = {code for _job, inspection in alarms for code in inspection.defects}
        categories = list(CaseCategory.objects.filter(active=True, asset_defects__overlap=sorted(noted)))
        if not categories:
            return
        kinds = dict(Defect.objects.filter(urgent=True, code__in=noted).values_list("code", "remedy"))
        open_ones = _cases_of([job for job, _inspection in alarms]).filter(state__in=OPEN_STATES)
        carried = set(open_ones.values_list("job", flat=True))
        for job, inspection in alarms:
            found = {code for code in inspection.defects if kinds.get(code) == job.kind}
            category = next(
                (category for category in categories if found & set(category.asset_defects)), None
            )
            if category is not None and job.pk not in carried:
                raise_case(actor, category, job, inspection)
                carried.add(job.pk)


def _cases_of(jobs: Sequence[Maintenance]) -> QuerySet[Case]:
    return Case.objects.filter(job__in=[job.pk for job in jobs]).select_related("area", "unit")


def _take_in_hand(actor: Actor, case: Case, at: datetime) -> None:
    """Whoever finishes the job has accepted the case, and gone on with it."""
    if case.state == State.DISPATCHED:
        begin_handling(actor, case, at)
    elif case.state == State.ON_HOLD:
        clocks.resume(case, take_step(actor, case, Verb.RESUME, at))


def _not_before_the_last_step(case: Case, at: datetime) -> datetime:
    """A phone may tell of a job days later; a case's steps go forward."""
    last = case.steps.order_by("-id").values_list("at", flat=True).first()
    return min(max(at, last or at), timezone.now())
