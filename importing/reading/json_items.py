"""JSON documents far larger than what is kept of them, one item at a time.

A whole document as Python objects takes ten times its size. Here no more than some megabytes of text and one item are
in memory: Python's own decoder reads a value from where it stands and says where it ends.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from json import JSONDecodeError
from typing import Any, TextIO

_PIECE = 1 << 20
_BLANK = re.compile(r"[ \t\n\r\x1e\ufeff]*")
# Half of a character beyond the 16-bit range, as an escape.
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_EXACT_DIGITS = 18


class NotJSON(ValueError):
    """The text is not JSON, or ends too early; `str()` says what was expected where."""


def _whole_number(digits: str) -> int | str:
    # A longer one is a name and not a quantity, and nothing of it may be lost.
    return int(digits) if len(digits) <= _EXACT_DIGITS else digits


# Not strict: a line break or a control character as it is costs its cell at most, never the file.
_DECODER = json.JSONDecoder(parse_int=_whole_number, parse_constant=lambda _name: None, strict=False)


class Reader:
    """Reads on in a text. NaN and Infinity, which some programs write for what is not there, are null."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._text = ""
        self._place = 0
        self._read_before = 0
        self._ended = False

    def peek(self) -> str:
        """The next sign that is no blank; empty at the end. Record separators are blanks."""
        while True:
            blank = _BLANK.match(self._text, self._place)
            assert blank is not None
            self._place = blank.end()
            if self._place < len(self._text):
                return self._text[self._place]
            if not self._more():
                return ""

    def expect(self, signs: str) -> str:
        """The next sign, one of `signs`, read. Raises NotJSON."""
        sign = self.peek()
        if not sign or sign not in signs:
            raise NotJSON(f"Expecting {' or '.join(signs)}: char {self._read_before + self._place}")
        self._place += 1
        return sign

    def value(self) -> Any:
        """The next value, read whole. Raises NotJSON."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._place)
            except JSONDecodeError as error:
                if not self._more(at_least=len(self._text) - self._place):
                    raise NotJSON(f"{error.msg}: char {self._read_before + error.pos}") from error
                continue
            except (ValueError, RecursionError) as error:
                raise NotJSON(str(error)) from error
            # A number may go on in what is not read yet, also behind the point or exponent that it ends before.
            if len(self._text) - end < 3 and self._more():
                continue
            break
        if _HALF.search(self._text, self._place, end):
            value = _without_halves(value)
        self._place = end
        return value

    def items(self) -> Iterator[Any]:
        """The values of the array that begins here. Raises NotJSON."""
        self.expect("[")
        if self.peek() == "]":
            self.expect("]")
            return
        while True:
            yield self.value()
            if self.expect(",]") == "]":
                return

    def object_keys(self) -> Iterator[str]:
        """The keys of the object that begins here; whoever takes one reads its value then. Raises NotJSON."""
        self.expect("{")
        if self.peek() == "}":
            self.expect("}")
            return
        while True:
            if self.peek() != '"':
                self.expect('"')
            key = self.value()
            self.expect(":")
            yield key
            if self.expect(",}") == "}":
                return

    def _more(self, at_least: int = 0) -> bool:
        """Read on, and drop what was read before; whether there was anything.

        As much again as an unfinished value has, so that a long one is not begun again for every piece.
        """
        if self._ended:
            return False
        piece = self._file.read(max(_PIECE, at_least))
        if not piece:
            self._ended = True
            return False
        self._read_before += self._place
        self._text = self._text[self._place :] + piece
        self._place = 0
        return True


def _without_halves(value: Any) -> Any:
    """The value with the sign for a damaged character in place of halves of one that stand alone."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_without_halves(item) for item in value]
    if isinstance(value, dict):
        return {_without_halves(key): _without_halves(item) for key, item in value.items()}
    return value
