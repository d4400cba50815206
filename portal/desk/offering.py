"""What this room offers on the desk's pages of a case: spam with one click, and showing before and after."""

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import FILE_CASE, PUBLISH_PAIR, can
from cases.desk.slots import Beside
from cases.exposures.covered import Covered
from cases.models import Case, Source, State
from portal.models import Redaction, ResidentReport


def copies_of(case: Case) -> Iterable[Covered]:
    """The covered copies of photos of a case and of its job, the last made first: what an exposure may show."""
    of_case = Q(photo__case=case)
    if case.job_id is not None:
        of_case |= Q(of_job__maintenance=case.job_id)
    for copy in Redaction.objects.filter(of_case).select_related("photo", "of_job"):
        address = reverse("copy-photo", args=[copy.uid, "thumb"])
        yield Covered(str(copy.uid), copy.source.stage, copy.stored, address)


def on_a_case(case: Case, user: User) -> Iterable[Beside]:
    """Hide a resident's report as spam while nobody has taken it up; publish what is closed."""
    waits = case.source == Source.RESIDENT and case.state == State.REPORTED and can(user, FILE_CASE, case)
    if waits and ResidentReport.objects.filter(case=case).exists():
        yield Beside(_("Spam"), reverse("decide-report", args=[case.code, "spam"]), decides=True)
    if settings.PUBLIC_REPORTS and case.state == State.CLOSED and can(user, PUBLISH_PAIR, case):
        yield Beside(_("Show to everybody"), reverse("publish-pair", args=[case.code]))
