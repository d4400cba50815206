"""What XML can hold of a text: one rule for every format that is XML inside (XML 1.0, 2.2 and 2.4).

A text of the catalogue may hold control characters that somebody pasted. XML has no way to write them, and one such
character makes a whole file unreadable.
"""

from __future__ import annotations

import re

UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""A character that no XML document can hold, escaped or not."""


def writable(text: str) -> str:
    """The text without what XML cannot hold."""
    return UNWRITABLE.sub("", text)


def in_cdata(text: str) -> str:
    """The text for a writer that puts it into a CDATA section and does not look whether the section ends within it.

    GDAL's driver LIBKML does so with texts that hold signs of XML, and takes those with the beginning of a section for
    one. There, and where the section would end, a character that nobody sees keeps the signs apart; whoever imports the
    file loses it again (`importing.values.parsed.visible`).
    """
    return writable(text).replace("]]>", "]]\u2060>").replace("<![CDATA[", "<\u2060![CDATA[")
