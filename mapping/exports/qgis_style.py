"""The style that QGIS shows an exported layer in: colour = condition, as on our own map."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from assets.code_lists import code_list
from assets.fields import Field
from mapping.exports.rows import is_worded
from mapping.exports.wanted import Wanted

# The light tokens of web/css/tokens.css.
COLOURS = {
    "unknown": "154,165,177",
    "good": "47,127,181",
    "minor": "240,194,75",
    "damaged": "239,138,43",
    "severe": "199,41,30",
    "missing": "75,33,66",
}
_SHAPES = {
    "unknown": "circle",
    "good": "circle",
    "minor": "circle",
    "damaged": "triangle",
    "severe": "diamond",
    "missing": "cross_fill",
}


def style_of(wanted: Wanted) -> str | None:
    """The QML of the layer; None when the condition is not among its columns."""
    field = next((field for field in wanted.fields if field.name == "condition"), None)
    if field is None:
        return None
    meanings = code_list("condition", wanted.filter.reference.lists)
    written = written_as(wanted, field)
    categories = "".join(
        f"<category value={quoteattr(written[meaning.code])}"
        f' label={quoteattr(meaning.title(wanted.language))} symbol="{number}" render="true" type="string"/>'
        for number, meaning in enumerate(meanings)
    )
    symbols = "".join(_symbol(number, meaning.code) for number, meaning in enumerate(meanings))
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
        '<qgis version="3.22.0" styleCategories="Symbology">'
        f'<renderer-v2 type="categorizedSymbol" attr={quoteattr(wanted.heading(field))}'
        ' symbollevels="0" enableorderby="0" forceraster="0">'
        f"<categories>{categories}</categories><symbols>{symbols}</symbols></renderer-v2></qgis>"
    )


def written_as(wanted: Wanted, field: Field) -> dict[str, str]:
    """How each condition stands in the file: its code, or its name."""
    worded = is_worded(wanted, field)
    meanings = code_list("condition", wanted.filter.reference.lists)
    return {meaning.code: meaning.title(wanted.language) if worded else meaning.code for meaning in meanings}


def _symbol(number: int, condition: str) -> str:
    properties = {
        "name": _SHAPES[condition],
        "color": f"{COLOURS[condition]},255",
        "outline_color": "255,255,255,255",
        "outline_style": "solid",
        "outline_width": "0.3",
        "outline_width_unit": "MM",
        "size": "2.6",
        "size_unit": "MM",
    }
    map_ = "".join(
        f'<Option type="QString" name="{name}" value="{value}"/>' for name, value in properties.items()
    )
    old = "".join(f'<prop k="{name}" v="{value}"/>' for name, value in properties.items())
    return (
        f'<symbol type="marker" name="{number}" alpha="1" clip_to_extent="1" force_rhr="0">'
        f'<layer class="SimpleMarker" enabled="1" locked="0" pass="0"><Option type="Map">{map_}</Option>{old}</layer>'
        "</symbol>"
    )
