"""What can be done to one asset on its panel: a verb, who may, the form it asks with, and the action that does it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.permissions import EDIT, INSPECT, POST_ARTWORK, REMOVE, VOID, can
from assets.actions.attach_photo import attach_photo
from assets.actions.post_artwork import post_artwork
from assets.actions.record_inspection import record_inspection
from assets.actions.remove_asset import remove_asset
from assets.actions.reopen_asset import reopen_asset
from assets.actions.revert_change import revert_change
from assets.actions.suspend_asset import suspend_asset
from assets.actions.take_down_artwork import take_down_artwork
from assets.actions.void_inspection import void_inspection
from assets.history import Actor, acting, authorise
from assets.models import Asset, Inspection, Lifecycle, PhotoStage
from assets.photos import StoredPhoto, store_photo
from assets.rules.observing import seen_at
from work.desk.forms import (
    DeskForm,
    InspectForm,
    PostForm,
    RemoveForm,
    TakeDownForm,
    UndoForm,
    VoidForm,
)


@dataclass(frozen=True)
class Verb:
    """One thing that can be done to an asset.

    `run` does it and returns the sentence that is then said; `button` is what the form's button says; `asks` is a
    sentence above the form.
    """

    slug: str
    title: str | Promise
    button: str | Promise
    run: Callable[[Actor, Asset, dict[str, Any]], str]
    permission: Callable[[Asset], str]
    form: type[DeskForm] = DeskForm
    applies: Callable[[Asset], bool] = lambda asset: True
    asks: str | Promise = ""
    dangerous: bool = False

    def may(self, user: User, asset: Asset) -> bool:
        """Whether a user may do it to this very asset."""
        return can(user, self.permission(asset), asset)


def stands(asset: Asset) -> bool:
    """Whether an asset has not been removed."""
    return asset.lifecycle != Lifecycle.REMOVED


def stored_photos(files: list[Any]) -> list[StoredPhoto]:
    """The photos of a form, on disk; all of them are looked at before anything is written.

    Raises:
        ValidationError: naming `photos`, with each file's name.
    """
    kept, problems = [], []
    for file in files:
        try:
            kept.append(store_photo(file.file))
        except ValidationError as error:
            problems.append(f"{file.name}: {' '.join(error.messages)}")
    if problems:
        raise ValidationError({"photos": problems})
    return kept


def record_with_photos(actor: Actor, asset: Asset, cleaned: dict[str, Any]) -> Inspection:
    """An inspection and its photos, all or nothing.

    Raises:
        PermissionDenied, ValidationError: as `record_inspection` and `attach_photo`.
    """
    authorise(actor, INSPECT, asset)
    moment = seen_at(asset, cleaned["seen_on"]) if cleaned["seen_on"] else None
    photos = stored_photos(cleaned["photos"])
    with acting(actor):
        inspection = record_inspection(
            actor,
            asset,
            cleaned["condition"],
            defects=cleaned["defects"],
            note=cleaned["note"],
            observed_at=moment,
            uid=cleaned["uid"],
        )
        for photo in photos:
            attach_photo(actor, asset, photo, stage=PhotoStage.INSPECTION, inspection=inspection)
    return inspection


def _inspect(actor: Actor, asset: Asset, cleaned: dict[str, Any]) -> str:
    inspection = record_with_photos(actor, asset, cleaned)
    return _("Recorded: %(condition)s") % {"condition": inspection.get_condition_display()}


def _post(actor: Actor, asset: Asset, cleaned: dict[str, Any]) -> str:
    post_artwork(actor, asset, cleaned["artwork"], posted_on=cleaned["posted_on"])
    return _("Posted: %(artwork)s") % {"artwork": cleaned["artwork"].title}


def _take_down(actor: Actor, asset: Asset, cleaned: dict[str, Any]) -> str:
    take_down_artwork(actor, asset, **cleaned)
    return _("The artwork is taken down.")


def _suspend(actor: Actor, asset: Asset, _given: dict[str, Any]) -> str:
    suspend_asset(actor, asset)
    return _("It is suspended.")


def _reopen(actor: Actor, asset: Asset, _given: dict[str, Any]) -> str:
    reopen_asset(actor, asset)
    return _("It is in use.")


def _remove(actor: Actor, asset: Asset, cleaned: dict[str, Any]) -> str:
    remove_asset(actor, asset, reason=cleaned["removal_reason"], removed_on=cleaned["removed_on"])
    return _("It is removed. Its record and history stay.")


def _undo(actor: Actor, asset: Asset, cleaned: dict[str, Any]) -> str:
    revert_change(actor, asset, cleaned["version"])
    return _("The change is taken back.")


def _void(actor: Actor, asset: Asset, cleaned: dict[str, Any]) -> str:
    inspection = Inspection.objects.filter(pk=cleaned["inspection"], asset=asset).first()
    if inspection is None:
        raise ValidationError(_("There is no such inspection of this asset."))
    void_inspection(actor, inspection, cleaned["void_reason"])
    return _("The inspection is void.")


VERBS = (
    Verb(
        "inspect",
        gettext_lazy("Record condition"),
        gettext_lazy("Save condition"),
        _inspect,
        lambda asset: INSPECT,
        InspectForm,
        stands,
    ),
    Verb(
        "post",
        gettext_lazy("Post an artwork"),
        gettext_lazy("Post"),
        _post,
        lambda asset: POST_ARTWORK,
        PostForm,
        stands,
    ),
    Verb(
        "take-down",
        gettext_lazy("Take the artwork down"),
        gettext_lazy("Take down"),
        _take_down,
        lambda asset: POST_ARTWORK,
        TakeDownForm,
        lambda asset: asset.artwork_id is not None,
    ),
    Verb(
        "suspend",
        gettext_lazy("Suspend"),
        gettext_lazy("Suspend"),
        _suspend,
        lambda asset: EDIT,
        applies=lambda asset: asset.lifecycle == Lifecycle.IN_USE,
        asks=gettext_lazy("It stays where it is, but is out of use until it is brought into use again."),
    ),
    Verb(
        "reopen",
        gettext_lazy("Bring into use"),
        gettext_lazy("Bring into use"),
        _reopen,
        # Undoing a removal is as much as removing.
        lambda asset: REMOVE if asset.lifecycle == Lifecycle.REMOVED else EDIT,
        applies=lambda asset: asset.lifecycle != Lifecycle.IN_USE,
        asks=gettext_lazy("It counts again among what is in use, and is inspected."),
    ),
    Verb(
        "remove",
        gettext_lazy("Remove"),
        gettext_lazy("Remove"),
        _remove,
        lambda asset: REMOVE,
        RemoveForm,
        stands,
        asks=gettext_lazy(
            "Its record, component id and history stay. What hangs on it is taken down, and its open jobs are "
            "cancelled."
        ),
        dangerous=True,
    ),
    Verb(
        "undo",
        gettext_lazy("Take a change back"),
        gettext_lazy("Take back"),
        _undo,
        lambda asset: EDIT,
        UndoForm,
        asks=gettext_lazy("The values from before it are written again, as a new change."),
    ),
    Verb(
        "void",
        gettext_lazy("Void an inspection"),
        gettext_lazy("Void"),
        _void,
        lambda asset: VOID,
        VoidForm,
        asks=gettext_lazy("It stays in the history and no longer counts."),
    ),
)
VERBS_BY_SLUG = {verb.slug: verb for verb in VERBS}
# Reached from the event they take back, not from a button of the asset.
OF_EVENTS = frozenset({"undo", "void"})
