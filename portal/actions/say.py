"""A resident says whether they are satisfied, says more once, praises or suggests; each is kept and counted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from assets.history import acting
from assets.models import Asset, Lifecycle
from cases.actions.stepping import Photos, store_photos
from cases.residents import a_resident, require_open
from places.models import Area, Site
from portal.models import About, RemarkKind, ResidentAnswer, ResidentRemark, Satisfied

MORE_WITHIN = timedelta(minutes=30)
LONGEST_WORDS = 500
LONGEST_TELEPHONE = 30


@dataclass(frozen=True)
class Place:
    """What a card stands for: one asset, or one site."""

    asset: Asset | None = None
    site: Site | None = None

    @property
    def scope_code(self) -> str:
        """What permission checks compare with; the managing district where the site lies in no known area."""
        found = (self.asset or self.site).scope_code  # type: ignore[union-attr]
        return found or settings.MANAGING_DISTRICT

    @property
    def street(self) -> Area | None:
        """The street it lies in."""
        if self.asset is not None:
            return self.asset.street
        return Area.objects.filter(code=self.scope_code[:9], level=2).first()

    @property
    def key(self) -> str:
        """What brakes count by."""
        return f"asset {self.asset.code}" if self.asset else f"site {self.site.code}" if self.site else ""


def place_of_asset(code: str) -> Place | None:
    """The place of a plate's number; None where there is no such plate, or nothing stands there yet or any more."""
    if not (len(code) == 17 and code.isascii() and code.isdigit()):
        return None
    found = Asset.objects.select_related("area", "street", "type").filter(code=code)
    asset = found.defer("street__boundary", "area__boundary", "footprint").first()
    gone = asset is None or asset.lifecycle in (Lifecycle.PLANNED, Lifecycle.REMOVED)
    return None if gone else Place(asset=asset)


def place_of_site(code: str) -> Place | None:
    """The place of a site's code."""
    if "\0" in code:
        return None
    found = Site.objects.select_related("area", "kind").filter(code=code[:24])
    site = found.defer("outline", "area__boundary").first()
    return None if site is None or site.code != code else Place(site=site)


def answer_card(place: Place, answer: Satisfied, *, at: datetime | None = None) -> ResidentAnswer:
    """Say with one tap whether one is satisfied.

    Raises:
        PermissionDenied: residents are not let in here.
    """
    require_open()
    with acting(a_resident()):
        return ResidentAnswer.objects.create(
            asset=place.asset,
            site=place.site,
            scope_code=place.scope_code,
            street=place.street,
            answer=answer,
            at=at or timezone.now(),
        )


def say_more(
    answer: ResidentAnswer,
    *,
    about: str = "",
    words: str = "",
    telephone: str = "",
    photos: Photos = (),
) -> None:
    """Say what for, within half an hour of the tap; said once, it stays.

    Raises:
        PermissionDenied: residents are not let in here.
        ValidationError: naming `about`, `words`, `telephone` or `photo`; or saying that it is too late.
    """
    require_open()
    if about and about not in About.values:
        raise ValidationError({"about": _("Choose one of the answers.")})
    _check(words, telephone, photos)
    stored = store_photos(photos)
    now = timezone.now()
    with acting(a_resident()):
        waiting = ResidentAnswer.objects.filter(
            pk=answer.pk, followed_at__isnull=True, at__gte=now - MORE_WITHIN
        )
        kept = waiting.update(
            about=about, words=words.strip(), telephone=telephone.strip(), followed_at=now, **_columns(stored)
        )
    if not kept:
        raise ValidationError(
            {"words": _("More can be said once, within half an hour. Thank you all the same.")}
        )


def remark(
    place: Place,
    kind: RemarkKind,
    words: str,
    *,
    telephone: str = "",
    photos: Photos = (),
    at: datetime | None = None,
    once: UUID | None = None,
) -> ResidentRemark:
    """Praise, or suggest something.

    Args:
        once: the number of the form; the same one again is the same remark, whatever else it says.

    Raises:
        PermissionDenied: residents are not let in here.
        ValidationError: naming `words`, `telephone` or `photo`.
    """
    require_open()
    if not words.strip():
        raise ValidationError({"words": _("Say it in a few words.")})
    _check(words, telephone, photos)
    stored = store_photos(photos)
    with acting(a_resident()):
        values: dict[str, Any] = {
            "asset": place.asset,
            "site": place.site,
            "scope_code": place.scope_code,
            "street": place.street,
            "kind": kind,
            "words": words.strip(),
            "telephone": telephone.strip(),
            "at": at or timezone.now(),
            **_columns(stored),
        }
        kept, _new = ResidentRemark.objects.get_or_create(uid=once or uuid4(), defaults=values)
    return kept


def _check(words: str, telephone: str, photos: Photos) -> None:
    if len(words) > LONGEST_WORDS:
        raise ValidationError({"words": _("At most %(most)s characters.") % {"most": LONGEST_WORDS}})
    if len(telephone) > LONGEST_TELEPHONE:
        raise ValidationError({"telephone": _("At most %(most)s characters.") % {"most": LONGEST_TELEPHONE}})
    if len(photos) > 1:
        raise ValidationError({"photo": _("One photo, please.")})


def _columns(stored: list) -> dict[str, object]:
    return {name: getattr(photo, name) for photo in stored for name in ("sha256", "width", "height")}
