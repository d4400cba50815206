"""The snapshot's page as a tree of folium elements, with everything inlined and nothing linked.

folium's own `Figure` and `Map` bring links to jQuery, Bootstrap, Font Awesome and Leaflet on a CDN, and inline styles
without a nonce; the subclasses here keep their place in the tree and replace their templates. Two rules:

* What a person wrote reaches the page through `page.html`, escaped, or inside the packed data, which is base64. It
  never goes through a macro of branca, which takes its own output for a template once more.
* Nothing in the file may be fetched, and only scripts with the file's nonce run: its own Content-Security-Policy says
  so wherever it is opened.
"""

import base64
import re
import secrets
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import folium
from branca.element import Element, Figure, MacroElement
from django.conf import settings
from folium.map import CustomPane, FitBounds
from folium.template import Template

from assets.dictionaries import Bounds
from mapping.snapshot.payload import Packed

_HERE = Path(__file__).parent
_BROWSER = _HERE / "browser"
_LEAFLET = settings.NODE_MODULES / "leaflet" / "dist"
_LOOK = settings.BASE_DIR / "web" / "static" / "web"
_SYMBOLS = settings.BASE_DIR / "web" / "static" / "web" / "symbols.svg"
# Each may use what the ones before it declare.
_SCRIPTS = (
    "inflate", "payload", "dom", "selection", "pictures", "asset_layer", "context_layer", "ground_layer",
    "line_names", "panel", "popup", "find", "start",
)  # fmt: skip


# From below to above: streets are filled, so roads lie over them.
_PANES = (
    ("outlines", 300),
    ("roads", 310),
    ("ground", 320),
    ("edges", 330),
    ("line-names", 340),
    ("assets", 410),
    ("names", 420),
)


@dataclass(frozen=True)
class Facts:
    """What the page says about itself, in words."""

    language: str
    title: str
    kind: str
    matched: str
    of_total: str
    filter: list[str]
    made: str
    layers: str
    close: str
    show_everything: str
    nothing: str
    not_running: str


class Verbatim(Element):
    """Text that stands in the page as it is. An Element made from a text would take it for a template."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._name = "Verbatim"
        self.text = text

    def render(self, **_kwargs: object) -> str:
        """The text."""
        return self.text


class SnapshotPage(Figure):
    """The whole file: head, panel, map, packed data, scripts."""

    _template = Template((_HERE / "page.html").read_text("utf-8"))

    def __init__(self, facts: Facts, packed: Packed) -> None:
        super().__init__()
        self.facts = facts
        self.data = packed.text
        self.data_size = packed.unpacked_size
        self.nonce = secrets.token_urlsafe(16)
        self.policy = policy(self.nonce)
        self.emblem = _text(_LOOK / "emblem.svg")
        self.icon = _data_uri(_LOOK / "emblem.svg")
        # The Figure's own <meta> says what page.html says.
        self.header = Element()
        self.header._parent = self
        for name, css in _styles().items():
            self.header.add_child(Verbatim(f'<style nonce="{self.nonce}">{css}</style>'), name=name)
        for name, script in _scripts().items():
            self.header.add_child(Verbatim(f'<script nonce="{self.nonce}">{script}</script>'), name=name)


class OfflineMap(folium.Map):
    """folium's map without its links, without a first view, and without styles and scripts that carry no nonce."""

    default_js: list[tuple[str, str]] = []
    default_css: list[tuple[str, str]] = []
    _template = Template(
        """
        {% macro html(this, kwargs) %}<div class="folium-map" id={{ this.get_name()|tojson }}></div>{% endmacro %}
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {{ this.options|tojavascript }});
        {% endmacro %}
        """
    )

    def __init__(self) -> None:
        super().__init__(
            tiles=None,
            zoom_control=False,
            # Canvas tiles have nothing to fade in from.
            fade_animation=False,
            # Closer there is nothing more to see, farther away neither.
            max_zoom=19,
            min_zoom=5,
        )
        # The view comes from FitBounds; a first one would only be animated away.
        del self.options["zoom"]


class SnapshotLayers(MacroElement):
    """The assets, what lies under them and the panel that switches them: `startSnapshot` of browser/start.js."""

    _template = Template(
        "{% macro script(this, kwargs) %}startSnapshot({{ this._parent.get_name() }});{% endmacro %}"
    )

    def __init__(self) -> None:
        super().__init__()
        self._name = "SnapshotLayers"


def policy(nonce: str) -> str:
    """The Content-Security-Policy of a snapshot: nothing is fetched, and only what its maker put in runs."""
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def build(facts: Facts, packed: Packed, bounds: Bounds) -> SnapshotPage:
    """The element tree of a snapshot; `.render()` gives the file.

    Args:
        facts: what the page says about itself.
        packed: the document that `browser/payload.js` reads.
        bounds: west, south, east, north of what is shown at first, WGS84 degrees.
    """
    west, south, east, north = bounds
    page = SnapshotPage(facts, packed)
    chart = OfflineMap()
    page.add_child(chart)
    for name, z_index in _PANES:
        chart.add_child(CustomPane(name, z_index=z_index))
    # Room for what floats over the upper and the lower edge of the map.
    chart.add_child(
        FitBounds(
            [[south, west], [north, east]],
            padding_top_left=(28, 56),
            padding_bottom_right=(28, 76),
            max_zoom=17,
        )
    )
    chart.add_child(SnapshotLayers())
    return page


@cache
def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError as error:
        raise RuntimeError(f"{path} is missing: run script/setup.") from error


def _data_uri(path: Path) -> str:
    media = {".svg": "image/svg+xml", ".png": "image/png"}[path.suffix]
    return f"data:{media};base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"


@cache
def _styles() -> dict[str, str]:
    """Name → style sheet, in order."""
    leaflet = re.sub(
        r"url\((images/[\w-]+\.png)\)",
        lambda found: f"url({_data_uri(_LEAFLET / found[1])})",
        _text(_LEAFLET / "leaflet.css"),
    )
    return {
        "tokens_css": _text(_LOOK / "css" / "tokens.css"),
        "leaflet_css": leaflet,
        "snapshot_css": _text(_BROWSER / "snapshot.css"),
    }


@cache
def _scripts() -> dict[str, str]:
    """Name → script, in order. The snapshot's own files become one function, so that they share names with nobody."""
    leaflet = re.sub(r"\n//# sourceMappingURL=\S+\s*$", "\n", _text(_LEAFLET / "leaflet.js"))
    parts = "\n".join(_text(_BROWSER / f"{name}.js") for name in _SCRIPTS)
    return {
        "leaflet_js": leaflet,
        "snapshot_js": f'(function () {{\n"use strict";\n{parts}\nwindow.startSnapshot = startSnapshot;\n}})();',
    }


@cache
def symbols() -> dict[str, str]:
    """Symbol → SVG path data on a ground of 24 × 24: the product's own shapes."""
    root = ElementTree.fromstring(_text(_SYMBOLS))
    space = "{http://www.w3.org/2000/svg}"
    return {
        symbol.get("id", ""): path.get("d", "")
        for symbol in root.iter(f"{space}symbol")
        if (path := symbol.find(f"{space}path")) is not None
    }
