"""Who is told of a card or an urging, and how; called in the transaction that writes what is told of."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db.models import Q

from accounts.models import User
from accounts.permissions import ANSWER_CASE, URGE_CASE, VERBS_OF_ROLE, can
from cases.models import (
    Card,
    Case,
    CaseStep,
    ExposedCase,
    Notice,
    NoticeChoice,
    NoticeKind,
    Outgoing,
    Webhook,
)


def tell_of_card(card: Card, case: Case) -> None:
    """Tell of a card that was put down; what the red one urges is told with it, not twice."""
    _tell(case, NoticeKind(card.kind), f"card {card.pk}", card=card)


def tell_of_urging(step: CaseStep) -> None:
    """Tell of an urging by a person."""
    _tell(step.case, NoticeKind.URGED, f"step {step.pk}", step=step)


def tell_of_look(item: ExposedCase, people: Iterable[User], at: datetime) -> None:
    """Tell the office that an exposed case is to be looked at again."""
    case, about = item.case, f"exposed {item.pk}"
    _tell_people(people, case, NoticeKind.LOOK_AGAIN, about, at, exposed=item)
    _tell_hooks(case, NoticeKind.LOOK_AGAIN, about, at)


def mail_is_set() -> bool:
    """Whether there is a server to send e-mail by."""
    return bool(settings.EMAIL_HOST)


def _tell(
    case: Case, kind: NoticeKind, about: str, *, card: Card | None = None, step: CaseStep | None = None
) -> None:
    at = card.at if card is not None else step.at  # type: ignore[union-attr]
    _tell_people(_people(case, kind), case, kind, about, at, card=card, step=step)
    _tell_hooks(case, kind, about, at)


def _tell_people(
    people: Iterable[User],
    case: Case,
    kind: NoticeKind,
    about: str,
    at: datetime,
    **what: Card | CaseStep | ExposedCase | None,
) -> None:
    """Tell those who want to know."""
    people = list(people)
    choices = {choice.user_id: choice for choice in NoticeChoice.objects.filter(user__in=people)}
    for user in people:
        choice = choices.get(user.pk) or NoticeChoice(user=user)
        if kind not in choice.kinds:
            continue
        notice = Notice.objects.create(user=user, case=case, kind=kind, at=at, **what)
        if choice.by_email and user.email and mail_is_set():
            Outgoing.objects.create(notice=notice, case=case, kind=kind, about=about, next_at=at)


def _tell_hooks(case: Case, kind: NoticeKind, about: str, at: datetime) -> None:
    district = case.scope_code[:6]
    hooks = Webhook.objects.filter(Q(district_code="") | Q(district_code=district), active=True)
    for hook in hooks.filter(kinds__contains=[kind.value]):
        Outgoing.objects.create(webhook=hook, case=case, kind=kind, about=about, next_at=at)


def _people(case: Case, kind: NoticeKind) -> Iterable[User]:
    """The people of the unit who may answer for the case; of a red card also those who may urge it."""
    unit = User.objects.filter(is_active=True, units=case.unit_id) if case.unit_id else User.objects.none()
    told = {user.pk: user for user in unit if can(user, ANSWER_CASE, case)}
    if kind is NoticeKind.RED:
        # By role: a superuser without one is no office that wants to hear of each card.
        roles = [role for role, verbs in VERBS_OF_ROLE.items() if URGE_CASE in verbs]
        others = User.objects.filter(is_active=True, memberships__role__in=roles).exclude(pk__in=told)
        told |= {user.pk: user for user in others.distinct() if can(user, URGE_CASE, case)}
    return told.values()
