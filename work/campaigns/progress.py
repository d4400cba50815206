"""How far campaigns are: what was wanted and what was counted, altogether and by street."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from assets.dictionaries import Dictionaries
from assets.models import Campaign, CampaignTarget
from places.models import Area, Level
from work.campaigns.counting import Counted, all_counted


@dataclass(frozen=True)
class Cell:
    """One number: what was counted, of how many that are wanted (None: nothing is), and the list behind it."""

    counted: int
    wanted: int | None = None
    address: str = ""

    @property
    def percent(self) -> int | None:
        """Rounded down, at most a hundred: a hundred only when all is there."""
        return None if not self.wanted else min(100, 100 * self.counted // self.wanted)


@dataclass(frozen=True)
class Row:
    """One street, with a cell for each thing counted; without a code where no street is known."""

    name: str
    code: str | None
    cells: list[Cell]


@dataclass
class Progress:
    """One campaign: a target counts for all of it, a line of cells for each street."""

    campaign: Campaign
    columns: list[Counted] = field(default_factory=list)
    total: list[Cell] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    @property
    def percent(self) -> int | None:
        """The mean of its targets; None when it has none."""
        shares = [cell.percent for cell in self.total if cell.percent is not None]
        return sum(shares) // len(shares) if shares else None

    @property
    def titled(self) -> list[tuple[str, Cell]]:
        """The numbers of the whole, each with its title."""
        return [(str(column.title), cell) for column, cell in zip(self.columns, self.total, strict=True)]


def progress_of(campaigns: Sequence[Campaign], user: User, lists: Dictionaries) -> list[Progress]:
    """Of each; as many queries as there are things to count, however many campaigns."""
    if not campaigns:
        return []
    countable = all_counted()
    found: dict[int, dict[str, dict[int | None, int]]] = defaultdict(lambda: defaultdict(dict))
    for counted in countable.values():
        for (key, street), number in counted.count(campaigns, user).items():
            found[key][counted.code][street] = number
    targets: dict[int, list[CampaignTarget]] = defaultdict(list)
    for target in CampaignTarget.objects.filter(campaign__in=[campaign.pk for campaign in campaigns]):
        targets[target.campaign_id].append(target)
    streets = {area.id: area for area in lists.areas_at(Level.STREET).values()}
    return [
        _progress(campaign, countable, found[campaign.pk], targets[campaign.pk], streets)
        for campaign in campaigns
    ]


def _progress(
    campaign: Campaign,
    countable: dict[str, Counted],
    found: dict[str, dict[int | None, int]],
    targets: list[CampaignTarget],
    streets: dict[int, Any],
) -> Progress:
    wanted = {(target.counts, target.street_id): target.wanted for target in targets}
    shown = [
        counted
        for counted in countable.values()
        if found.get(counted.code) or any(code == counted.code for code, _street in wanted)
    ]
    told = Progress(campaign, shown)
    for counted in shown:
        told.total.append(
            Cell(
                sum(found.get(counted.code, {}).values()),
                _wanted_of_all(counted.code, wanted),
                counted.address(campaign, None),
            )
        )
    keys = {key for numbers in found.values() for key in numbers} | {
        street for _c, street in wanted if street
    }
    for key in sorted(keys, key=lambda street_id: streets[street_id].code if street_id in streets else "~"):
        street = streets.get(key) if key is not None else None
        cells = [
            Cell(
                found.get(counted.code, {}).get(key, 0),
                wanted.get((counted.code, key)) if key is not None else None,
                counted.address(campaign, street) if street is not None else "",
            )
            for counted in shown
        ]
        if street is not None:
            told.rows.append(Row(street.name, street.code, cells))
        else:
            told.rows.append(Row(_("Area unknown"), None, cells))
    return told


def _wanted_of_all(code: str, wanted: dict[tuple[str, int | None], int]) -> int | None:
    """The target of the whole campaign, or the sum of its streets'."""
    if (code, None) in wanted:
        return wanted[code, None]
    of_streets = [number for (counts, _street), number in wanted.items() if counts == code]
    return sum(of_streets) if of_streets else None


def name_of(street: Area | None) -> str:
    """A target's street, or that it is of all."""
    return street.name if street is not None else _("Altogether")
