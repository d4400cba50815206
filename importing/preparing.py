"""From the table of a ledger to columns ready for staging: headers to fields, cells to values, names to keys,
positions to WGS84 and to areas. Says what is wrong with single cells; what needs the assets is `checking`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
import shapely
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from assets.code_lists import Choices, fixed_list
from assets.fields import IN_LEDGERS, Kind
from assets.models import CONDITION_BY_CODE, Asset, AssetType, Condition, Lifecycle
from importing import identity, names, outlines, remarks
from importing.headers import (
    COUNTING,
    ColumnGuess,
    export_titles,
    guess_columns,
    own_columns,
    squeezed,
    stated_system,
)
from importing.options import ImportOptions
from importing.positions import MISSING, ONE_POINT, WORLD, check_positions, suggest_crs
from importing.reading import Table
from importing.reading.table import ABOUT_GEOMETRY
from importing.values import coordinates, dates, numbers, words
from importing.values.parsed import Parsed, control_character
from importing.verdicts import Verdict
from places.coordinates import CGCS2000, CRS, WGS84, UnknownCRSError, parse_crs, to_wgs84
from places.models import Area, Level
from places.resolving import NOWHERE, AreaKeys, Resolver
from places.tables.columns import Cells, Remark, showable

Column = list[Any]

# What ledgers say in a way of its own; every other field that they bring is read as its kind is written.
_READ_APART = frozenset(
    {
        "legacy_code", "source_id", "type", "themes", "road", "site", "owner", "maintainer", "supervisor", "width",
        "height", "faces", "facing",
    }
)  # fmt: skip


def _read_as(*kinds: Kind) -> tuple[str, ...]:
    plain = [name for name, declared in IN_LEDGERS.items() if declared.by_hand and name not in _READ_APART]
    return tuple(name for name in plain if IN_LEDGERS[name].kind in kinds)


_TEXTS = _read_as(Kind.TEXT)
_YES_OR_NO = _read_as(Kind.BOOLEAN)
_WHOLE_NUMBERS = _read_as(Kind.INTEGER)
_NUMBERS = _read_as(Kind.NUMBER)
_DAYS = _read_as(Kind.DATE)
# What is called a day in a ledger was a number such as 3-1 before a spreadsheet took it for one.
_PARSERS = {
    **dict.fromkeys(("name", "address", "building"), words.parse_label),
    "building_phone": words.parse_dialled,
}
_UNITS = ("owner", "maintainer", "supervisor")
_POSITION_FIELDS = frozenset({"lon", "lat", "coordinates"})
# Understood as headers, but an asset has no such column, or it is not written by an import.
_NOT_IMPORTED = ("depth", "contact", "telephone", "artwork", "photos")
# What a row is told by: half a text does not do.
_KEYS = ("code", "legacy_code", "source_id", "name", "type")
# About a hundred kilometres: no asset is as wide, but a shape across the 180th meridian is, and one with a slip of the
# pen in a corner; its middle would be anywhere.
_WIDEST_SHAPE_DEG = 1.0
_LONGEST_VALUE_SHOWN = 200
_LONGEST_SOURCE = Asset._meta.get_field("source").max_length or 0


# Codes of cells whose text is not all there: it is no value.
_INCOMPLETE = ("text_cut", "text_unreadable", "cell_too_long")


class NotImportable(Exception):
    """A ledger that cannot be imported with these options. `code` is stable, `str()` says what to do."""

    def __init__(self, code: str, sentence: str) -> None:
        self.code = code
        super().__init__(sentence)


@dataclass(frozen=True)
class Prepared:
    """A ledger ready for `staging.staged`.

    columns: one list for each of `staging.COPIED`, one element a row.
    headers: field → its header in the file.
    position_columns: x and y as numbers in the file's system, for geodata, whose rows to correct need columns.
    notes: sentences about the file as a whole.
    crs: code of the system its coordinates were read in; empty when it has none.
    """

    options: ImportOptions
    columns: Mapping[str, Column]
    verdicts: Sequence[Verdict]
    headers: Mapping[str, str]
    notes: tuple[str, ...] = ()
    position_columns: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    crs: str = ""


Watch = Callable[[int, Sequence[Verdict]], None]
"""Called after each step of `prepare` with its number, from 1 to STEPS, and all that has been said so far."""
STEPS = 6


def nobody_watches(_step: int, _said: Sequence[Verdict]) -> None:
    """For callers that wait for the end."""


def prepare(table: Table, options: ImportOptions, watch: Watch = nobody_watches) -> Prepared:
    """Parse everything in a table that can be parsed without looking at the assets of the catalogue.

    Raises:
        LedgerError: `options.columns` names a field or column that does not exist.
        NotImportable: crs_needed, default_type_unknown, source_too_long.
    """
    return _Preparation(table, options).run(watch)


class Coordinates(NamedTuple):
    """x and y as a file has them, NaN where a row has none; whether they are its geometry, and the system it states."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    from_geometry: bool
    stated: CRS | None


def coordinates_of(table: Table, options: ImportOptions) -> Coordinates:
    """The coordinates of a table, or of some of its rows, before anybody says in which system they are."""
    preparation = _Preparation(table, options)
    x, y, from_geometry = preparation._coordinates()
    return Coordinates(x, y, from_geometry, preparation._stated(from_geometry))


class _Preparation:
    """The steps of `prepare`, each filling some of `columns`; values not stated are None."""

    def __init__(self, table: Table, options: ImportOptions) -> None:
        self.table = table
        self.options = options
        self.rows = table.rows.tolist()
        self.nothing: Column = [None] * len(self.rows)
        self.columns: dict[str, Column] = {"row_no": self.rows}
        self.verdicts: list[Verdict] = []
        self.notes: list[str] = []
        self.position_columns: dict[str, NDArray[Any]] = {}
        self.crs: CRS | None = None
        self.guess = self._map_columns()
        self.headers = dict(self.guess.columns)
        self.notes += [remarks.sentence(one.code, one.params) for one in table.remarks if one.row is None]
        self.remarks = [one for one in table.remarks if one.row is not None]

    def run(self, watch: Watch) -> Prepared:
        """All steps in their order: later ones use what earlier ones found."""
        self._say_remarks()
        for step, read in enumerate(
            (self._read_texts, self._read_numbers, self._read_days, self._find_names), start=1
        ):
            read()
            watch(step, self.verdicts)
        x, y = self._place()
        watch(5, self.verdicts)
        self._identify(x, y)
        watch(STEPS, self.verdicts)
        return Prepared(
            self.options,
            self.columns,
            self.verdicts,
            self.headers,
            tuple(self.notes),
            self.position_columns,
            str(self.crs) if self.crs else "",
        )

    # --- Columns and cells --------------------------------------------------------------------------------------

    def _map_columns(self) -> ColumnGuess:
        guess = guess_columns(self.table.names, self.options.columns, self._left_out_columns())
        number = guess.columns.get("source_id")
        if number and "source_id" not in self.options.columns and number.strip().lower() in COUNTING:
            del guess.columns["source_id"]
        self._say_columns(guess)
        return guess

    def _say_columns(self, guess: ColumnGuess) -> None:
        """Name the columns that are not taken, and why their headings alone did not do.

        The reasons are those of the headings, so that they are the same whether a person left the columns out or nobody
        was asked.
        """
        taken = set(guess.columns.values())
        bare = guess_columns(self.table.names)
        explained = set()
        number = bare.columns.get("source_id")
        if number and number not in taken and number.strip().lower() in COUNTING:
            explained.add(number)
            self.notes.append(
                _(
                    "Column “%(column)s” only counts the rows and is not taken for the office's own number. "
                    "If it is one, say source_id=%(column)s."
                )
                % {"column": number}
            )
        for name, claims in bare.contested.items():
            if name not in guess.columns and taken.isdisjoint(claims):
                explained.update(claims)
                self.notes.append(
                    _("Several columns could be “%(field)s” and none is taken: %(columns)s.")
                    % {"field": name, "columns": ", ".join(claims)}
                )
        for column, fields in bare.unclear.items():
            if column not in taken:
                explained.add(column)
                self.notes.append(
                    _("Column “%(column)s” could be %(fields)s and is not taken.")
                    % {"column": column, "fields": " / ".join(fields)}
                )
        self._say_left_out(
            guess, [name for name in self.table.names if name not in taken and name not in explained]
        )

    def _say_left_out(self, guess: ColumnGuess, names: Sequence[str]) -> None:
        """Name the columns without a meaning here, but for those of an export of ours, which follow from others."""
        if not self.options.positions_from_columns:
            names = [name for name in names if name != self.table.shape_column]
        left_out = [*names, *(guess.columns[name] for name in _NOT_IMPORTED if name in guess.columns)]
        ours = own_columns(self.table.names)
        left_out = [name for name in left_out if name not in ours]
        if left_out:
            self.notes.append(
                _("Columns that are not imported: %(columns)s.") % {"columns": ", ".join(left_out)}
            )

    def _left_out_columns(self) -> frozenset[str]:
        """The columns that are no field: a person said so, or they spell out shapes."""
        spells = self.table.shape_column
        return self.options.ignored if spells is None else self.options.ignored | {spells}

    def _takes_shapes(self) -> bool:
        """Whether positions come from shapes: they beat columns, unless a person said otherwise."""
        if self.table.geometry is None or self.options.positions_from_columns:
            return False
        return self.table.has_shapes or _POSITION_FIELDS.isdisjoint(self.guess.columns)

    def _cells(self, name: str) -> Cells | None:
        """The cells of a field's column, without what its reader had to leave incomplete."""
        column = self.guess.columns.get(name)
        if column is None:
            return None
        cells = self.table[column]
        broken = [one.row or 0 for one in self.remarks if one.column == column and one.code in _INCOMPLETE]
        if broken:
            cells = cells.copy()
            cells[np.isin(self.table.rows, broken)] = None
        return cells

    def _say_remarks(self) -> None:
        """What the reader noticed about rows, and about cells that are to be imported."""
        fields = {column: name for name, column in self.guess.columns.items()}
        for one in self.remarks:
            if one.code not in ABOUT_GEOMETRY and (not one.column or one.column in fields):
                self._say_remark(one, fields.get(one.column, ""))

    def _say_remark(self, one: Remark, name: str) -> None:
        assert one.row is not None
        code = "key_cut" if one.code == "text_cut" and name in _KEYS else one.code
        text = showable(one.value[:_LONGEST_VALUE_SHOWN])
        self.verdicts.append(Verdict(one.row, code, name, self.headers.get(name, ""), text, dict(one.params)))

    def _say(self, place: int, code: str, name: str = "", value: Any = None, **params: Any) -> None:
        text = "" if value is None else showable(str(value)[:_LONGEST_VALUE_SHOWN])
        self.verdicts.append(
            Verdict(self.rows[place], code, name, self.guess.columns.get(name, ""), text, params)
        )

    def _parsed(self, name: str, parse: Callable[[Cells], Parsed]) -> Column:
        """The column of a field, parsed; its problems said."""
        cells = self._cells(name)
        if cells is None:
            return list(self.nothing)
        parsed = parse(cells)
        self._say_problems(name, cells, parsed.problems)
        values = parsed.values.tolist()
        if parsed.values.dtype != object:
            values = [None if value != value else value for value in values]
        return values

    def _say_problems(self, name: str, cells: Cells, problems: Cells) -> None:
        for place in _filled(problems):
            self._say_problem(place, problems[place], name, cells[place])

    def _say_problem(self, place: int, code: str, name: str, cell: Any) -> None:
        params = {"character": control_character(cell)} if code == "control_character" else {}
        self._say(place, code, name, cell, **params)

    def _within(self, name: str, column: Column, least: float, most: float) -> Column:
        """The numbers of a column that fit; the others are refused, not bent."""
        for place, value in enumerate(column):
            if value is not None and not least <= value <= most:
                self._say(place, "number_out_of_range", name, value, least=least, most=most)
                column[place] = None
        return column

    # --- Texts, numbers, days -----------------------------------------------------------------------------------

    def _read_texts(self) -> None:
        for name in _TEXTS:
            self.columns[name] = self._text(name, _PARSERS.get(name, words.parse_text))
        self.columns["source_id"] = self._text("source_id", words.parse_identifier)
        if len(self.options.source) > _LONGEST_SOURCE:
            raise NotImportable("source_too_long", _("The name of the source is too long."))
        self._read_uids()
        self._read_component_ids()

    def _text(self, name: str, parse: Callable[[Cells], Parsed]) -> Column:
        column = self._parsed(name, parse)
        most = getattr(Asset._meta.get_field(name), "max_length", None)
        if most is not None and max(map(len, filter(None, column)), default=0) > most:
            for place, text in enumerate(column):
                if text is not None and len(text) > most:
                    self._say(place, "text_too_long", name, text, length=len(text), most=most)
                    column[place] = None
        return [text or None for text in column]

    def _read_component_ids(self) -> None:
        """17 digits are the component id, 16 that of 2013, whichever of the two columns they stand in."""
        codes, legacy, lost = list(self.nothing), list(self.nothing), list(self.nothing)
        for name in ("code", "legacy_code"):
            for place, text in enumerate(self._ids_still_whole(name, lost)):
                if not text:
                    continue
                if text.isascii() and text.isdigit() and len(text) == 17:
                    codes[place] = text
                elif text.isascii() and text.isdigit() and len(text) == 16:
                    legacy[place] = text
                else:
                    self._say(place, "component_id_malformed", name, text)
        self.columns["code"], self.columns["legacy_code"], self.columns["lost_code"] = codes, legacy, lost

    def _ids_still_whole(self, name: str, lost: Column) -> Column:
        """The ids of a column; into `lost` go those that a spreadsheet cut short beside a unique id."""
        cells = self._cells(name)
        if cells is None:
            return self.nothing
        parsed = words.parse_identifier(cells)
        for place in _filled(parsed.problems):
            if parsed.problems[place] == "digits_lost" and self.columns["uid"][place]:
                lost[place] = str(cells[place])[:_LONGEST_VALUE_SHOWN]
            else:
                self._say_problem(place, parsed.problems[place], name, cells[place])
        return list(parsed.values.tolist())

    def _read_uids(self) -> None:
        """The catalogue's own unique ids, which only our exports carry; anything else there means nothing."""
        uids = self._parsed("uid", words.parse_text)
        self.columns["uid"] = [_uuid(text) for text in uids]
        foreign = sum(
            uid is None and text is not None for uid, text in zip(self.columns["uid"], uids, strict=True)
        )
        if foreign:
            self.notes.append(
                _(
                    "%(rows)s values in column “%(column)s” are no unique ids of the catalogue and are not used."
                )
                % {"rows": foreign, "column": self.headers["uid"]}
            )

    def _read_numbers(self) -> None:
        units = self.guess.units
        sides: dict[str, Column] = {}
        for side in ("width", "height"):
            sides[side] = self._parsed(side, partial(numbers.parse_length, unit=units.get(side)))
        cells = self._cells("size")
        if cells is not None:
            sizes = numbers.parse_size(cells, units.get("size"))
            self._say_problems("size", cells, sizes.problems)
            for side, lengths in (("width", sizes.width), ("height", sizes.height)):
                given = [None if length != length else length for length in lengths.tolist()]
                sides[side] = [
                    one if one is not None else other for one, other in zip(sides[side], given, strict=True)
                ]
        for side, column in sides.items():
            rounded = [None if value is None else round(value, 2) for value in column]
            self.columns[side] = self._within(
                side if side in self.headers else "size", rounded, 0.01, 99_999.99
            )
        self.columns["faces"] = self._within("faces", self._parsed("faces", numbers.parse_integer), 1, 32_767)
        self.columns["facing"] = self._within("facing", self._parsed("facing", numbers.parse_facing), 0, 359)
        accuracy = self._parsed("position_accuracy", numbers.parse_number)
        self.columns["position_accuracy"] = self._within("position_accuracy", accuracy, 0, 1e6)
        for name in _YES_OR_NO:
            self.columns[name] = self._parsed(name, words.parse_boolean)
        for name in _WHOLE_NUMBERS:
            self.columns[name] = self._within(name, self._parsed(name, numbers.parse_integer), 0, 32_767)
        for name in _NUMBERS:
            self.columns[name] = self._within(name, self._parsed(name, numbers.parse_number), 0, 99_999.99)

    def _read_days(self) -> None:
        now = timezone.now()
        days = ((name, dates.parse_date, timezone.localdate(now)) for name in _DAYS)
        for name, parse, latest in (*days, ("inspected_at", dates.parse_datetime, now)):
            column = self._parsed(name, parse)
            for place, moment in enumerate(column):
                if moment is not None and moment > latest:
                    self._say(place, "day_in_future", name, moment)
                    column[place] = None
            self.columns[name] = column

    # --- Names --------------------------------------------------------------------------------------------------

    def _find_names(self) -> None:
        self._find_types()
        self._find_themes()
        self._find_conditions()
        for name, load in (("road", names.roads), ("site", names.sites)):
            self.columns[f"{name}_id"] = self._look_up(name, load, f"{name}_unknown")
        self._find_units()

    def _look_up(self, name: str, load: Callable[[], names.Names[Any]], code: str) -> Column:
        """The keys of the entries that a column names; unknown names are said and left out."""
        said = self._parsed(name, words.parse_text)
        if not any(said):
            return said
        entries = load()
        keys = {text: entries.find(text) for text in set(said) if text}
        found = [keys[text] if text else None for text in said]
        for place, text in enumerate(said):
            if text and found[place] is None:
                self._say(place, code, name, text, said=text[:_LONGEST_VALUE_SHOWN])
        return found

    def _find_types(self) -> None:
        default = None
        if self.options.default_type:
            default = (
                AssetType.objects.filter(code=self.options.default_type).values_list("pk", flat=True).first()
            )
            if default is None:
                codes = ", ".join(AssetType.objects.values_list("code", flat=True))
                raise NotImportable(
                    "default_type_unknown",
                    _("There is no type “%(code)s”. There are: %(codes)s.")
                    % {"code": self.options.default_type, "codes": codes},
                )
        unknown = "type_unknown" if default is None else "type_defaulted"
        self.columns["type_id"] = self._look_up(
            "type", lambda: names.types().also_called(self.options.values.get("type", {})), unknown
        )
        self.columns["new_type_id"] = [default if key is None else key for key in self.columns["type_id"]]

    def _find_themes(self) -> None:
        said = self._parsed("themes", words.parse_list)
        entries = names.themes().also_called(self.options.values.get("theme", {})) if any(said) else None
        known = (
            {text: entries.find(text) for text in {one for texts in said for one in texts or ()}}
            if entries
            else {}
        )
        column: Column = list(self.nothing)
        for place, texts in enumerate(said):
            if not texts:
                continue
            column[place] = list(dict.fromkeys(code for text in texts if (code := known[text]))) or None
            for text in texts:
                if known[text] is None:
                    self._say(place, "theme_unknown", "themes", text, said=text[:_LONGEST_VALUE_SHOWN])
        self.columns["themes"] = column

    def _find_conditions(self) -> None:
        conditions = self._with_meanings("condition", {**words.CONDITION_WORDS, **_labels(Condition)})
        said = self._choice("condition", conditions, "condition_unknown")
        # 未检 states no condition.
        self.columns["condition"] = [CONDITION_BY_CODE[code].value or None if code else None for code in said]
        lifecycles = self._with_meanings("lifecycle", {**words.LIFECYCLE_WORDS, **_labels(Lifecycle)})
        self.columns["said_lifecycle"] = self._choice("lifecycle", lifecycles, "lifecycle_unknown")

    def _with_meanings(self, name: str, known: Mapping[str, str]) -> Mapping[str, str]:
        """Known words with those that a person said mean one of the same codes; what is known stays as it is."""
        codes = set(known.values())
        said = self.options.values.get(name, {})
        return {word: code for word, code in said.items() if code in codes} | dict(known)

    def _choice(self, name: str, meanings: Mapping[str, str], unknown: str) -> Column:
        cells = self._cells(name)
        if cells is None:
            return list(self.nothing)
        parsed = words.parse_choice(cells, meanings)
        for place in _filled(parsed.problems):
            problem = parsed.problems[place]
            text = str(cells[place]).strip()
            if problem == "unknown_word":
                self._say(place, unknown, name, text, said=text[:_LONGEST_VALUE_SHOWN])
            else:
                self._say_problem(place, problem, name, cells[place])
        return list(parsed.values.tolist())

    def _find_units(self) -> None:
        """Owners, maintainers, supervisors; names that are to be entered are kept for `apply_import`."""
        known = None
        if any(self._cells(unit) is not None for unit in _UNITS):
            known = names.units().also_called(self.options.values.get("unit", {}))
        for unit in _UNITS:
            said = self._parsed(unit, words.parse_text)
            keys = {text: known.find(text) for text in set(said) if text} if known else {}
            self.columns[f"{unit}_id"] = [keys[text] if text else None for text in said]
            self.columns[f"{unit}_name"] = list(self.nothing)
            for place, text in enumerate(said):
                if not text or self.columns[f"{unit}_id"][place] is not None:
                    continue
                if not self.options.create_units:
                    self._say(place, "unit_unknown", unit, text, said=text[:_LONGEST_VALUE_SHOWN])
                elif len(text) > 120:
                    self._say(place, "text_too_long", unit, text, length=len(text), most=120)
                else:
                    self.columns[f"{unit}_name"][place] = text

    # --- Where --------------------------------------------------------------------------------------------------

    def _place(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Positions, areas and footprints; returns the coordinates as the file has them."""
        if self.options.without_positions:
            return self._leave_positions()
        x, y, from_geometry = self._coordinates()
        if from_geometry:
            for one in self.remarks:
                if one.code in ABOUT_GEOMETRY:
                    self._say_remark(one, "lon")
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
        for place in _filled(positions.verdicts):
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
        known = np.isfinite(lon) & np.isfinite(lat)
        found[known] = resolver.positions(lon[known], lat[known])
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

    # --- Identity -----------------------------------------------------------------------------------------------

    def _identify(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
        """The ledger's numbers under its source, a derived one for rows without any; rows that say the same."""
        numbered = zip(
            self.columns["code"], self.columns["legacy_code"], self.columns["source_id"], strict=True
        )
        unnumbered = [place for place, keys in enumerate(numbered) if not any(keys)]
        self._say_copies(set(unnumbered))
        self.columns["derived"] = [False] * len(self.rows)
        self.columns["source"] = self._sources()
        if not unnumbered:
            return
        position = [
            [None if value != value else round(value, 9) for value in column.tolist()] for column in (x, y)
        ]
        said_type = self._cells("type")
        kinds = self.nothing if said_type is None else words.parse_text(said_type).values.tolist()
        identifying = [
            self.columns["name"],
            self.columns["address"],
            self.columns["building"],
            kinds,
            *position,
        ]
        stated = [
            column if name != "themes" else [",".join(codes or ()) for codes in column]
            for name, column in sorted(self.columns.items())
            if name not in ("row_no", "derived", "source", "source_id")
        ]
        # Without a position a row does not come in, and what it would have said is not all there.
        placed = [place for place in unnumbered if self.columns["lon"][place] is not None]
        for place, earlier in identity.copies(
            [[column[place] for place in placed] for column in stated]
        ).items():
            self._say(placed[place], "repeated_row", other=self.rows[placed[earlier]])
        numbers_ = identity.derived_numbers(identifying, stated, unnumbered)
        for place, number in numbers_.items():
            self.columns["source_id"][place] = number
            self.columns["derived"][place] = True

    def _sources(self) -> Column:
        """Whose numbers they are: the import's source, or row by row in an export of ours that comes back."""
        column = [self.options.source] * len(self.rows)
        said_in = self._column_of_sources()
        if said_in is not None:
            said = words.parse_text(self.table[said_in]).values.tolist()
            column = [text or source for text, source in zip(said, column, strict=True)]
            if max(map(len, column)) > _LONGEST_SOURCE:
                raise NotImportable("source_too_long", _("The name of the source is too long."))
        return column

    def _column_of_sources(self) -> str | None:
        """The column that names each row's source; only an export of ours has one, beside its numbers."""
        if squeezed(self.headers.get("source_id", "")) not in export_titles("source_id"):
            return None
        return next((name for name in self.table.names if squeezed(name) in export_titles("source")), None)

    def _say_copies(self, unnumbered: set[int]) -> None:
        """Rows that repeat an earlier one in every cell, its number too: that one stands for all of them.

        Without a number they may well be two things, such as two lamps on one mast.
        """
        columns = [cells.tolist() for cells in self.table.columns]
        if self.table.geometry is not None:
            columns.append(shapely.to_wkb(self.table.geometry).tolist())
        for place, earlier in identity.copies(columns).items():
            if place not in unnumbered:
                self._say(place, "identical_row", other=self.rows[earlier])


def _is_system(number: int, crs: CRS) -> bool:
    """Whether an EPSG number names a system; WGS84 and CGCS2000 in degrees are one at this accuracy."""
    try:
        named = parse_crs(f"EPSG:{number}")
    except UnknownCRSError:
        return False
    return named == crs or {named, crs} == {WGS84, CGCS2000}


def _labels(choices: Choices) -> dict[str, str]:
    """What our own exports call the entries of a list, in every language → code."""
    return {label: one.code for one in fixed_list(choices) for label in (one.zh, one.en)}


def _uuid(text: str | None) -> str | None:
    """A unique id as the database writes it; None for any other text."""
    try:
        return str(UUID(text)) if text else None
    except ValueError:
        return None


def _filled(cells: Cells) -> list[int]:
    """The places of an object array that hold something."""
    return [place for place, cell in enumerate(cells.tolist()) if cell is not None]


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
