"""What a reader noticed about a file as a whole (`reading.table.Remark`), in words.

What it noticed about a row is one of the codes of `verdicts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from places.tables.columns import showable

_SENTENCES = {
    "column_twice": _("Several columns are named “%(name)s”; one of them is called “%(now)s” here."),
    "column_unnamed": _("Column %(number)s has no name and is left out."),
    "column_without_name": _("Column %(column)s has cells and no name, and is left out."),
    "rows_left_out": _(
        "%(times)s rows are sums, notes, signatures or repeated column names, and are left out: %(rows)s."
    ),
    "columns_moved": _(
        "In row %(row)s the column names come again in another order; the rows below are read in that order."
    ),
    "rows_hidden": _("%(hidden)s of %(rows)s rows are hidden in the sheet, by a filter or by hand."),
    "columns_hidden": _("Hidden in the sheet, and read all the same: %(names)s."),
    "pictures_in_cells": _(
        "%(times)s pictures in cells (%(names)s) are not taken: add them as photos after the import."
    ),
    "pictures_on_sheet": _(
        "%(times)s pictures lie on the sheet and are not taken: add them as photos after the import."
    ),
    "values_unnamed": _("%(times)s rows have a value without a name, which is left out."),
    "column_name_cut": _(
        "The name of column “%(name)s” is cut off in the file, in the middle of a character."
    ),
    "column_unreadable": _("Column “%(name)s” is of a kind that is not read, and is left out."),
    "encoding_differs": _(
        "The file says that its texts are %(said)s, but they are %(found)s and are read as that."
    ),
    "encoding_taken": _(
        "The file does not say its encoding; its texts are read as %(taken)s. If letters look wrong, choose another."
    ),
    "layers_left": _("Only “%(layer)s” is read. These layers hold data too: %(names)s."),
    "links_left": _("The file refers to other files or addresses, which are not read: %(times)s."),
    "still_open": _(
        "The GeoPackage was still open in a program when it was copied, and its last changes may be missing. Close it"
        " there, or send the file ending in -wal with it in one ZIP file."
    ),
    "system_unknown": _(
        "The file calls its coordinate system “%(said)s”, which does not say how to convert it. Whoever made the file"
        " knows its projection: an EPSG number, or the parameters as WKT or a PROJ string."
    ),
}
"""The codes of remarks about a file."""


def sentence(code: str, params: Mapping[str, Any]) -> str:
    """The remark in the active language; it may be kept whatever the file holds."""
    return showable(str(_SENTENCES[code]) % params)
