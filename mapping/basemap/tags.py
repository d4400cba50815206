"""What a feature of OpenStreetMap is drawn as, by its tags; and the same for extracts in other formats.

Extracts come as OSM files, as tables whose columns are called as the tags are, and as Geofabrik's shapefiles, whose
layer says the key and whose column `fclass` the value.
"""

from collections.abc import Callable, Mapping

from mapping.basemap.layers import Kind, kind

Tags = Mapping[str, str]
POINT, LINE, AREA = 0, 1, 2

# Keys by which a table is recognised as OpenStreetMap's.
KEYS = (
    "highway",
    "railway",
    "waterway",
    "natural",
    "landuse",
    "leisure",
    "building",
    "place",
    "amenity",
    "tourism",
    "shop",
    "public_transport",
    "station",
    "service",
    "office",
)
_LINK_NOT_BEFORE = 12
_ROADS = {
    "motorway": "motorway",
    "trunk": "trunk",
    "primary": "primary",
    "secondary": "secondary",
    "tertiary": "tertiary",
    "residential": "street",
    "unclassified": "street",
    "living_street": "street",
    "road": "street",
    "service": "service",
    "pedestrian": "path",
    "footway": "path",
    "cycleway": "path",
    "path": "path",
    "steps": "path",
    "track": "path",
    "bridleway": "path",
}
_RAILS = {
    "rail": "rail",
    "narrow_gauge": "rail",
    "monorail": "metro",
    "subway": "metro",
    "light_rail": "metro",
    "tram": "tram",
}
_WATERWAYS = {"river": "river", "canal": "canal", "stream": "stream", "drain": "stream", "ditch": "stream"}
_GREEN = {
    ("leisure", "park"): "park",
    ("leisure", "garden"): "park",
    ("leisure", "nature_reserve"): "park",
    ("leisure", "golf_course"): "park",
    ("landuse", "forest"): "wood",
    ("natural", "wood"): "wood",
    ("landuse", "grass"): "grass",
    ("landuse", "meadow"): "grass",
    ("landuse", "recreation_ground"): "grass",
    ("landuse", "village_green"): "grass",
    ("natural", "grassland"): "grass",
    ("natural", "scrub"): "grass",
}
_PLACES = {
    "city": "city",
    "town": "town",
    "suburb": "suburb",
    "quarter": "quarter",
    "neighbourhood": "neighbourhood",
    "village": "village",
    "hamlet": "neighbourhood",
}
_POIS = {
    ("amenity", "hospital"): "hospital",
    ("amenity", "university"): "university",
    ("amenity", "college"): "university",
    ("amenity", "school"): "school",
    ("amenity", "townhall"): "government",
    ("office", "government"): "government",
    ("amenity", "marketplace"): "market",
    ("shop", "mall"): "market",
    ("leisure", "park"): "park",
    ("tourism", "attraction"): "sight",
    ("tourism", "museum"): "sight",
    ("amenity", "library"): "other",
    ("amenity", "theatre"): "other",
    ("amenity", "bus_station"): "other",
    ("leisure", "stadium"): "other",
}
_NO = ("no", "")

# Part of a Geofabrik layer's name → the key that `fclass` is the value of.
_GEOFABRIK = {
    "_roads_": "highway",
    "_railways_": "railway",
    "_waterways_": "waterway",
    "_water_a_": "natural",
    "_buildings_a_": "building",
    "_landuse_a_": "landuse",
    "_natural_a_": "natural",
    "_places_": "place",
    "_transport_": "railway",
    "_pois_": "amenity",
}
_GEOFABRIK_PARKS = ("park", "nature_reserve")
_STATIONS = {"railway_station": "station", "railway_halt": "halt"}


def kinds(tags: Tags, dimension: int) -> list[Kind]:
    """Everything a feature is drawn as: a park is an area and a name. Empty for what a base map leaves out."""
    return [found for judge in _JUDGES[dimension] if (found := judge(tags)) is not None]


def _road(tags: Tags) -> Kind | None:
    value = tags.get("highway", "")
    link = value.endswith("_link")
    name = _ROADS.get(value.removesuffix("_link"))
    return kind("roads", name, not_before=_LINK_NOT_BEFORE if link else 0) if name else None


def _rail(tags: Tags) -> Kind | None:
    name = _RAILS.get(tags.get("railway", ""))
    if name == "rail" and tags.get("service"):
        name = "siding"
    return kind("rail", name) if name else None


def _waterway(tags: Tags) -> Kind | None:
    name = _WATERWAYS.get(tags.get("waterway", ""))
    return kind("water", name) if name else None


def _water(tags: Tags) -> Kind | None:
    is_water = (
        tags.get("natural") in ("water", "reservoir", "river")
        or tags.get("waterway") in ("riverbank", "dock")
        or tags.get("landuse") in ("reservoir", "basin")
    )
    return kind("water", "water") if is_water else None


def _green(tags: Tags) -> Kind | None:
    name = next((_GREEN[key, value] for key, value in tags.items() if (key, value) in _GREEN), None)
    return kind("green", name) if name else None


def _building(tags: Tags) -> Kind | None:
    return kind("buildings", "building") if tags.get("building", "") not in _NO else None


def _place(tags: Tags) -> Kind | None:
    name = _PLACES.get(tags.get("place", ""))
    return kind("places", name) if name else None


def _poi(tags: Tags) -> Kind | None:
    if tags.get("railway") in ("station", "halt"):
        is_metro = tags.get("station") in ("subway", "light_rail")
        return kind("pois", "metro_station" if is_metro else "station")
    name = next((_POIS[key, value] for key, value in tags.items() if (key, value) in _POIS), None)
    return kind("pois", name) if name else None


_JUDGES: dict[int, tuple[Callable[[Tags], Kind | None], ...]] = {
    POINT: (_place, _poi),
    LINE: (_road, _rail, _waterway),
    # A ring may be an area or the line around it (a canal, a pond): what is an area comes first.
    AREA: (_water, _green, _building, _poi),
}


def geofabrik_key(layer: str) -> str | None:
    """The tag that the column `fclass` of one of Geofabrik's layers is the value of; None for another's layer."""
    padded = f"_{layer.lower()}_"
    return next((key for part, key in _GEOFABRIK.items() if part in padded), None)


def geofabrik_tags(key: str, value: str) -> dict[str, str]:
    """The tags that a value of `fclass` stands for."""
    if value in _STATIONS:
        return {"railway": _STATIONS[value]}
    if key == "landuse" and value in _GEOFABRIK_PARKS:
        return {"leisure": value}
    if key == "amenity":
        return dict.fromkeys(("amenity", "tourism", "leisure", "shop"), value)
    return {key: value}
