"""Raise a case from what an inspection found that cannot wait: it carries the job that is planned already."""

from django.utils import timezone

from assets.history import Actor
from assets.models import Asset, Inspection, Maintenance
from cases import clocks
from cases.actions.report_problem import LONGEST_DESCRIPTION, begin, place_of
from cases.actions.stepping import take_step
from cases.models import Case, CaseCategory, ClockKind, Source, Verb


def raise_case(actor: Actor, category: CaseCategory, job: Maintenance, inspection: Inspection) -> Case:
    """Report what an inspection found, inside the action that records it; whoever may inspect may do that.

    It is urgent whatever the category says, and reported now: a phone may send its inspection days later, and nobody
    can have filed it before. Its photos are those of the inspection and of the job.
    """
    asset = Asset.objects.select_related("area").get(pk=inspection.asset_id)
    case, _new = begin(
        actor,
        category,
        Source.INSPECTION,
        place_of(asset, None, None),
        description=job.description[:LONGEST_DESCRIPTION],
        at=timezone.now(),
    )
    case.job, case.urgent = job, True
    case.save(update_fields=["job", "urgent"])
    step = take_step(
        actor, case, Verb.REPORT, case.reported_at, details={"inspection": inspection.pk, "job": job.pk}
    )
    clocks.start(case, ClockKind.FILE, step, category.rule.limit("file"))
    return case
