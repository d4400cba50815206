"""What the panel offers of all this, to whom: only what somebody may do to this very asset now."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import ADMINISTER, EDIT, MOVE, POST_ARTWORK, REGISTER, VOID, can
from assets.field_groups import GROUPS
from assets.models import Asset, Support
from assets.placing import standing
from mapping.panel_slots import Action, Writing
from work.desk.verbs import OF_EVENTS, VERBS, stands

# Beside "Edit", what is done most, and what somebody looks for on an asset that is out of use.
NEAR = frozenset({"inspect", "reopen"})


def actions(asset: Asset, user: User) -> Iterable[Action]:
    """The panel's buttons."""
    may_edit = can(user, EDIT, asset)
    if may_edit:
        yield Action(_("Edit"), form=reverse("desk-edit", args=[asset.code]), primary=True)
    offered = [
        verb for verb in VERBS if verb.slug not in OF_EVENTS and verb.applies(asset) and verb.may(user, asset)
    ]
    for verb in offered:
        if verb.slug in NEAR:
            form = reverse("desk-verb", args=[asset.code, verb.slug])
            yield Action(str(verb.title), form=form, primary=verb.slug == "inspect" and not may_edit)
    if stands(asset) and can(user, MOVE, asset):
        yield Action(_("Move"), form=reverse("desk-move", args=[asset.code]))
    for verb in offered:
        if verb.slug not in NEAR:
            yield Action(str(verb.title), form=reverse("desk-verb", args=[asset.code, verb.slug]), near=False)
    if stands(asset) and can(user, REGISTER, asset):
        words = _("Another one on this support") if asset.support_id else _("Register one like it")
        yield Action(words, form=f"{reverse('desk-new')}?like={asset.code}", near=False)
    if user.is_staff and can(user, EDIT, asset) and can(user, ADMINISTER):
        page = _administration_page(asset)
        if page:
            yield Action(_("In the administration"), page, near=False)


def _administration_page(asset: Asset) -> str:
    """The asset's page there; empty where the administration is left out."""
    try:
        return reverse("admin:assets_asset_change", args=[asset.pk])
    except NoReverseMatch:
        return ""


def fact_forms(asset: Asset, user: User) -> Mapping[str, str]:
    """Where the facts of each group are changed."""
    forms: dict[str, str] = {}
    if can(user, EDIT, asset):
        edit = reverse("desk-edit", args=[asset.code])
        forms = {group.name: f"{edit}?group={group.name}" for group in GROUPS}
    if stands(asset) and can(user, MOVE, asset):
        forms["position"] = reverse("desk-move", args=[asset.code])
    if stands(asset) and can(user, POST_ARTWORK, asset):
        forms["artwork"] = reverse("desk-verb", args=[asset.code, "post"])
    return forms


def event_form(asset: Asset, user: User, kind: str, number: int) -> str:
    """Where a change or an inspection is taken back."""
    if kind == "change" and can(user, EDIT, asset):
        return f"{reverse('desk-verb', args=[asset.code, 'undo'])}?version={number}"
    if kind == "inspection" and can(user, VOID, asset):
        return f"{reverse('desk-verb', args=[asset.code, 'void'])}?inspection={number}"
    return ""


def support_form(support: Support, user: User) -> str:
    """Where another asset on a support is registered."""
    if not can(user, REGISTER, standing(support)):
        return ""
    return f"{reverse('desk-new')}?support={support.pk}"


def told_to_the_map(request: HttpRequest) -> dict[str, Any]:
    """What the map page's script begins from."""
    return {
        "newAsset": reverse("desk-new") if can(request.user, REGISTER) else None,
        "place": reverse("desk-place"),
        "position": reverse("desk-position"),
    }


WRITING = Writing(actions, fact_forms, event_form, support_form)
