"""What this room offers on the desk's pages of a case: spam with one click, and showing before and after."""

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import FILE_CASE, PUBLISH_PAIR, can
from cases.desk.slots import Beside
from cases.exposures.covered import Covered
from cases.models import Case, Source, State
from portal.models import Redaction, ResidentReport


def copies_of(case: Case) -> Iterable[Covered]:
    """The covered copies of a case's photos, the last made first: what an exposure may show."""
    for copy in Redaction.objects.filter(photo__case=case).select_related("photo"):
        yield Covered(
            str(copy.uid), copy.photo.stage, copy.stored, reverse("copy-photo", args=[copy.uid, "thumb"])
        )


def on_a_case(case: Case, user: User) -> Iterable[Beside]:
    """Hide a resident's report as spam while nobody has taken it up; publish what is closed."""
    waits = case.source == Source.RESIDENT and case.state == State.REPORTED and can(user, FILE_CASE, case)
    if waits and ResidentReport.objects.filter(case=case).exists():
        yield Beside(_("Spam"), reverse("decide-report", args=[case.code, "spam"]), decides=True)
    if settings.PUBLIC_REPORTS and case.state == State.CLOSED and can(user, PUBLISH_PAIR, case):
        yield Beside(_("Show to everybody"), reverse("publish-pair", args=[case.code]))
