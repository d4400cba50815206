"""The layers that leave this house: assets, inspections, maintenance, areas, roads, sites (docs/design.md).

A layer is declared once: its fields, its geometry, what identifies a row, when it happened, and who may see it. OGC
API, exports and the JSON API derive from the declaration. Geometries are WGS84 (EPSG:4326), longitude before latitude.
Names and telephone numbers of private persons are in none of them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.permissions import SUPERVISE_CREWS, AnyUser, scope_of
from assets.chosen_sql import Sql, chosen_here, chosen_ids
from assets.fields import (
    ASSET_TABLES,
    CONDITION_CODES,
    FIELDS,
    Field,
    Kind,
    Output,
    Tables,
    columns,
    fields_for,
    sql_of,
)
from assets.models import Asset
from assets.rules.lateness import JOB_LATE_SQL
from places.models import Level

_FILE = frozenset({Output.FILE})


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer.

    Args:
        key: the field that identifies a row and that pages are ordered by; unique, indexed, never empty.
        geometry: SQL of the geometry in EPSG:4326; it may be NULL where `geometry_may_lack`.
        shape: its type as GeoJSON calls it.
        interval: SQL of the moments at which a row begins and ends in time; None where rows have no time.
        visible: the rows that a user may do a verb to, as an SQL condition with its parameters.
        condition: SQL that leaves out rows of the table the layer says nothing of.
        order: SQL that files are sorted by; the key where nothing is said.
        subject: the alias of the table whose filter narrows the layer (`mapping.subjects`).
        is_main: its rows are the subject itself, one each, so that the filter's parameters are the layer's.
        ages: its values change with the time of day, though nobody writes.
    """

    name: str
    title: Promise
    description: Promise
    tables: Tables
    fields: tuple[Field, ...]
    key: str
    geometry: str
    shape: str
    interval: tuple[str, str] | None
    visible: Callable[[AnyUser, str], Sql]
    geometry_may_lack: bool = False
    condition: str = "true"
    order: str = ""
    subject: str = "asset"
    is_main: bool = False
    ages: bool = False

    def field(self, name: str) -> Field | None:
        """The field of a name, or None."""
        return next((field for field in self.fields if field.name == name), None)

    def sql(self, name: str, *, language: str, today: date) -> str:
        """SQL of the field of a name."""
        return next(
            sql_of(field, language=language, today=today) for field in self.fields if field.name == name
        )

    def columns(self, *, language: str, today: date) -> str:
        """The select list of all fields."""
        return columns(self.fields, language=language, today=today)

    def told_to(self, user: AnyUser) -> "Layer":
        """The layer as a reader may know it: what is told to others only is empty, and cannot be asked for either."""
        if not any(field.told_to for field in self.fields):
            return self
        return replace(self, fields=tuple(_told(field, user) for field in self.fields))

    def rows(self, *expressions: str) -> str:
        """What follows FROM for statements that use the given SQL expressions."""
        return f"{self.tables.source} {self.tables.joins(expressions)}"


def _field(
    name: str, title: Promise, kind: Kind, sql: str, *, unit: str = "", codes: str = "", told_to: str = ""
) -> Field:
    return Field(name, title, kind, sql, _FILE, unit, codes, told_to)


def _told(field: Field, user: AnyUser) -> Field:
    """A field, empty at the assets where the user may not be told it."""
    if not field.told_to:
        return field
    scope = scope_of(user, field.told_to)
    if scope.is_everywhere:
        return replace(field, told_to="")
    if scope.is_nowhere:
        return replace(field, sql="NULL::text", told_to="")
    # Area codes are digits.
    inside = " OR ".join(
        f"coalesce(area.code, left(asset.code, 6)) ^@ '{prefix}'" for prefix in sorted(scope.prefixes)
    )
    return replace(field, sql=f"CASE WHEN {inside} THEN {field.sql} END", told_to="")


# --- Who may see what -----------------------------------------------------------------------------------------------


def _assets_themselves(user: AnyUser, verb: str) -> Sql:
    """The assets that a user may do a verb to."""
    return chosen_here(Asset.objects.within(scope_of(user, verb)))


def _of_assets(column: str) -> Callable[[AnyUser, str], Sql]:
    """Rows that belong to the assets that a user may do a verb to."""

    def visible(user: AnyUser, verb: str) -> Sql:
        ids, params = chosen_ids(Asset.objects.within(scope_of(user, verb)))
        return f"{column} IN ({ids})", params

    return visible


def _in_areas(code: str, *, unknown_too: bool) -> Callable[[AnyUser, str], Sql]:
    """Rows whose area lies in a user's scope; `unknown_too` where a row without an area is nobody's secret."""

    def visible(user: AnyUser, verb: str) -> Sql:
        scope = scope_of(user, verb)
        if scope.is_everywhere:
            return "true", ()
        inside = f"{code} LIKE ANY(%s)"
        if unknown_too and not scope.is_nowhere:
            inside = f"({inside} OR {code} IS NULL)"
        return inside, ([f"{prefix}%" for prefix in sorted(scope.prefixes)],)

    return visible


# --- The layers -----------------------------------------------------------------------------------------------------

ASSETS = Layer(
    name="assets",
    title=_("Assets"),
    description=_("Public-service advertisements and signboards, each at its point."),
    tables=ASSET_TABLES,
    fields=tuple(fields_for(Output.FILE)),
    key="code",
    geometry="asset.point",
    shape="Point",
    interval=("asset.updated_at", "asset.updated_at"),
    visible=_assets_themselves,
    is_main=True,
)


def _beside_assets(source: str, joined: dict[str, str]) -> Tables:
    """A table whose rows belong to assets: `joined` leads to the asset, and everything that an asset has follows."""
    needs = {alias: {"asset"} | ASSET_TABLES.needs.get(alias, frozenset()) for alias in ASSET_TABLES.joined}
    return Tables(
        source, {**joined, **ASSET_TABLES.joined}, {alias: frozenset(need) for alias, need in needs.items()}
    )


def _of_the_asset(*names: str) -> tuple[Field, ...]:
    """Fields of the asset that a row belongs to, as `assets.fields` declares them."""
    declared = {field.name: field for field in FIELDS}
    return tuple(declared[name] for name in names)


def _photos_of(column: str, row: str) -> str:
    return (
        "ARRAY(SELECT '{site}' || {photo original} FROM assets_photo photo"  # noqa: S608 -- constants
        f" WHERE photo.{column} = {row} ORDER BY photo.id)::varchar[]"
    )


_ASSET = (
    _field("asset", _("Component id of the asset"), Kind.TEXT, "asset.code"),
    _field("asset_name", _("Name of the asset"), Kind.TEXT, "asset.name"),
)
_ABOUT_THE_ASSET = (*_ASSET, *_of_the_asset("type", "type_name"))
_WHERE = _of_the_asset("street", "street_name", "community", "community_name", "road_name", "address")


def _condition(column: str) -> str:
    return f"({CONDITION_CODES})[{column} + 1]"


INSPECTIONS = Layer(
    name="inspections",
    title=_("Inspections"),
    description=_("What was found at an asset, when and by whom; a voided inspection says so."),
    tables=_beside_assets(
        "assets_inspection inspection",
        {
            "asset": "JOIN assets_asset asset ON asset.id = inspection.asset_id",
            "inspector": "LEFT JOIN accounts_user inspector ON inspector.id = inspection.inspector_id",
        },
    ),
    fields=(
        _field("id", _("Number"), Kind.INTEGER, "inspection.id"),
        _field("uid", _("Unique id"), Kind.TEXT, "inspection.uid::text"),
        *_ABOUT_THE_ASSET,
        _field("condition", _("Condition"), Kind.TEXT, _condition("inspection.condition"), codes="condition"),
        _field("defects", _("Defects"), Kind.LIST, "inspection.defects", codes="defect"),
        _field("note", _("Note"), Kind.TEXT, "inspection.note"),
        _field("effective_at", _("Inspected at"), Kind.MOMENT, "inspection.effective_at"),
        _field("observed_at", _("Time on the device"), Kind.MOMENT, "inspection.observed_at"),
        _field("received_at", _("Received at"), Kind.MOMENT, "inspection.received_at"),
        _field(
            "inspector",
            _("Inspector"),
            Kind.TEXT,
            "coalesce(nullif(inspection.inspector_name, ''), nullif(inspector.display_name, ''), inspector.username)",
            # Who was where and when is their supervisors' to know.
            told_to=SUPERVISE_CREWS,
        ),
        _field("origin", _("Origin"), Kind.TEXT, "inspection.origin", codes="origin"),
        _field("batch", _("Batch"), Kind.INTEGER, "inspection.batch_id"),
        _field("distance", _("Distance from the asset"), Kind.NUMBER, "inspection.distance", unit="m"),
        _field("voided_at", _("Voided at"), Kind.MOMENT, "inspection.voided_at"),
        _field("void_reason", _("Reason for voiding"), Kind.TEXT, "inspection.void_reason"),
        *_WHERE,
        _field("photos", _("Photos"), Kind.LIST, _photos_of("inspection_id", "inspection.id")),
    ),
    key="id",
    geometry="asset.point",
    shape="Point",
    interval=("inspection.effective_at", "inspection.effective_at"),
    visible=_of_assets("inspection.asset_id"),
)

MAINTENANCE = Layer(
    name="maintenance",
    title=_("Maintenance"),
    description=_("Jobs on assets: what is to be done, by whom, until when, and what it cost."),
    tables=_beside_assets(
        "assets_maintenance job",
        {
            "asset": "JOIN assets_asset asset ON asset.id = job.asset_id",
            "crew": "LEFT JOIN places_unit crew ON crew.id = job.crew_id",
            "poster": "LEFT JOIN assets_artwork poster ON poster.id = job.artwork_id",
            "planner": "LEFT JOIN accounts_user planner ON planner.id = job.created_by_id",
        },
    ),
    fields=(
        _field("id", _("Number"), Kind.INTEGER, "job.id"),
        *_ABOUT_THE_ASSET,
        _field("kind", _("Kind of job"), Kind.TEXT, "job.kind", codes="maintenance_kind"),
        _field("state", _("State"), Kind.TEXT, "job.state", codes="maintenance_state"),
        _field(
            "priority",
            _("Priority"),
            Kind.TEXT,
            "('{normal,high,urgent}'::text[])[job.priority]",
            codes="priority",
        ),
        _field("description", _("Description"), Kind.TEXT, "job.description"),
        _field("due_on", _("Due on"), Kind.DATE, "job.due_on"),
        _field(
            "overdue",
            _("Overdue"),
            Kind.BOOLEAN,
            JOB_LATE_SQL,
        ),
        _field("crew", _("Crew"), Kind.TEXT, "crew.name"),
        _field("artwork", _("Artwork to post"), Kind.TEXT, "poster.code"),
        _field("artwork_title", _("Title of the artwork to post"), Kind.TEXT, "poster.title"),
        _field("cost", _("Cost"), Kind.NUMBER, "job.cost", unit="CNY"),
        _field(
            "resulting_condition",
            _("Condition afterwards"),
            Kind.TEXT,
            _condition("job.resulting_condition"),
            codes="condition",
        ),
        _field(
            "planned_by",
            _("Planned by"),
            Kind.TEXT,
            "coalesce(nullif(planner.display_name, ''), planner.username)",
        ),
        _field("planned_at", _("Planned at"), Kind.MOMENT, "job.created_at"),
        _field("started_at", _("Started at"), Kind.MOMENT, "job.started_at"),
        _field("completed_at", _("Completed at"), Kind.MOMENT, "job.completed_at"),
        _field("verified_at", _("Verified at"), Kind.MOMENT, "job.verified_at"),
        *_WHERE,
        _field("photos", _("Photos"), Kind.LIST, _photos_of("maintenance_id", "job.id")),
    ),
    key="id",
    geometry="asset.point",
    shape="Point",
    # A job that is not done goes on.
    interval=("job.created_at", "coalesce(job.completed_at, 'infinity'::timestamptz)"),
    visible=_of_assets("job.asset_id"),
)


def _answering(place: str) -> tuple[Field, ...]:
    """Post and unit of whoever answers for a place today, by the dated rows; no names: a layer has many readers."""
    parts = (
        ("leader", _("Post of who answers"), "holder.post"),
        ("leader_unit", _("Unit that answers"), "unit.name"),
    )
    return tuple(
        _field(
            name,
            title,
            Kind.TEXT,
            f"(SELECT string_agg(DISTINCT {column}, '、' ORDER BY {column}) FROM places_responsibility said"  # noqa: S608 -- constants
            " JOIN places_holder holder ON holder.id = said.holder_id"
            " LEFT JOIN places_unit unit ON unit.id = holder.unit_id"
            f" WHERE said.{place} AND said.voided_at IS NULL AND {column} <> ''"
            " AND said.begins_on <= {today} AND (said.ends_on IS NULL OR said.ends_on >= {today}))",
        )
        for name, title, column in parts
    )


_LEVEL_CODE = f"('{{{','.join(level.code for level in Level)}}}'::text[])[area.level]"
AREAS = Layer(
    name="areas",
    title=_("Areas"),
    description=_(
        "District, streets, communities and grid cells; boundary_status says how far a boundary is good."
    ),
    tables=Tables(
        "places_area area",
        {
            "parent": "LEFT JOIN places_area parent ON parent.id = area.parent_id",
        },
        {},
    ),
    fields=(
        _field("code", _("Code"), Kind.TEXT, "area.code"),
        _field("name", _("Name"), Kind.TEXT, "area.name"),
        _field("level", _("Level"), Kind.TEXT, _LEVEL_CODE, codes="level"),
        _field("kind", _("Kind"), Kind.TEXT, "area.kind"),
        _field("other_names", _("Other names"), Kind.LIST, "area.aliases"),
        _field("parent", _("Part of"), Kind.TEXT, "parent.code"),
        _field("parent_name", _("Name of what it is part of"), Kind.TEXT, "parent.name"),
        _field("boundary_status", _("Boundary"), Kind.TEXT, "area.boundary_status", codes="boundary_status"),
        _field("boundary_source", _("Source of the boundary"), Kind.TEXT, "area.boundary_source"),
        *_answering("area_id = area.id AND said.kind IN ('leader', 'unit')"),
    ),
    key="code",
    geometry="area.boundary",
    shape="MultiPolygon",
    interval=None,
    visible=_in_areas("area.code", unknown_too=False),
    geometry_may_lack=True,
)

ROADS = Layer(
    name="roads",
    title=_("Roads"),
    description=_("Thoroughfares with their centre lines, where these are known."),
    tables=Tables(
        "places_road road",
        {"district": "LEFT JOIN places_area district ON district.id = road.district_id"},
        {},
    ),
    fields=(
        _field("code", _("Code"), Kind.TEXT, "road.code"),
        _field("name", _("Name"), Kind.TEXT, "road.name"),
        _field("other_names", _("Other names"), Kind.LIST, "road.aliases"),
        _field("district", _("District"), Kind.TEXT, "district.code", codes="district"),
        _field("approximate", _("Approximate line"), Kind.BOOLEAN, "road.approximate"),
    ),
    key="code",
    geometry="road.line",
    shape="MultiLineString",
    interval=None,
    visible=_in_areas("district.code", unknown_too=True),
    geometry_may_lack=True,
)

SITES = Layer(
    name="sites",
    title=_("Sites"),
    description=_("Places that an evaluation visits: stations, parks, markets, housing estates and so on."),
    tables=Tables(
        "places_site site",
        {
            "site_kind": "JOIN places_sitekind site_kind ON site_kind.id = site.kind_id",
            "area": "LEFT JOIN places_area area ON area.id = site.area_id",
        },
        {},
    ),
    fields=(
        _field("code", _("Code"), Kind.TEXT, "site.code"),
        _field("name", _("Name"), Kind.TEXT, "site.name"),
        _field("kind", _("Site kind"), Kind.TEXT, "site_kind.code", codes="site_kind"),
        _field("kind_name", _("Name of the kind"), Kind.TEXT, "site_kind.{name}"),
        _field("area", _("Area"), Kind.TEXT, "area.code"),
        _field("area_name", _("Name of the area"), Kind.TEXT, "area.name"),
        _field("address", _("Address"), Kind.TEXT, "site.address"),
        _field("approximate", _("Approximate position"), Kind.BOOLEAN, "site.approximate"),
        *_answering("site_id = site.id"),
    ),
    key="code",
    geometry="site.point",
    shape="Point",
    interval=None,
    visible=_in_areas("area.code", unknown_too=True),
)

# 画面 × where it hangs: a row for each asset that shows one.
ARTWORKS = Layer(
    name="artworks",
    title=_("Artworks and where they hang"),
    description=_("What is printed, and each asset that shows it now."),
    tables=ASSET_TABLES,
    fields=(
        _field("artwork", _("Artwork"), Kind.TEXT, "artwork.code"),
        _field("artwork_title", _("Title of the artwork"), Kind.TEXT, "artwork.title"),
        _field("artwork_wording", _("Wording of the artwork"), Kind.TEXT, "artwork.wording"),
        _field("artwork_themes", _("Themes of the artwork"), Kind.LIST, "artwork.themes", codes="theme"),
        _field("approval", _("Approval"), Kind.TEXT, "artwork.approval", codes="approval"),
        *_of_the_asset("artwork_origin", "artwork_logo"),
        _field("valid_from", _("Valid from"), Kind.DATE, "artwork.valid_from"),
        _field("valid_to", _("Valid to"), Kind.DATE, "artwork.valid_to"),
        _field("expired", _("Expired"), Kind.BOOLEAN, "coalesce(artwork.valid_to < {today}, false)"),
        _field("posted_on", _("Posted on"), Kind.DATE, "posting.posted_on"),
        *_ABOUT_THE_ASSET,
        *_of_the_asset("condition", "lifecycle"),
        *_WHERE,
        *_of_the_asset("site_name", "site_kind", "large", "width", "height", "face_count", "maintainer"),
    ),
    key="asset",
    geometry="asset.point",
    shape="Point",
    interval=None,
    visible=_assets_themselves,
    condition="asset.artwork_id IS NOT NULL",
    order="artwork.code, asset.code",
)

# What OGC API and the JSON API serve, each row at its own geometry.
LAYERS: dict[str, Layer] = {
    layer.name: layer for layer in (ASSETS, INSPECTIONS, MAINTENANCE, AREAS, ROADS, SITES)
}
# What the asset filter narrows and files hold: rows that are assets or belong to one.
EXPORTED: dict[str, Layer] = {layer.name: layer for layer in (ASSETS, INSPECTIONS, MAINTENANCE, ARTWORKS)}
