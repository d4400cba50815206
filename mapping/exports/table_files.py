"""Small tables (`tables.py`) as files: CSV or XLSX, noted among the exports, as every file that leaves is."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from mapping.exports import audit
from mapping.exports.tables import Table, csv_of
from mapping.exports.views import attachment
from mapping.exports.workbook import xlsx_of
from mapping.models import ExportOutcome
from web.answers import private

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Content:
    """What a file holds."""

    layer: str
    title: str
    table: Table
    about: str
    query: str


def answer_with(content: Content, ending: str, user: User) -> HttpResponse:
    """The file as an answer, with its line among the exports."""
    line = audit.begin_plain(
        user, layer=content.layer, format=ending, filter=content.query, language=get_language()
    )
    if ending == "csv":
        data = csv_of(content.table)
    else:
        about = [
            (_("Contents"), content.about),
            (_("Made at"), f"{timezone.localtime():%Y-%m-%d %H:%M}"),
            (_("Exported by"), str(user)),
        ]
        data = xlsx_of([content.table], about)
    audit.finish(line, ExportOutcome.COMPLETE, rows=len(content.table.rows), size=len(data))
    response = HttpResponse(data, content_type=_TYPES[ending])
    response["Content-Disposition"] = attachment(content.title, f"{content.layer}.{ending}")
    return private(response)
