"""The one exception of reading a ledger: what is wrong with the file as a whole, in words its owner can act on.

What is wrong with a single row is no exception but a code beside that row (`values`, `positions`).
"""

from typing import Any

from django.utils.translation import gettext_lazy

_SENTENCES = {
    # the file
    "empty_file": gettext_lazy("The file is empty."),
    "no_rows": gettext_lazy("The file has a header and no rows below it."),
    "too_large": gettext_lazy("The file is larger than %(megabytes)s MB."),
    "unknown_extension": gettext_lazy(
        "Files ending in “%(extension)s” cannot be read. Give one of: %(readable)s."
    ),
    "not_a_table": gettext_lazy("This is %(kind)s, not a table, whatever its name says."),
    "not_what_it_says": gettext_lazy(
        "The name ends in “%(extension)s”, but the contents are something else."
    ),
    "web_page": gettext_lazy(
        "This is a web page saved under the name of a workbook. Open it in Excel or WPS and save it as .xlsx."
    ),
    "other_workbook": gettext_lazy("This kind of workbook is not read. Open it and save it as .xlsx."),
    "damaged": gettext_lazy("The file is damaged or incomplete: %(detail)s"),
    "reader_gave_up": gettext_lazy(
        "The file is damaged, or reading it needs more memory or time than an import may have."
    ),
    "encrypted": gettext_lazy("The file is protected by a password. Save it without one."),
    "not_a_zip": gettext_lazy("The archive cannot be opened: it is damaged or not a ZIP file."),
    "expands_too_far": gettext_lazy(
        "Unpacked, the file would be larger than %(megabytes)s MB or far too large for its size."
    ),
    "archive_without_data": gettext_lazy("There is no file in the archive that can be read."),
    # No longer raised, but ledgers that were refused for it keep it.
    "archive_with_several": gettext_lazy(
        "The archive holds several data sets: %(names)s. Give one at a time."
    ),
    "shapefile_incomplete": gettext_lazy(
        "A shapefile is several files: %(missing)s is missing. Put all of them into one ZIP file."
    ),
    "parts_missing": gettext_lazy(
        "This format is several files: %(missing)s is missing. Put all of them into one ZIP file."
    ),
    "unsafe_contents": gettext_lazy(
        "The file refers to other files or contains definitions that are not read."
    ),
    # text
    "nul_bytes": gettext_lazy("Row %(row)s contains NUL characters, which no text has."),
    "not_text": gettext_lazy(
        "Row %(row)s is neither UTF-8 nor GB18030 text. If you know the encoding of the file, choose it."
    ),
    "not_in_encoding": gettext_lazy("Row %(row)s is not %(encoding)s text."),
    "mixed_encodings": gettext_lazy(
        "The file mixes UTF-8 and GB18030: row %(row)s is written in another encoding than most rows."
    ),
    "quote_not_closed": gettext_lazy(
        "In row %(row)s a cell opens with a quotation mark that is never closed."
    ),
    # the table
    "no_header": gettext_lazy(
        "No header row was found: the first rows hold data. Add a row of column names."
    ),
    # No longer raised, but ledgers that were refused for it keep it.
    "duplicate_headers": gettext_lazy("Several columns are named “%(name)s”: %(columns)s."),
    # No longer raised, but ledgers that were refused for it keep it.
    "header_missing": gettext_lazy("Column %(column)s has cells, such as row %(row)s, and no name."),
    "too_many_columns": gettext_lazy("The table has %(columns)s columns; at most %(most)s are read."),
    "too_many_cells": gettext_lazy("The table has %(cells)s cells; at most %(most)s are read at a time."),
    "cell_too_long": gettext_lazy("A cell in row %(row)s holds more than %(most)s characters."),
    # No longer raised, but ledgers that were refused for it keep it.
    "bad_geometry": gettext_lazy("The geometry of feature %(row)s cannot be read."),
    "bad_feature": gettext_lazy("Item %(row)s of the file is not a GeoJSON feature."),
    "not_geojson": gettext_lazy("The file is JSON and not GeoJSON: it holds no features."),
    # layers and columns
    "choose_layer": gettext_lazy("There are several sheets or layers with data; choose one: %(names)s."),
    "unknown_layer": gettext_lazy("There is no sheet or layer “%(name)s”. There are: %(names)s."),
    "unknown_column": gettext_lazy("There is no column “%(name)s”. There are: %(names)s."),
    "unknown_field": gettext_lazy("“%(name)s” is not a field of an asset. There are: %(names)s."),
}


class LedgerError(Exception):
    """A ledger that cannot be read as it is.

    `code` is stable and one of those above, `params` holds the facts (row numbers as a person sees them in the
    file; for choose_layer the names as `choices` too), and `str()` is a sentence in the active language.
    """

    def __init__(self, code: str, **params: Any):
        self.code = code
        self.params = params
        super().__init__(code, params)

    def __reduce__(self) -> tuple[Any, ...]:
        # Files are read in a process of their own: the exception has to come back as it was raised.
        return _raised_again, (self.code, self.params)

    def __str__(self) -> str:
        return str(_SENTENCES[self.code]) % self.params


def _raised_again(code: str, params: dict[str, Any]) -> LedgerError:
    return LedgerError(code, **params)
