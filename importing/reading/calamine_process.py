"""A process of its own for python-calamine; a script, not a module: it imports nothing of this project.

Calamine is fast but trusting. A single stray cell in a sheet's far corner, or one wrong byte in the head of an
old XLS, makes it ask for hundreds of gigabytes, and then Rust ends the process: no exception, no server. So it
runs here, under a memory limit, and whoever started it sees no more than a pipe that ends.

Started with the path of a workbook. Answers frames on stdout, each eight bytes of length and a pickle: first
the sheets, as (name, whether it is a visible sheet); then, for each line `["head" or "rows", name]` of JSON on stdin,
"head": (rows 1 to 30); "rows": the merged ranges, blocks of rows from row 1 and column A on, and None at the end.
A failure is the frame {"code": …, "detail": …}, after which the process ends.
"""

import itertools
import json
import pickle
import resource
import sys

import python_calamine

# Enough for twenty million cells, each 32 bytes before it has any text.
MEMORY_LIMIT = 3 << 30
BLOCK_ROWS = 2000


def send(answer: object) -> None:
    """One frame."""
    payload = pickle.dumps(answer, protocol=5)
    sys.stdout.buffer.write(len(payload).to_bytes(8, "big"))
    sys.stdout.buffer.write(payload)
    sys.stdout.buffer.flush()


def send_rows(sheet: python_calamine.CalamineSheet) -> None:
    """The frames of one sheet."""
    send(sheet.merged_cell_ranges or [])
    # Calamine's rows begin at row 1 but at the first column with cells.
    before = [""] * sheet.start[1] if sheet.start else []
    rows = iter(sheet.iter_rows() if sheet.start else ())
    while block := list(itertools.islice(rows, BLOCK_ROWS)):
        # A ledger repeats itself: a text that comes again is sent, and kept by the reader, once.
        texts: dict[str, str] = {}
        send(
            [
                before + [texts.setdefault(cell, cell) if type(cell) is str else cell for cell in row]
                for row in block
            ]
        )
    send(None)


def serve(path: str) -> None:
    """Open the workbook, then answer until stdin ends."""
    with open(path, "rb") as file:
        workbook = python_calamine.CalamineWorkbook.from_filelike(file)
    worksheet, visible = python_calamine.SheetTypeEnum.WorkSheet, python_calamine.SheetVisibleEnum.Visible
    send(
        [
            (sheet.name, sheet.visible == visible)
            for sheet in workbook.sheets_metadata
            if sheet.typ == worksheet
        ]
    )
    for line in sys.stdin:
        what, name = json.loads(line)
        sheet = workbook.get_sheet_by_name(name)
        if what == "head":
            send(sheet.to_python(skip_empty_area=False, nrows=30) if sheet.start else [])
        else:
            send_rows(sheet)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    try:
        serve(sys.argv[1])
    except python_calamine.PasswordError:
        send({"code": "encrypted"})
    except (Exception, MemoryError) as error:
        send({"code": "damaged", "detail": str(error)[:200]})
