"""The one declaration of the asset layer's fields (docs/design.md): exports, list, tiles, TileJSON, OGC API, snapshot
derive from it. The other layers are declared the same way in `assets/layers.py`.

A field says what it is called, in words and in files, its type and unit, the list its codes come from, where it comes
from in SQL, and which outputs carry it. `columns` and `joins` put the SQL together for one output.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assets.models import Condition
from assets.photo_addresses import with_addresses
from assets.rules.lateness import HAS_LATE_JOB_SQL, INSPECTION_LATE_SQL


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
class Field:
    """One field. `sql` may use its layer's aliases, `{name}` (the name column of the language), `{today}`, `{site}`
    (the address that links begin with) and `{photo thumb}` (`assets.photo_addresses`).

    `codes` names the list that its values come from (`assets.code_lists`), empty where they are free. `told_to` is the
    verb that a reader must be allowed at the asset to be told the value; others find it empty (`layers.Layer.told_to`).
    """

    name: str
    title: Promise
    kind: Kind
    sql: str
    outputs: frozenset[Output]
    unit: str = ""
    codes: str = ""
    told_to: str = ""

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


ASSET_TABLES = Tables(
    "assets_asset asset",
    {
        "kind": "JOIN assets_assettype kind ON kind.id = asset.type_id",
        "component": "JOIN assets_standardcode component ON component.id = kind.component_id",
        "district": "LEFT JOIN places_area district ON district.id = asset.district_id",
        "street": "LEFT JOIN places_area street ON street.id = asset.street_id",
        "community": "LEFT JOIN places_area community ON community.id = asset.community_id",
        "road": "LEFT JOIN places_road road ON road.id = asset.road_id",
        "site": "LEFT JOIN places_site site ON site.id = asset.site_id",
        "site_kind": "LEFT JOIN places_sitekind site_kind ON site_kind.id = site.kind_id",
        "artwork": "LEFT JOIN assets_artwork artwork ON artwork.id = asset.artwork_id",
        "owner": "LEFT JOIN places_unit owner ON owner.id = asset.owner_id",
        "maintainer": "LEFT JOIN places_unit maintainer ON maintainer.id = asset.maintainer_id",
        "supervisor": "LEFT JOIN places_unit supervisor ON supervisor.id = asset.supervisor_id",
        "area": "LEFT JOIN places_area area ON area.id = asset.area_id",
        "posting": "LEFT JOIN assets_posting posting"
        " ON posting.asset_id = asset.id AND posting.taken_down_on IS NULL",
    },
    {"component": frozenset({"kind"}), "site_kind": frozenset({"site"})},
)

CONDITION_CODES = f"'{{{','.join(condition.code for condition in Condition)}}}'::text[]"
_CONDITION_CODE = f"({CONDITION_CODES})[asset.condition + 1]"
# How many assets share the support, whatever the filter leaves of them.
FACES_ON_SUPPORT = (
    "CASE WHEN asset.support_id IS NULL THEN NULL ELSE (SELECT count(*) FROM assets_asset face"
    " WHERE face.support_id = asset.support_id AND face.lifecycle <> 'removed') END"
)
_THUMBNAIL = (
    "(SELECT {photo thumb} FROM assets_photo photo WHERE photo.asset_id = asset.id"
    " ORDER BY photo.taken_at DESC NULLS LAST, photo.id DESC LIMIT 1)"
)

_PHOTOS = (
    "ARRAY(SELECT '{site}' || {photo original} FROM assets_photo photo"
    " WHERE photo.asset_id = asset.id ORDER BY photo.taken_at DESC NULLS LAST, photo.id DESC)::varchar[]"
)

_FILE, _LIST, _TILE, _SNAPSHOT = Output.FILE, Output.LIST, Output.TILE, Output.SNAPSHOT


def _field(
    name: str, title: Promise, kind: Kind, sql: str = "", *outputs: Output, unit: str = "", codes: str = ""
) -> Field:
    return Field(name, title, kind, sql or f"asset.{name}", frozenset(outputs or {_FILE}), unit, codes)


FIELDS: tuple[Field, ...] = (
    _field("id", _("Number"), Kind.INTEGER, "", _LIST),
    _field("uid", _("Unique id"), Kind.TEXT),
    _field("code", _("Component id"), Kind.TEXT, "", _FILE, _LIST, _TILE, _SNAPSHOT),
    _field("legacy_code", _("Earlier component id"), Kind.TEXT),
    _field("source", _("Source of the office's number"), Kind.TEXT),
    _field("source_id", _("Office's own number"), Kind.TEXT),
    _field("name", _("Name"), Kind.TEXT, "", _FILE, _LIST, _TILE, _SNAPSHOT),
    _field("family", _("Family"), Kind.TEXT, "kind.family", _FILE, _LIST, _TILE, codes="family"),
    _field("type", _("Type"), Kind.TEXT, "kind.code", _FILE, _LIST, _TILE, _SNAPSHOT, codes="type"),
    _field("type_name", _("Name of the type"), Kind.TEXT, "kind.{name}", _FILE, _LIST),
    _field("symbol", _("Symbol"), Kind.TEXT, "kind.symbol", _LIST, _TILE),
    _field("component", _("Standard component code"), Kind.TEXT, "component.code"),
    _field("themes", _("Themes"), Kind.LIST, codes="theme"),
    _field("wording", _("Wording"), Kind.TEXT, "", _FILE, _SNAPSHOT),
    _field("artwork", _("Artwork"), Kind.TEXT, "artwork.code"),
    _field("artwork_title", _("Title of the artwork"), Kind.TEXT, "artwork.title"),
    _field("artwork_valid_to", _("Artwork valid to"), Kind.DATE, "artwork.valid_to"),
    _field(
        "condition",
        _("Condition"),
        Kind.TEXT,
        _CONDITION_CODE,
        _FILE,
        _LIST,
        _TILE,
        _SNAPSHOT,
        codes="condition",
    ),
    _field("inspected_at", _("Last inspection"), Kind.MOMENT, "asset.condition_at", _FILE, _LIST, _SNAPSHOT),
    _field("next_inspection_due", _("Next inspection due"), Kind.DATE, "", _FILE, _LIST, _SNAPSHOT),
    _field("inspection_overdue", _("Inspection overdue"), Kind.BOOLEAN, INSPECTION_LATE_SQL, _FILE, _LIST),
    _field("maintenance_overdue", _("Maintenance overdue"), Kind.BOOLEAN, HAS_LATE_JOB_SQL, _FILE, _LIST),
    _field(
        "overdue",
        _("Overdue"),
        Kind.BOOLEAN,
        f"({INSPECTION_LATE_SQL} OR {HAS_LATE_JOB_SQL})",
        _TILE,
        _SNAPSHOT,
    ),
    _field("lifecycle", _("Lifecycle"), Kind.TEXT, "", _FILE, _LIST, _SNAPSHOT, codes="lifecycle"),
    _field("removed_on", _("Removed on"), Kind.DATE),
    _field("removal_reason", _("Reason for removal"), Kind.TEXT),
    _field("district", _("District"), Kind.TEXT, "district.code", codes="district"),
    _field("street", _("Street"), Kind.TEXT, "street.code", _FILE, _LIST, _SNAPSHOT, codes="street"),
    _field("street_name", _("Name of the street"), Kind.TEXT, "street.name", _FILE, _LIST),
    _field("community", _("Community"), Kind.TEXT, "community.code", codes="community"),
    _field("community_name", _("Name of the community"), Kind.TEXT, "community.name", _FILE, _LIST),
    _field("road_name", _("Road"), Kind.TEXT, "road.name", _FILE, _LIST),
    _field("site_name", _("Site"), Kind.TEXT, "site.name"),
    _field("site_kind", _("Site kind"), Kind.TEXT, "site_kind.code", codes="site_kind"),
    _field("address", _("Address"), Kind.TEXT, "", _FILE, _LIST, _SNAPSHOT),
    _field("building", _("Building or stairwell"), Kind.TEXT),
    _field("position_accuracy", _("Position accuracy"), Kind.NUMBER, unit="m"),
    _field("support", _("Support"), Kind.INTEGER, "asset.support_id", _FILE, _LIST, _TILE),
    _field("faces", _("Assets on the support"), Kind.INTEGER, FACES_ON_SUPPORT, _LIST, _TILE),
    _field("large", _("Large"), Kind.BOOLEAN, "", _FILE, _TILE, _SNAPSHOT),
    _field("width", _("Width"), Kind.NUMBER, unit="m"),
    _field("height", _("Height"), Kind.NUMBER, unit="m"),
    _field("face_count", _("Faces"), Kind.INTEGER, "asset.faces"),
    _field("material", _("Material"), Kind.TEXT),
    _field("illuminated", _("Illuminated"), Kind.BOOLEAN),
    _field("facing", _("Facing"), Kind.INTEGER, unit="°"),
    _field("owner", _("Owner"), Kind.TEXT, "owner.name"),
    _field("maintainer", _("Maintainer"), Kind.TEXT, "maintainer.name"),
    _field("supervisor", _("Supervisor"), Kind.TEXT, "supervisor.name"),
    _field("installed_on", _("Installed on"), Kind.DATE),
    _field("content_changed_on", _("Content changed on"), Kind.DATE),
    _field("data_source", _("Data source"), Kind.TEXT),
    _field("remarks", _("Remarks"), Kind.TEXT),
    _field("thumbnail", _("Photo"), Kind.TEXT, _THUMBNAIL, _LIST),
    _field("photos", _("Photos"), Kind.LIST, _PHOTOS),
    _field("version", _("Version"), Kind.INTEGER),
    _field("updated_at", _("Updated at"), Kind.MOMENT),
)

# Numbers of one cell in tiles that aggregate; the rest of a cell is its dominant type and that type's symbol.
SHORT_NAMES: dict[str, str] = {
    "legacy_code": "legacycode",
    "artwork_title": "art_title",
    "artwork_wording": "art_word",
    "artwork_themes": "art_theme",
    "artwork_valid_to": "art_until",
    "inspected_at": "inspected",
    "next_inspection_due": "next_due",
    "inspection_overdue": "insp_late",
    "maintenance_overdue": "maint_late",
    "removal_reason": "rem_reason",
    "street_name": "street_nam",
    "community_name": "comm_name",
    "position_accuracy": "accuracy",
    "illuminated": "lit",
    "installed_on": "installed",
    "content_changed_on": "contentchg",
    "data_source": "datasource",
    "effective_at": "effective",
    "observed_at": "observed",
    "received_at": "received",
    "void_reason": "voidreason",
    "description": "descript",
    "resulting_condition": "result",
    "completed_at": "completed",
    "verified_at": "verified",
}
"""How a shapefile, whose columns have ten letters, calls fields that are longer. docs/exporting.md lists them."""

CELL_COUNTS: tuple[tuple[str, Promise], ...] = (
    ("n", _("Number of assets")),
    *((condition.code, condition.label) for condition in Condition),
)


def fields_for(output: Output) -> list[Field]:
    """The fields of one output, in order."""
    return [field for field in FIELDS if output in field.outputs]


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


def joins(fields: Iterable[Field]) -> str:
    """The joins that some fields need, to follow `FROM assets_asset asset`."""
    return ASSET_TABLES.joins(field.sql for field in fields)
