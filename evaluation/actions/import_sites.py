"""Take sites from a file into the register: new codes are added, known ones brought up to date, none is deleted.

Columns that say who answers become rows of responsibility: a keeper from today on, or nobody where all of them are
empty. They are an import of their own (`say_keepers`), which can be undone on its page.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import MANAGE_PLACES, MANAGE_RESPONSIBILITY, can
from assets.history import Actor, acting, authorise
from assets.placing import placement_at
from importing.apart import read_apart
from importing.errors import LedgerError
from places.answering import keepers_of
from places.models import Responsibility, ResponsibilityBatch, Site, SiteKind, Unit
from work.responsibility.actions.checking import Named
from work.responsibility.actions.say_keepers import say_keepers

NEEDED = ("code", "name", "kind", "lon", "lat")
# A site has one keeper: the person, else the leader, of the unit; the unit where no person is named.
ANSWERS = ("leader", "leader_unit", "responsible_post", "responsible_person", "responsible_phone")
OPTIONAL = ("address", *ANSWERS, "street")
# What somebody is called of whom a file says no post.
LEADERS_POST, KEEPERS_POST = "包挂领导", "点位管理员"
MOST_SITES = 20_000
MOST_PROBLEMS = 40
_LENGTHS = {
    "code": 24,
    "name": 120,
    "address": 200,
    "leader": 40,
    "responsible_post": 60,
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
    """How many sites are new, how many were changed, how many are as they were.

    Args:
        answers: the import of responsibilities that says who keeps them from now on; None where nothing changed.
        left_out: how many leaders were not entered, as the row names somebody else as the keeper.
    """

    added: int
    changed: int
    unchanged: int
    answers: ResponsibilityBatch | None = None
    left_out: int = 0


@dataclass(frozen=True)
class SiteRow:
    """One row of a file: columns of the site, and who keeps it.

    Args:
        says: the file has a column about that.
        names: and one that names persons; without, whoever is of the unit that it says goes on.
        leader_left_out: the row names a leader and somebody else as the keeper.
    """

    columns: dict[str, Any]
    says: bool
    names: bool
    keeper: Named | None
    leader_left_out: bool

    def goes_on(self, row: Responsibility | None) -> bool:
        """Whether whoever keeps the site is of the unit, and of the post, that a row without names says."""
        if self.names or row is None or self.keeper is None:
            return False
        post = self.keeper.post
        return row.holder.unit == self.keeper.unit and post in ("", row.holder.post)


def import_sites(actor: Actor, path: Path, filename: str) -> ImportedSites:
    """Take a file (CSV or XLSX), whole or not at all; positions in WGS84. The area follows from the position.

    Raises:
        PermissionDenied: the actor keeps no places.
        BadSites: what is wrong with the file; also that it says who answers where the actor does not say that.
    """
    authorise(actor, MANAGE_PLACES)
    rows = _read(path, filename)
    with acting(actor):
        codes = [row.columns["code"] for row in rows]
        registered = {
            site.code: site
            for site in Site.objects.filter(code__in=codes)
            .select_related("area", "kind")
            .defer("area__boundary")
        }
        new: list[Site] = []
        changed: list[Site] = []
        keep = keepers_of([site.pk for site in registered.values()], timezone.localdate())
        keepers: dict[str, Named | None] = {}
        for row in rows:
            columns, site = row.columns, registered.get(row.columns["code"])
            if row.says and not row.goes_on(keep.get(site.pk) if site else None):
                keepers[columns["code"]] = row.keeper
            if site is None:
                new.append(Site(**columns, area=placement_at(columns["point"]).area))
            elif any(getattr(site, name) != value for name, value in columns.items()):
                if site.point != columns["point"]:
                    site.area = placement_at(columns["point"]).area
                for name, value in columns.items():
                    setattr(site, name, value)
                changed.append(site)
        Site.objects.bulk_create(new, batch_size=2_000)
        names = sorted({name for row in rows for name in row.columns if name != "code"} | {"area"})
        Site.objects.bulk_update(changed, names, batch_size=1_000)
        sites = [*registered.values(), *new]
        # A site outside every area, as of a mistyped longitude, is nobody's to say who answers for.
        elsewhere = [
            site.code
            for site in sites
            if (keepers.get(site.code) or (site.code in keepers and site.pk in keep))
            and actor.user is not None
            and not can(actor.user, MANAGE_RESPONSIBILITY, site)
        ]
        if elsewhere:
            raise BadSites([_not_yours(code) for code in elsewhere[:MOST_PROBLEMS]])
        try:
            answers = say_keepers(
                actor, filename, {site: keepers[site.code] for site in sites if site.code in keepers}
            )
        except ValidationError as error:
            raise BadSites(error.messages) from error
    return ImportedSites(
        len(new),
        len(changed),
        len(rows) - len(new) - len(changed),
        answers,
        sum(row.leader_left_out for row in rows),
    )


def _not_yours(code: str) -> str:
    return _(
        "%(code)s lies where you do not say who answers: check lon and lat, or leave the columns of who answers out."
    ) % {"code": code}


def _read(path: Path, filename: str) -> list[SiteRow]:
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
    rows: dict[str, SiteRow] = {}
    for place, number in enumerate(table.rows):
        cells = {name: _text(table.columns[at][place]) for at, name in enumerate(names)}
        row = _site(int(number), cells, kinds, units, problems)
        code = row.columns["code"]
        if code in rows:
            problems.append(_wrong(int(number), "code", code, _("It is in the file twice.")))
        rows[code] = row
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
) -> SiteRow:
    row: dict[str, Any] = {}
    for name, most in _LENGTHS.items():
        if name not in cells:
            continue
        value = cells[name]
        if len(value) > most or (name in NEEDED and not value):
            problems.append(
                _wrong(number, name, value, _("Between 1 and %(most)s characters.") % {"most": most})
            )
        if name not in ANSWERS:
            row[name] = value[:most]
    row["kind"] = kinds.get(cells["kind"])
    if row["kind"] is None:
        problems.append(_wrong(number, "kind", cells["kind"], _("There is no such kind of site.")))
    row["point"] = _point(number, cells, problems)
    names = "leader" in cells or "responsible_person" in cells
    # A file of somebody who sees no names has a post alone where a person without a unit answers: it says nothing.
    silent = not names and cells.get("leader_unit") == "" and bool(cells.get("responsible_post"))
    says = any(name in cells for name in ANSWERS) and not silent
    keeper = _keeper(number, cells, units, problems) if says else None
    leader, person = cells.get("leader", ""), cells.get("responsible_person", "")
    return SiteRow(row, says, names, keeper, bool(leader and person and leader != person))


def _keeper(number: int, cells: dict[str, str], units: dict[str, Unit], problems: list[str]) -> Named | None:
    """Who keeps a site by its row; None where the row says nobody."""
    leader, person, called = (cells.get(name, "") for name in ("leader", "responsible_person", "leader_unit"))
    post, telephone = cells.get("responsible_post", ""), cells.get("responsible_phone", "")
    unit = units.get(called)
    if called and unit is None:
        problems.append(_wrong(number, "leader_unit", called, _("There is no unit of this name.")))
        return None
    name = person or leader
    if name:
        post = post or (KEEPERS_POST if person else LEADERS_POST)
    elif unit is None and (post or telephone):
        sentence = _("Name the unit or the person that this is about.")
        column = "responsible_post" if post else "responsible_phone"
        problems.append(_wrong(number, column, post or telephone, sentence))
    return Named(name, post, unit, telephone) if name or unit is not None else None


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
