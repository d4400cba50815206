"""What readers of tables speak of: columns of cells, their names, and remarks on what could not be taken as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Cells = NDArray[np.object_]
# Orders to teletypes, halves of characters, what is no character, and the sign for one that was lost.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffd-\uffff]")


@dataclass(frozen=True)
class Remark:
    """What a reader noticed and somebody has to know; a reader leaves out what it cannot read, never without one.

    Of the file as a whole (`row` is None), of a row, or of its cell in `column`; ledgers have a sentence for each
    `code` (`importing.remarks`, `importing.verdicts`). `row` is the number a person sees, `value` what the cell holds.
    """

    code: str
    row: int | None = None
    column: str = ""
    value: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


def showable(text: str) -> str:
    """A text that may be kept and shown: with the pictures of control characters in place of those."""
    return text if text.isprintable() else CONTROL.sub(_picture, text)


def _picture(found: re.Match[str]) -> str:
    number = ord(found[0])
    return chr(0x2400 + number) if number < 0x20 else "\ufffd"


def told_apart(headers: Sequence[str]) -> tuple[list[str], list[Remark]]:
    """Names of columns of geodata, unique: the second "a" becomes "a (2)", which is remarked upon."""
    names: list[str] = []
    remarks = []
    for header in headers:
        bare = name = showable(header).strip()
        times = 1
        while name in names:
            times += 1
            name = f"{bare} ({times})"
        if times > 1:
            remarks.append(Remark("column_twice", column=name, params={"name": bare, "now": name}))
        names.append(name)
    return names, remarks
