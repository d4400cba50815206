#!/usr/bin/env python3
"""Our XLSX writer beside XlsxWriter's `constant_memory`: `benchmarks/workbook.py [--rows 51000] [--repeat 3]`.

Both write the same table, shaped as an export of assets is: 24 columns of text (a few long, many that repeat), 6 of
numbers, 4 of days, under a frozen and filtered heading, every text typed as text. Needs no database; XlsxWriter is no
part of the product: `pip install --target FOLDER xlsxwriter`, then
`PYTHONPATH=FOLDER .venv/bin/python benchmarks/workbook.py`.

Seconds are of the processor, best of `--repeat`; memory is the peak of a process of its own.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

TEXTS, NUMBERS, DAYS = 24, 6, 4
BATCH = 5_000
FIRST_DAY = date(2020, 1, 1)
DAY_ZERO = date(1899, 12, 30)
SOME_WORDS = ("讲文明树新风", "无影山街道", "宣传栏", "北园大街 419 号", "", "完好", "LED 显示屏")


def texts_of(column: int, rows: range) -> list[str]:
    """A part of a column of texts: every third column has all different ones."""
    if column % 3 == 0:
        return [f"3701050100{row:07d} · {SOME_WORDS[row % len(SOME_WORDS)]}" for row in rows]
    return [SOME_WORDS[(row + column) % len(SOME_WORDS)] for row in rows]


def ours(path: Path, rows: int) -> None:
    """As `mapping/exports/workbook.py` does: a batch and a column at a time, each different text put into XML once."""
    import pyarrow as pa

    from mapping.exports.xlsx import DATE, EMPTY_TEXT, HEADING, Book, letters, text_cell, typed_cell

    def texts(column: int, batch: range) -> list[str]:
        encoded = pa.array(texts_of(column, batch)).dictionary_encode()
        cells = [typed_cell(text) if text else EMPTY_TEXT for text in encoded.dictionary.to_pylist()]
        return [cells[place] for place in encoded.indices.to_pylist()]

    zero = (FIRST_DAY - DAY_ZERO).days
    with Book(path, ["assets"]) as book:
        width = TEXTS + NUMBERS + DAYS
        filtered = f"A1:{letters(width - 1)}{rows + 1}"
        with book.sheet([18] * width, frozen=True, filtered=filtered, typed=range(TEXTS)) as sheet:
            sheet.rows([[text_cell(f"column {place}", HEADING) for place in range(width)]])
            for first in range(0, rows, BATCH):
                batch = range(first, min(rows, first + BATCH))
                columns = [texts(column, batch) for column in range(TEXTS)]
                columns += [[f"<c><v>{row * 1.5!r}</v></c>" for row in batch] for _column in range(NUMBERS)]
                columns += [
                    [f'<c s="{DATE}"><v>{zero + row % 2000}</v></c>' for row in batch]
                    for _column in range(DAYS)
                ]
                sheet.rows(zip(*columns, strict=True))


def xlsxwriter(path: Path, rows: int) -> None:
    """The library's quickest way for large tables, as its guide has it."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    heading, day, text = (
        book.add_format({"bold": True}),
        book.add_format({"num_format": "yyyy-mm-dd"}),
        book.add_format({"num_format": "@"}),
    )
    sheet = book.add_worksheet("assets")
    width = TEXTS + NUMBERS + DAYS
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, rows, width - 1)
    for place in range(width):
        sheet.write_string(0, place, f"column {place}", heading)
    days = [FIRST_DAY + timedelta(days=number) for number in range(2000)]
    for first in range(0, rows, BATCH):
        batch = range(first, min(rows, first + BATCH))
        texts = [texts_of(column, batch) for column in range(TEXTS)]
        for place, row in enumerate(batch):
            for column in range(TEXTS):
                sheet.write_string(row + 1, column, texts[column][place], text)
            for column in range(NUMBERS):
                sheet.write_number(row + 1, TEXTS + column, row * 1.5)
            for column in range(DAYS):
                sheet.write_datetime(row + 1, TEXTS + NUMBERS + column, days[row % 2000], day)
    book.close()


WRITERS: dict[str, Callable[[Path, int], None]] = {
    "`mapping/exports/xlsx.py`": ours,
    "XlsxWriter, `constant_memory`": xlsxwriter,
}


def measure(name: str, rows: int, answer) -> None:
    """Write once; tell seconds of the processor, bytes, and the peak of memory in MB."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "assets.xlsx"
        began = time.process_time()
        WRITERS[name](path, rows)
        seconds = time.process_time() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        answer.send((seconds, path.stat().st_size, peak))


def main() -> None:
    """Measure both in turn and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=51_000)
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    context = get_context("spawn")
    best: dict[str, tuple[float, int, int]] = {}
    for _run in range(given.repeat):
        for name in WRITERS:
            ours_end, theirs = context.Pipe(duplex=False)
            process = context.Process(target=measure, args=(name, given.rows, theirs))
            process.start()
            figures = ours_end.recv()
            process.join()
            best[name] = min(best.get(name, figures), figures)
    print(f"{given.rows:,} rows of {TEXTS + NUMBERS + DAYS} columns; load {os.getloadavg()[0]:.1f}\n")
    print("| writer | seconds of processor | file | peak of memory |\n|---|---|---|---|")
    for name, (seconds, size, peak) in best.items():
        print(f"| {name} | {seconds:.1f} | {size / 1e6:.1f} MB | {peak} MB |")


if __name__ == "__main__":
    main()
