"""The colours of a KML: condition, as on our own map.

GDAL writes no styles of placemarks that come as Arrow, so they are put into the file that it has written. Where is
found out by an XML parser, since a text may hold whatever looks like a placemark. Styles name no picture: globe viewers
tint their own pin, and the file needs no network.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import IO
from xml.parsers import expat

from mapping.exports.qgis_style import COLOURS, written_as
from mapping.exports.wanted import Wanted

# What is worse stands out.
_SCALES = {"damaged": 1.2, "severe": 1.4, "missing": 1.4}
_PIECE = 1 << 20


def style_kml(path: Path, conditions: Sequence[str], wanted: Wanted) -> None:
    """Colour the placemarks of a file, whose conditions, as they stand in it, come in the same order.

    Without that column, or without rows, the file is left as it is.
    """
    field = next((field for field in wanted.fields if field.name == "condition"), None)
    if field is None or not conditions:
        return
    codes = {written: code for code, written in written_as(wanted, field).items()}
    places = _Places(path)
    styled = path.with_suffix(".styled")
    with path.open("rb") as source, styled.open("wb") as target:
        _copy(source, target, places.document)
        target.write("".join(_style(code) for code in COLOURS).encode())
        for place, written in zip(places.placemarks, conditions, strict=True):
            _copy(source, target, place - source.tell())
            target.write(f"<styleUrl>#{codes[written]}</styleUrl>".encode())
        shutil.copyfileobj(source, target)
    styled.replace(path)


def _style(condition: str) -> str:
    red, green, blue = (int(part) for part in COLOURS[condition].split(","))
    # KML counts alpha, blue, green, red.
    return (
        f'<Style id="{condition}"><IconStyle><color>ff{blue:02x}{green:02x}{red:02x}</color>'
        f"<scale>{_SCALES.get(condition, 1.0)}</scale></IconStyle></Style>"
    )


def _copy(source: IO[bytes], target: IO[bytes], size: int) -> None:
    while size > 0:
        piece = source.read(min(size, _PIECE))
        target.write(piece)
        size -= len(piece)


class _Places:
    """Where in a file the styles of the document belong, and that of each placemark: by the schema, before its data."""

    def __init__(self, path: Path) -> None:
        self.document = 0
        self.placemarks: list[int] = []
        self._begun = self._inside = False
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._begins
        with path.open("rb") as file:
            self._parser.ParseFile(file)

    def _begins(self, name: str, _attributes: dict[str, str]) -> None:
        if name == "Placemark":
            self._inside = True
        elif self._inside and name in ("ExtendedData", "Point"):
            self.placemarks.append(self._parser.CurrentByteIndex)
            self._inside = False
        elif name == "Document" and not self._begun:
            self._begun = True
        elif not self.document and name in ("Schema", "Document"):
            # What the document holds first, its schema or its layer, comes after its styles.
            self.document = self._parser.CurrentByteIndex
