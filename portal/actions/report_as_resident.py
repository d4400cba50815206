"""A resident reports a problem: a case, and the tracking code by which it is followed."""

from uuid import UUID, uuid4

from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.tokens import digest_of
from assets.history import acting
from assets.models import Asset
from cases.actions.fix_case import reopen_case
from cases.actions.report_problem import report_problem
from cases.actions.stepping import Photos
from cases.models import Case, CaseCategory, Source, State
from cases.residents import a_resident, require_open
from places.models import Site
from portal.models import ResidentReport
from portal.residents.tracking import case_uid_of, code_of

MOST_PHOTOS = 3


def report_as_resident(
    category: CaseCategory,
    *,
    once: UUID | None = None,
    asset: Asset | None = None,
    site: Site | None = None,
    point: Point | None = None,
    description: str = "",
    address: str = "",
    telephone: str = "",
    photos: Photos = (),
) -> tuple[Case, str]:
    """Report a problem without an account.

    Args:
        once: the number of the form; the same one again is the same report, whatever else it says.

    Returns:
        The case and its tracking code, which is kept nowhere.

    Raises:
        PermissionDenied: reports without an account are not taken here.
        ValidationError: as for `report_problem`; or naming `photo` (too many) or `description` (nothing is said).
    """
    if len(photos) > MOST_PHOTOS:
        raise ValidationError({"photo": _("At most %(most)s photos at once.") % {"most": MOST_PHOTOS}})
    if not photos and not description.strip():
        raise ValidationError({"description": _("Say in a few words what is wrong, or add a photo.")})
    once = once or uuid4()
    code = code_of(once)
    resident = a_resident()
    with acting(resident):
        case = report_problem(
            resident,
            category,
            Source.RESIDENT,
            asset=asset,
            site=site,
            point=point,
            description=description,
            address=address,
            photos=photos,
            uid=case_uid_of(once),
        )
        ResidentReport.objects.get_or_create(
            case=case, defaults={"digest": digest_of(code), "telephone": telephone.strip()[:30]}
        )
    return case, code


def say_whether_solved(report: ResidentReport, solved: bool, reason: str = "") -> None:
    """Say whether a closed case is solved; where it is not, it is opened again.

    Raises:
        PermissionDenied: residents are not let in here, or more than seven days have passed.
        ValidationError: naming `reason`, `unit`, or `state`: it is not closed.
    """
    require_open()
    resident = a_resident(report.case)
    with acting(resident):
        if not solved:
            reopen_case(resident, report.case, reason)
        elif not Case.objects.filter(pk=report.case_id, state=State.CLOSED).exists():
            raise ValidationError({"state": _("It is not closed yet: there is nothing to say of it.")})
        ResidentReport.objects.filter(pk=report.pk).update(solved=solved)
