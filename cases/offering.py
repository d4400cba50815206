"""What this room offers on pages of rooms further right: reporting a problem from an asset's panel."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import REPORT_PROBLEM, can
from assets.models import Asset, Lifecycle
from cases.models import Case
from mapping.panel_slots import Action


def on_an_asset(asset: Asset, user: User) -> Iterable[Action]:
    """Report a problem with it, and see those that were."""
    if can(user, REPORT_PROBLEM, asset) and asset.lifecycle != Lifecycle.REMOVED:
        yield Action(_("Report a problem"), reverse("report-case", query={"asset": asset.code}))
    if Case.objects.visible_to(user).filter(asset=asset).exists():
        address = reverse("cases", query={"state": "all", "asset": asset.code})
        yield Action(_("Its cases"), address, near=False)
