"""One district of the demonstration as rows: assets with everything that belongs to them, ready to be loaded.

What the assets are was drawn before (`choosing.py`); what has happened to them is in `facts.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from assets.codes import component_id, take_serials
from assets.models import Lifecycle
from demonstration.district import facts, staging
from demonstration.district.choosing import DrawnAssets
from demonstration.district.invention import DATA_SOURCES, MAINTAINERS, REMOVAL_REASONS, SUSPENSION_REMARKS
from demonstration.district.staging import NULL, Rows

SEEN_FROM_AFAR = frozenset({"large_pillar", "gateway", "led_screen"})
BUSY_PLACES = frozenset({"crossing", "square", "station", "scenic_area", "mall"})
PUBLIC_BUILDINGS = frozenset({"service_hall", "mall", "hospital", "station", "school"})
HANGS_INSIDE = frozenset(
    {"notice_board", "display_board", "led_screen", "unit_plaque", "guide_sign", "public_notice"}
)


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


def build(assets: DrawnAssets) -> District:
    """Every row of the district."""
    supports, support = _supports(assets)
    inspections = facts.inspections(assets)
    rows = _assets(assets, support)
    postings, maintenance = facts.postings(assets), facts.maintenance(assets)
    happened = {
        "assets_inspection": inspections,
        "assets_posting": postings,
        "assets_maintenance": maintenance,
    }
    return District(
        {
            "assets_support": supports,
            "assets_asset": rows,
            **{table: owned.rows for table, owned in happened.items()},
        },
        {
            "assets_asset": np.arange(assets.count),
            **{table: owned.owners for table, owned in happened.items()},
        },
        assets.count,
    )


def _supports(assets: DrawnAssets) -> tuple[Rows, list[int | None]]:
    """Carriers of what stands in groups, and the key of each asset's carrier."""
    standing = assets.standing
    grouped = standing.faces_on_spot > 1
    first = np.flatnonzero(grouped & (standing.face == 0))
    keys = staging.next_keys("assets_support", len(first))
    by_spot = dict(zip(standing.spot[first].tolist(), keys.tolist(), strict=True))
    support = [
        by_spot.get(spot) if group else None
        for spot, group in zip(standing.spot.tolist(), grouped, strict=True)
    ]
    rows = {
        "id": staging.texts(keys.tolist()),
        "kind": [assets.profiles[assets.type[i]].support for i in first.tolist()],
        "name": [standing.name[i].split("（")[0] for i in first.tolist()],
        "point": staging.point_texts(assets.degrees[first]),
        "area_id": staging.texts(assets.placements[i].area for i in first.tolist()),
    }
    return rows, support


def _codes(assets: DrawnAssets) -> list[str]:
    """Component ids, taken from the counter of each item code: what was put up earlier has the lower number."""
    items = np.array([assets.keys.components[code] for code in assets.types])[assets.type]
    codes = np.empty(assets.count, dtype=object)
    for item in np.unique(items).tolist():
        mine = np.flatnonzero(items == item)
        mine = mine[np.argsort(assets.installed[mine], kind="stable")]
        serials = take_serials(assets.code, item, len(mine))
        codes[mine] = [component_id(assets.code, item, serial) for serial in serials]
    return codes.tolist()


def _assets(assets: DrawnAssets, support: list[int | None]) -> Rows:
    rng, standing, count = assets.rng, assets.standing, assets.count
    seen = assets.wear.latest_minutes_ago
    midnight = assets.today.astype("datetime64[m]")
    seen_at = np.where(seen >= 0, midnight - seen.astype("timedelta64[m]"), np.datetime64("NaT"))
    planned = assets.lifecycle == Lifecycle.PLANNED.value
    start = np.where(
        np.isnat(seen_at), np.where(planned, assets.today, assets.installed), seen_at.astype("datetime64[D]")
    )
    due = start + assets.intervals.astype("timedelta64[D]")
    removed = assets.lifecycle == Lifecycle.REMOVED.value
    removed_on = np.where(
        removed,
        np.where(np.isnat(seen_at), assets.installed, seen_at.astype("datetime64[D]")),
        np.datetime64("NaT"),
    )
    suspended = assets.lifecycle == Lifecycle.SUSPENDED.value
    listed = rng.random(count) < 0.6
    artworks = assets.artwork.tolist()
    works = assets.artworks
    streets = [placement.street for placement in assets.placements]
    office = {key: assets.keys.units[f"office {code}"] for code, key in assets.keys.streets.items()}
    maintainers = [assets.keys.units[unit.name] for unit in MAINTAINERS]
    shelters = assets.type == assets.types.index("bus_shelter")
    spread = rng.integers(len(maintainers) - 1, size=count)
    local = rng.random(count) < 0.75  # a street mostly works with one company
    residence = _residences(assets)
    return {
        "id": staging.texts(assets.key.tolist()),
        "uid": staging.uuids(count, rng),
        "code": _codes(assets),
        "source": ["街道台账 2025" if yes else "" for yes in listed],
        "source_id": [
            f"{assets.code}-{number:06d}" if yes else "" for number, yes in enumerate(listed.tolist(), 1)
        ],
        "name": standing.name,
        "type_id": staging.texts(assets.dictionary[number].pk for number in assets.type.tolist()),
        "themes": staging.arrays(works[i].themes if i >= 0 else () for i in artworks),
        "wording": _wordings(assets),
        "width": [f"{value:.2f}" for value in assets.width.tolist()],
        "height": [f"{value:.2f}" for value in assets.height.tolist()],
        "faces": staging.texts(assets.profiles[number].faces for number in assets.type.tolist()),
        "material": assets.material.tolist(),
        "illuminated": staging.flags(assets.lit.tolist()),
        "large": staging.flags(standing.large.tolist()),
        "facing": staging.texts(standing.bearing.tolist()),
        "artwork_id": staging.texts(assets.keys.artworks[works[i].code] if i >= 0 else None for i in artworks),
        "point": staging.point_texts(assets.degrees),
        "footprint": _footprints(assets),
        "position_accuracy": staging.texts(rng.choice([0.5, 2.5, 4.0, 6.0, 8.0], count).tolist()),
        "address": standing.address,
        "prominent": staging.flags(_prominent(assets)),
        "indoor": staging.flags(_indoors(assets, residence)),
        "building": [home[0] for home in residence],
        "building_contact": [home[1] for home in residence],
        "building_phone": [home[2] for home in residence],
        "road_id": staging.texts(assets.keys.roads[code] if code else None for code in standing.road),
        "site_id": staging.texts(assets.keys.sites[place.code] if place else None for place in standing.place),
        "support_id": staging.texts(support),
        "area_id": staging.texts(placement.area for placement in assets.placements),
        "district_id": staging.texts(placement.district for placement in assets.placements),
        "street_id": staging.texts(streets),
        "community_id": staging.texts(placement.community for placement in assets.placements),
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
            assets.keys.units["publicity" if psa else "city management"] for psa in assets.psa.tolist()
        ),
        "lifecycle": assets.lifecycle.tolist(),
        "removed_on": staging.days(removed_on),
        "removal_reason": _some(assets, REMOVAL_REASONS, removed),
        "condition": staging.texts(assets.wear.latest_condition.tolist()),
        "condition_at": staging.moments(seen_at),
        "next_inspection_due": staging.days(due),
        "installed_on": staging.days(np.where(planned, np.datetime64("NaT"), assets.installed)),
        "content_changed_on": staging.days(assets.posted),
        "data_source": _some(assets, DATA_SOURCES, np.ones(count, dtype=bool)),
        "remarks": _some(assets, SUSPENSION_REMARKS, suspended),
    }  # fmt: skip


def _some(assets: DrawnAssets, words: tuple[str, ...], where: NDArray[np.bool_]) -> list[str]:
    picks = assets.rng.integers(len(words), size=assets.count).tolist()
    return [words[i] if yes else "" for i, yes in zip(picks, where.tolist(), strict=True)]


def _wordings(assets: DrawnAssets) -> list[str]:
    own = ("邻里和睦 社区和美", "家和万事兴", "爱护家园 人人有责", "孝老爱亲 代代相传")
    picks = assets.rng.integers(len(own), size=assets.count).tolist()
    return [
        assets.artworks[work].wording if work >= 0 else own[other] if psa else address.removeprefix("天桥区")
        for work, other, psa, address in zip(
            assets.artwork.tolist(), picks, assets.psa.tolist(), assets.standing.address, strict=True
        )
    ]


def _residences(assets: DrawnAssets) -> list[tuple[str, str, str]]:
    """Stairwell boards name the building and whom to ask there; the names are roles, the numbers masked."""
    inside = assets.rng.random(assets.count) < 0.06
    numbers = assets.rng.integers(1, 19, (assets.count, 2)).tolist()
    return [
        (f"{building} 号楼 {stairs % 4 + 1} 单元", "楼道长", f"138****{building:02d}{stairs:02d}")
        if is_inside and place is not None and place.kind == "estate"
        else ("", "", "")
        for is_inside, place, (building, stairs) in zip(
            inside.tolist(), assets.standing.place, numbers, strict=True
        )
    ]


def _prominent(assets: DrawnAssets) -> Iterator[bool | None]:
    """What is large, and some of what stands where many people pass; of every eleventh nobody has said."""
    for number, (kind, place, large) in enumerate(
        zip(assets.standing.type, assets.standing.place, assets.standing.large.tolist(), strict=True)
    ):
        if large or kind in SEEN_FROM_AFAR:
            yield True
        elif number % 11 == 7:
            yield None
        else:
            yield place is not None and place.kind in BUSY_PLACES and number % 3 == 0


def _indoors(assets: DrawnAssets, residence: list[tuple[str, str, str]]) -> Iterator[bool | None]:
    """Stairwell boards hang inside, and half of what public buildings put up; of every ninth nobody has said."""
    for number, (kind, place, home) in enumerate(
        zip(assets.standing.type, assets.standing.place, residence, strict=True)
    ):
        if number % 9 == 4:
            yield None
        elif home[0]:
            yield kind in HANGS_INSIDE
        else:
            inside = place is not None and place.kind in PUBLIC_BUILDINGS and kind in HANGS_INSIDE
            yield inside and number % 2 == 0


def _footprints(assets: DrawnAssets) -> list[str]:
    """Lines along the wall for a third of hoardings and murals."""
    walls = np.isin(assets.type, [assets.types.index("hoarding"), assets.types.index("mural")])
    mine = np.flatnonzero(walls & (assets.rng.random(assets.count) < 0.35))
    angle = np.radians(assets.standing.bearing[mine] + 90.0)
    half = np.column_stack([np.sin(angle), np.cos(angle)]) * (assets.width[mine] / 2)[:, None]
    ends = np.stack([assets.standing.flat[mine] - half, assets.standing.flat[mine] + half], axis=1)
    lines = shapely.linestrings(np.round(assets.geography.plane.degrees(ends) + assets.shift, 7))
    written = [NULL] * assets.count
    for position, line in zip(mine.tolist(), staging.geometries(lines), strict=True):
        written[position] = line
    return written
