"""What this folder offers on the panel of an asset: who answered there on a day."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from assets.models import Asset
from mapping.panel_slots import Action


def on_an_asset(asset: Asset, user: User) -> Iterable[Action]:
    """The page that asks for the day."""
    yield Action(_("Who answered here"), reverse("answers-here", query={"asset": asset.code}), near=False)
