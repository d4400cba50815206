"""What a declaration of fields can say (`assets/fields.py`, `assets/layers.py`), and how SQL is made of it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from django.utils import translation
from django.utils.functional import Promise

from assets.photo_addresses import with_addresses


class Output(Enum):
    """Where a field is shown."""

    FILE = "file"  # GeoJSON and whatever else is exported
    LIST = "list"  # rows of the list and of /api/assets
    TILE = "tile"  # single assets in vector tiles
    SNAPSHOT = "snapshot"  # the folium file


class Kind(Enum):
    """Type of a field's values."""

    TEXT = "text"
    LIST = "list of texts"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    MOMENT = "moment"


@dataclass(frozen=True)
class ByHand:
    """That people write a field on an asset: in the group of this name (`assets.field_groups`) of every form.

    `panel`: the side panel gives it a line of its own. `phone`: phones carry it, and it is corrected there.
    """

    group: str
    panel: bool = True
    phone: bool = False


@dataclass(frozen=True)
class InLedger:
    """That ledgers bring a field.

    `words` are the headings that mean it and nothing else, beside its name and what our own files call it, separated by
    blanks. `heading` is that of its column in the Chinese template, empty when it has none there; `sample` shows how it
    is filled in.
    """

    words: str = ""
    heading: str = ""
    sample: str = ""


@dataclass(frozen=True)
class Field:
    """One field. `sql` may use its layer's aliases, `{name}` (the name column of the language), `{today}`, `{site}`
    (the address that links begin with) and `{photo thumb}` (`assets.photo_addresses`).

    `codes` names the list that its values come from (`assets.code_lists`), empty where they are free. `told_to` is the
    verb that a reader must be allowed at the asset to be told the value; others find it empty (`layers.Layer.told_to`).
    `filter` is the path by which the one filter asks for it (yes or no, or codes of its list); empty where it does not.
    `column` is what the asset's own column is called, in forms and ledgers too, where that is another name.
    """

    name: str
    title: Promise
    kind: Kind
    sql: str
    outputs: frozenset[Output]
    unit: str = ""
    codes: str = ""
    told_to: str = ""
    filter: str = ""
    column: str = ""
    by_hand: ByHand | None = None
    ledger: InLedger | None = None

    @property
    def written_as(self) -> str:
        """What forms, ledgers and phones call it: its column's name."""
        return self.column or self.name

    def titles(self) -> dict[str, str]:
        """The title in each language, by language code."""
        titles = {}
        for language in ("zh-hans", "en"):
            with translation.override(language):
                titles[language] = str(self.title)
        return titles


@dataclass(frozen=True)
class Tables:
    """Where a layer's rows come from: one table, and others of which each joins at most one row.

    `joined` is in the order in which one may need another; `needs` says which joins need which.
    """

    source: str
    joined: Mapping[str, str]
    needs: Mapping[str, frozenset[str]]

    def joins(self, expressions: Iterable[str]) -> str:
        """The joins that some SQL expressions need, to follow `FROM {source}`."""
        needed: set[str] = set()
        for expression in expressions:
            for alias in self.joined:
                if re.search(rf"\b{alias}\.", expression):
                    needed |= {alias} | self.needs.get(alias, frozenset())
        return " ".join(join for alias, join in self.joined.items() if alias in needed)


def sql_of(field: Field, *, language: str, today: date, site: str = "") -> str:
    """The field's SQL expression; safe to put into a statement with parameters, whatever the site is called."""
    name_column = "name_en" if language.startswith("en") else "name_zh"
    sql = field.sql.replace("{name}", name_column).replace("{today}", f"DATE '{today.isoformat()}'")
    return with_addresses(sql).replace("{site}", site.replace("'", "''").replace("%", "%%"))


def columns(fields: Iterable[Field], *, language: str, today: date, site: str = "") -> str:
    """The select list of some fields."""
    return ", ".join(
        f'{sql_of(field, language=language, today=today, site=site)} AS "{field.name}"' for field in fields
    )
