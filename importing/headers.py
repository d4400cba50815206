"""Which column of a ledger means what: from Chinese and English headers to the names of fields.

`guess_columns` maps what is certain and reports what is not; it never looks at the rows. A header that equals a field's
name always wins, so our own templates and exports come back without guessing. The synonyms are those that offices'
ledgers use, of the catalogue's fields as these are declared (`assets.fields`); headers are compared without spaces,
case, width and punctuation, and a unit in brackets ("尺寸（米）") is taken off and kept.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TypeVar

from assets.fields import FIELDS as DECLARED
from assets.fields import IN_LEDGERS, SHORT_NAMES
from importing.errors import LedgerError
from places.coordinates import CRS, GCJ02, UnknownCRSError, parse_crs

# What ledgers have beside the catalogue's own fields, with the headers that mean it.
_BESIDE: dict[str, str] = {
    "lon": """
        经度 东经 经度坐标 经度x x经度 坐标经度 坐标x x坐标 横坐标 东坐标 东向坐标 x lng long longitude easting
        x_coord coord_x point_x lon_wgs84""",
    "lat": """
        纬度 维度 北纬 纬度坐标 纬度y y纬度 坐标纬度 坐标y y坐标 纵坐标 北坐标 北向坐标 y latitude northing y_coord
        coord_y point_y lat_wgs84""",
    "coordinates": """
        坐标 经纬度 经纬度坐标 地理坐标 坐标位置 位置坐标 点位坐标 坐标经纬度 坐标经度纬度 经度纬度 坐标xy gps gps坐标
        coordinate coord coords lonlat lnglat xy""",
    "depth": "厚 厚度 深 深度 进深 thickness",
    "size": """
        尺寸 规格 规格尺寸 尺寸规格 大小 画面尺寸 画面规格 设施尺寸 广告尺寸 长宽 宽高 长高 长宽高 宽高厚 长x宽 宽x高
        长x高 长x宽x高 dimensions""",
    "contact": """
        负责人 联系人 责任人 管理人 管理员 养护人 维护人 养护责任人 维护责任人 负责人姓名 联系人姓名 联系人及电话
        联系人及联系方式 联系人及联系电话 负责人及电话 负责人及联系方式 责任人及电话 责任人及联系方式 person""",
    "telephone": """
        电话 联系电话 电话号码 手机 手机号 手机号码 联系方式 负责人电话 联系人电话 责任人电话 养护人电话 维护人电话
        责任人联系方式 负责人联系方式 联系人联系方式 tel phone mobile""",
}
# Each field with the headers that mean it, and only it, in a ledger of advertisements and signboards.
_SYNONYMS: dict[str, str] = {
    **{name: field_.ledger.words for name, field_ in IN_LEDGERS.items() if field_.ledger is not None},
    **_BESIDE,
}

# Headers that mean one of these if nothing better claims it: 序号 changes with every new version of a ledger.
_LAST_RESORTS: dict[str, str] = {
    "source_id": "序号 序列号 行号 序 no number seq serial fid objectid 编码 代码"
}

# Headers that could mean several fields: taken only when other columns leave one of them.
_UNCLEAR: dict[str, tuple[str, ...]] = {
    "点位名称": ("name", "site"),
    "画面": ("wording", "artwork"),
    "单位名称": ("owner", "maintainer", "supervisor"),
    "责任单位": ("maintainer", "supervisor"),
    "管理单位": ("maintainer", "supervisor"),
    "管理部门": ("maintainer", "supervisor"),
    "设置单位": ("owner", "maintainer"),
    "管理部件名称": ("type", "name"),
    "glbjmc": ("type", "name"),
    "状态": ("condition", "lifecycle"),
    "设备状态": ("condition", "lifecycle"),
    "部件状态": ("condition", "lifecycle"),
    "glbjzt": ("condition", "lifecycle"),
    "status": ("condition", "lifecycle"),
    "state": ("condition", "lifecycle"),
    "时间": ("inspected_at", "installed_on", "content_changed_on"),
    "日期": ("inspected_at", "installed_on", "content_changed_on"),
    "date": ("inspected_at", "installed_on", "content_changed_on"),
    "更新时间": ("inspected_at", "content_changed_on"),
    "更新日期": ("inspected_at", "content_changed_on"),
    "来源": ("data_source", "source_id"),
    "街道名": ("street", "road"),
    "streetname": ("street", "road"),
}

COUNTING = {"序号", "序列号", "行号", "序", "no", "no.", "number", "seq", "serial", "fid", "objectid"}
"""Headers of columns that only count the rows: the next version of the ledger counts them anew."""

FIELDS: tuple[str, ...] = tuple(_SYNONYMS)
"""The names `guess_columns` maps to. `lon` and `lat` are x and y of whatever system; `size` is width × height in
one cell, `coordinates` both numbers in one cell; `contact` may hold a telephone as well."""

# What a ledger puts before a word that would be clear without it: 宣传栏名称, 广告牌朝向.
_LEADS = ("公益广告", "户外广告", "公益宣传", "广告牌", "广告设施", "宣传栏", "广告", "牌匾", "设施", "部件")

_UNITS = {
    "米": "m", "m": "m", "厘米": "cm", "公分": "cm", "cm": "cm", "毫米": "mm", "mm": "mm", "度": "deg", "°": "deg",
}  # fmt: skip
_BRACKETS = re.compile(r"[(\[【〔{<]([^()\[\]【】〔〕{}<>]*)[)\]】〕}>]")
_PUNCTUATION = re.compile(r"[\W_]+")

# Understood only in an export of ours, or when a person says so: elsewhere a uid is not the catalogue's.
_OURS_ONLY = frozenset({"uid"})

T = TypeVar("T")


def squeezed(text: str) -> str:
    """A header as it is compared: lower case, half width, without spaces and punctuation; × counts as the letter x."""
    return _PUNCTUATION.sub("", unicodedata.normalize("NFKC", text).lower().replace("×", "x"))


def _meanings() -> tuple[dict[str, str], dict[str, str]]:
    """Squeezed header → field, for the certain ones and for the last resorts."""
    certain = {
        squeezed(word): name
        for name, words in _SYNONYMS.items()
        if name not in _OURS_ONLY
        for word in (name, *words.split())
    }
    last = {squeezed(word): name for name, words in _LAST_RESORTS.items() for word in words.split()}
    return certain, last


_CERTAIN, _LAST = _meanings()

# What files have; a field in none of them is no heading of ours.
CATALOGUE_FIELDS = tuple(field_ for field_ in DECLARED if field_.outputs)


@cache
def export_titles(name: str) -> frozenset[str]:
    """How the headings of our own exports call a field, in every language, squeezed."""
    declared = IN_LEDGERS.get(name)
    exported = name if declared is None else declared.name
    return frozenset(
        squeezed(title)
        for field_ in CATALOGUE_FIELDS
        if field_.name == exported
        for title in (field_.name, SHORT_NAMES.get(field_.name, field_.name), *field_.titles().values())
    )


@cache
def _exported() -> dict[str, str]:
    """Squeezed heading of an export → field, of those that an import takes."""
    return {title: name for name in _SYNONYMS for title in export_titles(name)}


def is_own_heading(name: str, names: Sequence[str]) -> bool:
    """Whether a column among `names` is headed as we head it ourselves, in a form, a template or an export."""
    return name in _SYNONYMS or (_is_export(names) and _look_up(name, _every_heading()) is not None)


def own_columns(names: Sequence[str]) -> frozenset[str]:
    """The columns that an export of ours has; none where these are the headings of another file."""
    if not _is_export(names):
        return frozenset()
    return frozenset(name for name in names if _look_up(name, _every_heading()) is not None)


@cache
def _every_heading() -> dict[str, str]:
    """Squeezed heading of an export → the catalogue's field, also of those that no import takes."""
    return {title: field_.name for field_ in CATALOGUE_FIELDS for title in export_titles(field_.name)}


def _is_export(names: Sequence[str]) -> bool:
    """Whether these are the headings of an export of ours: a component id, and hardly a column that is not ours."""
    every = _every_heading()
    bare = [squeezed(_BRACKETS.sub("", unicodedata.normalize("NFKC", name))) for name in names]
    ours = sum(name in every for name in bare)
    return any(name in export_titles("code") for name in bare) and 5 * (ours + 2) >= 4 * len(names)


@dataclass(frozen=True)
class ColumnGuess:
    """What the headers say.

    columns: field → the name of its column.
    units: field → "m", "cm", "mm" or "deg", where its header names one.
    contested: field → the columns that all mean it; none of them is taken.
    unclear: column → the fields it could mean; not taken.
    unknown: columns that mean nothing known here.
    """

    columns: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    contested: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unclear: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)


def guess_columns(
    names: Sequence[str], given: Mapping[str, str] | None = None, ignored: Collection[str] = ()
) -> ColumnGuess:
    """Map the columns called `names` to fields.

    `given` (field → column) is what a person said; it wins over every guess, and its columns mean nothing else.
    Columns in `ignored` mean nothing at all, which a person said too.
    Then come headers equal to a field's name, in an export of ours its headings, certain synonyms, headers with one
    meaning left, last resorts.

    Raises `LedgerError`: unknown_field, unknown_column.
    """
    guess = ColumnGuess()
    for name, column in (given or {}).items():
        if name not in _SYNONYMS:
            raise LedgerError("unknown_field", name=name, names=", ".join(FIELDS))
        if column not in names:
            raise LedgerError("unknown_column", name=column, names=", ".join(names))
        guess.columns[name] = column
    left = [name for name in names if name not in guess.columns.values() and name not in ignored]

    _take(guess, left, {name: name for name in left if name in _SYNONYMS and name not in _OURS_ONLY})
    if _is_export(names):
        _take(guess, left, {name: meaning for name in left if (meaning := _look_up(name, _exported()))})
    _take(guess, left, {name: meaning for name in left if (meaning := _look_up(name, _CERTAIN))})
    _take(guess, left, {name: fields[0] for name, fields in _open(guess, left).items() if len(fields) == 1})
    _take(guess, left, {name: meaning for name in left if (meaning := _look_up(name, _LAST))})

    contested = {column for columns in guess.contested.values() for column in columns}
    guess.unclear.update(_open(guess, [name for name in left if name not in contested]))
    guess.units.update({name: unit for name, column in guess.columns.items() if (unit := _unit(column))})
    guess.unknown.extend(name for name in left if name not in contested and name not in guess.unclear)
    guess.unknown.extend(name for name in names if name in ignored and name not in guess.columns.values())
    return guess


def recognised(names: Sequence[str]) -> int:
    """How many of these texts look like headers of a ledger: what tells a header row from a title or data."""
    return sum(
        any(_look_up(name, meanings) for meanings in (_CERTAIN, _UNCLEAR, _LAST))
        for name in names
        if len(name) <= 30
    )


def _take(guess: ColumnGuess, left: list[str], claims: Mapping[str, str]) -> None:
    """Give each still open field the one column that claims it; several claims are contested."""
    by_field: dict[str, list[str]] = {}
    for column, meaning in claims.items():
        if meaning not in guess.columns and meaning not in guess.contested:
            by_field.setdefault(meaning, []).append(column)
    for meaning, columns in by_field.items():
        if len(columns) == 1:
            guess.columns[meaning] = columns[0]
            left.remove(columns[0])
        else:
            guess.contested[meaning] = tuple(columns)


def _open(guess: ColumnGuess, left: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The columns of several possible meanings, with those meanings that no other column has taken."""
    taken = {*guess.columns, *guess.contested}
    unclear = {name: _look_up(name, _UNCLEAR) or () for name in left}
    still = {
        name: tuple(meaning for meaning in fields if meaning not in taken) for name, fields in unclear.items()
    }
    return {name: fields for name, fields in still.items() if fields}


def _look_up(name: str, meanings: Mapping[str, T]) -> T | None:
    """The meaning of a header: as it stands, without what is in brackets, without a leading word.

    The header of a column below a merged cell reads "坐标/经度"; its last part often says enough.
    """
    for text in (
        name,
        _BRACKETS.sub("", unicodedata.normalize("NFKC", name)),
        name.rpartition("/")[2],
    ):
        short = squeezed(text)
        if short in meanings:
            return meanings[short]
        for lead in _LEADS:
            if short.startswith(lead) and short[len(lead) :] in meanings:
                return meanings[short[len(lead) :]]
    position = meanings.get(squeezed(without_system(name.rpartition("/")[2])))
    return position if position in _POSITIONS else None


_POSITIONS = ("lon", "lat", "coordinates")
_SYSTEM = (
    r"(?:wgs-?(?:19)?84|cgcs-?2000|国家2000|gcj-?02|bd-?09(?:ll)?|epsg:?\d{4,6}|火星|国测局|高德|腾讯|百度|amap|tencent"
    r"|baidu)(?:地图)?(?:坐标系)?"
)
_SYSTEM_BEHIND = re.compile(rf"[_\s-]?({_SYSTEM})$", re.IGNORECASE)
_SYSTEM_BEFORE = re.compile(rf"({_SYSTEM})[_\s-]?", re.IGNORECASE)
_SYSTEM_IN_BRACKETS = re.compile(rf"\(({_SYSTEM})(?:坐标)?\)", re.IGNORECASE)
_ABOUT_SYSTEMS = re.compile("地图|坐标系")


def stated_system(header: str) -> CRS | None:
    """The coordinate system that a header names: "lon_gcj02", "经度（GCJ-02）", "高德经度", "坐标(百度坐标系)".

    "GPS" names none: people call so whatever a telephone shows.
    """
    text = unicodedata.normalize("NFKC", header).rpartition("/")[2].strip()
    found = _SYSTEM_IN_BRACKETS.search(text) or _SYSTEM_BEHIND.search(text) or _SYSTEM_BEFORE.match(text)
    if found is None:
        return None
    name = _ABOUT_SYSTEMS.sub("", found[1])
    try:
        return GCJ02 if name == "火星" else parse_crs(name)
    except UnknownCRSError:
        return None


def without_system(header: str) -> str:
    """A header without what it says of its coordinate system, or anything else in brackets."""
    bare = _BRACKETS.sub("", unicodedata.normalize("NFKC", header)).strip()
    behind = _SYSTEM_BEHIND.sub("", bare)
    before = _SYSTEM_BEFORE.match(behind)
    return behind[before.end() :] if before else behind


def _unit(name: str) -> str | None:
    """The unit of measure in a header's brackets."""
    for content in _BRACKETS.findall(unicodedata.normalize("NFKC", name)):
        word = re.sub(r"单位|[\s:]", "", content.lower())
        if word in _UNITS:
            return _UNITS[word]
    return None
