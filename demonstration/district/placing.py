"""Which asset of the demonstration stands where: beside roads, at crossings and stops, in estates and squares.

Works on arrays. A *spot* is a place where something stands; several assets of one spot are faces on one support.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import shapely
from numpy.typing import NDArray

from demonstration.district.geography import STREET_WEIGHTS, Geography, Place, streets_of
from demonstration.district.invention import LARGE_PILLAR, LARGE_PILLARS_PER_ASSET, PROFILES, Profile
from demonstration.district.verges import Verge, verges
from places.boundaries import Coordinates

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

SHORT_NAMES = {
    "notice_board": "宣传栏",
    "landscape_feature": "景观小品",
    "mural": "文化墙",
    "lamp_banner": "灯杆道旗",
    "bus_shelter": "候车亭",
    "hoarding": "围挡",
    "unit_plaque": "单位牌匾",
    "slogan_sign": "标语牌",
    "led_screen": "电子屏",
    "display_board": "展板",
    "railing_ad": "护栏广告",
    "gateway": "门楼",
    "guide_sign": "导视牌",
    "public_notice": "公示牌",
    "scenic_sign": "景区标识牌",
    "large_pillar": "大型立柱广告",
}
COMPASS = ("北", "东北", "东", "东南", "南", "西南", "西", "西北")
CORNERS = ("东北角", "东南角", "西南角", "西北角")
ESTATE_SPOTS = ("东门", "南门", "西门", "北门", "中心广场", "1号楼", "3号楼", "5号楼", "8号楼", "物业服务处")
# How far from a place its things stand, in metres.
SPREAD = {
    "estate": 55.0,
    "crossing": 8.0,
    "park": 45.0,
    "square": 40.0,
    "scenic_area": 110.0,
    "back_lane": 70.0,
}
ORDINARY_SPREAD = 28.0
ENOUGH_PLACES = 8
# Metres between what stands at a place, and how often it is moved on until it is so.
LEAST_APART = 3.0
MOST_ROUNDS = 40
HUNG_ON_LAMPS = ("lamp_banner", "railing_ad")


@dataclass
class Surroundings:
    """What a street offers to stand at."""

    verge: Verge
    places: dict[str, list[Place]]

    def room(self, setting: str) -> float:
        """Between 0 (there is no such place) and 1 (there are enough): one square does not take a hundred boards."""
        if setting == "road":
            return float(len(self.verge) > 0)
        return min(1.0, len(self.places.get(setting, ())) / ENOUGH_PLACES)


@dataclass
class Standing:
    """Assets and where they stand; all lists have one entry an asset, `spot` numbers those of one support alike."""

    type: list[str]
    street: list[str]  # the street it was put into; at its edge the areas may say otherwise
    flat: Coordinates
    spot: Integers
    faces_on_spot: Integers
    face: Integers
    bearing: Integers
    road: list[str | None]
    place: list[Place | None]
    name: list[str]
    address: list[str]
    large: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.type)


def stand(geography: Geography, count: int, rng: np.random.Generator) -> Standing:
    """Put `count` assets into the district."""
    offers = surroundings(geography, rng)
    spots: list[dict[str, Any]] = []
    pillars = max(round(count * LARGE_PILLARS_PER_ASSET), 1) if count >= 200 else 0
    shares = np.array([STREET_WEIGHTS[code] for code in geography.streets], dtype=float)
    counts = _apportion(count - pillars, shares * rng.normal(1, 0.02, len(shares)))
    for (code, cell), total in zip(geography.streets.items(), counts.tolist(), strict=True):
        weights = np.array([p.rural if cell.rural else p.weight for p in PROFILES.values()])
        for (kind, profile), wanted in zip(
            PROFILES.items(), _apportion(total, weights * rng.normal(1, 0.06, len(weights))), strict=True
        ):
            spots.extend(_spots(kind, profile, int(wanted), code, offers[code], geography, rng))
    busiest = sorted(offers, key=lambda code: -float(offers[code].verge.weight.sum()))
    for number in range(pillars):
        code = busiest[number % min(6, len(busiest))]
        spots.extend(_spots("large_pillar", LARGE_PILLAR, 1, code, offers[code], geography, rng))
    _draw_apart(spots, rng)
    return _named(spots, geography)


def _draw_apart(spots: list[dict[str, Any]], rng: np.random.Generator) -> None:
    """Move what stands too near to something else at a place of its kind a few metres on."""
    flat = np.array([spot["flat"] for spot in spots])
    moving = np.flatnonzero(["place" in spot for spot in spots])
    points = shapely.points(flat)
    for tried in range(MOST_ROUNDS):
        mover, neighbour = shapely.STRtree(points).query(points[moving], "dwithin", LEAST_APART)
        # Of two that may move, the later one does.
        has_to = (moving[mover] != neighbour) & ((moving[mover] > neighbour) | ~np.isin(neighbour, moving))
        moving = np.unique(moving[mover[has_to]])
        if not len(moving):
            break
        angle = rng.uniform(0, 2 * np.pi, len(moving))
        flat[moving] += np.column_stack([np.sin(angle), np.cos(angle)]) * (LEAST_APART + 1 + tried / 2)
        points[moving] = shapely.points(flat[moving])
    for spot, at in zip(spots, flat, strict=True):
        spot["flat"] = at


def _apportion(total: int, weights: Floats) -> Integers:
    """`total` shared out by weight in whole numbers that add up to it."""
    exact = total * weights / weights.sum()
    whole = np.floor(exact).astype(np.int64)
    for index in np.argsort(whole - exact)[: total - int(whole.sum())]:
        whole[index] += 1
    return whole


def surroundings(geography: Geography, rng: np.random.Generator) -> dict[str, Surroundings]:
    """The roadsides and the places of each street."""
    offers = {code: Surroundings(verge, defaultdict(list)) for code, verge in verges(geography, rng).items()}
    streets = streets_of(geography, np.array([place.at for place in geography.places]))
    for place, street in zip(geography.places, streets, strict=True):
        if street is not None:
            offers[street].places[place.kind].append(place)
    return offers


def _spots(
    kind: str,
    profile: Profile,
    wanted: int,
    street: str,
    offer: Surroundings,
    geography: Geography,
    rng: np.random.Generator,
) -> list[dict[str, Any]]:
    """Spots of one type in one street that hold `wanted` assets together."""
    if wanted == 0:
        return []
    chances = np.array(profile.group) / sum(profile.group)
    sizes = rng.choice(len(chances), wanted, p=chances) + 1
    last = int(np.searchsorted(np.cumsum(sizes), wanted))
    sizes = sizes[: last + 1]
    sizes[-1] -= int(sizes.sum()) - wanted
    possible = {
        setting: share * offer.room(setting)
        for setting, share in profile.settings.items()
        if offer.room(setting)
    } or _fallback(offer)
    shares = np.array(list(possible.values()))
    settings = rng.choice(len(possible), len(sizes), p=shares / shares.sum())
    spots: list[dict[str, Any]] = []
    for number, setting in enumerate(possible):
        sizes_here = sizes[settings == number]
        if len(sizes_here) == 0:
            continue
        if setting == "road":
            where = offer.verge.take(len(sizes_here), rng, lamps=kind in HUNG_ON_LAMPS)
            # A street whose roadsides are full has its places left.
            where += _at_places(*_ample(offer), len(sizes_here) - len(where), rng)
        else:
            where = _at_places(offer.places[setting], setting, len(sizes_here), rng)
        for size, at in zip(sizes_here.tolist(), where, strict=True):
            spots.append({"type": kind, "street": street, "size": size, **at})
    return spots


def _fallback(offer: Surroundings) -> dict[str, float]:
    """Anything a street has, for a type whose usual places it lacks."""
    if len(offer.verge):
        return {"road": 1.0}
    return {kind: 1.0 for kind in ("estate", "square", "service_hall") if offer.places.get(kind)}


def _ample(offer: Surroundings) -> tuple[list[Place], str]:
    """The kind of place a street has most of."""
    kind = max(offer.places, key=lambda kind: len(offer.places[kind]))
    return offer.places[kind], kind


def _at_places(places: list[Place], kind: str, count: int, rng: np.random.Generator) -> list[dict[str, Any]]:
    # Some places have much more than others.
    weights = rng.gamma(2.0, 0.5, len(places))
    picks = rng.choice(len(places), count, p=weights / weights.sum())
    centre = np.array([place.at for place in places])[picks]
    angle = rng.uniform(0, 2 * np.pi, count)
    if kind == "crossing":
        corner = rng.integers(0, 4, count)
        angle = np.radians(45 + 90 * corner + rng.normal(0, 9, count))
        radius = 24 + np.abs(rng.normal(0, SPREAD[kind], count))
    elif kind == "bus_stop":
        angle = np.radians(rng.choice([0, 180], count) + rng.normal(0, 8, count))
        radius = 15 + np.abs(rng.normal(0, 3, count))
    elif kind == "building_site":
        radius = rng.uniform(48, 62, count) / np.maximum(np.abs(np.cos(angle)), np.abs(np.sin(angle)))
    else:
        radius = np.abs(rng.normal(0, SPREAD.get(kind, ORDINARY_SPREAD), count)) + 4
    flat = centre + np.column_stack([np.sin(angle), np.cos(angle)]) * radius[:, None]
    bearing = np.degrees(angle).round().astype(int) % 360
    return [
        {
            "flat": flat[i],
            "bearing": int(bearing[i]),
            "place": places[picks[i]],
            "detail": int(rng.integers(10)),
        }
        for i in range(count)
    ]


def _named(spots: list[dict[str, Any]], geography: Geography) -> Standing:
    """Give every asset of every spot its name and address."""
    sizes = np.array([spot["size"] for spot in spots])
    standing = Standing(
        type=[],
        street=[],
        flat=np.repeat(np.array([spot["flat"] for spot in spots]), sizes, axis=0),
        spot=np.repeat(np.arange(len(spots)), sizes),
        faces_on_spot=np.repeat(sizes, sizes),
        face=np.concatenate([np.arange(size) for size in sizes]),
        bearing=np.empty(int(sizes.sum()), dtype=np.int64),
        road=[],
        place=[],
        name=[],
        address=[],
        large=np.repeat(np.array([spot["type"] == "large_pillar" for spot in spots]), sizes),
    )
    seen: Counter[str] = Counter()
    for spot in spots:
        base, address = _words(spot, geography)
        seen[base] += 1
        if not spot.get("road") or seen[base] > 1:
            base = f"{base} {seen[base]:02d}" if seen[base] > 1 or spot["size"] == 1 else base
        for face in range(spot["size"]):
            bearing = _bearing(spot, face)
            standing.bearing[len(standing.type)] = bearing
            standing.type.append(spot["type"])
            standing.street.append(spot["street"])
            standing.road.append(_road_of(spot))
            standing.place.append(spot.get("place"))
            standing.name.append(base + _suffix(spot, face, bearing))
            standing.address.append(address)
    return standing


def _road_of(spot: dict[str, Any]) -> str | None:
    """Code of the road a spot belongs to."""
    if "place" in spot:
        return cast(Place, spot["place"]).road
    return spot["road"].code if spot["road"] else None


def _words(spot: dict[str, Any], geography: Geography) -> tuple[str, str]:
    """The name shared by what stands at a spot, and its address."""
    kind = SHORT_NAMES[spot["type"]]
    street = geography.streets[spot["street"]].name
    if "place" not in spot and spot["road"] is None:
        where = spot["community"].name if spot["community"] else ""
        return f"{where or street}路边{kind}", f"天桥区{street}{where}路边"
    if "place" not in spot:
        road, number = spot["road"].name, spot["number"]
        if spot["type"] in HUNG_ON_LAMPS:
            return f"{road}{kind} {number:03d}", f"天桥区{street}{road} {number} 号附近"
        return f"{road} {number} 号{kind}", f"天桥区{street}{road} {number} 号"
    place: Place = spot["place"]
    where = place.name.removesuffix("（演示）").removesuffix("（景区）")
    address = f"天桥区{street}{where}"
    if place.kind == "estate":
        detail = ESTATE_SPOTS[spot["detail"]]
        return f"{where}{detail}{kind}", address + detail
    if place.kind == "crossing":
        corner = CORNERS[spot["bearing"] // 90]
        return f"{where}{corner}{kind}", address + corner
    return f"{where}{kind}", address


def _bearing(spot: dict[str, Any], face: int) -> int:
    """Two faces look to both sides, more stand in a row."""
    turned = 180 if spot["size"] == 2 and face == 1 else 0
    return int((spot["bearing"] + turned) % 360)


def _suffix(spot: dict[str, Any], face: int, bearing: int) -> str:
    if spot["size"] == 1:
        return ""
    if spot["size"] == 2:
        return f"（{COMPASS[((bearing + 22) // 45) % 8]}面）"
    return f"（{face + 1} 号面）"
