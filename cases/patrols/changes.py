"""What was planned otherwise before, in words: the changes of a patrol's plan, as its page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from assets.models import Campaign
from cases.models import Patrol, PatrolChange
from places.models import Area, Road, Site

_NAMES_OF = {"areas": Area, "roads": Road, "sites": Site}


@dataclass(frozen=True)
class ToldChange:
    """One change: who, when, why, and each thing that differs with what it was and what it is."""

    change: PatrolChange
    differences: list[tuple[str, str, str]]


def changes_in_words(patrol: Patrol) -> list[ToldChange]:
    """The changes of a plan, the latest first, in at most five queries."""
    changes = list(patrol.changes.select_related("by"))
    names = {**_names(changes), "campaign": _campaigns(changes)}
    labels = _labels()
    return [
        ToldChange(
            change,
            [
                (labels[name], _in_words(name, change.before[name], names), _in_words(name, value, names))
                for name, value in change.after.items()
                if name in labels
            ],
        )
        for change in changes
    ]


def _labels() -> dict[str, str]:
    return {
        "planned_for": _("Planned start"),
        "concentrated": _("Concentrated"),
        "regular": _("Regular"),
        "campaign": _("Campaign"),
        "areas": _("Areas"),
        "roads": _("Roads"),
        "sites": _("Sites"),
        "remarks": _("Remarks"),
    }


def _names(changes: Sequence[PatrolChange]) -> dict[str, dict[str, str]]:
    wanted: dict[str, set[str]] = {name: set() for name in _NAMES_OF}
    for change in changes:
        for plan in (change.before, change.after):
            for name in wanted:
                wanted[name].update(plan.get(name, ()))
    return {
        name: dict(model._default_manager.filter(code__in=wanted[name]).values_list("code", "name"))
        for name, model in _NAMES_OF.items()
        if wanted[name]
    }


def _campaigns(changes: Sequence[PatrolChange]) -> dict[str, str]:
    codes = {plan.get("campaign") for change in changes for plan in (change.before, change.after)} - {
        None,
        "",
    }
    return (
        {campaign.code: str(campaign) for campaign in Campaign.objects.filter(code__in=codes)}
        if codes
        else {}
    )


def _in_words(name: str, value: Any, names: dict[str, dict[str, str]]) -> str:
    if name == "planned_for":
        return timezone.localtime(datetime.fromtimestamp(value, tz=timezone.get_default_timezone())).strftime(
            "%Y-%m-%d %H:%M"
        )
    if name in _NAMES_OF:
        return "、".join(names[name].get(code, code) for code in value) or "—"
    if name == "campaign":
        return names[name].get(value, value) or "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return value or "—"
