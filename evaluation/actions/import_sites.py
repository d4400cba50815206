"""Take sites from a file into the register: new codes are added, known ones brought up to date, none is deleted."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _

from accounts.permissions import MANAGE_PLACES
from assets.history import Actor, acting, authorise
from assets.placing import placement_at
from importing.apart import read_apart
from importing.errors import LedgerError
from places.models import Site, SiteKind, Unit

NEEDED = ("code", "name", "kind", "lon", "lat")
OPTIONAL = ("address", "leader", "leader_unit", "responsible_person", "responsible_phone", "street")
MOST_SITES = 20_000
MOST_PROBLEMS = 40
_LENGTHS = {
    "code": 24,
    "name": 120,
    "address": 200,
    "leader": 40,
    "responsible_person": 40,
    "responsible_phone": 30,
}


class BadSites(Exception):
    """A file that cannot be taken: a sentence for each thing that is wrong, naming row and column."""

    def __init__(self, sentences: list[str]) -> None:
        self.sentences = sentences
        super().__init__("\n".join(sentences))


@dataclass(frozen=True)
class ImportedSites:
    """How many sites are new, how many were changed, how many are as they were."""

    added: int
    changed: int
    unchanged: int


def import_sites(actor: Actor, path: Path, filename: str) -> ImportedSites:
    """Take a file (CSV or XLSX), whole or not at all; positions in WGS84. The area follows from the position.

    Raises:
        PermissionDenied: the actor keeps no places.
        BadSites: what is wrong with the file.
    """
    authorise(actor, MANAGE_PLACES)
    rows = _read(path, filename)
    with acting(actor):
        known = {site.code: site for site in Site.objects.filter(code__in=[row["code"] for row in rows])}
        new: list[Site] = []
        changed: list[Site] = []
        for row in rows:
            site = known.get(row["code"])
            if site is None:
                new.append(Site(**row, area=placement_at(row["point"]).area))
            elif any(getattr(site, name) != value for name, value in row.items()):
                if site.point != row["point"]:
                    site.area = placement_at(row["point"]).area
                for name, value in row.items():
                    setattr(site, name, value)
                changed.append(site)
        Site.objects.bulk_create(new, batch_size=2_000)
        names = sorted({name for row in rows for name in row if name != "code"} | {"area"})
        Site.objects.bulk_update(changed, names, batch_size=1_000)
    return ImportedSites(len(new), len(changed), len(rows) - len(new) - len(changed))


def _read(path: Path, filename: str) -> list[dict[str, Any]]:
    try:
        table = read_apart(path, filename=filename)
    except LedgerError as error:
        raise BadSites([str(error)]) from error
    names = [name.strip() for name in table.names]
    problems = [
        _("The column “%(name)s” is missing.") % {"name": name} for name in NEEDED if name not in names
    ]
    problems += [
        _("There is no column “%(name)s” in such a file.") % {"name": name[:60]}
        for name in names
        if name not in (*NEEDED, *OPTIONAL)
    ]
    if len(table.rows) > MOST_SITES:
        problems.append(_("At most %(most)s sites in one file.") % {"most": MOST_SITES})
    if problems:
        raise BadSites(problems)
    kinds = {key: kind for kind in SiteKind.objects.all() for key in (kind.code, kind.name_zh)}
    units = {unit.name: unit for unit in Unit.objects.all()}
    rows: dict[str, dict[str, Any]] = {}
    for place, number in enumerate(table.rows):
        cells = {name: _text(table.columns[at][place]) for at, name in enumerate(names)}
        row = _site(int(number), cells, kinds, units, problems)
        if row["code"] in rows:
            problems.append(_wrong(int(number), "code", row["code"], _("It is in the file twice.")))
        rows[row["code"]] = row
    if not rows:
        problems.append(_("The file has no rows."))
    if problems:
        raise BadSites(problems[:MOST_PROBLEMS])
    return list(rows.values())


def _site(
    number: int,
    cells: dict[str, str],
    kinds: dict[str, SiteKind],
    units: dict[str, Unit],
    problems: list[str],
) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, most in _LENGTHS.items():
        if name not in cells:
            continue
        value = cells[name]
        if len(value) > most or (name in NEEDED and not value):
            problems.append(
                _wrong(number, name, value, _("Between 1 and %(most)s characters.") % {"most": most})
            )
        row[name] = value[:most]
    row["kind"] = kinds.get(cells["kind"])
    if row["kind"] is None:
        problems.append(_wrong(number, "kind", cells["kind"], _("There is no such kind of site.")))
    if "leader_unit" in cells:
        row["leader_unit"] = units.get(cells["leader_unit"])
        if cells["leader_unit"] and row["leader_unit"] is None:
            problems.append(
                _wrong(number, "leader_unit", cells["leader_unit"], _("There is no unit of this name."))
            )
    row["point"] = _point(number, cells, problems)
    return row


def _point(number: int, cells: dict[str, str], problems: list[str]) -> Point:
    try:
        lon, lat = float(cells["lon"]), float(cells["lat"])
        if not (73 <= lon <= 136 and 17 <= lat <= 54):
            raise ValueError
    except ValueError:
        sentence = _("Give longitude and latitude in degrees (WGS84).")
        problems.append(_wrong(number, "lon", f"{cells['lon']} {cells['lat']}", sentence))
        return Point(117, 36.7, srid=4326)
    return Point(round(lon, 7), round(lat, 7), srid=4326)


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    return repr(cell) if isinstance(cell, float) and cell != int(cell) else _plain(cell)


def _plain(cell: Any) -> str:
    return str(int(cell)) if isinstance(cell, float) else str(cell).strip().replace("\0", "")


def _wrong(number: int, column: str, value: str, sentence: str) -> str:
    return _("Row %(row)s, %(column)s “%(value)s”: %(sentence)s") % {
        "row": number,
        "column": column,
        "value": value[:60],
        "sentence": sentence,
    }
