"""How a person says that a file is laid out, where an importer does not find it by itself."""

from __future__ import annotations

from dataclasses import dataclass

DELIMITERS = ",;\t|，；"
"""What stands between the cells of a text file, as it is found."""
SEPARATORS = DELIMITERS + "~^#、 "
"""What a person may say stands between them."""
ENCODINGS = ("utf-8", "gb18030", "utf-16", "big5", "cp1252")
"""What the texts of a file may be written in."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """What is said of one file; None is for the reader to find.

    layer: the sheet of a workbook, or the layer of a geodata file.
    header_row: the number of the first row of column names, as a spreadsheet shows it.
    header_rows: how many rows of column names there are.
    delimiter: one of `SEPARATORS`, between the cells of a text file.
    encoding: one of `ENCODINGS`, of a text file, GeoJSON, KML, and the table of a shapefile.
    What a format does not have is ignored by its reader.
    """

    layer: str | None = None
    header_row: int | None = None
    header_rows: int | None = None
    delimiter: str | None = None
    encoding: str | None = None


FOUND = Layout()
"""Nothing is said."""
