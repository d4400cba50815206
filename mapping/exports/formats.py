"""The formats an export can be had in: what each is called, what it can carry, and how many rows are made at once.

How each is written is in a file of its own beside this one; `making` puts the two together.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assets.layers import Layer


@dataclass(frozen=True)
class Format:
    """One format.

    name: how code and audit lines refer to it.
    ending: what follows the layer's name in addresses and file names.
    words: what it is good for.
    direct_rows: up to so many rows are made while the reader waits, more by a background run; None for any number.
    layers: the layers that have it; empty for all.
    for_main: had of main layers only: it holds what stands by itself.
    only_wgs84: it can state no other system, or is WGS84 by its standard.
    takes_titles, takes_columns: whether headings and columns can be chosen.
    listed: whether the dialogue offers it.
    """

    name: str
    ending: str
    media_type: str
    title: Promise | str
    words: Promise | str = ""
    direct_rows: int | None = 100_000
    layers: tuple[str, ...] = ()
    for_main: bool = False
    only_wgs84: bool = False
    takes_titles: bool = True
    takes_columns: bool = True
    listed: bool = True

    def is_for(self, layer: Layer) -> bool:
        """Whether a layer can be had in it."""
        return (not self.layers or layer.name in self.layers) and (layer.is_main or not self.for_main)


_ASSETS = ("assets",)
_CSV = "text/csv; charset=utf-8"
_ZIP = "application/zip"

_ALL = (
    Format(
        "xlsx",
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "Excel",
        _("Spreadsheet with typed cells, code lists and links to photos"),
        direct_rows=20_000,
    ),
    Format(
        "csv",
        "csv",
        _CSV,
        "CSV",
        _("Text table, UTF-8, for programs. Opened in Excel, codes of 17 digits lose their last digits"),
        direct_rows=200_000,
    ),
    Format(
        "spreadsheet_csv",
        "spreadsheet.csv",
        _CSV,
        _("CSV for spreadsheets"),
        _("Text table that Excel and WPS open with all digits; where there is a choice, take Excel"),
        direct_rows=100_000,
    ),
    Format(
        "geojson",
        "geojson",
        "application/geo+json",
        "GeoJSON",
        _("For QGIS, GDAL and notebooks; always WGS84"),
        direct_rows=None,
        only_wgs84=True,
    ),
    Format(
        "gpkg",
        "gpkg",
        "application/geopackage+sqlite3",
        "GeoPackage",
        _("For QGIS: styled, with inspections, maintenance and code lists"),
        direct_rows=60_000,
        for_main=True,
    ),
    Format(
        "shp",
        "shp.zip",
        _ZIP,
        "Shapefile",
        _("For older programs; short column names"),
        direct_rows=60_000,
        takes_titles=False,
    ),
    Format("fgb", "fgb", "application/octet-stream", "FlatGeobuf", _("Compact, with a spatial index")),
    Format(
        "kml",
        "kml",
        "application/vnd.google-earth.kml+xml",
        "KML",
        _("For globe viewers and phones; always WGS84"),
        direct_rows=20_000,
        only_wgs84=True,
    ),
    Format(
        "parquet",
        "parquet",
        "application/vnd.apache.parquet",
        "GeoParquet",
        _("For notebooks and data warehouses"),
        direct_rows=200_000,
    ),
    Format(
        "geojsonl",
        "geojsonl",
        "application/x-ndjson",
        "GeoJSONL",
        _("One feature a line, for streams; always WGS84"),
        direct_rows=None,
        only_wgs84=True,
    ),
    Format(
        "json",
        "json",
        "application/json",
        "GeoJSON 2008",
        _("In another coordinate system, which the file names"),
        direct_rows=60_000,
    ),
    Format(
        "gbt47678_zip",
        "gbt47678.zip",
        _ZIP,
        "GB/T 47678.5",
        _("The standard's 18 attributes, and the rows that lack a mandatory one beside them"),
        layers=_ASSETS,
        only_wgs84=True,
        takes_titles=False,
        takes_columns=False,
    ),
    Format(
        "gbt47678",
        "gbt47678.csv",
        _CSV,
        "GB/T 47678.5",
        layers=_ASSETS,
        only_wgs84=True,
        takes_titles=False,
        takes_columns=False,
        listed=False,
    ),
    Format(
        "gbt47678_incomplete",
        "gbt47678-incomplete.csv",
        _CSV,
        "GB/T 47678.5",
        layers=_ASSETS,
        only_wgs84=True,
        takes_titles=False,
        takes_columns=False,
        listed=False,
    ),
)
FORMATS: dict[str, Format] = {format_.name: format_ for format_ in _ALL}
