"""Making an export's file: which function writes which format."""

from collections.abc import Callable
from pathlib import Path

from django.db import connection

from accounts.models import User
from assets.declared_filter import DeclaredFilter
from assets.layers import Layer
from mapping.exports.delimited import write_csv
from mapping.exports.features import write_features
from mapping.exports.geodata import write_flatgeobuf, write_kml, write_shapefile
from mapping.exports.geojson import write_geojson
from mapping.exports.geopackage import write_geopackage
from mapping.exports.parquet import write_parquet
from mapping.exports.progress import Watcher
from mapping.exports.standard_form import write_both, write_form, write_incomplete
from mapping.exports.wanted import Wanted
from mapping.exports.workbook import write_xlsx
from mapping.subjects import subject_of

Writer = Callable[[Wanted, User, Path, Watcher], int]

WRITERS: dict[str, Writer] = {
    "geojson": write_geojson,
    "geojsonl": write_geojson,
    "json": write_features,
    "csv": write_csv,
    "spreadsheet_csv": write_csv,
    "xlsx": write_xlsx,
    "gpkg": write_geopackage,
    "fgb": write_flatgeobuf,
    "shp": write_shapefile,
    "kml": write_kml,
    "parquet": write_parquet,
    "gbt47678": write_form,
    "gbt47678_incomplete": write_incomplete,
    "gbt47678_zip": write_both,
}


def make(wanted: Wanted, user: User, path: Path, progress: Watcher) -> int:
    """Write the file of an export; returns the number of rows in it."""
    return WRITERS[wanted.format.name](wanted, user, path, progress)


def count_rows(layer: Layer, row_filter: DeclaredFilter, user: User) -> int:
    """How many rows of a layer a filter leaves of what a user may export."""
    ids, params = subject_of(layer).ids(row_filter, user)
    key = f"{layer.subject}.id"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {layer.rows(key)} WHERE {key} IN ({ids}) AND {layer.condition}",  # noqa: S608
            params,
        )
        return int(cursor.fetchone()[0])
