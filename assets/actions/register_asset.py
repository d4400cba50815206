"""Register an asset: give it its component id and put it into the catalogue."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.permissions import REGISTER
from assets import editing
from assets.codes import CodesExhausted, take_component_id
from assets.history import Actor, acting, authorise
from assets.models import Asset, AssetType, Lifecycle, Support
from assets.placing import PLACEMENT_FIELDS, check_accuracy, placement_at


def register_asset(
    actor: Actor,
    asset_type: AssetType,
    point: Point | None = None,
    *,
    support: Support | None = None,
    lifecycle: Lifecycle = Lifecycle.IN_USE,
    position_accuracy: float | None = None,
    fields: Mapping[str, Any] | None = None,
    uid: uuid.UUID | None = None,
) -> Asset:
    """Register one asset where its point (or its support) stands.

    Args:
        point: WGS84; not needed with a support, whose point counts.
        lifecycle: in use, or planned.
        position_accuracy: in metres.
        fields: any of `assets.editing.EDITABLE_FIELDS`.
        uid: the sender's own id, by which a repeat is recognised: the first registration is returned.

    Raises:
        PermissionDenied: the actor may not register there.
        ValidationError: naming the fields.
    """
    uid = uid or uuid.uuid4()
    registered = Asset.objects.select_related("area").filter(uid=uid).first()
    if registered is not None:
        authorise(actor, REGISTER, registered)
        return registered
    if support is not None:
        point = support.point
    if point is None:
        raise ValidationError({"point": _("Say where it stands.")})
    if lifecycle not in (Lifecycle.IN_USE, Lifecycle.PLANNED):
        raise ValidationError({"lifecycle": _("A new asset is in use, or planned.")})
    check_accuracy(position_accuracy)
    placement = placement_at(point)
    authorise(actor, REGISTER, placement)
    asset = Asset(
        uid=uid,
        point=point,
        support=support,
        lifecycle=lifecycle,
        position_accuracy=position_accuracy,
    )
    placement.put(asset)
    values = {**(fields or {}), "type": asset_type}
    editing.assign(asset, values)
    asset.next_inspection_due = editing.next_due(asset)
    editing.check(asset, {*values, *PLACEMENT_FIELDS, "point", "support", "lifecycle", "position_accuracy"})
    try:
        # Last, so that a refused registration costs no number.
        asset.code = take_component_id(placement.district_code, asset_type)
    except CodesExhausted as error:
        raise ValidationError({"type": str(error)}) from error
    try:
        with acting(actor), transaction.atomic():
            asset.save(force_insert=True)
            asset.refresh_from_db()
    except IntegrityError:
        # The same registration, sent twice at once: the other one won.
        registered = Asset.objects.filter(uid=uid).first()
        if registered is None:
            raise
        return registered
    return asset
