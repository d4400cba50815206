"""Look again (回头看) at an exposed case: what is seen there now. An exposure ends with its last case."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import EXPOSE_CASE, VERIFY_CASE, AnyUser, can, require
from assets.history import Actor, acting, authorise
from assets.photos import StoredPhoto, store_photo
from cases.models import ExposedCase, Exposure, ExposureState, LookAgain, LookResult

LONGEST_WORDS = 300


def may_look(user: AnyUser, exposure: Exposure) -> bool:
    """Whether somebody writes down what is seen: the office, or who verifies cases there."""
    return can(user, EXPOSE_CASE, exposure) or can(user, VERIFY_CASE, exposure)


def look_again(
    actor: Actor,
    item: ExposedCase,
    result: str,
    words: str = "",
    *,
    photo: bytes | StoredPhoto | None = None,
    at: datetime | None = None,
) -> LookAgain:
    """Write down what is seen; only “still as it should be” ends a case, and with its last case the exposure.

    Raises:
        PermissionDenied: the actor neither exposes nor verifies there.
        ValidationError: naming `state` (not approved, or ended), `result`, `words` or `photo`.
    """
    exposure = item.exposure
    if actor.user is None:
        authorise(actor, EXPOSE_CASE, exposure)
    elif not may_look(actor.user, exposure):
        require(actor.user, EXPOSE_CASE, exposure)
    if result not in LookResult.values:
        raise ValidationError(
            {"result": _("Say what is seen: still good, back again, or not put right yet.")}
        )
    text = words.strip()
    if len(text) > LONGEST_WORDS or (result != LookResult.STILL_GOOD and not text):
        raise ValidationError(
            {"words": _("Say in at most %(most)s characters what is seen.") % {"most": LONGEST_WORDS}}
        )
    stored = photo if isinstance(photo, StoredPhoto) or photo is None else store_photo(photo)
    with acting(actor):
        current = Exposure.objects.select_for_update(of=("self",)).get(pk=exposure.pk)
        if current.state is not ExposureState.APPROVED:
            raise ValidationError({"state": _("Only what is exposed now is looked at again.")})
        look = LookAgain.objects.create(
            item=item,
            result=result,
            words=text,
            by=actor.user,
            at=at or timezone.now(),
            **({"sha256": stored.sha256, "width": stored.width, "height": stored.height} if stored else {}),
        )
        if not open_items(current):
            current.ended_at = look.at
            current.save(update_fields=["ended_at"])
    return look


def open_items(exposure: Exposure) -> list[ExposedCase]:
    """The cases of an exposure that were not seen to be as they should yet."""
    return [
        item
        for item in exposure.items.prefetch_related("looks")
        if not any(look.result == LookResult.STILL_GOOD for look in item.looks.all())
    ]
