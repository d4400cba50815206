"""Somebody found something that was not in the catalogue, on an evaluation or without one."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from assets.actions.register_asset import register_asset
from assets.models import Asset, AssetType, Support
from evaluation.actions.note_found_piece import note_found_piece
from field.up.applying.attributes import CREATED, read_attributes
from field.up.applying.evaluations import round_of
from field.up.applying.finding import lock_name
from field.up.applying.inspections import distance_from, far
from field.up.applying.patrols import site_of
from field.up.applying.work import Applied, Reading, Work
from field.up.envelope import read_position


def create(work: Work) -> Applied:
    """Register an asset under the phone's UUID.

    Raises:
        ValidationError, PermissionDenied: of the action; or the UUID is taken.
    """
    uid = work.envelope.asset
    reading = Reading(work.envelope.fields)
    reading.only((*CREATED, "position", "support", "round", "site"))
    values = read_attributes(reading, CREATED)
    asset_type = values.pop("type", None)
    if uid is None:
        reading.problems["asset"] = _("Give the new asset a UUID.")
    if not isinstance(asset_type, AssetType):
        reading.problems.setdefault("type", _("Say what type it is."))
    point, accuracy = read_position(reading.fields.get("position"))
    support = _support(reading)
    if point is None and support is None:
        reading.problems["position"] = _("Say where it stands: longitude and latitude.")
    reading.done()
    assert uid is not None  # reading.done() has raised
    assert isinstance(asset_type, AssetType)
    lock_name("asset", str(uid))
    if Asset.objects.filter(uid=uid).exists():
        raise ValidationError({"asset": _("An asset with this UUID is registered already.")})
    asset = register_asset(
        work.actor,
        asset_type,
        point,
        support=support,
        position_accuracy=accuracy,
        fields=values,
        uid=uid,
    )
    distance = distance_from(work, asset)
    return Applied(
        message=_note_on_the_visit(work, reading, asset),
        asset=asset,
        distance=distance,
        flags=far(work, distance),
    )


def _note_on_the_visit(work: Work, reading: Reading, asset: Asset) -> str:
    """Put it to the visit on which it was found; that there is none any more is no reason to lose a piece.

    Returns:
        What is to be said about it, if anything.
    """
    if not reading.fields.get("round"):
        return ""
    try:
        site = site_of(reading)
        if site is None:
            raise ValidationError({"site": _("Say which site.")})
        with transaction.atomic():
            note_found_piece(work.actor, work.author, round_of(work, reading), site, asset, work.happened_at)
    except (PermissionDenied, ValidationError):
        return _("It is registered, without the evaluation that found it: you were not sent there.")
    return ""


def _support(reading: Reading) -> Support | None:
    number = reading.fields.get("support")
    if number is None:
        return None
    found = Support.objects.filter(pk=number).first() if type(number) is int and 0 < number < 2**63 else None
    if found is None:
        reading.problems["support"] = _("There is no such support.")
    return found
