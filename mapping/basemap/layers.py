"""What a base map holds: its layers, the classes in each, and from which zoom on a class is in the tiles.

The style (`static/mapping/js/basemap/style.js`) draws exactly these words, so they are a contract: tiles that somebody
else has cut are taken only if their layers are called the same.
"""

from dataclasses import dataclass
from math import cos, log2, radians

# A zoom less is half the detail; 14 keeps half a metre, and MapLibre enlarges it for what is nearer.
FIRST_ZOOM = 6
LAST_ZOOM = 14
# An area is worth its bytes from the zoom on where it is about so many pixels across.
_PIXELS_WORTH_DRAWING = 4
_TILE_PIXELS = 512


@dataclass(frozen=True)
class Layer:
    """One layer of the tiles: class → first zoom. The last class is what stands for "some other"."""

    name: str
    classes: dict[str, int]

    @property
    def other(self) -> str:
        """The class of whatever has no better one."""
        return list(self.classes)[-1]


LAYERS: dict[str, Layer] = {
    layer.name: layer
    for layer in (
        Layer(
            "roads",
            {
                "motorway": 6,
                "trunk": 7,
                "primary": 8,
                "secondary": 10,
                "tertiary": 11,
                "service": 14,
                "path": 14,
                "street": 12,
            },
        ),
        Layer("water", {"river": 8, "canal": 11, "stream": 13, "water": 6}),
        Layer("green", {"park": 8, "wood": 8, "grass": 10}),
        Layer("buildings", {"building": 13}),
        Layer("rail", {"metro": 11, "tram": 12, "siding": 14, "rail": 8}),
        Layer(
            "places",
            {"city": 6, "town": 8, "suburb": 10, "village": 12, "quarter": 12, "neighbourhood": 13},
        ),
        Layer(
            "pois",
            {
                "station": 10,
                "metro_station": 12,
                "hospital": 13,
                "university": 12,
                "school": 14,
                "government": 13,
                "market": 14,
                "park": 13,
                "sight": 13,
                "other": 14,
            },
        ),
    )
}
# What is a matter of names: without one there is nothing to draw.
NAMED_ONLY = ("places", "pois")
# What has no business being a point.
SHAPES_ONLY = ("roads", "water", "green", "buildings", "rail")


@dataclass(frozen=True)
class Kind:
    """What a feature is drawn as, and from which zoom on."""

    layer: str
    name: str
    first_zoom: int


def kind(layer: str, name: str, *, not_before: int = 0) -> Kind:
    """The kind of a class of a layer, at its usual first zoom or later."""
    return Kind(layer, name, max(LAYERS[layer].classes[name], not_before))


def zoom_for_size(square_degrees: float, latitude: float) -> int:
    """From which zoom on an area of this size is worth drawing."""
    across = (square_degrees / max(cos(radians(latitude)), 0.1)) ** 0.5
    if across <= 0:
        return LAST_ZOOM
    zoom = log2(_PIXELS_WORTH_DRAWING * 360 / (across * _TILE_PIXELS))
    return min(LAST_ZOOM, max(FIRST_ZOOM, round(zoom)))
