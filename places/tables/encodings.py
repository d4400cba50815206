"""Which encoding texts are in, when their file says so badly, wrongly or not at all.

Fields of fixed length cut a last character in two, so a text of geodata may end in half a one and still be what the
file says. GB18030 accepts nearly any bytes, so that it can be decoded says nothing: what comes out has to be Chinese.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Collection, Sequence
from functools import cache
from typing import NamedTuple


class Text(NamedTuple):
    """A decoded text; `cut` when its last character is not all there."""

    text: str
    cut: bool


def decoded(raw: bytes, encoding: str) -> Text | None:
    """The bytes as text; None when they are not text of this encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        text = decoder.decode(raw)
    except UnicodeDecodeError:
        return None
    return Text(text, bool(decoder.getstate()[0]))


# What stands in .cpg files, squeezed, beyond the names that Python knows.
_CODE_PAGES = {
    "65001": "utf-8", "936": "gb18030", "ansi936": "gb18030", "54936": "gb18030", "20936": "gb18030", "gbk": "gb18030",
    "gb2312": "gb18030", "eucgb2312": "gb18030", "950": "big5", "ansi950": "big5", "932": "cp932", "949": "cp949",
    "88591": "iso-8859-1", "iso88591": "iso-8859-1", "885915": "iso-8859-15",
}  # fmt: skip
# The byte of a DBF header that names its encoding. 0x57 means "whatever this Windows uses": nothing.
_DBF_MARKS = {
    0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x13: "cp932", 0x4D: "gb18030", 0x4E: "cp949", 0x4F: "big5",
    0x58: "cp1252", 0x59: "cp1252", 0x78: "big5", 0x79: "cp949", 0x7A: "gb18030", 0x7B: "cp932", 0xC8: "cp1250",
    0xC9: "cp1251",
}  # fmt: skip


def named(text: str) -> str | None:
    """The encoding that a .cpg file names, by Python's name; None for one that is not known."""
    name = re.sub(r"[\s_-]+", "", text.strip().lower()).removeprefix("cp").removeprefix("windows")
    if name in _CODE_PAGES:
        return _CODE_PAGES[name]
    for candidate in (text.strip(), f"cp{name}"):
        try:
            return codecs.lookup(candidate).name
        except LookupError:
            continue
    return None


def marked(mark: int) -> str | None:
    """The encoding that the header of a DBF file names; None when it names none."""
    return _DBF_MARKS.get(mark)


def likely(texts: Collection[bytes], stated: str | None = None) -> str:
    """The encoding of texts beyond ASCII: the stated one unless they belie it, else the likeliest one.

    Text of three-byte characters that is well-formed UTF-8 throughout is nothing else by chance.
    """
    texts = [text for text in texts if not text.isascii()]
    if not texts:
        return stated or "utf-8"
    as_utf8 = [decoded(text, "utf-8") for text in texts]
    if all(as_utf8) and any(len(text) > 2 for text in texts):
        wide = any(
            decoded and any(ord(character) > 0x7FF for character in decoded.text) for decoded in as_utf8
        )
        if wide or stated in (None, "utf-8"):
            return "utf-8"
    if stated is not None and _share(texts, stated) > 0.8:
        return stated
    if _share(texts, "utf-8") > 0.8:
        return "utf-8"
    # Every byte of a Western text is a letter; in a Chinese one those beyond ASCII come in pairs.
    runs = [run for text in texts for run in re.findall(rb"[\x80-\xff]+", text)]
    pairs = sum(len(run) % 2 == 0 and decoded(run, "gb18030") is not None for run in runs)
    if pairs > 0.5 * len(runs):
        return "gb18030"
    return stated if stated is not None and _share(texts, stated) > 0.5 else "cp1252"


def _share(texts: Collection[bytes], encoding: str) -> float:
    return sum(decoded(text, encoding) is not None for text in texts) / len(texts)


# --- Texts of files that say nothing ----------------------------------------------------------------------------------


class Likeliest(NamedTuple):
    """An encoding, and the share of what is beyond ASCII that is everyday writing in it."""

    encoding: str
    everyday: float


def likeliest(data: bytes) -> list[Likeliest]:
    """The encodings that a text which is not UTF-8 may be in, the likeliest first, judged by some megabytes of it.

    It is the one in which most is everyday writing, and Western only where none is Chinese. Simplified Chinese wins a
    draw, and is what a text is taken for that is everyday writing in none.
    """
    sample = _telling(data)
    chinese = [_everyday_share(sample, encoding) for encoding in _EVERYDAY_ROWS]
    shares = dict(zip(_EVERYDAY_ROWS, chinese, strict=True))
    if max((share for share in chinese if share is not None), default=0.0) < 0.5:
        shares["cp1252"] = _western_share(sample)
    found = [Likeliest(encoding, share) for encoding, share in shares.items() if share is not None]
    everyday = [candidate for candidate in found if candidate.everyday >= 0.5]
    others = [
        candidate for candidate in found if candidate.encoding == "gb18030" and candidate not in everyday
    ]
    return sorted(everyday, key=lambda candidate: candidate.everyday, reverse=True) + others


_SAMPLE = 2 << 20
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")


def _telling(data: bytes) -> bytes:
    """The part of a text that begins with its first sign beyond ASCII, ending between two signs."""
    first = _BEYOND_ASCII.search(data)
    begin = max(0, first.start() - 1) if first else 0
    end = begin + _SAMPLE
    if end >= len(data):
        return data[begin:]
    # These are never part of another sign.
    ends = max(data.rfind(sign, begin, end) for sign in (b"\n", b'"', b",", b" "))
    return data[begin : ends if ends > begin else end]


# First bytes of the rows of punctuation and of the characters in daily use; those of GB18030 are GB2312's.
_EVERYDAY_ROWS = {
    "gb18030": (0xA1, 0xA2, 0xA3, *range(0xB0, 0xD8)),
    "big5": (0xA1, 0xA2, *range(0xA4, 0xC7)),
}
# Of those in names; two accented letters beside each other look like one, so they count half.
_RARER_ROWS = {"gb18030": range(0xD8, 0xF8), "big5": range(0)}


@cache
def _characters(encoding: str, rows: Sequence[int]) -> frozenset[str]:
    narrow = {"gb18030": "gb2312"}.get(encoding, encoding)
    pairs = (bytes((row, cell)) for row in rows for cell in range(0x40, 0xFF))
    return frozenset(character for pair in pairs if len(character := pair.decode(narrow, "ignore")) == 1)


def _everyday_share(data: bytes, encoding: str) -> float | None:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    found = Counter("".join(re.findall(r"[^\x00-\x7f]+", text)))
    everyday, rarer = (_characters(encoding, rows[encoding]) for rows in (_EVERYDAY_ROWS, _RARER_ROWS))
    weight = sum(
        times if character in everyday else times / 2
        for character, times in found.items()
        if character in everyday or character in rarer
    )
    return weight / max(found.total(), 1)


_TYPOGRAPHY = frozenset("‘’“”‚„–—…•·€£§©®™°ºª²³¹½¼¾±×«»¿¡\xa0")
_ALONE = re.compile(rb"(?<![\x80-\xff])[\x80-\xff]{1,2}(?![\x80-\xff])")


def _western_share(data: bytes) -> float | None:
    """The share of bytes beyond ASCII that are accented letters or signs, and stand alone or in twos."""
    try:
        beyond = len(re.sub(rb"[\x00-\x7f]+", b"", data))
        data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    few = [found.decode("cp1252") for found in _ALONE.findall(data)]
    western = sum(len(signs) for signs in few if all(sign in _TYPOGRAPHY or sign.isalpha() for sign in signs))
    return western / max(beyond, 1)
