"""One district of the demonstration as rows: assets with everything that belongs to them, ready to be loaded."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely
from numpy.typing import NDArray

from assets.codes import component_id, take_serials
from assets.models import AssetType, Family, Lifecycle, MaintenanceKind, MaintenanceState
from demonstration.district import staging
from demonstration.district.geography import Geography
from demonstration.district.invention import (
    CREWS,
    DATA_SOURCES,
    INSPECTORS,
    LARGE_PILLAR,
    MAINTAINERS,
    PROFILES,
    REMOVAL_REASONS,
    STREET_CARE,
    SUSPENSION_REMARKS,
    InventedArtwork,
    Profile,
)
from demonstration.district.placing import Standing
from demonstration.district.staging import NULL
from demonstration.district.wear import GOOD, MINUTES_A_DAY, Wear, defects_for, wear
from places.resolving import Resolver

# Beside those in use there are some that are still planned, and some that are gone.
PLANNED_SHARE, REMOVED_SHARE, SUSPENDED_SHARE = 0.003, 0.006, 0.004
UNKNOWN_SHARE = 0.045
SEEN_FROM_AFAR = frozenset({"large_pillar", "gateway", "led_screen"})
BUSY_PLACES = frozenset({"crossing", "square", "station", "scenic_area", "mall"})
PUBLIC_BUILDINGS = frozenset({"service_hall", "mall", "hospital", "station", "school"})
HANGS_INSIDE = frozenset(
    {"notice_board", "display_board", "led_screen", "unit_plaque", "guide_sign", "public_notice"}
)
DAYS_A_YEAR = 365.25
DAYS_UNTIL_VERIFIED = 20
Rows = dict[str, list[str]]


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


@dataclass
class District:
    """The rows of one district, by table."""

    tables: dict[str, Rows]
    owners: dict[str, NDArray[np.int64]]  # by table: the position of each row's asset, ascending
    count: int

    def chunks(self, size: int) -> Iterator[tuple[int, dict[str, Rows]]]:
        """The rows of `size` assets at a time: how many assets, and their part of each table with an owner."""
        for start in range(0, self.count, size):
            end = min(start + size, self.count)
            part: dict[str, Rows] = {}
            for table, rows in self.tables.items():
                owners = self.owners.get(table)
                if owners is not None:
                    low, high = np.searchsorted(owners, [start, end]).tolist()
                    part[table] = {name: values[low:high] for name, values in rows.items()}
            yield end - start, part


def extra(count: int) -> int:
    """How many planned and removed assets go with `count` in use."""
    return round(count * PLANNED_SHARE) + round(count * REMOVED_SHARE)


class Builder:
    """Turns standing assets into rows. Each method fills one part of the columns; the order is the table's story."""

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

    def build(self) -> District:
        """Every row of the district."""
        self.key = staging.next_keys("assets_asset", self.count)
        self._choose_lifecycles()
        self._choose_make()
        self._choose_ages()
        self._resolve()
        self._choose_artworks()
        self.wear = self._wear()
        self.owners = {"assets_asset": np.arange(self.count)}
        supports = self._supports()
        return District(
            {
                "assets_support": supports,
                "assets_inspection": self._inspections(),
                "assets_asset": self._assets(),
                "assets_posting": self._postings(),
                "assets_maintenance": self._maintenance(),
            },
            self.owners,
            self.count,
        )

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

    def _supports(self) -> Rows:
        """Carriers of what stands in groups; sets `support` of each asset."""
        standing = self.standing
        grouped = standing.faces_on_spot > 1
        first = np.flatnonzero(grouped & (standing.face == 0))
        keys = staging.next_keys("assets_support", len(first))
        by_spot = dict(zip(standing.spot[first].tolist(), keys.tolist(), strict=True))
        self.support = [
            by_spot.get(spot) if group else None
            for spot, group in zip(standing.spot.tolist(), grouped, strict=True)
        ]
        return {
            "id": staging.texts(keys.tolist()),
            "kind": [self.profiles[self.type[i]].support for i in first.tolist()],
            "name": [standing.name[i].split("（")[0] for i in first.tolist()],
            "point": staging.point_texts(self.degrees[first]),
            "area_id": staging.texts(self.placements[i].area for i in first.tolist()),
        }

    def _codes(self) -> list[str]:
        """Component ids, taken from the counter of each item code: what was put up earlier has the lower number."""
        items = np.array([self.keys.components[code] for code in self.types])[self.type]
        codes = np.empty(self.count, dtype=object)
        for item in np.unique(items).tolist():
            mine = np.flatnonzero(items == item)
            mine = mine[np.argsort(self.installed[mine], kind="stable")]
            serials = take_serials(self.code, item, len(mine))
            codes[mine] = [component_id(self.code, item, serial) for serial in serials]
        return codes.tolist()

    def _assets(self) -> Rows:
        rng, standing, count = self.rng, self.standing, self.count
        seen = self.wear.latest_minutes_ago
        midnight = self.today.astype("datetime64[m]")
        seen_at = np.where(seen >= 0, midnight - seen.astype("timedelta64[m]"), np.datetime64("NaT"))
        planned = self.lifecycle == Lifecycle.PLANNED.value
        start = np.where(
            np.isnat(seen_at), np.where(planned, self.today, self.installed), seen_at.astype("datetime64[D]")
        )
        due = start + self.intervals.astype("timedelta64[D]")
        removed = self.lifecycle == Lifecycle.REMOVED.value
        removed_on = np.where(
            removed,
            np.where(np.isnat(seen_at), self.installed, seen_at.astype("datetime64[D]")),
            np.datetime64("NaT"),
        )
        suspended = self.lifecycle == Lifecycle.SUSPENDED.value
        listed = rng.random(count) < 0.6
        artworks = self.artwork.tolist()
        works = self.artworks
        streets = [placement.street for placement in self.placements]
        office = {key: self.keys.units[f"office {code}"] for code, key in self.keys.streets.items()}
        maintainers = [self.keys.units[unit.name] for unit in MAINTAINERS]
        shelters = self.type == self.types.index("bus_shelter")
        spread = rng.integers(len(maintainers) - 1, size=count)
        local = rng.random(count) < 0.75  # a street mostly works with one company
        residence = self._residences()
        return {
            "id": staging.texts(self.key.tolist()),
            "uid": staging.uuids(count, rng),
            "code": self._codes(),
            "source": ["街道台账 2025" if yes else "" for yes in listed],
            "source_id": [
                f"{self.code}-{number:06d}" if yes else "" for number, yes in enumerate(listed.tolist(), 1)
            ],
            "name": standing.name,
            "type_id": staging.texts(self.dictionary[number].pk for number in self.type.tolist()),
            "themes": staging.arrays(works[i].themes if i >= 0 else () for i in artworks),
            "wording": self._wordings(),
            "width": [f"{value:.2f}" for value in self.width.tolist()],
            "height": [f"{value:.2f}" for value in self.height.tolist()],
            "faces": staging.texts(self.profiles[number].faces for number in self.type.tolist()),
            "material": self.material.tolist(),
            "illuminated": staging.flags(self.lit.tolist()),
            "large": staging.flags(standing.large.tolist()),
            "facing": staging.texts(standing.bearing.tolist()),
            "artwork_id": staging.texts(self.keys.artworks[works[i].code] if i >= 0 else None for i in artworks),
            "point": staging.point_texts(self.degrees),
            "footprint": self._footprints(),
            "position_accuracy": staging.texts(rng.choice([0.5, 2.5, 4.0, 6.0, 8.0], count).tolist()),
            "address": standing.address,
            "prominent": staging.flags(self._prominent()),
            "indoor": staging.flags(self._indoors(residence)),
            "building": [home[0] for home in residence],
            "building_contact": [home[1] for home in residence],
            "building_phone": [home[2] for home in residence],
            "road_id": staging.texts(self.keys.roads[code] if code else None for code in standing.road),
            "site_id": staging.texts(self.keys.sites[place.code] if place else None for place in standing.place),
            "support_id": staging.texts(self.support),
            "area_id": staging.texts(placement.area for placement in self.placements),
            "district_id": staging.texts(placement.district for placement in self.placements),
            "street_id": staging.texts(streets),
            "community_id": staging.texts(placement.community for placement in self.placements),
            "owner_id": staging.texts(
                maintainers[-1] if shelter else office.get(street)  # type: ignore[arg-type]
                for street, shelter in zip(streets, shelters.tolist(), strict=True)
            ),
            "maintainer_id": staging.texts(
                maintainers[-1]
                if shelter
                else maintainers[((street or 0) if near else other) % (len(maintainers) - 1)]
                for street, shelter, near, other in zip(
                    streets, shelters.tolist(), local.tolist(), spread.tolist(), strict=True
                )
            ),
            "supervisor_id": staging.texts(
                self.keys.units["publicity" if psa else "city management"] for psa in self.psa.tolist()
            ),
            "lifecycle": self.lifecycle.tolist(),
            "removed_on": staging.days(removed_on),
            "removal_reason": self._some(REMOVAL_REASONS, removed),
            "condition": staging.texts(self.wear.latest_condition.tolist()),
            "condition_at": staging.moments(seen_at),
            "next_inspection_due": staging.days(due),
            "installed_on": staging.days(np.where(planned, np.datetime64("NaT"), self.installed)),
            "content_changed_on": staging.days(self.posted),
            "data_source": self._some(DATA_SOURCES, np.ones(count, dtype=bool)),
            "remarks": self._some(SUSPENSION_REMARKS, suspended),
        }  # fmt: skip

    def _some(self, words: tuple[str, ...], where: NDArray[np.bool_]) -> list[str]:
        picks = self.rng.integers(len(words), size=self.count).tolist()
        return [words[i] if yes else "" for i, yes in zip(picks, where.tolist(), strict=True)]

    def _wordings(self) -> list[str]:
        own = ("邻里和睦 社区和美", "家和万事兴", "爱护家园 人人有责", "孝老爱亲 代代相传")
        picks = self.rng.integers(len(own), size=self.count).tolist()
        return [
            self.artworks[work].wording
            if work >= 0
            else own[other]
            if psa
            else address.removeprefix("天桥区")
            for work, other, psa, address in zip(
                self.artwork.tolist(), picks, self.psa.tolist(), self.standing.address, strict=True
            )
        ]

    def _residences(self) -> list[tuple[str, str, str]]:
        """Stairwell boards name the building and whom to ask there; the names are roles, the numbers masked."""
        inside = self.rng.random(self.count) < 0.06
        numbers = self.rng.integers(1, 19, (self.count, 2)).tolist()
        return [
            (f"{building} 号楼 {stairs % 4 + 1} 单元", "楼道长", f"138****{building:02d}{stairs:02d}")
            if is_inside and place is not None and place.kind == "estate"
            else ("", "", "")
            for is_inside, place, (building, stairs) in zip(
                inside.tolist(), self.standing.place, numbers, strict=True
            )
        ]

    def _prominent(self) -> Iterator[bool | None]:
        """What is large, and some of what stands where many people pass; of every eleventh nobody has said."""
        for number, (kind, place, large) in enumerate(
            zip(self.standing.type, self.standing.place, self.standing.large.tolist(), strict=True)
        ):
            if large or kind in SEEN_FROM_AFAR:
                yield True
            elif number % 11 == 7:
                yield None
            else:
                yield place is not None and place.kind in BUSY_PLACES and number % 3 == 0

    def _indoors(self, residence: list[tuple[str, str, str]]) -> Iterator[bool | None]:
        """Stairwell boards hang inside, and half of what public buildings put up; of every ninth nobody has said."""
        for number, (kind, place, home) in enumerate(
            zip(self.standing.type, self.standing.place, residence, strict=True)
        ):
            if number % 9 == 4:
                yield None
            elif home[0]:
                yield kind in HANGS_INSIDE
            else:
                inside = place is not None and place.kind in PUBLIC_BUILDINGS and kind in HANGS_INSIDE
                yield inside and number % 2 == 0

    def _footprints(self) -> list[str]:
        """Lines along the wall for a third of hoardings and murals."""
        walls = np.isin(self.type, [self.types.index("hoarding"), self.types.index("mural")])
        mine = np.flatnonzero(walls & (self.rng.random(self.count) < 0.35))
        angle = np.radians(self.standing.bearing[mine] + 90.0)
        half = np.column_stack([np.sin(angle), np.cos(angle)]) * (self.width[mine] / 2)[:, None]
        ends = np.stack([self.standing.flat[mine] - half, self.standing.flat[mine] + half], axis=1)
        lines = shapely.linestrings(np.round(self.geography.plane.degrees(ends) + self.shift, 7))
        written = [NULL] * self.count
        for position, line in zip(mine.tolist(), staging.geometries(lines), strict=True):
            written[position] = line
        return written

    def _postings(self) -> Rows:
        """Today's posting of each asset, and last year's version before it."""
        now, before = np.flatnonzero(self.artwork >= 0), np.flatnonzero(self.previous >= 0)
        asset = np.concatenate([before, now])
        works = np.concatenate([self.previous[before], self.artwork[now]])
        gone = self.lifecycle[now] == Lifecycle.REMOVED.value
        posted = np.concatenate([self.previous_posted[before], self.posted[now]])
        ended = np.where(
            gone, np.maximum(self.posted[now], self.today - np.timedelta64(1, "D")), np.datetime64("NaT")
        )
        taken_down = np.concatenate([self.posted[before], ended])
        order = np.lexsort([posted, asset])
        self.owners["assets_posting"] = asset[order]
        return {
            "asset_id": staging.texts(self.key[asset[order]].tolist()),
            "artwork_id": staging.texts(self.keys.artworks[self.artworks[i].code] for i in works[order].tolist()),
            "posted_on": staging.days(posted[order]),
            "taken_down_on": staging.days(taken_down[order]),
        }  # fmt: skip

    def _inspections(self) -> Rows:
        found, rng = self.wear, self.rng
        order = np.lexsort([-found.seen_minutes_ago, found.inspected])
        asset, condition = found.inspected[order], found.condition[order]
        minutes, repaired = found.seen_minutes_ago[order], found.after_repair[order]
        self.owners["assets_inspection"] = asset
        count = len(order)
        seen_at = self.today.astype("datetime64[m]") - minutes.astype("timedelta64[m]")
        received = seen_at + rng.integers(0, 40, count).astype("timedelta64[m]")
        names = rng.integers(len(INSPECTORS), size=count).tolist()
        recent = minutes < 150 * MINUTES_A_DAY
        by_phone = recent | (rng.random(count) < 0.3)
        away = np.abs(rng.normal(0, 5, count)) + 0.5
        angle = rng.uniform(0, 2 * np.pi, count)
        offset = np.column_stack([np.sin(angle), np.cos(angle)]) * away[:, None]
        positions = staging.point_texts(
            np.round(self.geography.plane.degrees(self.standing.flat[asset] + offset) + self.shift, 7)
        )
        located = (recent & (rng.random(count) < 0.8)).tolist()
        own = ((rng.random(count) < 0.08) & recent).tolist()
        outdated = self.outdated[asset] & recent & ~repaired
        notes = defects_for(condition, self.lit[asset], outdated, rng)
        return {
            "uid": staging.uuids(count, rng),
            "asset_id": staging.texts(self.key[asset].tolist()),
            "condition": staging.texts(condition.tolist()),
            "defects": staging.arrays(notes),
            "note": ["维修后复查" if after else "" for after in repaired.tolist()],
            "observed_at": staging.moments(seen_at),
            "received_at": staging.moments(received),
            "inspector_id": staging.texts(self.keys.inspector if mine else None for mine in own),
            "inspector_name": [
                "" if mine and self.keys.inspector else INSPECTORS[i] for mine, i in zip(own, names, strict=True)
            ],
            "origin": ["phone" if phone else "import" for phone in by_phone.tolist()],
            "position": [at if yes else NULL for at, yes in zip(positions, located, strict=True)],
            "position_accuracy": ["4" if yes else NULL for yes in located],
            "distance": [f"{metres:.1f}" if yes else NULL for metres, yes in zip(away.tolist(), located, strict=True)],
            "void_reason": [""] * count,
        }  # fmt: skip

    def _maintenance(self) -> Rows:
        found, rng = self.wear, self.rng
        order = np.lexsort([-found.planned_days_ago, found.repaired])
        asset, condition = found.repaired[order], found.found[order]
        planned, done = found.planned_days_ago[order], found.done_days_ago[order]
        self.owners["assets_maintenance"] = asset
        count = len(order)
        finished = done >= 0
        kinds = _job_kinds(condition, rng)
        stage = rng.random(count)
        verified = (done > DAYS_UNTIL_VERIFIED) | (stage < 0.35)
        states = np.where(
            finished,
            np.where(verified, MaintenanceState.VERIFIED.value, MaintenanceState.DONE.value),
            np.where(
                stage < 0.3,
                MaintenanceState.PLANNED.value,
                np.where(stage < 0.75, MaintenanceState.ASSIGNED.value, MaintenanceState.IN_PROGRESS.value),
            ),
        )
        midnight = self.today.astype("datetime64[m]")
        created = midnight - (planned * MINUTES_A_DAY - rng.integers(1080, 1200, count)).astype(
            "timedelta64[m]"
        )
        completed = midnight - (done * MINUTES_A_DAY - rng.integers(540, 600, count)).astype("timedelta64[m]")
        never = np.datetime64("NaT")
        begun = finished | (states == MaintenanceState.IN_PROGRESS.value)
        started = np.where(finished, completed - np.timedelta64(90, "m"), created + np.timedelta64(1, "D"))
        started = np.minimum(started, midnight)
        cost = np.exp(rng.normal(5.2, 0.6, count)) * (0.7 + 0.35 * condition)
        crews = [self.keys.units[crew.name] for crew in CREWS]
        who = rng.integers(len(crews), size=count).tolist()
        return {
            "asset_id": staging.texts(self.key[asset].tolist()),
            "kind": kinds,
            "state": states.tolist(),
            "priority": staging.texts(np.clip(condition - 2, 1, 3).tolist()),
            "description": [""] * count,
            "due_on": staging.days(self.today - (planned - rng.integers(10, 45, count)).astype("timedelta64[D]")),
            "crew_id": [
                NULL if state == MaintenanceState.PLANNED.value else str(crews[i])
                for state, i in zip(states.tolist(), who, strict=True)
            ],
            "cost": [
                f"{yuan:.2f}" if over else NULL for yuan, over in zip(cost.tolist(), finished.tolist(), strict=True)
            ],
            "resulting_condition": [str(GOOD) if over else NULL for over in finished.tolist()],
            "created_at": staging.moments(created),
            "started_at": staging.moments(np.where(begun, started, never)),
            "completed_at": staging.moments(np.where(finished, completed, never)),
            "verified_at": staging.moments(
                np.where(states == MaintenanceState.VERIFIED.value, completed + np.timedelta64(150, "m"), never)
            ),
        }  # fmt: skip


def _job_kinds(condition: NDArray[np.int64], rng: np.random.Generator) -> list[str]:
    by_condition = {
        2: (MaintenanceKind.CLEAN, MaintenanceKind.REPAINT),
        3: (MaintenanceKind.REPAIR, MaintenanceKind.REPAIR, MaintenanceKind.REPAINT),
        4: (MaintenanceKind.REPAIR, MaintenanceKind.INSTALL),
        5: (MaintenanceKind.INSTALL,),
    }
    chance = rng.random(len(condition)).tolist()
    return [
        by_condition[found][int(draw * len(by_condition[found]))].value
        for found, draw in zip(condition.tolist(), chance, strict=True)
    ]
