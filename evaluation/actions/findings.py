"""What follows from a visit: pieces that were not there become missing, what does not conform becomes a case."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assets.actions.record_inspection import record_inspection
from assets.history import Actor
from assets.models import Asset, Condition, Lifecycle
from cases.actions.report_problem import report_problem
from cases.models import Case, CaseCategory, Source
from evaluation.models import Answer, EvaluationItem, Visit

if TYPE_CHECKING:
    from evaluation.actions.record_visit import Found


@dataclass
class Following:
    """What came of a visit's items, by their codes."""

    cases: dict[str, Case] = field(default_factory=dict)
    missing: dict[str, list[Asset]] = field(default_factory=dict)


def follow(
    actor: Actor, visit: Visit, judged: Sequence["Found"], items: Mapping[str, EvaluationItem]
) -> Following:
    """Inspect what is missing and report what does not conform.

    That an asset was removed meanwhile, or a case cannot be reported where a site lies, is no reason to lose a visit.
    """
    following = Following()
    seen: dict[uuid.UUID, Asset] = {}
    for answered in judged:
        pieces = _missing_pieces(actor, visit, answered.missing, seen)
        if pieces:
            following.missing[answered.item] = pieces
        item = items[answered.item]
        if answered.answer == Answer.NO and visit.round.raises_cases:
            case = _report(actor, visit, answered, item, pieces)
            if case is not None:
                following.cases[answered.item] = case
    return following


def case_uid(visit: Visit, item: EvaluationItem) -> uuid.UUID:
    """The uid of the case which a finding makes: always the same, so it is made once."""
    return uuid.uuid5(visit.uid, f"case:{item.code}")


def category_of(visit: Visit, item: EvaluationItem) -> CaseCategory | None:
    """What a finding is reported as."""
    return item.category or visit.round.edition.category


def _missing_pieces(
    actor: Actor, visit: Visit, uids: Sequence[uuid.UUID], seen: dict[uuid.UUID, Asset]
) -> list[Asset]:
    wanted = [uid for uid in uids if uid not in seen]
    found = Asset.objects.select_related("area").filter(uid__in=wanted).exclude(lifecycle=Lifecycle.REMOVED)
    for asset in found:
        seen[asset.uid] = asset
        try:
            with transaction.atomic():
                record_inspection(
                    actor,
                    asset,
                    Condition.MISSING,
                    note=_("Not there on the evaluation of %(site)s.") % {"site": visit.site},
                    observed_at=visit.ended_at,
                    position=visit.position,
                    uid=uuid.uuid5(visit.uid, f"missing:{asset.uid}"),
                )
        except (PermissionDenied, ValidationError):
            continue
    return [seen[uid] for uid in uids if uid in seen]


def _report(
    actor: Actor, visit: Visit, answered: "Found", item: EvaluationItem, pieces: Sequence[Asset]
) -> Case | None:
    category = category_of(visit, item)
    if category is None:
        return None
    asset = pieces[0] if len(pieces) == 1 else None
    try:
        with transaction.atomic():
            return report_problem(
                actor,
                category,
                Source.EVALUATION,
                asset=asset,
                site=None if asset is not None else visit.site,
                description=words_of(answered, item),
                # A failed count may have no photo; the case has what the evaluator wrote.
                photos_follow=max(1, len(answered.photos)),
                position=visit.position,
                uid=case_uid(visit, item),
                at=visit.ended_at,
                arrived_at=timezone.now(),
            )
    except (PermissionDenied, ValidationError):
        return None


def words_of(answered: "Found", item: EvaluationItem) -> str:
    """What the case says: the item, what was found, and the evaluator's own words."""
    parts = [item.text_zh]
    if answered.value is not None:
        number = f"{answered.value.normalize():f}"
        if item.threshold is not None:
            parts.append(
                _("found %(found)s, wanted %(wanted)s")
                % {"found": number, "wanted": f"{item.threshold.normalize():f}"}
            )
        else:
            parts.append(_("found %(found)s") % {"found": number})
    if answered.note.strip():
        parts.append(answered.note.strip())
    return " · ".join(parts)[:2_000]
