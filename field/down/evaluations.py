"""What a phone needs for evaluations: its user's sites of open rounds, their forms, what the catalogue has there.

One document, which replaces the one before. Items travel once for each round and kind, and sites name their form.
"""

from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.permissions import EVALUATE, can
from evaluation.actions.record_visit import items_for
from evaluation.models import EvaluationItem, Round, RoundSite, Visit
from evaluation.rounds.pieces import Piece, pieces_at

# A closed round is shown so long that what was sent last is still seen.
_AFTER_ITS_END = timedelta(hours=12)
MOST_SITES = 400


def evaluations_for(user: User) -> dict[str, Any]:
    """The whole document."""
    stops = list(_stops(user)) if can(user, EVALUATE) else []
    rounds = {stop.round_id: stop.round for stop in stops}
    done = set(
        Visit.objects.standing().filter(evaluator=user, round__in=rounds).values_list("round_id", "site_id")
    )
    pieces = pieces_at({stop.site_id for stop in stops[:MOST_SITES]})
    forms: dict[str, list[dict[str, Any]]] = {}
    for stop in stops[:MOST_SITES]:
        name = _form(stop)
        if name not in forms:
            forms[name] = [_item(item) for item in items_for(stop.round, stop.kind_id)]
    return {
        "rounds": [_round(round_) for round_ in rounds.values()],
        "forms": forms,
        "sites": [
            _site(stop, (stop.round_id, stop.site_id) in done, pieces.get(stop.site_id, []))
            for stop in stops[:MOST_SITES]
        ],
        "sites_matched": len(stops),
        "generated_at": timezone.localtime(),
    }


def _stops(user: User) -> QuerySet[RoundSite]:
    open_ones = Q(round__closed_at=None) | Q(round__closed_at__gt=timezone.now() - _AFTER_ITS_END)
    return (
        RoundSite.objects.filter(open_ones, evaluator=user, round__opened_at__isnull=False)
        .select_related("round__edition", "round__area", "site", "kind")
        .defer("site__outline", "round__area__boundary")
        .order_by("round__ends_on", "round", "place")
    )


def _round(round_: Round) -> dict[str, Any]:
    edition = round_.edition
    return {
        "uid": round_.uid,
        "name": round_.name,
        "announced": round_.announced,
        "raises_cases": round_.raises_cases,
        "ends_on": round_.ends_on,
        "state": round_.state.value,
        "remarks": round_.remarks,
        "edition": edition.name,
        "draft": edition.draft,
        "third_answer": edition.third_answer,
        "apart": edition.apart_metres,
        "apart_indoors": edition.apart_indoors_metres,
    }


def _form(stop: RoundSite) -> str:
    return f"{stop.round.uid}/{stop.kind.code}"


def _item(item: EvaluationItem) -> dict[str, Any]:
    return {
        "code": item.code,
        "group": item.group,
        "zh": item.text_zh,
        "en": item.text_en or item.text_zh,
        "how": item.how,
        "how_en": item.how_en,
        "answer": item.answer,
        "threshold": float(item.threshold) if item.threshold is not None else None,
        "direction": item.direction,
        "asked": item.asked,
        "theme": item.theme.code if item.theme else None,
        "carrier": item.carrier.code if item.carrier else None,
        "publicity": item.publicity,
        "metres": item.metres,
        "minutes": item.minutes,
        "critical": item.critical,
        "photo": item.photo_when_failed,
    }


def _site(stop: RoundSite, visited: bool, pieces: list[Piece]) -> dict[str, Any]:
    site = stop.site
    return {
        "round": stop.round.uid,
        "form": _form(stop),
        "code": site.code,
        "name": site.name,
        "kind": {"zh": stop.kind.name_zh, "en": stop.kind.name_en},
        "lon": round(site.point.x, 6),
        "lat": round(site.point.y, 6),
        "address": site.address,
        "visited": visited,
        "pieces": [vars(piece) for piece in pieces],
    }
