"""What pages say of a case: its card in a list, its lamp, the forms of what may be done next, the filters above."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from assets.filter_parameters import NONE
from cases.actions.stepping import verbs_for
from cases.desk.forms import VerbForm
from cases.desk.pairs import Pair
from cases.desk.verbs import WAYS, Way
from cases.filters import ALL, MINE, OPEN, CaseFilter
from cases.lamps import LAMPS, lamp_at
from cases.models import OPEN_STATES, Case, ClockKind, Source, State, Verb
from cases.telling import left_in_words
from places.answering import streets_led_by
from places.models import Level
from web.selects import FilterSelect


@dataclass(frozen=True)
class Card:
    """A case as a list shows it; made of a case with its clock (`cases.filters.with_clock`)."""

    case: Case
    lamp: str
    lamp_name: str
    due: datetime | None
    left: str
    clock: str
    provisional: bool
    pair: Pair | None = None

    @property
    def place(self) -> str:
        """Street and address; an address mostly names its street itself."""
        street = self.case.street.name if self.case.street else ""
        address = self.case.address or (self.case.road.name if self.case.road else "")
        return address if street in address else " · ".join(filter(None, (street, address)))

    @property
    def what(self) -> str:
        """What it is about: the asset, the site, or the beginning of the description."""
        if self.case.asset:
            return self.case.asset.name or self.case.asset.type.name
        return self.case.site.name if self.case.site else self.case.description[:40]


def card_of(case: Any, now: datetime, pair: Pair | None = None) -> Card:
    """A case, annotated with its clock, as a card."""
    lamp = lamp_at(case.running_due, case.running_amber, case.running_held, now)
    runs = lamp in ("red", "amber", "green")
    return Card(
        case=case,
        lamp=lamp,
        lamp_name=str(LAMPS[lamp]),
        due=case.running_due,
        left=left_in_words(case.running_due, now) if runs else "",
        clock=str(ClockKind(case.running_kind).label) if case.running_kind else "",
        provisional=bool(case.running_provisional),
        pair=pair,
    )


def cards_of(cases: Iterable[Case], now: datetime, pairs: Mapping[int, Pair] | None = None) -> list[Card]:
    """The cases as cards, with their photos where a list shows them (`cases.desk.pairs.first_pairs`)."""
    return [card_of(case, now, (pairs or {}).get(case.pk)) for case in cases]


# --- What may be done next ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Next:
    """One verb that the reader may do now, with its form."""

    verb: str
    label: str
    form: VerbForm
    usual: bool
    danger: bool
    sends_files: bool


def ids_of(verb: Verb) -> str:
    """How the fields of a verb's form are called on the page."""
    return f"{verb.value}-%s"


def next_steps(case: Case, user: User, refused: tuple[Verb, VerbForm] | None = None) -> list[Next]:
    """What a reader may do, the usual first; with the form that was refused in its place."""
    return forms_of(case, verbs_for(user, case), refused)


def forms_of(case: Case, verbs: Iterable[Verb], refused: tuple[Verb, VerbForm] | None = None) -> list[Next]:
    """The verbs with their forms, the usual first."""
    steps = []
    for verb in verbs:
        way: Way | None = WAYS.get(verb)
        # What was put right when it was found is reported anew: nobody would answer for it.
        if way is None or (verb is Verb.REOPEN and case.unit_id is None):
            continue
        wrong = refused is not None and refused[0] == verb
        if refused is not None and wrong:
            form = refused[1]
        else:
            form = way.form(initial=way.initial(case), auto_id=ids_of(verb))
        again = verb is Verb.DISPATCH and case.state != State.FILED
        label = _("Dispatch again") if again else str(verb.label)
        usual = (way.usual and not again) or wrong
        steps.append(Next(verb.value, label, form, usual, way.danger, form.is_multipart()))
    return sorted(steps, key=lambda step: (not step.usual, step.danger))


# --- Filters --------------------------------------------------------------------------------------------------------


SELECTS = ("category", "source", "street", "unit", "urgent")


def choices_of(case_filter: CaseFilter, user: User) -> list[FilterSelect]:
    """The selects above the list."""
    reference = case_filter.reference
    mine = [(MINE, _("My unit"))] if user.units.exists() else []
    led = streets_led_by(user, reference.today)
    my_streets = [(",".join(led), _("My streets"))] if len(led) > 1 else []
    options: dict[str, tuple[str, list[tuple[str, str]]]] = {
        "category": (
            _("Category"),
            [(code, entry.name) for code, entry in reference.categories.items()],
        ),
        "source": (_("Source"), [(source.value, str(source.label)) for source in Source]),
        "street": (
            _("Street"),
            [
                *my_streets,
                *((area.code, area.name) for area in reference.lists.areas_at(Level.STREET).values()),
            ],
        ),
        "unit": (
            _("Unit"),
            [*mine, (NONE, _("Nobody yet")), *((code, str(unit)) for code, unit in reference.units.items())],
        ),
        "urgent": (_("Urgency"), [("yes", _("Urgent")), ("no", _("Not urgent"))]),
    }
    return [
        FilterSelect(name, label, listed, case_filter.spelled(name))
        for name, (label, listed) in options.items()
    ]


def state_tabs(case_filter: CaseFilter, counts: dict[str, int]) -> list[dict[str, Any]]:
    """Open, each state, all, with their numbers."""
    current = case_filter.spelled("state")
    open_ones = sum(counts.get(state, 0) for state in OPEN_STATES)
    tabs = [(OPEN, pgettext("cases", "Open"), open_ones)]
    tabs += [(state.value, str(state.label), counts.get(state, 0)) for state in State if state != State.DRAFT]
    tabs.append((ALL, pgettext("cases", "All"), sum(counts.values())))
    return [
        {
            "title": title,
            "count": count,
            "query": case_filter.but("state") if code == OPEN else case_filter.but(state=code),
            "current": current == ("" if code == OPEN else code),
        }
        for code, title, count in tabs
    ]


def lamp_tabs(case_filter: CaseFilter, counts: dict[str, int]) -> list[dict[str, Any]]:
    """Each lamp with its number; chosen again, it goes out."""
    current = case_filter.spelled("lamp")
    return [
        {
            "lamp": lamp,
            "title": str(title),
            "count": counts.get(lamp, 0),
            "query": case_filter.but("lamp") if current == lamp else case_filter.but(lamp=lamp),
            "current": current == lamp,
        }
        for lamp, title in LAMPS.items()
    ]
