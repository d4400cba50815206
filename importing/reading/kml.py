"""KML and KMZ: every place mark of every document and folder, one row each.

Read here and not by GDAL, which makes a layer of each folder, passes over second documents, and writes underscores for
the names of columns in Chinese.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree.ElementTree import Element
from xml.parsers import expat

import numpy as np
import shapely

from importing.errors import LedgerError
from importing.reading.delimited import Decoded, decode
from importing.reading.shapes import settled
from importing.reading.table import Table, as_cells, check_size, without_long_cells
from importing.reading.zips import BROKEN_MEMBER, open_zip
from places.coordinates import WGS84
from places.tables.columns import Remark, told_apart

# What a place mark says of itself beside its data, by the names that GDAL gives these columns.
_OWN = {
    "name": "Name", "description": "description", "address": "address", "phoneNumber": "phoneNumber",
    "Snippet": "snippet", "when": "timestamp", "begin": "begin", "end": "end",
}  # fmt: skip
_NAME = "Name"
_FOLDER = "folder"
_SHAPES = ("Point", "LineString", "LinearRing", "Polygon", "MultiGeometry", "Track", "MultiTrack", "Model")
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding=["']([\w.:-]{1,40})["']""")
_CHARACTERS_AT_ONCE = 1 << 20


def read_kml(path: Path, kind: str, encoding: str | None = None) -> Table:
    """The place marks, numbered from 1 through all documents, in the encoding that each states or a person has said.

    Their folders, where there are any, become a column "folder", a path such as "北园街道/宣传栏".

    Raises `LedgerError`: damaged, unsafe_contents, no_rows, encrypted, expands_too_far, too_many_columns,
    too_many_cells, nul_bytes, not_text, not_in_encoding, mixed_encodings.
    """
    marks = _Marks()
    doubts: dict[str, Remark] = {}
    for document in _documents(path, kind):
        read = _read(document, encoding)
        marks.read(read.text)
        doubts |= {doubt.code: doubt for doubt in read.doubts}
    count = len(marks.values)
    if not count:
        raise LedgerError("no_rows")
    rows = np.arange(1, count + 1, dtype=np.int64)
    keys = _keys(marks.values)
    check_size(count, len(keys))
    names, remarks = told_apart([name for _kind, name in keys])
    columns = tuple(as_cells([values.get(key) for values in marks.values]) for key in keys)
    remarks += without_long_cells(names, columns, rows)
    geometry, shape_remarks = settled(marks.geometry(), rows, marks.unreadable)
    if marks.unnamed:
        remarks.append(Remark("values_unnamed", params={"times": marks.unnamed}))
    if marks.links:
        remarks.append(Remark("links_left", params={"times": marks.links}))
    return Table(
        tuple(names),
        columns,
        rows,
        format=kind,
        geometry=geometry,
        crs=WGS84,
        remarks=(*doubts.values(), *remarks, *shape_remarks),
    )


def _documents(path: Path, kind: str) -> Iterator[bytes]:
    """Each KML document in the file."""
    if kind == "kml":
        yield path.read_bytes()
        return
    with open_zip(path) as archive:
        members = [name for name in archive.namelist() if PurePosixPath(name).suffix.lower() == ".kml"]
        for name in sorted(name for name in members if "__MACOSX" not in name):
            try:
                document = archive.read(name)
            except BROKEN_MEMBER as error:
                raise LedgerError("damaged", detail=str(error)[:200]) from error
            yield document


def _read(document: bytes, encoding: str | None) -> Decoded:
    declared = _DECLARED.search(document[:400])
    if encoding is None and declared and declared[1].lower() not in (b"utf-8", b"gbk", b"gb2312", b"gb18030"):
        name = declared[1].decode("ascii")
        try:
            return Decoded(document.decode(name), name)
        except (LookupError, UnicodeDecodeError):
            pass
    return decode(document, encoding)


Key = tuple[str, str]
"""Where a value comes from ("folder", "own" or "data"), and the name of its column."""


def _keys(values: Sequence[dict[Key, str]]) -> list[Key]:
    """The columns: folder, the marks' own, then their data as it first appears. A name given twice is one column."""
    found = dict.fromkeys(key for kind in dict.fromkeys(map(tuple, values)) for key in kind)
    order = {"folder": 0, "own": 1, "data": 2}
    keys = sorted(found, key=lambda key: order[key[0]])
    own, data = ("own", _NAME), ("data", _NAME)
    if own in found and data in found and all(row.get(own) in (None, row.get(data)) for row in values):
        keys.remove(own)
    return keys


@dataclass
class _Marks:
    """What has been read so far: for each mark its values and its shape."""

    values: list[dict[Key, str]] = field(default_factory=list)
    shapes: list[Any] = field(default_factory=list)
    unreadable: set[int] = field(default_factory=set)
    unnamed: int = 0
    links: int = 0
    # What a document shows of the fields that it declares: name → name to show.
    _shown: dict[str, str] = field(default_factory=dict)

    # Where the parser stands: names of open elements, of open folders, and the mark (or what names a folder) in hand.
    _declared: str = ""
    _open: list[str] = field(default_factory=list)
    _folders: list[str] = field(default_factory=list)
    _tree: list[Element] = field(default_factory=list)
    _naming: bool = False
    _words: list[str] = field(default_factory=list)

    def read(self, document: str) -> None:
        """Add the marks of a document.

        Raises `LedgerError`: damaged, unsafe_contents.
        """
        # Without namespaces: files that use a prefix nobody declared are common.
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._words.append
        parser.StartDoctypeDeclHandler = _refuse
        self._open, self._folders, self._tree = [], [], []
        self._shown, self._declared = {}, ""
        try:
            for start in range(0, len(document), _CHARACTERS_AT_ONCE):
                parser.Parse(document[start : start + _CHARACTERS_AT_ONCE], False)
            parser.Parse("", True)
        except expat.ExpatError as error:
            raise LedgerError("damaged", detail=str(error)[:200]) from error

    def geometry(self) -> Any:
        """The shapes as an array."""
        geometry = np.empty(len(self.shapes), dtype=object)
        geometry[:] = self.shapes
        return geometry

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        self._words.clear()
        if self._tree:
            element = Element(local, attributes)
            self._tree[-1].append(element)
            self._tree.append(element)
        elif local == "Placemark":
            self._tree.append(Element(local, attributes))
        elif local == "Folder":
            self._folders.append("")
        elif local == "SimpleField":
            self._declared = attributes.get("name", "")
        elif local == "NetworkLink":
            self.links += 1
        self._open.append(local)

    def _end(self, _name: str) -> None:
        local = self._open.pop()
        words = "".join(self._words).strip()
        self._words.clear()
        if self._tree:
            element = self._tree.pop()
            element.text = words
            if not self._tree:
                self._add(element)
        elif local == "Folder":
            self._folders.pop()
        elif local == "displayName" and self._open and self._open[-1] == "SimpleField" and words:
            self._shown[self._declared] = words
        elif local == "name" and self._open and self._open[-1] == "Folder":
            self._folders[-1] = words

    def _add(self, mark: Element) -> None:
        values: dict[Key, str] = {}
        if folder := "/".join(filter(None, self._folders)):
            values["folder", _FOLDER] = folder
        for element in mark.iter():
            if element.tag in _OWN and element.text:
                values.setdefault(("own", _OWN[element.tag]), element.text)
            elif element.tag == "SimpleData" and element.text:
                name = element.get("name", "")
                values["data", self._shown.get(name, name)] = element.text
            elif element.tag == "Data" and (value := element.findtext("value")):
                values["data", element.findtext("displayName") or element.get("name") or ""] = value
        self.unnamed += values.pop(("data", ""), None) is not None
        try:
            shape = _shape([element for element in mark if element.tag in _SHAPES])
        except (ValueError, TypeError, IndexError, shapely.errors.ShapelyError):
            shape = None
            self.unreadable.add(len(self.shapes))
        self.values.append(values)
        self.shapes.append(shape)


def _refuse(*_declaration: Any) -> None:
    raise LedgerError("unsafe_contents")


def _shape(elements: Sequence[Element]) -> Any:
    """The shape of a mark, or of the parts of one; raises ValueError when it is none."""
    shapes = [shape for element in elements if (shape := _simple(element)) is not None]
    return shapes[0] if len(shapes) == 1 else shapely.GeometryCollection(shapes) if shapes else None


def _simple(element: Element) -> Any:
    if element.tag in ("MultiGeometry", "MultiTrack"):
        return _shape([part for part in element if part.tag in _SHAPES])
    if element.tag == "Polygon":
        rings = [_ring(ring) for ring in element.findall("outerBoundaryIs/LinearRing")]
        holes = [_ring(ring) for ring in element.findall("innerBoundaryIs/LinearRing")]
        return shapely.Polygon(rings[0], holes) if rings and rings[0] else None
    if element.tag == "Track":
        places = [_numbers(coord.text, None) for coord in element.findall("coord")]
    elif element.tag == "Model":
        places = [
            [float(element.findtext(f"Location/{axis}") or "nan") for axis in ("longitude", "latitude")]
        ]
    else:
        places = _places(element.findtext("coordinates"), single=element.tag == "Point")
    if not places:
        return None
    return shapely.Point(places[0]) if len(places) == 1 else shapely.LineString(places)


def _ring(element: Element) -> list[list[float]]:
    return _places(element.findtext("coordinates"), single=False)


def _places(text: str | None, *, single: bool) -> list[list[float]]:
    """The places of a text "117.01,36.68,0 117.02,36.69,0"; for one place, blanks behind its commas do no harm."""
    if single:
        return [_numbers((text or "").replace(",", " "), None)] if (text or "").strip() else []
    return [_numbers(place, ",") for place in (text or "").split()]


def _numbers(text: str | None, between: str | None) -> list[float]:
    return [float(number) for number in (text or "").split(between)[:2]]
