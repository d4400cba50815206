"""Reading a ledger of any kind into one columnar `Table`, or saying in one sentence why not.

`read_table` looks at the contents as well as at the name, and hands the file to the reader of its kind:
`delimited` (CSV, TSV), `workbooks` (XLSX, XLS), `geojson`, `vector` (everything GDAL reads) or `archives`
(one of these in a ZIP). `header` finds the row of column names in the first two. Nothing is ever cut off: a
limit that is met is a `LedgerError`.
"""

from importing.errors import LedgerError
from importing.reading.dispatch import READABLE, read_table
from importing.reading.table import Table

__all__ = ["READABLE", "LedgerError", "Table", "read_table"]
