"""`manage.py build_basemap FILE…`: builds the base map that the product serves itself (see mapping/basemap/)."""

import re
import time
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from mapping.basemap.archive import Origin
from mapping.basemap.building import Wanted, build
from mapping.basemap.errors import BasemapError
from mapping.basemap.naming import read_rules
from mapping.basemap.reading import BBox

_OSM_CREDIT = {"zh-hans": "© OpenStreetMap 贡献者", "en": "© OpenStreetMap contributors"}
_OSM_LICENCE = "ODbL 1.0"
_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


def rectangle(text: str) -> BBox:
    """W,S,E,N in degrees.

    Raises:
        ArgumentTypeError: it is none.
    """
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise ArgumentTypeError(_("four numbers are needed: west,south,east,north")) from None
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise ArgumentTypeError(_("this is no rectangle: west,south,east,north in degrees"))
    return west, south, east, north


def date(text: str) -> str:
    """A day, a month or a year.

    Raises:
        ArgumentTypeError: it is none.
    """
    if not _DATE.fullmatch(text):
        raise ArgumentTypeError(_("a date is a year, a month or a day: 2020, 2020-11 or 2020-11-30"))
    return text


class Command(BaseCommand):
    """Builds the base map."""

    help = "Builds the base map from open map data, or takes over finished tiles, and has it served."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "files",
            nargs="+",
            type=Path,
            help=".osm.pbf, .shp, .gpkg, .gdb, .geojson; or one .pmtiles or .mbtiles",
        )
        parser.add_argument("--bbox", type=rectangle, help="cut to west,south,east,north (WGS84)")
        parser.add_argument(
            "--map", type=Path, help="a JSON file that says which layers and columns are what"
        )
        parser.add_argument(
            "--crs", help="wgs84, gcj02, bd09 or EPSG:n; overrides what the files say of themselves"
        )
        parser.add_argument("--credit", help="whom to name on the map")
        parser.add_argument("--credit-en", help="the same for English pages")
        parser.add_argument("--licence", help="under which licence the data comes")
        parser.add_argument("--date", type=date, help="of when the data is: 2020, 2020-11 or 2020-11-30")

    def handle(
        self,
        *args: Any,
        files: list[Path],
        bbox: BBox | None,
        map: Path | None,
        crs: str | None,
        **options: Any,
    ) -> None:
        """Build, and say what became of it."""
        started = time.perf_counter()
        try:
            rules = tuple(read_rules(map)) if map else ()
            built = build(Wanted(tuple(files), _origin(files, **options), crs, bbox, rules))
        except BasemapError as error:
            raise CommandError(str(error)) from error
        for layer in built.left_out:
            self.stdout.write(
                _("Left out, since nothing says what it is (--map): %(layer)s") % {"layer": layer}
            )
        for name, count in built.features.items():
            self.stdout.write(f"  {name}: {count:,}")
        self.stdout.write(
            _("Base map %(build)s: %(size)s MB, built in %(seconds)s s. It is served from now on.")
            % {
                "build": built.build,
                "size": f"{built.size / 1e6:,.2f}",
                "seconds": f"{time.perf_counter() - started:.1f}",
            }
        )


def _origin(
    files: list[Path],
    credit: str | None = None,
    credit_en: str | None = None,
    licence: str | None = None,
    date: str | None = None,
    **_others: Any,
) -> Origin:
    """Where the data comes from; an OSM file says that by its ending."""
    is_osm = all(path.suffix.lower() == ".pbf" for path in files)
    names = dict(_OSM_CREDIT) if is_osm and not credit else {}
    if credit:
        names["zh-hans"] = credit
    if credit_en or credit:
        names["en"] = credit_en or credit or ""
    return Origin(
        sources=tuple(path.name for path in files),
        credit=names,
        licence=licence or (_OSM_LICENCE if is_osm else ""),
        date=date or "",
    )
