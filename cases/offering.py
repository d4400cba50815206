"""What this room offers on pages of rooms further right: reporting a problem from an asset's panel."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import REPORT_PROBLEM, can
from assets.models import Asset, Lifecycle
from cases.models import Case
from mapping.panel import Action


def on_an_asset(asset: Asset, user: User) -> Iterable[Action]:
    """Report a problem with it, and see those that were."""
    if can(user, REPORT_PROBLEM, asset) and asset.lifecycle != Lifecycle.REMOVED:
        yield Action(f"{reverse('report-case')}?asset={asset.code}", _("Report a problem"))
    if Case.objects.visible_to(user).filter(asset=asset).exists():
        yield Action(f"{reverse('cases')}?state=all&asset={asset.code}", _("Its cases"))
