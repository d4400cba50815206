"""The steps of preparing that read what cells say by themselves: texts, numbers, days, component and unique ids."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from assets.fields import IN_LEDGERS, Kind
from assets.models import Asset
from importing.preparing.cells import LONGEST_VALUE_SHOWN, Column, LedgerCells, NotImportable, filled
from importing.values import dates, numbers, words
from importing.values.parsed import Parsed
from places.tables.columns import Cells

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
LONGEST_SOURCE = Asset._meta.get_field("source").max_length or 0


class PlainValues(LedgerCells):
    """Texts, numbers and days."""

    def _read_texts(self) -> None:
        for name in _TEXTS:
            self.columns[name] = self._text(name, _PARSERS.get(name, words.parse_text))
        self.columns["source_id"] = self._text("source_id", words.parse_identifier)
        if len(self.options.source) > LONGEST_SOURCE:
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
        for place in filled(parsed.problems):
            if parsed.problems[place] == "digits_lost" and self.columns["uid"][place]:
                lost[place] = str(cells[place])[:LONGEST_VALUE_SHOWN]
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
                lengths_given = [None if length != length else length for length in lengths.tolist()]
                sides[side] = [
                    value if value is not None else other
                    for value, other in zip(sides[side], lengths_given, strict=True)
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


def _uuid(text: str | None) -> str | None:
    """A unique id as the database writes it; None for any other text."""
    try:
        return str(UUID(text)) if text else None
    except ValueError:
        return None
