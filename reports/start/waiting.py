"""What waits for a reader that no filter of a list counts: of the phone, of responsibility, of two-person rules.

The rooms that know it stand further right than this one, so they are asked here; each number leads to its page.
"""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import (
    APPROVE_CASE,
    APPROVE_LIST,
    EVALUATE,
    EXPOSE_CASE,
    MANAGE_RESPONSIBILITY,
    PUBLISH_SHEET,
    REVIEW_FIELD_WORK,
    can,
    scope_of,
)
from cases.models import Exposure
from cases.models.exposure import ExposureState
from evaluation.models import Appeal, RoundSite, StreetList, Visit
from field.models import ReviewItem
from reports.counting import Number
from reports.start.slots import offer_needs
from work.responsibility.gaps import gap_counts


def reviews(user: User) -> Iterable[Number]:
    """Records of phones that somebody has to decide on."""
    if can(user, REVIEW_FIELD_WORK):
        count = ReviewItem.objects.reviewable_by(user).open().count()
        yield Number(_("Phone records to decide on"), count, reverse("fieldwork-review"))


def gaps(user: User) -> Iterable[Number]:
    """What nobody answers for, kind by kind; for whoever can close it."""
    if can(user, MANAGE_RESPONSIBILITY):
        for gap in gap_counts(user):
            yield Number(str(gap.title), gap.count, gap.address, "amber")


def second_person(user: User) -> Iterable[Number]:
    """What another person proposed and this one may decide."""
    if can(user, EXPOSE_CASE) or can(user, APPROVE_CASE):
        proposed = Exposure.objects.visible_to(user).in_state(ExposureState.PROPOSED)
        yield Number(
            _("Exposures that wait for a second person"),
            proposed.count(),
            f"{reverse('exposures')}?state={ExposureState.PROPOSED}",
        )
    if can(user, APPROVE_LIST):
        undecided = StreetList.objects.filter(
            scope_of(user, APPROVE_LIST).within("sheet__district__code"), decision=None
        )
        yield Number(
            _("Lists of streets that wait for a second person"),
            undecided.exclude(proposed_by=user).count(),
            reverse("assessment"),
        )


def appeals(user: User) -> Iterable[Number]:
    """Objections of streets that nobody has answered."""
    if can(user, PUBLISH_SHEET):
        open_ones = Appeal.objects.filter(
            scope_of(user, PUBLISH_SHEET).within("sheet__district__code"), answer=None
        )
        yield Number(_("Appeals to answer"), open_ones.count(), reverse("assessment"))


def sites_to_evaluate(user: User) -> Iterable[Number]:
    """Sites of rounds under way that somebody is sent to and has not visited."""
    if can(user, EVALUATE):
        visited = Visit.objects.standing().filter(round=OuterRef("round"), site=OuterRef("site"))
        mine = RoundSite.objects.filter(round__opened_at__isnull=False, round__closed_at=None, evaluator=user)
        yield Number(_("Sites to evaluate"), mine.exclude(Exists(visited)).count(), reverse("field"))


for offer in (reviews, second_person, appeals, sites_to_evaluate, gaps):
    offer_needs(offer)
