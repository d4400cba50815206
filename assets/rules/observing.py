"""When somebody saw an asset, from the day that they say: the rule of ledgers and phones, for those who type a day.

A day alone counts from its first moment, as a ledger's does, so that whatever was seen later that day stays the newer
fact. Nothing is seen in the future, nor before it was put up.
"""

from datetime import date, datetime, time

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from assets.models import Asset

# Before this nobody kept a register that could be written from.
_EARLIEST = date(2000, 1, 1)


def seen_at(asset: Asset, day: date) -> datetime:
    """The moment that an inspection of a day counts from: now, if it is today.

    Raises:
        ValidationError: naming `seen_on`.
    """
    now = timezone.now()
    today = timezone.localdate(now)
    if day > today:
        raise ValidationError({"seen_on": _("The day lies in the future.")})
    if asset.installed_on is not None and day < asset.installed_on:
        raise ValidationError(
            {"seen_on": _("It was put up on %(day)s only.") % {"day": asset.installed_on.isoformat()}}
        )
    if day < _EARLIEST:
        raise ValidationError({"seen_on": _("The day lies too far back. Is the year right?")})
    return now if day == today else timezone.make_aware(datetime.combine(day, time.min))
