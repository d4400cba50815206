"""Keep editions of the handbook: take one from a file, copy one to change it, edit an item nobody has answered."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.utils import IntegrityError, InternalError
from django.utils.translation import gettext as _

from accounts.permissions import MANAGE_LISTS
from assets.history import Actor, acting, authorise
from evaluation.editions.reading import ReadItems, read_items
from evaluation.models import EvaluationItem, StandardEdition

EDITABLE = (
    "text_zh",
    "text_en",
    "group",
    "how",
    "how_en",
    "answer",
    "threshold",
    "direction",
    "asked",
    "theme",
    "carrier",
    "metres",
    "minutes",
    "critical",
    "weight",
    "photo_when_failed",
    "publicity",
    "category",
    "active",
)


def import_edition(
    actor: Actor, path: Path, filename: str, code: str, name: str, **values: Any
) -> tuple[StandardEdition, ReadItems]:
    """Take a file as a new edition; with it what of its scoring was not understood.

    Args:
        values: further fields of the edition: source, draft, third_answer, category …

    Raises:
        PermissionDenied: the actor keeps no lists.
        BadItems: what is wrong with the file, row by row.
        ValidationError: naming `code` (taken, or not of small letters), `name` or a further field.
    """
    authorise(actor, MANAGE_LISTS)
    edition = StandardEdition(code=code.strip(), name=name.strip(), made_by=actor.user, **values)
    edition.full_clean()
    read = read_items(path, filename)
    with acting(actor):
        edition.save(force_insert=True)
        EvaluationItem.objects.bulk_create(EvaluationItem(edition=edition, **row.values) for row in read.rows)
    return edition, read


def copy_edition(actor: Actor, edition: StandardEdition, code: str, name: str) -> StandardEdition:
    """The same items as a new edition, to be changed: rounds keep the one they were planned with.

    Raises:
        PermissionDenied: the actor keeps no lists.
        ValidationError: naming `code` or `name`.
    """
    authorise(actor, MANAGE_LISTS)
    copied = StandardEdition.objects.get(pk=edition.pk)
    copied.pk, copied.code, copied.name, copied.made_by = None, code.strip(), name.strip(), actor.user
    copied._state.adding = True
    copied.full_clean(exclude=["made_at"])
    with acting(actor):
        copied.save(force_insert=True)
        items = list(edition.items.all())
        for item in items:
            item.pk, item.edition = None, copied
        EvaluationItem.objects.bulk_create(items)
    return copied


def edit_item(actor: Actor, item: EvaluationItem, **values: Any) -> EvaluationItem:
    """Change an item. What it means (text, rule, critical) stays once somebody has answered it.

    Raises:
        PermissionDenied: the actor keeps no lists.
        ValidationError: naming a field, or `state`: it was answered.
    """
    authorise(actor, MANAGE_LISTS)
    if unknown := set(values) - set(EDITABLE):
        raise ValueError(f"not to be edited: {sorted(unknown)}")
    with acting(actor):
        current = EvaluationItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
        for name, value in values.items():
            setattr(current, name, value)
        current.full_clean()
        try:
            with transaction.atomic():
                current.save(update_fields=list(values))
        except (IntegrityError, InternalError):
            raise ValidationError(
                {
                    "state": _(
                        "This item was answered in a round and stays as it is. Copy the edition to change it."
                    )
                }
            ) from None
    return current
