"""Enter what a ledger names and a list lacks: a type, a theme or a unit, on the spot, by those who keep the lists."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.permissions import MANAGE_LISTS
from assets.history import Actor, acting, authorise
from assets.models import AssetType, Theme
from importing import names
from places.models import Dictionary, Unit


def enter_type(actor: Actor, name: str, name_en: str, like: AssetType) -> AssetType:
    """A type of its own name, with family, shape, standard code and intervals of another.

    Raises:
        PermissionDenied: the actor may not keep the lists.
        ValidationError: naming `name` or `name_en`.
    """
    authorise(actor, MANAGE_LISTS)
    _refuse_known(names.types(), name)
    copied = {
        field: getattr(like, field)
        for field in ("family", "symbol", "component", "inspection_interval_days", "design_life_months")
    }
    entry = AssetType(name_zh=name.strip(), name_en=name_en.strip(), **copied)
    _enter(actor, entry)
    return entry


def enter_theme(actor: Actor, name: str, name_en: str) -> Theme:
    """A theme.

    Raises:
        PermissionDenied: the actor may not keep the lists.
        ValidationError: naming `name` or `name_en`.
    """
    authorise(actor, MANAGE_LISTS)
    _refuse_known(names.themes(), name)
    entry = Theme(name_zh=name.strip(), name_en=name_en.strip())
    _enter(actor, entry)
    return entry


def enter_unit(actor: Actor, name: str) -> Unit:
    """A unit, of which no more than its name is known.

    Raises:
        PermissionDenied: the actor may not keep the lists.
        ValidationError: naming `name`.
    """
    authorise(actor, MANAGE_LISTS)
    _refuse_known(names.units(), name)
    entry = Unit(name=name.strip())
    entry.full_clean()
    with acting(actor):
        entry.save()
    return entry


def _refuse_known(entries: names.Names, name: str) -> None:
    if not name.strip():
        raise ValidationError({"name": _("Give it a name.")})
    if entries.find(name) is not None:
        raise ValidationError({"name": _("“%(name)s” is on the list already.") % {"name": name}})


def _enter(actor: Actor, entry: AssetType | Theme) -> None:
    """At the end of its list, under a code made from its English name."""
    model = type(entry)
    if not entry.name_en:
        raise ValidationError({"name_en": _("Give it an English name too: its code is made from that.")})
    entry.code = _free_code(model, entry.name_en)
    entry.order = (model._default_manager.aggregate(last=Max("order"))["last"] or 0) + 1
    entry.full_clean()
    try:
        with acting(actor), transaction.atomic():
            entry.save()
    except IntegrityError as error:
        raise ValidationError(
            {"name": _("“%(name)s” is on the list already.") % {"name": entry.name_zh}}
        ) from error


def _free_code(model: type[Dictionary], name: str) -> str:
    code = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:36] or "entry"
    code = code if code[0].isalpha() else f"n_{code}"
    taken = set(model._default_manager.filter(code__startswith=code).values_list("code", flat=True))
    number, free = 1, code
    while free in taken:
        number += 1
        free = f"{code}_{number}"
    return free
