"""Attach a photo to an asset, and to the inspection or job it belongs to."""

import uuid
from datetime import datetime
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.permissions import DO_MAINTENANCE, INSPECT
from assets.history import Actor, acting, authorise
from assets.models import Asset, Inspection, Maintenance, Photo, PhotoStage
from assets.photos import StoredPhoto, store_photo


def attach_photo(
    actor: Actor,
    asset: Asset,
    file: bytes | BinaryIO | StoredPhoto,
    *,
    stage: PhotoStage = PhotoStage.OVERVIEW,
    inspection: Inspection | None = None,
    maintenance: Maintenance | None = None,
    taken_at: datetime | None = None,
    uid: uuid.UUID | None = None,
    drawn: bool = False,
) -> Photo:
    """Store a photo and name it in the catalogue; the same photo sent twice is one photo.

    Args:
        file: the photo, or one that is stored already.
        taken_at: the device's time; what the file itself says when not given.
        uid: the sender's own id, by which a repeat is recognised.
        drawn: a picture made for the demonstration, shown as such.

    Raises:
        PermissionDenied: the actor may not inspect this asset (or, for before and after, do jobs on it).
        ValidationError: naming `photo`, `inspection` or `maintenance` (of another asset).
    """
    authorise(actor, DO_MAINTENANCE if stage in (PhotoStage.BEFORE, PhotoStage.AFTER) else INSPECT, asset)
    for name, parent in (("inspection", inspection), ("maintenance", maintenance)):
        if parent is not None and parent.asset_id != asset.pk:
            raise ValidationError({name: _("This belongs to another asset.")})
    stored = file if isinstance(file, StoredPhoto) else store_photo(file)
    uid = uid or uuid.uuid4()
    with acting(actor):
        # Two senders of one photo wait for each other here instead of meeting in the unique constraint.
        Asset.objects.select_for_update(of=("self",)).get(pk=asset.pk)
        photo = Photo.objects.filter(
            Q(uid=uid, asset=asset) | Q(asset=asset, sha256=stored.sha256, stage=stage)
        ).first()
        return photo or Photo.objects.create(
            uid=uid,
            asset=asset,
            inspection=inspection,
            maintenance=maintenance,
            stage=stage,
            sha256=stored.sha256,
            width=stored.width,
            height=stored.height,
            taken_at=taken_at or stored.taken_at,
            drawn=drawn,
            uploaded_by=actor.user,
        )
