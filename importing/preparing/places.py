"""The steps of preparing that say where a row stands: coordinates, their system, areas, footprints."""

from __future__ import annotations

import numpy as np
import shapely
from django.conf import settings
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from importing import names, outlines
from importing.headers import stated_system
from importing.positions import MISSING, ONE_POINT, WORLD, check_positions, suggest_crs
from importing.preparing.cells import Column, NotImportable, filled
from importing.preparing.entries import Entries
from importing.reading.table import ABOUT_GEOMETRY
from importing.values import coordinates
from importing.verdicts import Verdict
from places.coordinates import CGCS2000, CRS, WGS84, UnknownCRSError, parse_crs, to_wgs84
from places.models import Area, Level
from places.resolving import NOWHERE, AreaKeys, Resolver

# About a hundred kilometres: no asset is as wide, but a shape across the 180th meridian is, and one with a slip of the
# pen in a corner; its middle would be anywhere.
_WIDEST_SHAPE_DEG = 1.0


class Places(Entries):
    """Positions to WGS84 and to areas; areas that a ledger names are entries too."""

    def _place(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Positions, areas and footprints; returns the coordinates as the file has them."""
        if self.options.without_positions:
            return self._leave_positions()
        x, y, from_geometry = self._coordinates()
        if from_geometry:
            for remark in self.remarks:
                if remark.code in ABOUT_GEOMETRY:
                    self._say_remark(remark, "lon")
        self.columns["footprint"] = list(self.nothing)
        if self.options.exchanged:
            x, y = y, x
        lon, lat = np.full(len(x), np.nan), np.full(len(x), np.nan)
        if np.isfinite(x).any() or np.isfinite(y).any():
            self.crs = self._choose_crs(x, y, from_geometry)
            if from_geometry:
                x, y = self._without_other_systems(x, y, self.crs)
            lon, lat = self._check_positions(x, y, self.crs)
            if from_geometry:
                self._keep_footprints(self.crs)
        self.columns["lon"] = [None if value != value else value for value in lon.tolist()]
        self.columns["lat"] = [None if value != value else value for value in lat.tolist()]
        self._find_areas(lon, lat)
        return x, y

    def _leave_positions(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """No positions, since somebody said so."""
        self.notes.append(_("No positions are taken from the file, as asked."))
        nowhere = np.full(len(self.rows), np.nan)
        for name in ("lon", "lat", "footprint"):
            self.columns[name] = list(self.nothing)
        self._find_areas(nowhere, nowhere)
        return nowhere, nowhere

    def _coordinates(self) -> tuple[NDArray[np.float64], NDArray[np.float64], bool]:
        """x, y as the file has them, and whether they come from its geometry."""
        geometry = self.table.geometry
        if geometry is not None and self._takes_shapes():
            points = shapely.point_on_surface(geometry)
            x, y = shapely.get_x(points), shapely.get_y(points)
            is_point = shapely.get_type_id(geometry) == shapely.GeometryType.POINT
            x, y = (
                np.where(is_point, shapely.get_x(geometry), x),
                np.where(is_point, shapely.get_y(geometry), y),
            )
            if self.table.shape_column is None:
                self.position_columns = {"x": x, "y": y}
                self.headers |= {"lon": "x", "lat": "y"}
            else:
                self.headers |= dict.fromkeys(("lon", "lat"), self.table.shape_column)
            return x, y, True
        pair = self._cells("coordinates")
        if pair is not None:
            pairs = coordinates.parse_coordinate_pair(pair)
            self._say_problems("coordinates", pair, pairs.problems)
            return pairs.x, pairs.y, False
        columns = []
        for name in ("lon", "lat"):
            cells = self._cells(name)
            if cells is None:
                columns.append(np.full(len(self.rows), np.nan))
                continue
            parsed = coordinates.parse_coordinate(cells)
            self._say_problems(name, cells, parsed.problems)
            columns.append(parsed.values)
        return columns[0], columns[1], False

    def _district(self) -> shapely.Geometry | None:
        return self.options.district or outlines.known_districts()

    def _choose_crs(self, x: NDArray[np.float64], y: NDArray[np.float64], from_geometry: bool) -> CRS:
        """What the person says, else what the file says of its geometry; never a guess."""
        stated = self._stated(from_geometry)
        if self.options.crs is not None:
            if stated is not None and stated != self.options.crs:
                self.notes.append(
                    _("The file says its coordinates are %(stated)s; they are read as %(crs)s, as asked.")
                    % {"stated": stated.title, "crs": self.options.crs.title}
                )
            return self.options.crs
        if stated is not None:
            return stated
        fits = suggest_crs(x, y, district=self._district())
        seen = "\n".join(f"  {fit}" for fit in fits) or "  " + _("no known system fits them")
        raise NotImportable(
            "crs_needed",
            _(
                "The file does not say which coordinate system its numbers are in; name it (--crs), or say that no"
                " positions are to be taken (--crs none). They look like:"
            )
            + "\n"
            + seen,
        )

    def _stated(self, from_geometry: bool) -> CRS | None:
        return self.table.crs if from_geometry else self._system_in_headers()

    def _system_in_headers(self) -> CRS | None:
        """The system that the headers of both coordinates name, or that of the column which holds both."""
        pair = "coordinates" in self.headers
        names = ("coordinates",) if pair else ("lon", "lat")
        stated = {stated_system(self.headers[name]) for name in names if name in self.headers}
        return stated.pop() if len(stated) == 1 else None

    def _check_positions(
        self, x: NDArray[np.float64], y: NDArray[np.float64], crs: CRS
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        if self.options.allow_outside:
            positions = check_positions(x, y, crs, plausible=WORLD)
        else:
            district = self._district()
            if district is None:
                self.notes.append(
                    _("No district boundary is known, so positions were not compared with one.")
                )
            positions = check_positions(x, y, crs, district=district)
        self.notes += [str(finding) for finding in positions.findings]
        name = "coordinates" if "coordinates" in self.guess.columns and "lon" not in self.headers else "lon"
        # A missing position is `checking`'s to judge: a row that names a known asset may leave it out.
        for place in filled(positions.verdicts):
            if positions.verdicts[place] != MISSING:
                self._say_position(place, positions.verdicts[place], name, x[place], y[place])
        for place in np.flatnonzero(positions.crowded & positions.fine).tolist():
            self._say_position(place, ONE_POINT, name, x[place], y[place])
        return positions.lon, positions.lat

    def _say_position(self, place: int, code: str, name: str, x: float, y: float) -> None:
        self.verdicts.append(
            Verdict(self.rows[place], code, name, self.headers.get(name, ""), f"{float(x)!r}, {float(y)!r}")
        )

    def _without_other_systems(
        self, x: NDArray[np.float64], y: NDArray[np.float64], crs: CRS
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The coordinates without those of rows that name another system than the one they would be read in."""
        systems = self.table.shape_systems
        if systems is None:
            return x, y
        others = np.zeros(len(x), dtype=bool)
        for number in set(systems.tolist()) - {0}:
            if not _is_system(number, crs):
                others |= systems == number
        for place in np.flatnonzero(others & np.isfinite(x)).tolist():
            self._say(place, "system_differs", "lon", said=int(systems[place]), crs=crs.code)
        return np.where(others, np.nan, x), np.where(others, np.nan, y)

    def _keep_footprints(self, crs: CRS) -> None:
        """Lines and polygons stay with the asset as its footprint, in WGS84."""
        geometry = self.table.geometry
        assert geometry is not None
        places = np.flatnonzero(np.isin(shapely.get_dimensions(geometry), (1, 2)))
        if not len(places):
            return
        self.notes.append(
            _(
                "%(rows)s rows are lines or areas: the asset stands at a point on its shape, and the shape is kept with"
                " it."
            )
            % {"rows": len(places)}
        )

        def convert(points: NDArray[np.float64]) -> NDArray[np.float64]:
            x, y = (1, 0) if self.options.exchanged else (0, 1)
            return np.column_stack(to_wgs84(points[:, x], points[:, y], crs))

        shapes = shapely.transform(geometry[places], convert)
        west, south, east, north = shapely.bounds(shapes).T
        wide = (east - west > _WIDEST_SHAPE_DEG) | (north - south > _WIDEST_SHAPE_DEG)
        for place, shape, valid, too_wide in zip(
            places.tolist(), shapes, shapely.is_valid(shapes), wide, strict=True
        ):
            if too_wide:
                self._say(place, "shape_too_wide", "lon")
            elif valid and not shapely.is_empty(shape):
                located = shapely.set_srid(shape, 4326)
                self.columns["footprint"][place] = shapely.to_wkb(located, hex=True, include_srid=True)
            else:
                self._say(place, "footprint_invalid", "lon")

    def _find_areas(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> None:
        resolver = Resolver()
        found = np.full(len(lon), -1)
        located = np.isfinite(lon) & np.isfinite(lat)
        found[located] = resolver.positions(lon[located], lat[located])
        streets = self._said_areas("street", Level.STREET)
        communities = self._said_areas("community", Level.COMMUNITY)
        gazetteer = _Gazetteer()
        answers: dict[tuple[int, int | None, int | None], tuple[AreaKeys, str]] = {}
        placed = []
        for key in zip(found.tolist(), streets, communities, strict=True):
            answer = answers.get(key)
            if answer is None:
                position, street, community = key
                placement = gazetteer.finer(resolver.placement(position), street, community)
                answer = answers[key] = (placement, gazetteer.code(placement.area))
            placed.append(answer)
        for name in ("area", "district", "street", "community"):
            self.columns[f"{name}_id"] = [getattr(placement, name) for placement, _code in placed]
        self.columns["scope_code"] = [code for _placement, code in placed]
        self.columns["said_street_id"], self.columns["said_community_id"] = streets, communities

    def _said_areas(self, name: str, level: Level) -> Column:
        return self._look_up(name, lambda: names.AreaNames(level), "area_unknown")


def _is_system(number: int, crs: CRS) -> bool:
    """Whether an EPSG number names a system; WGS84 and CGCS2000 in degrees are one at this accuracy."""
    try:
        named = parse_crs(f"EPSG:{number}")
    except UnknownCRSError:
        return False
    return named == crs or {named, crs} == {WGS84, CGCS2000}


class _Gazetteer:
    """Areas by key, for what a ledger says about them."""

    def __init__(self) -> None:
        rows = Area.objects.values_list("pk", "code", "level")
        self._code = {pk: code for pk, code, _level in rows}
        self._key = {code: pk for pk, code, _level in rows}

    def code(self, area: int | None) -> str:
        """What permission checks and component ids go by: the area's code, or the managing district's."""
        return self._code[area] if area is not None else settings.MANAGING_DISTRICT

    def finer(self, placement: AreaKeys, street: int | None, community: int | None) -> AreaKeys:
        """The area that the ledger states, where it lies in the one at the position and no finer boundary is known."""
        for stated in (community, street):
            if stated is None or placement.area is None or placement is NOWHERE:
                continue
            code, found = self._code[stated], self._code[placement.area]
            if code.startswith(found) and code != found:
                return AreaKeys(
                    area=stated,
                    district=self._key.get(code[:6]),
                    street=self._key.get(code[:9]),
                    community=self._key.get(code[:12]) if len(code) >= 12 else None,
                )
        return placement
