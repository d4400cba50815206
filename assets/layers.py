"""The sets of rows that leave the catalogue: assets, their inspections and maintenance, and where artworks hang.

Each layer declares its fields in the manner of `assets.fields` and stands beside an asset, so that one filter and one
permission serve all. What its fields' codes mean is in `code_list`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assets.dictionaries import Dictionaries
from assets.fields import FIELDS, Field, Kind, Output
from assets.models import (
    Approval,
    Condition,
    Family,
    Lifecycle,
    MaintenanceKind,
    MaintenanceState,
    Origin,
    Priority,
)
from assets.models.maintenance import OPEN_STATES
from places.models import Level


@dataclass(frozen=True)
class Layer:
    """One set of rows. `source` follows FROM and has the alias `asset`; each row stands at that asset's point.

    key: the field that tells one row from every other.
    order: SQL to sort by.
    condition: SQL that leaves out assets the layer says nothing of.
    """

    name: str
    title: Promise
    fields: tuple[Field, ...]
    source: str
    key: str
    order: str
    condition: str = "true"


def _field(name: str, title: Promise, kind: Kind, sql: str, *, unit: str = "", codes: str = "") -> Field:
    return Field(name, title, kind, sql, frozenset({Output.FILE}), unit, codes)


_BY_NAME = {field.name: field for field in FIELDS}
_OPEN = ", ".join(f"'{state.value}'" for state in OPEN_STATES)


def _asset_fields(*names: str) -> tuple[Field, ...]:
    """Fields of the asset that a row belongs to, as `assets.fields` declares them."""
    return tuple(_BY_NAME[name] for name in names)


_ASSET = _field("asset", _("Component id of the asset"), Kind.TEXT, "asset.code")
_ASSET_NAME = _field("asset_name", _("Name of the asset"), Kind.TEXT, "asset.name")
_WHERE = _asset_fields("street", "street_name", "community", "community_name", "road_name", "address")


def _condition_code(column: str) -> str:
    codes = ",".join(condition.code for condition in Condition)
    return f"('{{{codes}}}'::text[])[{column} + 1]"


def _photos_of(column: str, row: str) -> str:
    return (
        "ARRAY(SELECT '{site}/photos/' || photo.uid || '/original' FROM assets_photo photo"  # noqa: S608 -- constants
        f" WHERE photo.{column} = {row} ORDER BY photo.id)::varchar[]"
    )


ASSETS = Layer(
    "assets",
    _("Assets"),
    tuple(field for field in FIELDS if Output.FILE in field.outputs),
    "assets_asset asset",
    key="code",
    order="asset.code",
)

INSPECTIONS = Layer(
    "inspections",
    _("Inspections"),
    (
        _field("uid", _("Unique id"), Kind.TEXT, "inspection.uid"),
        _ASSET,
        _ASSET_NAME,
        *_asset_fields("type", "type_name"),
        _field(
            "condition",
            _("Condition"),
            Kind.TEXT,
            _condition_code("inspection.condition"),
            codes="condition",
        ),
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
        ),
        _field("origin", _("Origin"), Kind.TEXT, "inspection.origin", codes="origin"),
        _field("batch", _("Batch"), Kind.INTEGER, "inspection.batch_id"),
        _field("distance", _("Distance from the asset"), Kind.NUMBER, "inspection.distance", unit="m"),
        _field("voided_at", _("Voided at"), Kind.MOMENT, "inspection.voided_at"),
        _field("void_reason", _("Reason for voiding"), Kind.TEXT, "inspection.void_reason"),
        *_WHERE,
        _field("photos", _("Photos"), Kind.LIST, _photos_of("inspection_id", "inspection.id")),
    ),
    "assets_inspection inspection JOIN assets_asset asset ON asset.id = inspection.asset_id",
    key="uid",
    order="inspection.effective_at, inspection.id",
)

MAINTENANCE = Layer(
    "maintenance",
    _("Maintenance"),
    (
        _field("id", _("Job number"), Kind.INTEGER, "job.id"),
        _ASSET,
        _ASSET_NAME,
        *_asset_fields("type", "type_name"),
        _field("kind", _("Kind of work"), Kind.TEXT, "job.kind", codes="maintenance_kind"),
        _field("state", _("State"), Kind.TEXT, "job.state", codes="maintenance_state"),
        _field("priority", _("Priority"), Kind.TEXT, "(job.priority)::text", codes="priority"),
        _field("description", _("Description"), Kind.TEXT, "job.description"),
        _field("due_on", _("Due on"), Kind.DATE, "job.due_on"),
        _field(
            "overdue",
            _("Overdue"),
            Kind.BOOLEAN,
            f"coalesce(job.due_on < {{today}} AND job.state IN ({_OPEN}), false)",
        ),
        _field("crew", _("Crew"), Kind.TEXT, "crew.name"),
        _field("artwork", _("Artwork to post"), Kind.TEXT, "poster.code"),
        _field("cost", _("Cost"), Kind.NUMBER, "job.cost", unit="CNY"),
        _field(
            "resulting_condition",
            _("Condition afterwards"),
            Kind.TEXT,
            _condition_code("job.resulting_condition"),
            codes="condition",
        ),
        _field("created_at", _("Planned at"), Kind.MOMENT, "job.created_at"),
        _field("started_at", _("Started at"), Kind.MOMENT, "job.started_at"),
        _field("completed_at", _("Completed at"), Kind.MOMENT, "job.completed_at"),
        _field("verified_at", _("Verified at"), Kind.MOMENT, "job.verified_at"),
        *_WHERE,
        _field("photos", _("Photos"), Kind.LIST, _photos_of("maintenance_id", "job.id")),
    ),
    "assets_maintenance job JOIN assets_asset asset ON asset.id = job.asset_id",
    key="id",
    order="job.id",
)

# 画面 × where it hangs: a row for each asset that shows one.
ARTWORKS = Layer(
    "artworks",
    _("Artworks and where they hang"),
    (
        _field("artwork", _("Artwork"), Kind.TEXT, "artwork.code"),
        _field("artwork_title", _("Title of the artwork"), Kind.TEXT, "artwork.title"),
        _field("artwork_wording", _("Wording of the artwork"), Kind.TEXT, "artwork.wording"),
        _field("artwork_themes", _("Themes of the artwork"), Kind.LIST, "artwork.themes", codes="theme"),
        _field("approval", _("Approval"), Kind.TEXT, "artwork.approval", codes="approval"),
        _field("valid_from", _("Valid from"), Kind.DATE, "artwork.valid_from"),
        _field("valid_to", _("Valid to"), Kind.DATE, "artwork.valid_to"),
        _field("expired", _("Expired"), Kind.BOOLEAN, "coalesce(artwork.valid_to < {today}, false)"),
        _field("posted_on", _("Posted on"), Kind.DATE, "posting.posted_on"),
        _ASSET,
        _ASSET_NAME,
        *_asset_fields("type", "type_name", "condition", "lifecycle"),
        *_WHERE,
        *_asset_fields("site_name", "site_kind", "large", "width", "height", "face_count", "maintainer"),
    ),
    "assets_asset asset",
    key="asset",
    order="artwork.code, asset.code",
    condition="asset.artwork_id IS NOT NULL",
)

LAYERS: dict[str, Layer] = {layer.name: layer for layer in (ASSETS, INSPECTIONS, MAINTENANCE, ARTWORKS)}


# --- What codes mean ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Meaning:
    """One entry of a list: its code and its names."""

    code: str
    zh: str
    en: str

    def name(self, language: str) -> str:
        """The name in "zh" or "en"."""
        return self.en if language.startswith("en") and self.en else self.zh


_CHOICES: Mapping[str, Mapping[str, Promise | str]] = {
    "family": dict(Family.choices),
    "condition": {condition.code: condition.label for condition in Condition},
    "lifecycle": dict(Lifecycle.choices),
    "origin": dict(Origin.choices),
    "maintenance_kind": dict(MaintenanceKind.choices),
    "maintenance_state": dict(MaintenanceState.choices),
    "priority": {str(value): label for value, label in Priority.choices},
    "approval": dict(Approval.choices),
}
_LEVELS = {"district": Level.DISTRICT, "street": Level.STREET, "community": Level.COMMUNITY}


def code_list(name: str, lists: Dictionaries) -> list[Meaning]:
    """The list of that name (`Field.codes`), in its own order.

    Raises:
        KeyError: there is no such list.
    """
    if name in _CHOICES:
        return choices(name)
    if name in _LEVELS:
        return [Meaning(area.code, area.name, area.name) for area in lists.areas_at(_LEVELS[name]).values()]
    entries: Mapping[str, Mapping[str, Any]] = {
        "type": lists.types,
        "theme": lists.themes,
        "defect": lists.defects,
        "site_kind": lists.site_kinds,
    }
    return [Meaning(entry.code, entry.name_zh, entry.name_en) for entry in entries[name].values()]


def choices(name: str) -> list[Meaning]:
    """The list of that name, of those that are part of the product and not edited by anybody."""
    return [Meaning(code, _in(label, "zh-hans"), _in(label, "en")) for code, label in _CHOICES[name].items()]


def _in(label: Promise | str, language: str) -> str:
    with translation.override(language):
        return str(label)
