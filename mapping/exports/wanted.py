"""What an export is asked for: layer, format, filter, coordinate system, columns, headings, language.

Read once from an address (`read_wanted`) and kept as plain values with a background run (`as_parameters`), so that the
worker makes exactly what was asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.models import User
from assets.chosen_sql import Sql
from assets.declared_filter import DeclaredFilter
from assets.fields import Field, columns
from assets.filter_parameters import FilterError
from assets.layers import Layer
from mapping.exports.formats import FORMATS, Format
from mapping.subjects import exported, subject_of
from places.coordinates import (
    BD09,
    CGCS2000,
    CGCS2000_GK_117E,
    CGCS2000_GK_ZONE_39,
    CRS,
    GCJ02,
    WGS84,
    UnknownCRSError,
    parse_crs,
)

PARAMETERS = ("crs", "columns", "titles", "lang")
LANGUAGES = ("zh", "en")
KEYS, WORDS = "keys", "words"
POSITION = "position"
SYSTEMS: tuple[CRS, ...] = (WGS84, CGCS2000, CGCS2000_GK_117E, CGCS2000_GK_ZONE_39, GCJ02, BD09)

_AXES = {
    True: (gettext_lazy("Longitude"), gettext_lazy("Latitude")),
    False: (gettext_lazy("Easting"), gettext_lazy("Northing")),
}


def short_name(crs: CRS) -> str:
    """The system as file names and column names have it: wgs84, epsg4548, gcj02."""
    return crs.code.lower().replace(":", "")


def named_in_full(crs: CRS) -> str:
    """The system as headings have it: WGS84, EPSG:4548, GCJ-02."""
    return {"wgs84": "WGS84", "gcj02": "GCJ-02", "bd09": "BD-09"}.get(crs.code, crs.code)


@dataclass(frozen=True)
class Wanted:
    """An export that somebody asked for. `site` is what links into this product begin with."""

    layer: Layer
    format: Format
    filter: DeclaredFilter
    crs: CRS
    fields: tuple[Field, ...]
    with_position: bool
    titles: str
    language: str
    site: str

    @property
    def in_words(self) -> bool:
        """Whether headings and codes are put into words."""
        return self.titles == WORDS

    @property
    def all_columns(self) -> bool:
        """Whether no columns were chosen."""
        return self.fields == self.layer.fields and self.with_position

    @property
    def stem(self) -> str:
        """What the file is called before its ending; it names any system but WGS84."""
        return self.layer.name if self.crs == WGS84 else f"{self.layer.name}.{short_name(self.crs)}"

    @property
    def filename(self) -> str:
        """The file's name."""
        return f"{self.stem}.{self.format.ending}"

    def headings(self) -> list[str]:
        """The heading of each field."""
        return [self.heading(field) for field in self.fields]

    def heading(self, field: Field) -> str:
        """A field's key, or its title with the unit."""
        return heading_of(field, self.language) if self.in_words else field.name

    def position_headings(self) -> tuple[str, str]:
        """The headings of x and y, which name the system they are in."""
        if not self.in_words:
            first, second = ("lon", "lat") if self.crs.degrees else ("x", "y")
            return f"{first}_{short_name(self.crs)}", f"{second}_{short_name(self.crs)}"
        return position_titles(self.crs, self.language)

    def statement(self, user: User) -> Sql:
        """SQL whose rows are those of the layer that the filter leaves and the user may export.

        The columns are the fields and, last, longitude and latitude in WGS84 degrees.
        """
        select = self.columns(user)
        ids, params = self.ids(user)
        point, subject = self.layer.geometry, self.layer.subject
        position = f"ST_X({point}) AS position_lon, ST_Y({point}) AS position_lat"
        order = self.layer.order or self.layer.sql(
            self.layer.key, language="", today=self.filter.reference.today
        )
        statement = (
            f"SELECT {select}, {position} FROM {self.layer.rows(select, position, order)}"  # noqa: S608 -- as below
            f" WHERE {subject}.id IN ({ids}) AND {self.layer.condition} ORDER BY {order}"
        )
        return statement, params

    def columns(self, user: User) -> str:
        """SQL of the columns, as the user may be told them."""
        told = {field.name: field for field in self.layer.told_to(user).fields}
        fields = [told[field.name] for field in self.fields]
        return columns(fields, language=self.language, today=self.filter.reference.today, site=self.site)

    def ids(self, user: User) -> Sql:
        """SQL of the keys of what is concerned: the assets, or whatever else the layer's filter narrows."""
        return subject_of(self.layer).ids(self.filter, user)

    def as_parameters(self) -> dict[str, Any]:
        """Plain values from which `from_parameters` makes the same again."""
        return {
            "layer": self.layer.name,
            "format": self.format.name,
            "query": self.filter.query_string,
            "crs": self.crs.code,
            "columns": [field.name for field in self.fields] + [POSITION] * self.with_position,
            "titles": self.titles,
            "language": self.language,
            "site": self.site,
        }


def heading_of(field: Field, language: str) -> str:
    """A field's title in "zh" or "en", with its unit in brackets."""
    title = field.titles()["en" if language == "en" else "zh-hans"]
    if not field.unit:
        return title
    return f"{title} ({field.unit})" if language == "en" else f"{title}（{field.unit}）"


def position_titles(crs: CRS, language: str) -> tuple[str, str]:
    """The titles of x and y with the system's name in brackets."""
    from django.utils.translation import override

    with override("en" if language == "en" else "zh-hans"):
        first, second = (str(axis) for axis in _AXES[crs.degrees])
    bracketed = f" ({named_in_full(crs)})" if language == "en" else f"（{named_in_full(crs)}）"
    return f"{first}{bracketed}", f"{second}{bracketed}"


# --- From an address ------------------------------------------------------------------------------------------------


def read_wanted(query: QueryDict, layer: Layer, ending: str, site: str, user: User) -> Wanted:
    """Understand an address: the layer's name, what follows its first dot, and the query string.

    Raises:
        KeyError: there is no such format of this layer.
        FilterError: naming the parameter that is unknown, has no such value, or does not go with the format.
    """
    format_, named = _format(layer, ending)
    row_filter = subject_of(layer).read(query, user, PARAMETERS)
    crs = _system(query, format_, named)
    language = query.get("lang", (get_language() or "zh")[:2])
    if language not in LANGUAGES:
        raise unknown("lang", language)
    titles = query.get("titles", KEYS)
    if titles not in (KEYS, WORDS):
        raise unknown("titles", titles)
    if titles == WORDS and not format_.takes_titles:
        raise FilterError("titles", _("This format has names of its own; leave titles out."))
    fields, with_position = _columns_wanted(query, layer, format_)
    return Wanted(layer, format_, row_filter, crs, fields, with_position, titles, language, site)


def from_parameters(kept: Mapping[str, Any], user: User) -> Wanted:
    """The same again, with the filter read anew."""
    layer = exported()[kept["layer"]]
    by_name = {field.name: field for field in layer.fields}
    return Wanted(
        layer,
        FORMATS[kept["format"]],
        subject_of(layer).read(kept["query"], user, ()),
        parse_crs(kept["crs"]),
        tuple(by_name[name] for name in kept["columns"] if name != POSITION),
        POSITION in kept["columns"],
        kept["titles"],
        kept["language"],
        kept["site"],
    )


def unknown(parameter: str, value: str) -> FilterError:
    """What to say of a value that does not exist."""
    return FilterError(parameter, _("“%(value)s” does not exist.") % {"value": value[:80]})


_JSON = re.compile(r"([a-z0-9]+)\.json")


def _format(layer: Layer, ending: str) -> tuple[Format, CRS | None]:
    """The format by its ending, and the system that the name states (`assets.epsg4548.json`)."""
    named = None
    if match := _JSON.fullmatch(ending):
        named = next((crs for crs in SYSTEMS if short_name(crs) == match[1]), None)
        if named is None:
            raise KeyError(ending)
        ending = "json"
    elif ending == "json":
        raise KeyError(ending)
    found = (
        next(format_ for format_ in FORMATS.values() if format_.ending == ending)
        if ending in _ENDINGS
        else None
    )
    if found is None or not found.is_for(layer):
        raise KeyError(ending)
    return found, named


_ENDINGS = {format_.ending for format_ in FORMATS.values()}


def _system(query: QueryDict, format_: Format, named: CRS | None) -> CRS:
    code = query.get("crs")
    if code is None:
        return named or WGS84
    try:
        crs = parse_crs(code)
    except UnknownCRSError:
        crs = None
    if crs not in SYSTEMS:
        offered = ", ".join(system.code for system in SYSTEMS)
        raise FilterError("crs", _("Exports are made in: %(offered)s.") % {"offered": offered})
    if named is not None and crs != named:
        raise FilterError("crs", _("The file's name says %(name)s.") % {"name": short_name(named)})
    if crs != WGS84 and format_.only_wgs84:
        sentence = _("This format is always WGS84. For JSON in another system ask for assets.%(name)s.json.")
        raise FilterError("crs", sentence % {"name": short_name(crs)})
    return crs


def _columns_wanted(query: QueryDict, layer: Layer, format_: Format) -> tuple[tuple[Field, ...], bool]:
    text = query.get("columns")
    if text is None:
        return layer.fields, True
    if not format_.takes_columns:
        raise FilterError("columns", _("The columns of this format are fixed; leave columns out."))
    by_name = {field.name: field for field in layer.fields}
    names = text.split(",")
    for name in names:
        if name != POSITION and name not in by_name:
            raise unknown("columns", name)
        if names.count(name) > 1:
            raise FilterError("columns", _("“%(value)s” is given twice.") % {"value": name})
    fields = tuple(by_name[name] for name in names if name != POSITION)
    if not fields:
        raise FilterError("columns", _("Choose one column at least."))
    return fields, POSITION in names
