"""The empty workbook that offices fill in: the importer's own columns, with lists to choose from where there is a list.

Its headers are understood without asking, whatever the language: the names people use for the fields are among the
synonyms the importer knows, and a test keeps it so.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from assets.fields import IN_LEDGERS, Kind
from assets.models import AssetType, Condition, Lifecycle, Theme
from importing.titles import title
from places.models import Area, Level, Road, Unit

# The order in which an office thinks of a thing: what, where, how, who. What is declared and not named here comes
# behind the last of its group.
_ORDER = (
    "source_id", "name", "type", "themes", "wording", "lon", "lat", "address", "street", "community", "road", "site",
    "building", "building_contact", "building_phone", "size", "faces", "material", "illuminated", "large", "facing",
    "condition", "inspected_at", "lifecycle", "installed_on", "content_changed_on", "owner", "maintainer", "supervisor",
    "photos", "code", "remarks",
)  # fmt: skip
NEEDED = ("name", "type", "lon", "lat")
ROWS = 2_000
"""How far down the lists reach."""

# One word for each, as the importer reads it: those of the declaration, and of what ledgers have beside.
_HEADINGS_ZH = {
    **{
        name: field.ledger.heading
        for name, field in IN_LEDGERS.items()
        if field.ledger and field.ledger.heading
    },
    "lon": "经度",
    "lat": "纬度",
    "size": "尺寸（米）",
}
_SAMPLES = {
    **{name: field.ledger.sample for name, field in IN_LEDGERS.items() if field.ledger},
    "lon": "117.00012",
    "lat": "36.68001",
    "size": "2.4×1.2",
}


def _in_order() -> Iterator[str]:
    """The columns of the template."""
    group_of = {name: field.by_hand.group for name, field in IN_LEDGERS.items() if field.by_hand}
    last_of = {group_of[name]: name for name in _ORDER if name in group_of}
    for name in _ORDER:
        yield name
        for other in _HEADINGS_ZH:
            if other not in _ORDER and last_of.get(group_of.get(other, "")) == name:
                yield other


COLUMNS = tuple(_in_order())
_WIDE = {"name": 28, "wording": 36, "address": 34, "remarks": 24, "code": 20, "themes": 22}
_TEXT_FORMAT = {"source_id", "code", "building_phone"}
_HEAD = PatternFill("solid", fgColor="E8F0F9")
_NEEDED_HEAD = PatternFill("solid", fgColor="CFE0F3")


def header(field: str) -> str:
    """The header of a field in the active language: a word the importer knows."""
    return _HEADINGS_ZH[field] if (get_language() or "zh").startswith("zh") else field


def template() -> bytes:
    """The workbook, in the active language."""
    workbook = Workbook()
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    sheet.title = _("Ledger")
    sheet.freeze_panes = "C2"
    lists = workbook.create_sheet(_("Lists"))
    _write_headers(sheet)
    _write_lists(sheet, lists)
    _write_help(workbook.create_sheet(_("How to fill it in")))
    lists.sheet_state = "hidden"
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def _write_headers(sheet: Worksheet) -> None:
    for place, field in enumerate(COLUMNS, start=1):
        cell = sheet.cell(row=1, column=place, value=header(field))
        cell.font = Font(bold=True)
        cell.fill = _NEEDED_HEAD if field in NEEDED else _HEAD
        cell.alignment = Alignment(vertical="center")
        if field in _hints():
            cell.comment = Comment(_hints()[field], "")
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = _WIDE.get(field, 14)
        if field in _TEXT_FORMAT:
            for row in range(2, ROWS + 2):
                sheet.cell(row=row, column=place).number_format = "@"


def _write_lists(sheet: Worksheet, lists: Worksheet) -> None:
    """Each list in a column of a hidden sheet, and the cells below a header tied to it."""
    for place, (field, entries) in enumerate(_lists().items(), start=1):
        lists.cell(row=1, column=place, value=title(field))
        for row, entry in enumerate(entries, start=2):
            lists.cell(row=row, column=place, value=entry)
        if not entries:
            continue
        letter = get_column_letter(place)
        choice = DataValidation(
            type="list",
            formula1=f"'{lists.title}'!${letter}$2:${letter}${len(entries) + 1}",
            allow_blank=True,
            # Several themes stand in one cell, and a list may lack a road or a unit: these only offer.
            showErrorMessage=field
            not in ("themes", "road", "owner", "maintainer", "supervisor", "community"),
            errorTitle=_("Not on the list"),
            error=_("Choose an entry of the list."),
        )
        column = get_column_letter(COLUMNS.index(field) + 1)
        choice.add(f"{column}2:{column}{ROWS + 1}")
        sheet.add_data_validation(choice)


def _lists() -> dict[str, list[str]]:
    units = list(Unit.objects.filter(active=True).order_by("name").values_list("name", flat=True))
    return {
        "type": [entry.name for entry in AssetType.objects.filter(active=True)],
        "themes": [entry.name for entry in Theme.objects.filter(active=True)],
        "street": list(
            Area.objects.filter(level=Level.STREET).order_by("code").values_list("name", flat=True)
        ),
        "community": list(
            Area.objects.filter(level=Level.COMMUNITY).order_by("code").values_list("name", flat=True)
        ),
        "road": list(Road.objects.order_by("code").values_list("name", flat=True)),
        "condition": [str(condition.label) for condition in Condition],
        "lifecycle": [str(lifecycle.label) for lifecycle in Lifecycle],
        **{name: [_("yes"), _("no")] for name in COLUMNS if _is_yes_or_no(name)},
        "owner": units,
        "maintainer": units,
        "supervisor": units,
    }


def _is_yes_or_no(name: str) -> bool:
    return name in IN_LEDGERS and IN_LEDGERS[name].kind is Kind.BOOLEAN


def _hints() -> dict[str, str]:
    return {
        "source_id": _("Your own number. Keep it from year to year: by it the row is found again."),
        "lon": _("Longitude in degrees, or easting in metres. Say at the import which system it is."),
        "lat": _("Latitude in degrees, or northing in metres."),
        "themes": _("Several are separated by 、 or a comma."),
        "size": _("Width × height in metres, such as 2.4×1.2."),
        "inspected_at": _("The day of the condition, such as 2026-11-24."),
        "photos": _("File names in the ZIP file of photos; several are separated by 、 or a comma."),
        "code": _("17 digits, if it has one already; new assets get theirs from the system."),
        "facing": _("Such as 南, or degrees from north."),
    }


def _write_help(sheet: Worksheet) -> None:
    sheet.column_dimensions["A"].width = 100
    lines = (
        _("One row for each asset. The darker columns are needed; everything else may stay empty."),
        _("An empty cell changes nothing that the catalogue knows already."),
        _("Where a cell offers a list, choose from it; other words are shown at the import, to be mapped."),
        _(
            "Do not merge cells, and leave the first row as it is. Columns that you do not need may be deleted."
        ),
        _("Days as 2026-11-24. Coordinates as numbers; which system they are in is asked at the import."),
    )
    for row, line in enumerate(lines, start=1):
        sheet.cell(row=row, column=1, value=line).alignment = Alignment(wrap_text=True, vertical="top")
    _write_samples(sheet, len(lines) + 2)


def _write_samples(sheet: Worksheet, first: int) -> None:
    """Below the sentences: each column's heading, and how a cell of it may read."""
    for row, name in enumerate((name for name in COLUMNS if _SAMPLES.get(name)), start=first):
        sheet.cell(
            row=row,
            column=1,
            value=_("%(column)s: such as %(sample)s") % {"column": header(name), "sample": _SAMPLES[name]},
        )
