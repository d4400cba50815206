"""Which artwork may hang on a day: an approved one, on its days."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from assets.models import Approval, Artwork


def has_expired(artwork: Artwork, on: date) -> bool:
    """Whether its last day has passed."""
    return artwork.valid_to is not None and artwork.valid_to < on


def comes_later(artwork: Artwork, on: date) -> bool:
    """Whether its first day is still to come."""
    return artwork.valid_from is not None and artwork.valid_from > on


def check_may_hang(artwork: Artwork, on: date) -> None:
    """Only an approved artwork may hang, and only on its days.

    Raises:
        ValidationError: naming `artwork`.
    """
    if artwork.approval != Approval.APPROVED:
        raise ValidationError({"artwork": _("The artwork is not approved.")})
    if comes_later(artwork, on):
        assert artwork.valid_from is not None
        raise ValidationError(
            {"artwork": _("The artwork may hang from %(day)s.") % {"day": artwork.valid_from.isoformat()}}
        )
    if has_expired(artwork, on):
        assert artwork.valid_to is not None
        raise ValidationError(
            {"artwork": _("The artwork expired on %(day)s.") % {"day": artwork.valid_to.isoformat()}}
        )


def day_of_job(due_on: date | None, today: date) -> date:
    """When a job's artwork will go up: by the job's day, and not before today."""
    return max(due_on or today, today)


def expired(on: date, *, through: str = "") -> Q:
    """Artworks whose last day has passed; `through` is how a model leads to one: `artwork__`."""
    return Q(**{f"{through}valid_to__lt": on})


def still_to_hang(on: date) -> Q:
    """Approved artworks that may hang on a day or later on."""
    return Q(approval=Approval.APPROVED) & (Q(valid_to__isnull=True) | ~expired(on))


def may_hang_sql(artwork: str, day: str) -> str:
    """Whether an artwork may hang on a day, of SQL: an alias of assets_artwork, and an expression."""
    return (
        f"({artwork}.approval = '{Approval.APPROVED.value}'"
        f" AND coalesce({artwork}.valid_from <= {day}, true) AND coalesce({artwork}.valid_to >= {day}, true))"
    )
