"""Whether an OSM file (.osm.pbf) is whole: GDAL reads half of one and does not say so.

Such a file is a row of blocks: four bytes of length, a head that says how long the body is, and the body.
"""

import zlib
from pathlib import Path
from typing import IO

_LONGEST_HEAD = 64 << 10
_LONGEST_BODY = 32 << 20
# Field numbers and wire types of the format's two messages, as protocol buffers write them.
_BODY_LENGTH, _DEFLATED, _UNFOLDED_LENGTH = 0x18, 0x1A, 0x10


def is_whole(path: Path) -> bool:
    """Whether every block is there to its end and unfolds."""
    try:
        with path.open("rb") as file:
            while start := file.read(4):
                head = _exactly(file, int.from_bytes(start, "big"), _LONGEST_HEAD)
                body = _exactly(file, int(_fields(head)[_BODY_LENGTH]), _LONGEST_BODY)
                _check_body(body)
    except (EOFError, KeyError, IndexError, TypeError, ValueError, zlib.error):
        return False
    return True


def _exactly(file: IO[bytes], length: int, most: int) -> bytes:
    if not 0 < length <= most:
        raise ValueError(length)
    found = file.read(length)
    if len(found) < length:
        raise EOFError
    return found


def _check_body(body: bytes) -> None:
    fields = _fields(body)
    deflated = fields.get(_DEFLATED)
    if isinstance(deflated, bytes):
        unfolding = zlib.decompressobj()
        length = len(unfolding.decompress(deflated, _LONGEST_BODY))
        if not unfolding.eof or length != fields[_UNFOLDED_LENGTH]:
            raise ValueError("damaged")


def _fields(message: bytes) -> dict[int, int | bytes]:
    """The fields of a message that has numbers and byte strings only."""
    found: dict[int, int | bytes] = {}
    at = 0
    while at < len(message):
        key, at = _number(message, at)
        value, at = _number(message, at)
        if key & 7 == 0:
            found[key] = value
        elif key & 7 == 2 and at + value <= len(message):
            found[key] = message[at : at + value]
            at += value
        else:
            raise ValueError(key)
    return found


def _number(message: bytes, at: int) -> tuple[int, int]:
    """A number as protocol buffers write it, and where the next thing begins."""
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at += 1
        shift += 7
        if byte < 0x80:
            return value, at
