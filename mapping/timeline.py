"""An asset's history as one list: postings, inspections, jobs, photos and every change of a field, newest first.

The queries are as many as there are kinds of events, not as there are events. Rooms further left add theirs
(`also_tell`).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import AnyUser
from assets.dictionaries import Dictionaries
from assets.disclosure import may_be_told
from assets.field_groups import title_of
from assets.models import Asset, Condition, Inspection, Maintenance
from assets.models.maintenance import MaintenanceState
from places.row_history import Change, changes_of

SEPARATOR = " · "
MOST_CHANGES = 100
MOST_FACTS = 200
# What other events tell already: an inspection sets the condition, a posting the artwork.
_TOLD_ELSEWHERE = frozenset({"condition", "condition_at", "next_inspection_due", "area", "district"})


@dataclass(frozen=True)
class Event:
    """One thing that happened. `condition` is a condition's code where the event tells one.

    `day_only`: only the day is known, and `at` merely says where the event stands among those of that day.
    `form`: where it can be taken back, for those who may. `url`: the page that tells more.
    """

    kind: str
    at: datetime
    title: str
    detail: str = ""
    condition: str = ""
    actor: str = ""
    origin: str = ""
    day_only: bool = False
    form: str = ""
    url: str = ""

    @property
    def time_format(self) -> str:
        """How its time is written, for the template's `date`."""
        return "Y-m-d" if self.day_only else "Y-m-d H:i"


# Where an event can be taken back: its kind ("change", "inspection") and number → the form's address, or "".
TakingBack = Callable[[str, int], str]
# What a room further left knows of an asset's past, as far as a reader may be told.
Teller = Callable[[Asset, AnyUser], Iterable[Event]]
_tellers: list[Teller] = []


def also_tell(teller: Teller) -> None:
    """Have a room's events among every asset's history."""
    _tellers.append(teller)


def timeline(asset: Asset, lists: Dictionaries, reader: AnyUser, taking_back: TakingBack) -> list[Event]:
    """What happened to an asset, newest first, as far as a reader may be told."""
    events = [
        *_inspections(asset, lists, taking_back),
        *_postings(asset),
        *_jobs(asset),
        *_changes(asset, reader, taking_back),
        *(event for teller in _tellers for event in teller(asset, reader)),
    ]
    begun = next((event.at for event in events if event.kind == "created"), None)
    if begun is not None:
        events = [_not_before(event, begun) for event in events]
    return sorted(events, key=lambda event: event.at, reverse=True)


def _not_before(event: Event, begun: datetime) -> Event:
    """An event of which only the day is known, not before the registration of the same day."""
    same_day = timezone.localdate(event.at) == timezone.localdate(begun)
    return replace(event, at=max(event.at, begun)) if event.day_only and same_day else event


def _at_noon(day: date) -> datetime:
    """Where a fact with a day but no time stands among those with one."""
    return timezone.make_aware(datetime.combine(day, time(12)))


def _inspections(asset: Asset, lists: Dictionaries, taking_back: TakingBack) -> Iterable[Event]:
    found = list(asset.inspections.select_related("inspector", "voided_by")[:MOST_FACTS])
    for place, inspection in enumerate(found):
        voided = inspection.voided_at is not None
        parts = [lists.defects[code].name for code in inspection.defects if code in lists.defects]
        if inspection.distance is not None:
            parts.append(_("%(metres)s m from the asset") % {"metres": round(inspection.distance)})
        if inspection.note:
            parts.append(inspection.note)
        if voided:
            who = inspection.voided_by or "—"
            parts.append(_("Voided by %(who)s: %(why)s") % {"who": who, "why": inspection.void_reason})
        yield Event(
            kind="inspection voided" if voided else "inspection",
            at=inspection.effective_at,
            title=_inspection_title(inspection, found[place + 1 :]),
            detail=SEPARATOR.join(parts),
            condition="" if voided else Condition(inspection.condition).code,
            actor=_inspector(inspection),
            origin=str(inspection.get_origin_display()),
            form="" if voided else taking_back("inspection", inspection.pk),
        )


def _inspection_title(inspection: Inspection, earlier: list[Inspection]) -> str:
    """What was seen, and what it had been before where that was something else."""
    condition = str(Condition(inspection.condition).label)
    if inspection.voided_at:
        return _("Inspected: %(condition)s (voided)") % {"condition": condition}
    before = next(
        (earlier_one.condition for earlier_one in earlier if not earlier_one.voided_at), inspection.condition
    )
    if before != inspection.condition:
        return _("Inspected: %(before)s → %(after)s") % {
            "before": Condition(before).label,
            "after": condition,
        }
    return _("Inspected: %(condition)s") % {"condition": condition}


def _inspector(inspection: Inspection) -> str:
    return inspection.inspector_name or (str(inspection.inspector) if inspection.inspector else "")


def _postings(asset: Asset) -> Iterable[Event]:
    """Newest first, so that of one day's the later one stays above."""
    for posting in asset.postings.select_related("artwork")[:MOST_FACTS]:
        if posting.taken_down_on:
            yield Event(
                kind="posting down",
                at=_at_noon(posting.taken_down_on),
                day_only=True,
                title=_("Taken down: %(artwork)s") % {"artwork": posting.artwork.title},
            )
        valid_to = posting.artwork.valid_to
        yield Event(
            kind="posting",
            at=_at_noon(posting.posted_on),
            day_only=True,
            title=_("Posted: %(artwork)s") % {"artwork": posting.artwork.title},
            detail=_("Valid to %(day)s") % {"day": valid_to.isoformat()} if valid_to else "",
        )


def _jobs(asset: Asset) -> Iterable[Event]:
    for job in asset.maintenance.select_related("crew", "created_by")[:MOST_FACTS]:
        parts = [str(job.get_state_display())]
        if job.crew:
            parts.append(str(job.crew))
        if job.due_on and job.state not in (MaintenanceState.DONE, MaintenanceState.VERIFIED):
            parts.append(_("due %(day)s") % {"day": job.due_on.isoformat()})
        if job.cost is not None:
            parts.append(f"¥{job.cost:,.2f}")
        if job.description:
            parts.append(job.description)
        yield Event(
            kind="maintenance",
            at=_moment_of(job),
            title=_("Maintenance: %(kind)s") % {"kind": job.get_kind_display()},
            detail=SEPARATOR.join(parts),
            condition=Condition(job.resulting_condition).code if job.resulting_condition else "",
            actor=str(job.created_by) if job.created_by else "",
        )


def _moment_of(job: Maintenance) -> datetime:
    """When the job last moved on."""
    return job.verified_at or job.completed_at or job.started_at or job.created_at


def _changes(asset: Asset, reader: AnyUser, taking_back: TakingBack) -> Iterable[Event]:
    for change in changes_of(asset, limit=MOST_CHANGES):
        differences = change.telling(
            lambda name: name not in _TOLD_ELSEWHERE and may_be_told(name, reader, asset)
        ).differences
        if differences or change.created:
            lines = [
                f"{title_of(difference.name)}: {difference.before} → {difference.after}"
                for difference in differences
            ]
            yield Event(
                kind="created" if change.created else "change",
                at=change.at,
                title=_("Registered") if change.created else _("Changed"),
                detail="; ".join(lines),
                actor=_actor(change),
                origin=change.origin_label,
                form=taking_back("change", change.version) if differences and change.version else "",
            )


def _actor(change: Change) -> str:
    if change.batch is not None:
        return _("%(who)s, batch #%(batch)s") % {"who": change.actor, "batch": change.batch}
    return change.actor
