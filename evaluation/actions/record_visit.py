"""Record a visit: what was found of each item at one site. All of it or nothing, once however often it comes.

In the same transaction what follows from it: pieces that were not there are inspected as missing, and where the round
says so each item that does not conform becomes one case (`evaluation.actions.findings`).
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from assets.history import Actor, acting
from evaluation.actions.findings import Following, follow
from evaluation.judging import judge
from evaluation.models import (
    Answer,
    AnswerKind,
    EvaluationItem,
    Observation,
    Round,
    RoundSite,
    RoundState,
    Visit,
)
from evaluation.standing import require_evaluating
from places.distance import metres_between
from places.models import Site, SiteKind

MOST_OBSERVATIONS = 300
LARGEST_VALUE = Decimal(99_999)
LONGEST_NOTE = 500
_DIGITS_OF_A_STREET = 9


@dataclass(frozen=True)
class Found:
    """What was found of one item.

    Args:
        item: the item's code.
        answer: left to the rule where a value says it (`evaluation.judging`).
        value: what was counted or measured; how many knew, of those asked.
        catalogued: how many the catalogue showed on the phone.
        missing: uids of catalogued pieces that were not there.
        photos: SHA-256 by which the phone names its photos; they follow.
    """

    item: str
    answer: Answer | None = None
    value: Decimal | None = None
    asked: int | None = None
    catalogued: int | None = None
    missing: tuple[uuid.UUID, ...] = ()
    photos: tuple[str, ...] = ()
    note: str = ""


def items_for(round_: Round, kind: SiteKind | int) -> list[EvaluationItem]:
    """The form of a round at a kind of site, in order: the items of the kind and those of every kind."""
    key = kind if isinstance(kind, int) else kind.pk
    items = round_.edition.items.filter(active=True)
    if round_.publicity_only:
        items = items.filter(publicity=True)
    own = items.filter(kind_id=key) | items.filter(kind=None)
    return list(own.select_related("category__rule", "theme", "carrier").order_by("order", "pk"))


def record_visit(
    actor: Actor,
    round_: Round,
    site: Site,
    found: Sequence[Found],
    *,
    began_at: datetime | None = None,
    ended_at: datetime | None = None,
    position: Point | None = None,
    note: str = "",
    uid: uuid.UUID | None = None,
    follows: bool = True,
) -> Visit:
    """Append a visit with its observations.

    Args:
        uid: the recorder's own id, by which a repeat is recognised: the first record is returned.
        follows: whether cases and missing pieces follow; not when a file of earlier rounds is taken in.

    Raises:
        PermissionDenied: the actor evaluates nothing there.
        ValidationError: naming `site` (their own, not of the round, or visited by them already), `state` (the round is
            not under way), `ended_at`, `found` or an item's code.
    """
    ended = ended_at or timezone.now()
    require_evaluating(actor, round_, site, timezone.localdate(ended))
    began = min(began_at or ended, ended)
    if ended > timezone.now():
        raise ValidationError({"ended_at": _("The time lies in the future.")})
    with acting(actor):
        # The row of the site locked: of two phones at once the later sees the other's visit.
        stop = RoundSite.objects.select_for_update(of=("self",)).filter(round=round_, site=site).first()
        if stop is None:
            raise ValidationError({"site": _("%(site)s is not a site of this round.") % {"site": site}})
        kept = Visit.objects.filter(uid=uid).first() if uid is not None else None
        if kept is not None:
            return kept
        current = Round.objects.select_related("edition__category__rule", "area").get(pk=round_.pk)
        _check_state(current, ended)
        if Visit.objects.standing().filter(round=current, site=site, evaluator=actor.user).exists():
            raise ValidationError(
                {"site": _("You have visited it in this round already; void that visit to do it again.")}
            )
        items = {item.code: item for item in items_for(current, stop.kind_id)}
        judged = _judge_all(found, items, current.edition.third_answer)
        visit = Visit(
            uid=uid or uuid.uuid4(),
            round=current,
            site=site,
            kind_id=stop.kind_id,
            street_id=stop.street_id,
            evaluator=actor.user,
            began_at=began,
            ended_at=ended,
            origin=actor.origin,
            position=position,
            distance=metres_between(position, site.point) if position is not None else None,
            note=note.strip()[:2_000],
            **sums_of(judged, items),
        )
        visit.save(force_insert=True)
        following = follow(actor, visit, judged, items) if follows else Following()
        _write(visit, judged, items, following)
    return visit


def sums_of(judged: Sequence[Found], items: Mapping[str, EvaluationItem]) -> dict[str, int]:
    """What a visit keeps of its observations."""

    def count(*answers: Answer) -> int:
        return sum(answered.answer in answers for answered in judged)

    failed = [answered for answered in judged if answered.answer == Answer.NO]
    return {
        "conforming": count(Answer.YES),
        "partly": count(Answer.PARTLY),
        "failing": len(failed),
        "critical": sum(items[answered.item].critical for answered in failed),
    }


def _check_state(round_: Round, ended: datetime) -> None:
    if round_.state == RoundState.PLANNED:
        raise ValidationError({"state": _("The round has not opened yet.")})
    if round_.closed_at is not None and ended > round_.closed_at:
        raise ValidationError({"state": _("The round has been closed.")})


def _judge_all(
    found: Sequence[Found], items: Mapping[str, EvaluationItem], third_answer: bool
) -> list[Found]:
    if not found:
        raise ValidationError({"found": _("Answer at least one item.")})
    if len(found) > MOST_OBSERVATIONS or len({answered.item for answered in found}) < len(found):
        raise ValidationError(
            {"found": _("At most %(most)s items, each once.") % {"most": MOST_OBSERVATIONS}}
        )
    problems: dict[str, str] = {}
    judged = []
    for answered in found:
        item = items.get(answered.item)
        if item is None:
            problems[answered.item[:40] or "found"] = _("There is no such item at such a site.")
            continue
        try:
            judged.append(_judged(answered, item, third_answer))
        except ValidationError as error:
            problems[answered.item] = " ".join(error.messages)
    if problems:
        raise ValidationError(problems)
    return judged


def _judged(answered: Found, item: EvaluationItem, third_answer: bool) -> Found:
    """With the answer that follows from the value, if one does.

    Raises:
        ValidationError: what is wrong with it.
    """
    if answered.answer == Answer.NOT_APPLICABLE:
        return replace(answered, value=None, asked=None)
    if answered.answer == Answer.PARTLY and not third_answer:
        raise ValidationError(_("This edition knows no “mostly conforms”."))
    if answered.value is not None:
        if item.answer == AnswerKind.CONFORM:
            raise ValidationError(_("This item takes no number."))
        if not 0 <= answered.value <= LARGEST_VALUE:
            raise ValidationError(_("From 0 to %(most)s.") % {"most": LARGEST_VALUE})
        if answered.asked is not None and answered.value > answered.asked:
            raise ValidationError(_("More knew it than were asked."))
        follows = judge(item.answer, item.threshold, item.direction, answered.value)
        answered = replace(answered, answer=follows or answered.answer)
    if answered.answer is None:
        raise ValidationError(_("Say whether it conforms, or give a number."))
    if len(answered.note) > LONGEST_NOTE:
        raise ValidationError(_("At most %(most)s characters.") % {"most": LONGEST_NOTE})
    return answered


def _write(
    visit: Visit, judged: Sequence[Found], items: Mapping[str, EvaluationItem], following: Following
) -> None:
    rows = Observation.objects.bulk_create(
        [
            Observation(
                visit=visit,
                item=items[answered.item],
                answer=str(answered.answer),
                value=answered.value,
                asked=answered.asked,
                catalogued=answered.catalogued,
                photo_names=list(answered.photos),
                note=answered.note.strip(),
                case=following.cases.get(answered.item),
            )
            for answered in judged
        ]
    )
    for row in rows:
        if pieces := following.missing.get(row.item.code):
            row.missing.set(pieces)
