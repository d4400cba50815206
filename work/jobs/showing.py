"""What pages say of a job: its next steps, how late it is, and the filters above board and list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from accounts.permissions import DO_MAINTENANCE, can
from assets.actions.change_maintenance_state import verb_for
from assets.dictionaries import Dictionaries
from assets.models import Condition, Maintenance, MaintenanceKind, MaintenanceState, Priority
from assets.models.maintenance import TRANSITIONS
from assets.rules.lateness import job_days_late
from places.models import Level, Unit
from web.selects import FilterSelect
from work.actions.plan_jobs import NOT_YOURS, OPEN_ALREADY, REMOVED, SHOWN_ALREADY
from work.job_filter import MINE, OPEN, PRIORITIES, JobFilter
from work.job_queries import BOARD_STATES

State = MaintenanceState


def reasons() -> dict[str, str]:
    """Why an asset gets no job, in words."""
    return {
        NOT_YOURS: _("outside the area you plan for"),
        REMOVED: _("removed"),
        OPEN_ALREADY: _("a job of this kind is open already"),
        SHOWN_ALREADY: _("this artwork hangs there already"),
    }


@dataclass(frozen=True)
class Step:
    """Where a job may go next. `asks` is `crew`, `note` or `result` where the step needs more than a press."""

    state: str
    label: str
    asks: str = ""
    primary: bool = False
    danger: bool = False


def steps_of(job: Maintenance, user: User) -> list[Step]:
    """The steps a reader may take from here, the usual one first."""
    return [step for step in _steps(MaintenanceState(job.state)) if can(user, _verb(step), job.asset)]


def _verb(step: Step) -> str:
    return DO_MAINTENANCE if step.state == State.DONE else verb_for(MaintenanceState(step.state))


def _steps(state: MaintenanceState) -> Iterable[Step]:
    """The transition table in words, the usual step of each state first."""
    words = {
        State.PLANNED: {
            State.ASSIGNED: Step(State.ASSIGNED, _("Assign"), "crew", primary=True),
            State.IN_PROGRESS: Step(State.IN_PROGRESS, _("Start")),
            State.DONE: Step(State.DONE, _("Done"), "result"),
            State.CANCELLED: Step(State.CANCELLED, _("Cancel the job"), "note", danger=True),
        },
        State.ASSIGNED: {
            State.IN_PROGRESS: Step(State.IN_PROGRESS, _("Start"), primary=True),
            State.DONE: Step(State.DONE, _("Done"), "result"),
            State.ASSIGNED: Step(State.ASSIGNED, _("Give to another crew"), "crew"),
            State.PLANNED: Step(State.PLANNED, _("Take back from the crew"), "note"),
            State.CANCELLED: Step(State.CANCELLED, _("Cancel the job"), "note", danger=True),
        },
        State.IN_PROGRESS: {
            State.DONE: Step(State.DONE, _("Done"), "result", primary=True),
            State.ASSIGNED: Step(State.ASSIGNED, _("Put on hold"), "crew"),
            State.CANCELLED: Step(State.CANCELLED, _("Cancel the job"), "note", danger=True),
        },
        State.DONE: {
            State.VERIFIED: Step(State.VERIFIED, _("Verify"), primary=True),
            State.IN_PROGRESS: Step(State.IN_PROGRESS, _("Hand back to the crew"), "note"),
        },
    }.get(state, {})
    return [step for target, step in words.items() if target in TRANSITIONS[state]]


@dataclass(frozen=True)
class Card:
    """A job as board and list show it."""

    job: Maintenance
    late: int
    step: Step | None
    priority: str

    @property
    def name(self) -> str:
        """What the asset is called."""
        return self.job.asset.name or self.job.asset.type.name

    @property
    def condition(self) -> str:
        """The asset's condition, as style sheets call it."""
        return Condition(self.job.asset.condition).code

    @property
    def money(self) -> str:
        """The cost in yuan, in groups of three digits."""
        return "" if self.job.cost is None else f"{self.job.cost:,.2f}"

    @property
    def track(self) -> list[tuple[str, str, bool]]:
        """The states on the way, and whether the job has come that far."""
        way = [*BOARD_STATES] if self.job.state != State.CANCELLED else [State.CANCELLED]
        reached = way.index(MaintenanceState(self.job.state))
        return [(state.value, str(state.label), place <= reached) for place, state in enumerate(way)]

    @property
    def place(self) -> str:
        """Street and address; an address mostly names its street itself."""
        asset = self.job.asset
        place = asset.address or (asset.road.name if asset.road else "")
        street = asset.street.name if asset.street else ""
        return place if street in place else " · ".join(filter(None, (street, place)))


def cards_of(jobs: Iterable[Maintenance], user: User, today: date) -> list[Card]:
    """The jobs with what is said of each."""
    return [
        Card(
            job,
            job_days_late(job, today),
            next(iter(steps_of(job, user)), None),
            Priority(job.priority).name.lower(),
        )
        for job in jobs
    ]


# --- Filters --------------------------------------------------------------------------------------------------------


def choices_of(job_filter: JobFilter, user: User, *names: str) -> list[FilterSelect]:
    """The selects above board and list."""
    lists = job_filter.asset_filter.reference.lists
    return [
        FilterSelect(name, label, options(user, lists), job_filter.values.get(name, ""))
        for name, (label, options) in _choices().items()
        if name in names
    ]


def _choices() -> dict[str, Any]:
    return {
        "state": (_("State"), lambda user, lists: [(OPEN, _("Open")), *MaintenanceState.choices]),
        "kind": (_("Kind of job"), lambda user, lists: list(MaintenanceKind.choices)),
        "crew": (pgettext("unit", "Crew"), _crew_options),
        "priority": (
            _("Priority"),
            lambda user, lists: [(code, str(priority.label)) for code, priority in PRIORITIES.items()],
        ),
        "overdue": (_("Due"), lambda user, lists: [("yes", _("Overdue"))]),
        "street": (_("Street"), _street_options),
        "type": (_("Type"), lambda user, lists: [(code, entry.name) for code, entry in lists.types.items()]),
    }


def _crew_options(user: User, lists: Dictionaries) -> list[tuple[str, str]]:
    crews = [(str(crew.pk), str(crew)) for crew in Unit.objects.filter(is_crew=True)]
    mine = [(MINE, _("My crew"))] if user.units.exists() else []
    return [*mine, ("none", _("No crew yet")), *crews]


def _street_options(user: User, lists: Dictionaries) -> list[tuple[str, str]]:
    return [(area.code, area.name) for area in lists.areas_at(Level.STREET).values()]
