"""The small town, with everybody of the cast signed in on request, and the desk's addresses."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from assets.models import Asset
from tests.mapping.conftest import as_user, town

__all__ = ["as_user", "town"]


@pytest.fixture
def desk(as_user: Callable[[User | None], Client]) -> Callable[..., "Desk"]:
    """`desk(owner, town.board)`: somebody at the panel of an asset, in English."""

    def sit(user: User | None, asset: Asset | None = None) -> Desk:
        client = as_user(user)
        client.cookies["django_language"] = "en"
        return Desk(client, asset)

    return sit


class Desk:
    """Opens and sends the forms of one asset's panel."""

    def __init__(self, client: Client, asset: Asset | None) -> None:
        self.client = client
        self.asset = asset

    def address(self, slug: str, query: str = "") -> str:
        assert self.asset is not None
        return f"/desk/assets/{self.asset.code}/{slug}{query}"

    def open(self, slug: str, query: str = "") -> Any:
        return self.client.get(self.address(slug, query))

    def send(self, slug: str, query: str = "", **values: Any) -> Any:
        return self.client.post(self.address(slug, query), values)

    def edit(self, group: str, *, shown: dict[str, Any] | None = None, **values: Any) -> Any:
        """Send a group's form as the page would: all of it as it stands, `values` typed over."""
        assert self.asset is not None
        asset = Asset.objects.get(pk=self.asset.pk)
        before = {**as_shown(asset, group), "base_version": str(asset.version), **(shown or {})}
        initial = {f"initial-{name}": value for name, value in before.items() if name != "base_version"}
        sent = {**before, **initial, **values}
        return self.send(
            "edit", f"?group={group}", **{name: value for name, value in sent.items() if value != ""}
        )

    def panel(self) -> str:
        assert self.asset is not None
        return self.client.get(f"/assets/{self.asset.code}/panel").content.decode()


def as_shown(asset: Asset, group: str) -> dict[str, Any]:
    """The values of a group's form."""
    from accounts.models import User as AnyUser
    from assets.field_groups import GROUPS_BY_NAME
    from work.desk.fields_form import FieldsForm

    form = FieldsForm([GROUPS_BY_NAME[group]], asset, AnyUser())
    shown = {}
    for name in GROUPS_BY_NAME[group].fields:
        value = form[name].value()
        if isinstance(value, list):
            shown[name] = value
        elif isinstance(value, bool):
            # A box that is not ticked is not sent; what it showed is.
            shown[name] = "True" if value else ""
        else:
            shown[name] = "" if value is None else str(value)
    return shown
