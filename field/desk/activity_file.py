"""Crews' work as a file for a spreadsheet: the days as CSV; days and totals as XLSX."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from field.desk.period import Period
from field.desk.tallying import Counts, Named, Tally
from mapping.exports.tables import Table, Value, csv_of
from mapping.exports.workbook import xlsx_of

Write = Callable[[Tally, Period, User], bytes]


def _csv(told: Tally, _period: Period, _user: User) -> bytes:
    return csv_of(_days(told))


def _xlsx(told: Tally, period: Period, user: User) -> bytes:
    about = [
        (_("Contents"), _("Crews' work")),
        (_("Days"), f"{period.first:%Y-%m-%d} – {period.last:%Y-%m-%d}"),
        (_("Made at"), f"{timezone.localtime():%Y-%m-%d %H:%M}"),
        (_("Exported by"), str(user)),
    ]
    tables = [
        _days(told),
        _named(_("By street"), _("Street"), told.streets, told.total),
        _named(_("By kind of record"), _("Kind"), told.kinds, told.total),
    ]
    return xlsx_of(tables, about)


WRITERS: dict[str, tuple[str, Write]] = {
    "csv": ("text/csv; charset=utf-8", _csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _xlsx),
}


def _days(told: Tally) -> Table:
    rows: list[Sequence[Value]] = [
        [
            person_day.day,
            person_day.name,
            person_day.username,
            *_numbers(person_day),
            _clock(person_day.first),
            _clock(person_day.last),
            "、".join(person_day.streets),
        ]
        for person_day in told.days
    ]
    rows.append([_("Total"), "", "", *_numbers(told.total), "", "", ""])
    headings = [_("Day"), _("Who"), _("User name"), *_headings(), _("First at"), _("Last at"), _("Streets")]
    return Table(_("By person and day"), headings, rows, [12, 14, 14, *[10] * len(_headings()), 8, 8, 40])


def _named(title: str, heading: str, named: Sequence[Named], total: Counts) -> Table:
    rows: list[Sequence[Value]] = [[entry.name, entry.code, *_numbers(entry)] for entry in named]
    rows.append([_("Total"), "", *_numbers(total)])
    return Table(title, [heading, _("Code"), *_headings()], rows, [20, 14, *[10] * len(_headings())])


def _headings() -> list[str]:
    return [
        _("Records"),
        _("Inspections"),
        _("Jobs done"),
        _("New assets"),
        _("Corrections"),
        _("Photos"),
        _("With the office"),
        _("Not applied"),
    ]


def _numbers(counts: Counts) -> list[int]:
    return [
        counts.records,
        counts.inspections,
        counts.jobs,
        counts.creations,
        counts.edits,
        counts.photos,
        counts.waiting,
        counts.refused,
    ]


def _clock(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%H:%M}" if moment else ""
