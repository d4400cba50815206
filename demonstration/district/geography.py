"""The demonstration's places: cells of streets and communities, crossings, estates, all invented; and its roads.

Places grow around the real points of `fixtures/` and are flagged approximate. A road has its real line where the
extract of OpenStreetMap names it; the others have an invented one and are flagged too. Shapes are kept in metres on a
plane around the district and written out as WGS84.
"""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely import LineString, MultiLineString, MultiPolygon

from demonstration.district.real_roads import Way, lines_by_name, ways_within
from places.boundaries import Coordinates, Plane, cells, even_seeds, random_points
from places.fixture_files import outline, points, rows_of

DISTRICT = "370105"
# How many of 51,000 assets each street has, about: thick around the station and along 北园大街, thin in the north.
STREET_WEIGHTS = {
    "370105001": 5127,
    "370105003": 1104,
    "370105004": 3520,
    "370105005": 3968,
    "370105006": 4310,
    "370105007": 949,
    "370105009": 1987,
    "370105010": 2915,
    "370105011": 2204,
    "370105012": 1516,
    "370105013": 4986,
    "370105014": 6412,
    "370105015": 4873,
    "370105016": 3388,
    "370105017": 3741,
}
RURAL = ("370105016", "370105017")
CELLS_A_COMMUNITY = 4
STATION = (116.9848, 36.67127)
# Bearing (degrees clockwise from north) and length in metres of roads whose points do not tell; the rest follows from
# the name. A third figure is how busy the road is, 1 for an ordinary one.
KNOWN_ROADS: dict[str, tuple[float, float, float]] = {
    "北园大街": (83, 9200, 6),
    "济泺路": (4, 6600, 4),
    "堤口路": (92, 4200, 3),
    "无影山路": (8, 3600, 3),
    "无影山中路": (6, 3000, 3),
    "历山路": (5, 2200, 2.5),
    "历山北路": (20, 3600, 2),
    "二环北路": (96, 8800, 2.5),
    "明湖西路": (60, 1800, 2),
    "济齐路": (118, 4200, 1.5),
    "蓝翔路": (150, 3200, 2),
    "蓝翔中路": (100, 3600, 1.5),
    "黄岗路": (5, 4200, 2),
    "生产路": (8, 2600, 1.5),
    "车站街": (95, 1100, 3),
    "小清河北路": (80, 7200, 1.5),
    "小清河南路": (78, 6800, 1.5),
    "清河北路": (82, 3200, 1),
    "梓东大道": (70, 6200, 1.5),
    "桑梓大街": (92, 3600, 1.5),
    "裕兴路": (10, 4600, 1),
    "师范路": (4, 1800, 1),
    "北太平河路": (95, 3600, 1),
    "徐李路": (5, 2200, 1),
    "历黄路": (10, 2000, 1),
    "西工商河路": (4, 2400, 1.5),
    "纬北路": (10, 1300, 2),
    "铜元局前街": (95, 900, 1),
}
# Where roads without any point are put, when no place of a like name says so.
PLACED_BY_HAND = {
    "无影山中路": (116.9785, 36.6905),
    "无影山东路": (116.9835, 36.6925),
    "无影山西路": (116.9645, 36.6885),
    "师范路": (116.9705, 36.6865),
    "少年路": (117.0065, 36.6712),
    "锦屏街": (117.0045, 36.6702),
    "西一站路": (116.9568, 36.6935),
    "胜利庄路": (116.9935, 36.7045),
    "西泺河路": (117.0125, 36.6905),
    "泺安路": (116.9815, 36.7155),
    "东宇大街": (116.9415, 36.6995),
    "桑梓大街": (116.9142, 36.7832),
    "北坦大街": (117.0012, 36.6778),
    "义合西街": (116.9878, 36.6745),
}


@dataclass
class Cell:
    """A street, a community or a grid cell with its invented shape, in metres."""

    code: str
    name: str
    shape: MultiPolygon
    rural: bool
    centre: Coordinates


@dataclass
class RoadLine:
    """A road, in metres. `line` is the longest of its `lines`; `busy` weighs how much stands along it."""

    code: str
    name: str
    lines: MultiLineString
    busy: float
    real: bool = False

    @property
    def line(self) -> LineString:
        """The one line that crossings and stops are found along."""
        return max(self.lines.geoms, key=lambda part: part.length)


@dataclass
class Place:
    """A site, in metres; `road` when it lies on one, `community` when it belongs to one."""

    code: str
    name: str
    kind: str
    at: Coordinates
    community: str | None = None
    road: str | None = None
    invented: bool = True


@dataclass
class Geography:
    """The invented map of the district."""

    plane: Plane
    district: MultiPolygon
    streets: dict[str, Cell]
    communities: dict[str, Cell]
    roads: dict[str, RoadLine]
    ways: list[Way]
    places: list[Place] = field(default_factory=list)
    grid: dict[str, Cell] = field(default_factory=dict)

    def degrees(self, shape: shapely.Geometry) -> shapely.Geometry:
        """A shape of the plane in WGS84, to seven decimals (a centimetre)."""
        return shapely.transform(shape, lambda flat: np.round(self.plane.degrees(flat), 7))


def invent(rng: np.random.Generator) -> Geography:
    """The map of the district; the same for the same state of `rng`."""
    boundary = shapely.from_wkb(bytes(outline(DISTRICT)[0].wkb))
    centre = boundary.centroid
    plane = Plane(centre.x, centre.y)
    district = shapely.transform(boundary, plane.flat)
    rows = rows_of("areas")
    streets = _streets(rows, plane, district)
    names = _named_positions(rows, plane)
    communities = _communities(rows, streets, names, rng)
    names.update({cell.name: cell.centre for cell in communities.values()})
    ways = ways_within(plane, district)
    roads = _roads(plane, district, names, streets, ways, rng)
    geography = Geography(plane, district, streets, communities, roads, ways)
    geography.places = _places(geography, rng)
    geography.grid = _grid(communities, rng)
    return geography


def _streets(rows: list[dict[str, str]], plane: Plane, district: MultiPolygon) -> dict[str, Cell]:
    streets = [row for row in rows if row["level"] == "street"]
    offices = plane.flat(np.array([points(row["office"])[0].coords for row in streets]))
    return {
        row["code"]: Cell(row["code"], row["name"], shape, row["code"] in RURAL, office)
        for row, office, shape in zip(streets, offices, cells(offices, district), strict=True)
    }


def _named_positions(rows: list[dict[str, str]], plane: Plane) -> dict[str, Coordinates]:
    """Names that have a real position: street offices, sites, roads with points."""
    found: dict[str, Coordinates] = {}
    for row in (*rows_of("roads"), *rows_of("sites"), *rows):
        cell = row.get("points") or row.get("point") or row.get("office") or ""
        if real_points := points(cell):
            found[row["name"]] = plane.flat(np.array([point.coords for point in real_points])).mean(axis=0)
    return found


def _stem(name: str) -> str:
    """The two characters by which places of one neighbourhood are alike: 水屯社区, 水屯北路 → 水屯."""
    return name.removeprefix("前").removeprefix("后").removeprefix("西").removeprefix("东")[:2]


def _communities(
    rows: list[dict[str, str]],
    streets: dict[str, Cell],
    names: dict[str, Coordinates],
    rng: np.random.Generator,
) -> dict[str, Cell]:
    by_street: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        if row["level"] == "community":
            by_street[row["parent"]].append(row)
    stems = {_stem(name): at for name, at in names.items()}
    communities = {}
    for code, members in by_street.items():
        street = streets[code]
        seeds = even_seeds(street.shape, len(members), rng)
        shapes = cells(seeds, street.shape)
        for row, place in zip(members, _nearest_seed(members, seeds, stems), strict=True):
            rural = street.rural or row["kind"] == "村委会"
            centre = np.array(shapes[place].representative_point().coords[0])
            communities[row["code"]] = Cell(row["code"], row["name"], shapes[place], rural, centre)
    return communities


def _grid(communities: dict[str, Cell], rng: np.random.Generator) -> dict[str, Cell]:
    """The unit-grid cells (单元网格) of each community: its code and three digits more."""
    grid = {}
    for community in communities.values():
        seeds = even_seeds(community.shape, CELLS_A_COMMUNITY, rng)
        for number, shape in enumerate(cells(seeds, community.shape), 1):
            code = f"{community.code}{number:03d}"
            centre = np.array(shape.representative_point().coords[0])
            grid[code] = Cell(code, f"{community.name}{number:03d} 网格", shape, community.rural, centre)
    return grid


def _nearest_seed(
    members: list[dict[str, str]], seeds: Coordinates, stems: dict[str, Coordinates]
) -> list[int]:
    """Which seed each community gets: near a place of a like name if there is one, else in order from west to east."""
    free = list(np.argsort(seeds[:, 0] - seeds[:, 1] / 3))
    seed_of: dict[str, int] = {}
    for row in members:
        at = stems.get(_stem(row["name"]))
        if at is not None:
            best = min(free, key=lambda seed: float(np.hypot(*(seeds[seed] - at))))
            free.remove(best)
            seed_of[row["code"]] = int(best)
    for row in members:
        if row["code"] not in seed_of:
            seed_of[row["code"]] = int(free.pop(0))
    return [seed_of[row["code"]] for row in members]


def _roads(
    plane: Plane,
    district: MultiPolygon,
    names: dict[str, Coordinates],
    streets: dict[str, Cell],
    ways: list[Way],
    rng: np.random.Generator,
) -> dict[str, RoadLine]:
    stems = {_stem(name): at for name, at in names.items()}
    real = lines_by_name(ways)
    roads = {}
    for row in rows_of("roads"):
        name = row["name"]
        known_points = plane.flat(np.array([point.coords for point in points(row["points"])]).reshape(-1, 2))
        if not len(known_points):
            anchor: np.ndarray | None
            if name in PLACED_BY_HAND:
                anchor = plane.flat(np.array(PLACED_BY_HAND[name]))
            else:
                anchor = stems.get(_stem(name))
                if anchor is None:
                    street = streets[list(streets)[int(rng.integers(len(streets)))]]
                    anchor = street.centre
                anchor = anchor + rng.normal(0, 150, 2)
            known_points = anchor[None, :]
        line, busy = _line_through(name, known_points, rng)
        inside = shapely.intersection(line, district)
        longest = max(shapely.get_parts(inside), key=lambda part: part.length, default=line)
        lines = real.get(name, MultiLineString([longest]))
        roads[row["code"]] = RoadLine(row["code"], name, lines, busy, real=name in real)
    return roads


def _bearing_of(name: str, rng: np.random.Generator) -> float:
    """Jinan's roads run north and south or east and west; the name often tells which."""
    if name.endswith(("东路", "西路", "中路")):
        base = 4.0
    elif name.endswith(("南路", "北路", "街")):
        base = 94.0
    else:
        base = 4.0 if rng.random() < 0.5 else 94.0
    return base + float(rng.normal(0, 4))


def _line_through(name: str, known_points: Coordinates, rng: np.random.Generator) -> tuple[LineString, float]:
    """A gently winding line by way of the known points."""
    centre = known_points.mean(axis=0)
    bearing, length, busy = KNOWN_ROADS.get(
        name, (_bearing_of(name, rng), float(rng.uniform(700, 1900)), 1.0)
    )
    along = np.array([np.sin(np.radians(bearing)), np.cos(np.radians(bearing))])
    across = np.array([along[1], -along[0]])
    offsets = (known_points - centre) @ np.column_stack([along, across])
    middle = _middle(name, offsets[:, 0], length)
    reach = max(length / 2, float(np.abs(offsets[:, 0] - middle).max()) + 150)
    stations = np.linspace(middle - reach, middle + reach, max(int(reach / 40), 8))
    # Each known point pulls the line towards itself; two slow waves keep it from being ruled with a ruler.
    pull = np.exp(-(((stations[:, None] - offsets[None, :, 0]) / 350) ** 2))
    lateral = (pull @ offsets[:, 1]) / (pull.sum(axis=1) + 0.35)
    phase = rng.uniform(0, 2 * np.pi, 2)
    lateral += 14 * np.sin(stations / 620 + phase[0]) + 5 * np.sin(stations / 210 + phase[1])
    line = centre + stations[:, None] * along + lateral[:, None] * across
    return LineString(line), busy


def _middle(name: str, along: Coordinates, length: float) -> float:
    """Where the middle of the line lies, measured from the mean of its points."""
    if name == "北园大街":  # its points lie in the east; the road goes on to the west
        return float(along.max()) - length / 2 + 200
    if name == "二环北路":
        return float(along.min()) - 600
    return float((along.min() + along.max()) / 2)


def _places(geography: Geography, rng: np.random.Generator) -> list[Place]:
    """The real sites, and the invented ones: crossings, estates, squares, bus stops, schools, building sites, …"""
    real = [
        Place(
            row["code"],
            row["name"],
            row["kind"],
            geography.plane.flat(np.array(points(row["point"])[0].coords)),
            invented=False,
        )
        for row in rows_of("sites")
    ]
    invented = [
        *_crossings(geography),
        *_bus_stops(geography, rng),
        *_of_communities(geography, rng),
        *_of_streets(geography, rng),
    ]
    for number, place in enumerate(invented, 1):
        place.code = f"{DISTRICT}D{number:04d}"
    return [*real, *invented]


def _crossings(geography: Geography) -> list[Place]:
    roads = list(geography.roads.values())
    tree = shapely.STRtree([road.line for road in roads])
    found = []
    for first, second in zip(*tree.query([road.line for road in roads], predicate="intersects"), strict=True):
        if first < second:
            pair = roads[first], roads[second]
            for at in shapely.get_coordinates(shapely.intersection(pair[0].line, pair[1].line))[:1]:
                busier, quieter = sorted(pair, key=lambda road: -road.busy)
                name = f"{busier.name}与{quieter.name}路口".replace("路路口", "路口")
                found.append(Place("", name, "crossing", at, road=busier.code))
    return found


def _bus_stops(geography: Geography, rng: np.random.Generator) -> list[Place]:
    found = []
    for road in geography.roads.values():
        if road.busy < 1.5:
            continue
        spacing = float(rng.uniform(420, 620))
        for number, station in enumerate(np.arange(spacing / 2, road.line.length, spacing), 1):
            at = np.array(road.line.interpolate(station).coords[0])
            found.append(Place("", f"{road.name}第{number}公交站", "bus_stop", at, road=road.code))
    return found


def _of_communities(geography: Geography, rng: np.random.Generator) -> list[Place]:
    found = []
    for cell in geography.communities.values():
        core = cell.shape.buffer(-45)
        core = cell.shape if core.is_empty else core
        stem = cell.name.removesuffix("社区") if cell.name.endswith("社区") else cell.name.removesuffix("村")
        if cell.rural:
            found.append(Place("", f"{cell.name}文化广场", "square", cell.centre, cell.code))
            if rng.random() < 0.35:
                at = random_points(core, 1, rng)[0]
                found.append(Place("", f"{cell.name}村口", "other", at, cell.code))
            continue
        area = cell.shape.area / 1e6
        estates = int(np.clip(round(3 + 2.2 * area**0.5 + rng.normal(0, 0.8)), 2, 7))
        spots = even_seeds(core, estates, rng, rounds=1) if estates > 1 else random_points(core, 1, rng)
        for number, at in enumerate(spots):
            word = ESTATE_WORDS[int(rng.integers(len(ESTATE_WORDS)))]
            part = "" if number == 0 else f"{'一二三四五六七'[number - 1]}区"
            found.append(Place("", f"{stem}{word}{part}", "estate", at, cell.code))
        for kind, name, chance in (
            ("park", f"{stem}口袋公园", 0.35),
            ("back_lane", f"{stem}背街巷", 0.6),
            ("school", f"{stem}学校（演示）", 0.25),
            ("hospital", f"{stem}卫生服务站", 0.3),
            ("service_hall", f"{stem}党群服务中心", 0.7),
        ):
            if rng.random() < chance:
                found.append(Place("", name, kind, random_points(core, 1, rng)[0], cell.code))
    return found


def _of_streets(geography: Geography, rng: np.random.Generator) -> list[Place]:
    found = []
    for cell in geography.streets.values():
        short = cell.name.removesuffix("街道")
        found.append(Place("", f"{short}街道便民服务中心", "service_hall", cell.centre))
        sites = 4 if cell.rural else 7
        for number, at in enumerate(random_points(cell.shape.buffer(-60), sites, rng), 1):
            found.append(Place("", f"{short}{number}号地块工地", "building_site", at))
        for number, at in enumerate(random_points(cell.shape.buffer(-60), 2, rng), 1):
            found.append(Place("", f"{short}便民市场{number}", "market", at))
        if not cell.rural:
            at = random_points(cell.shape.buffer(-60), 1, rng)[0]
            found.append(Place("", f"{short}商业广场", "mall", at))
    for name, at in SCENIC_AREAS.items():
        found.append(Place("", name, "scenic_area", geography.plane.flat(np.array(at))))
    return found


ESTATE_WORDS = ("小区", "花园", "新苑", "家园", "雅居")
# Real hills and banks of the district; the points are rough.
SCENIC_AREAS = {
    "鹊山（景区）": (116.9925, 36.7395),
    "药山（景区）": (116.9565, 36.7125),
    "标山公园": (116.9875, 36.7005),
    "小清河沿岸": (117.0005, 36.6945),
    "黄河泺口段": (116.9845, 36.7285),
}


def streets_of(geography: Geography, at: Coordinates) -> list[str | None]:
    """Code of the street that each point of the plane lies in; on a line between two it is the first of them."""
    cells_of = list(geography.streets.values())
    point, cell = shapely.STRtree([cell.shape for cell in cells_of]).query(
        shapely.points(at), predicate="covered_by"
    )
    first = np.full(len(at), len(cells_of))
    np.minimum.at(first, point, cell)
    codes = [*(cell.code for cell in cells_of), None]
    return [codes[index] for index in first.tolist()]
