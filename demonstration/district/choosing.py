"""What each asset of one district of the demonstration is: make, age, place, what hangs on it, how worn it is.

Drawn at random, a column at a time, before any row is written (`register.py`).
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from assets.models import AssetType, Family, Lifecycle
from demonstration.district import staging
from demonstration.district.geography import Geography
from demonstration.district.invention import LARGE_PILLAR, PROFILES, STREET_CARE, InventedArtwork, Profile
from demonstration.district.placing import Standing
from demonstration.district.wear import Wear, wear
from places.resolving import Resolver

# Beside those in use there are some that are still planned, and some that are gone.
PLANNED_SHARE, REMOVED_SHARE, SUSPENDED_SHARE = 0.003, 0.006, 0.004
UNKNOWN_SHARE = 0.045
DAYS_A_YEAR = 365.25


@dataclass
class Keys:
    """Primary keys that rows refer to, by code or name."""

    types: dict[str, AssetType]
    components: dict[str, str]  # five digits by type
    artworks: dict[str, int]
    units: dict[str, int]
    roads: dict[str, int]
    sites: dict[str, int]
    streets: dict[str, int]  # by code
    inspector: int | None


def extra(count: int) -> int:
    """How many planned and removed assets go with `count` in use."""
    return round(count * PLANNED_SHARE) + round(count * REMOVED_SHARE)


class DrawnAssets:
    """The assets of one district as they were drawn; each method fills some columns, with an entry for each asset."""

    def __init__(
        self,
        geography: Geography,
        standing: Standing,
        artworks: list[InventedArtwork],
        keys: Keys,
        resolver: Resolver,
        today: date,
        rng: np.random.Generator,
        *,
        code: str,
        shift: tuple[float, float] = (0.0, 0.0),
        in_use: int,
    ) -> None:
        """`shift` (degrees east, north) moves a synthetic neighbour to its place; `in_use` of the assets are shown."""
        self.geography, self.standing, self.keys, self.resolver, self.rng = (
            geography,
            standing,
            keys,
            resolver,
            rng,
        )
        self.artworks, self.code, self.shift, self.in_use = artworks, code, np.array(shift), in_use
        self.count = len(standing)
        self.today = np.datetime64(today, "D")
        self.types = [*PROFILES, "large_pillar"]
        index = {code: number for number, code in enumerate(self.types)}
        self.type = np.array([index[code] for code in standing.type])
        self.profiles: list[Profile] = [*PROFILES.values(), LARGE_PILLAR]
        self.dictionary = [keys.types[code] for code in self.types]
        self.intervals = np.array([entry.inspection_interval_days for entry in self.dictionary])[self.type]
        self.psa = np.array([entry.family == Family.PSA for entry in self.dictionary])[self.type]
        self.key = staging.next_keys("assets_asset", self.count)
        self._choose_lifecycles()
        self._choose_make()
        self._choose_ages()
        self._resolve()
        self._choose_artworks()
        self.wear = self._wear()

    def _choose_lifecycles(self) -> None:
        order = self.rng.permutation(self.count)
        self.lifecycle = np.full(self.count, Lifecycle.IN_USE.value, dtype=object)
        spare = self.count - self.in_use
        planned = min(round(self.in_use * PLANNED_SHARE), spare)
        self.lifecycle[order[:planned]] = Lifecycle.PLANNED.value
        self.lifecycle[order[planned:spare]] = Lifecycle.REMOVED.value
        suspended = round(self.in_use * SUSPENDED_SHARE)
        self.lifecycle[order[spare : spare + suspended]] = Lifecycle.SUSPENDED.value

    def _choose_make(self) -> None:
        """Material, size, light."""
        self.material = np.empty(self.count, dtype=object)
        self.durability = np.ones(self.count)
        self.width, self.height = np.zeros(self.count), np.zeros(self.count)
        self.lit = np.zeros(self.count, dtype=bool)
        for number, profile in enumerate(self.profiles):
            mine = np.flatnonzero(self.type == number)
            materials = list(profile.materials)
            picks = self.rng.integers(len(materials), size=len(mine))
            self.material[mine] = np.array(materials, dtype=object)[picks]
            self.durability[mine] = np.array(list(profile.materials.values()))[picks]
            sizes = np.array(profile.sizes)[self.rng.integers(len(profile.sizes), size=len(mine))]
            stretch = np.round(self.rng.choice([0.9, 1.0, 1.0, 1.1], len(mine)), 2)
            self.width[mine], self.height[mine] = sizes[:, 0] * stretch, sizes[:, 1]
            self.lit[mine] = self.rng.random(len(mine)) < profile.lit

    def _choose_ages(self) -> None:
        life = np.array([profile.life for profile in self.profiles])[self.type] * DAYS_A_YEAR
        ages = np.clip(self.rng.gamma(2.0, life * 0.5), 4, 13 * DAYS_A_YEAR)
        self.unknown = self.rng.random(self.count) < UNKNOWN_SHARE
        # What nobody has inspected yet was mostly put up lately.
        fresh = self.unknown & (self.rng.random(self.count) < 0.7)
        ages[self.unknown] = self.rng.uniform(55, 300, int(self.unknown.sum()))
        ages[fresh] = self.rng.uniform(2, 55, int(fresh.sum()))
        self.ages = np.floor(ages)
        self.life = life
        self.installed = self.today - self.ages.astype("timedelta64[D]")

    def _resolve(self) -> None:
        """Positions in WGS84 (to a centimetre) and the areas they lie in."""
        self.degrees = np.round(self.geography.plane.degrees(self.standing.flat) + self.shift, 7)
        found = self.resolver.positions(self.degrees[:, 0], self.degrees[:, 1])
        self.placements = [self.resolver.placement(position) for position in found.tolist()]

    def _choose_artworks(self) -> None:
        """What hangs where since when: an artwork that was valid on the day it was posted, or nothing."""
        works, day = self.artworks, self.today.item()
        starts = np.array([work.valid_from for work in works], dtype="datetime64[D]")
        ends = np.array([work.valid_to or "9999-12-31" for work in works], dtype="datetime64[D]")
        weights = np.array([work.weight for work in works])
        drawn_works = self.rng.choice(len(works), self.count, p=weights / weights.sum())
        hangs_now = [work.weight > 0 and work.valid_from <= day <= (work.valid_to or day) for work in works]
        current = {work.code.split("-")[0]: i for i, work in reversed(list(enumerate(works))) if hangs_now[i]}
        successor = np.array([current.get(work.code.split("-")[0], current["civil"]) for work in works])
        drawn_works = np.where(ends[drawn_works] <= self.installed, successor[drawn_works], drawn_works)
        delay = self.rng.integers(0, 75, self.count).astype("timedelta64[D]")
        latest = np.minimum(ends[drawn_works], self.today - np.timedelta64(1, "D"))
        self.posted = np.minimum(np.maximum(self.installed, starts[drawn_works] + delay), latest)
        shows = self.psa & (self.rng.random(self.count) > 0.055) & (self.lifecycle != Lifecycle.PLANNED.value)
        shows &= self.posted >= self.installed
        self.artwork = np.where(shows, drawn_works, -1)
        self.posted[~shows] = np.datetime64("NaT")
        self.outdated = shows & (ends[drawn_works] < self.today)
        by_code = {work.code: i for i, work in enumerate(works)}
        year = int(str(self.today)[:4])
        before = np.array([by_code.get(work.code.replace(str(year), str(year - 1)), -1) for work in works])
        self.previous = np.where(shows, before[drawn_works], -1)
        self.previous[self.previous == drawn_works] = -1
        self.previous_posted = np.maximum(self.installed, starts[self.previous] + delay)
        self.previous[self.previous_posted >= np.minimum(self.posted, ends[self.previous])] = -1

    def _wear(self) -> Wear:
        communities = np.array([placement.community or 0 for placement in self.placements])
        distinct, position = np.unique(communities, return_inverse=True)
        care = np.exp(self.rng.normal(0, 0.16, len(distinct)))[position]
        care *= [STREET_CARE.get(code, 1.0) for code in self.standing.street]
        inspected = ~self.unknown & (self.lifecycle != Lifecycle.PLANNED.value)
        return wear(self.ages, self.life * self.durability * care, self.intervals, inspected, self.rng)
