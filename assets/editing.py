"""What people may write on an asset by hand, and its checks: shared by registering, editing and reverting.

Which fields these are says the declaration (`assets.fields`). Position, lifecycle, artwork, condition and support have
verbs of their own and are not in the list.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from assets.fields import BY_HAND
from assets.models import Asset, Theme
from assets.rules import due

# A footprint is drawn, not typed.
EDITABLE_FIELDS = (*BY_HAND, "footprint")
_CONSTRAINED = {
    "asset_code_is_17_digits": "code",
    "asset_legacy_code_is_16_digits": "legacy_code",
    "asset_source_id_once": "source_id",
    "asset_facing_is_a_bearing": "facing",
    "asset_removed_says_when_and_why": "removal_reason",
}
FOOTPRINT_TYPES = ("LineString", "MultiLineString", "Polygon", "MultiPolygon")


def assign(asset: Asset, values: Mapping[str, Any]) -> None:
    """Set editable fields (not saved).

    Raises:
        ValidationError: naming each field that is not to be edited this way.
    """
    foreign = {
        name: _("This is not edited here; it has an action of its own.")
        for name in values
        if name not in EDITABLE_FIELDS
    }
    if foreign:
        raise ValidationError(foreign)
    for name, value in values.items():
        setattr(asset, name, value)


def check(asset: Asset, fields: Iterable[str]) -> None:
    """Validate some fields of an unsaved asset, and what the database will insist on.

    Raises:
        ValidationError: naming the fields.
    """
    checked = set(fields)
    problems: dict[str, list[Any]] = {}
    steps = (
        lambda: asset.clean_fields(exclude={f.name for f in asset._meta.fields if f.name not in checked}),
        lambda: asset.validate_unique(exclude=_others(asset, checked)),
        lambda: _check_constraints(asset),
        lambda: _check_meaning(asset, checked),
    )
    for step in steps:
        try:
            step()
        except ValidationError as error:
            for name, messages in error.update_error_dict({}).items():
                problems.setdefault(name, []).extend(messages)
    if problems:
        raise ValidationError(problems)


def _check_constraints(asset: Asset) -> None:
    """The table's own constraints, each put down to the field it is about."""
    unset = set() if asset.code else {"code"}
    problems: dict[str, list[Any]] = {}
    for constraint in Asset._meta.constraints:
        try:
            constraint.validate(Asset, asset, exclude=unset)
        except ValidationError as error:
            field = _CONSTRAINED.get(constraint.name, NON_FIELD_ERRORS)
            if constraint.name == "asset_sizes_are_positive":
                sizes = {name: getattr(asset, name) for name in ("width", "height", "faces")}
                field = next(name for name, size in sizes.items() if size is not None and size <= 0)
            problems.setdefault(field, []).extend(error.messages)
    if problems:
        raise ValidationError(problems)


def _others(asset: Asset, checked: set[str]) -> set[str]:
    return {field.name for field in asset._meta.fields if field.name not in checked}


def _check_meaning(asset: Asset, checked: set[str]) -> None:
    if "themes" in checked and asset.themes:
        known_codes = set(Theme.objects.filter(code__in=asset.themes).values_list("code", flat=True))
        unknown = sorted(set(asset.themes) - known_codes)
        if unknown:
            raise ValidationError({"themes": _("Unknown theme: %(codes)s") % {"codes": ", ".join(unknown)}})
    if "footprint" in checked and asset.footprint is not None:
        _check_footprint(asset.footprint)
    for name in ("installed_on", "content_changed_on"):
        day: date | None = getattr(asset, name)
        if name in checked and day is not None and day > timezone.localdate():
            raise ValidationError({name: _("The day lies in the future.")})


def _check_footprint(footprint: GEOSGeometry) -> None:
    if footprint.geom_type not in FOOTPRINT_TYPES:
        raise ValidationError({"footprint": _("A footprint is a line or a polygon.")})
    if not footprint.valid:
        raise ValidationError({"footprint": footprint.valid_reason})


def next_due(asset: Asset) -> date:
    """When an asset is to be looked at next, by its type and what is known of it; of a new one, from today."""
    return due.next_due(
        asset.type.inspection_interval_days,
        seen_at=asset.condition_at,
        installed_on=asset.installed_on,
        registered_at=timezone.now() if asset.pk is None else asset.created_at,
    )
