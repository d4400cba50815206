"""The same changes leave the same rows, made one by one or all at once; and undone, the rows of before."""

from datetime import date
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from assets import editing
from assets.actions.edit_asset import edit_asset
from assets.actions.post_artwork import post_artwork
from assets.actions.remove_asset import remove_asset
from assets.actions.reopen_asset import reopen_asset
from assets.actions.revert_batch import revert_batch
from assets.actions.suspend_asset import suspend_asset
from assets.actions.take_down_artwork import take_down_artwork
from assets.history import Actor
from assets.models import Asset, Lifecycle, Origin
from assets.sets.edits import BulkEdit, Step
from tests.factories import make_artwork, make_asset, make_theme, make_type
from work.actions.edit_assets import edit_assets

THEMES = ("core_values", "festival", "waste")
MATERIALS = ("", "铁", "木")
TYPES = ("monthly", "yearly")
NOT_COMPARED = frozenset({"version", "changed_txid", "updated_at"})

assets = st.lists(
    st.fixed_dictionaries(
        {
            "material": st.sampled_from(MATERIALS),
            "themes": st.lists(st.sampled_from(THEMES), unique=True),
            "type": st.sampled_from(TYPES),
            "installed_on": st.none() | st.just(date(2026, 1, 2)),
            "lifecycle": st.sampled_from(Lifecycle),
            "shows": st.booleans(),
        }
    ),
    min_size=1,
    max_size=4,
)
edits = st.fixed_dictionaries(
    {
        "values": st.fixed_dictionaries(
            {},
            optional={
                "type": st.sampled_from(TYPES),
                "installed_on": st.none() | st.just(date(2026, 3, 4)),
                "facing": st.none() | st.integers(0, 359),
                "wording": st.sampled_from(("", "手写")),
            },
        ),
        "replaced": st.just({})
        | st.tuples(st.sampled_from(MATERIALS), st.sampled_from(MATERIALS)).map(
            lambda pair: {"material": pair}
        ),
        "themes_added": st.lists(st.sampled_from(THEMES), unique=True, max_size=2),
        "themes_removed": st.lists(st.sampled_from(THEMES), unique=True, max_size=2),
        "step": st.none() | st.sampled_from(Step),
        "take_down": st.booleans(),
    }
)


def rows() -> list[dict[str, Any]]:
    """Everything of every asset but what only counts."""
    return [
        {name: value for name, value in row.items() if name not in NOT_COMPARED}
        for row in Asset.objects.order_by("pk").values()
    ]


def registered(wanted: dict[str, Any], actor: Actor) -> None:
    lifecycle, shows = wanted.pop("lifecycle"), wanted.pop("shows")
    asset = make_asset(
        Point(116.99, 36.675, srid=4326),
        **{**wanted, "type": make_type(wanted["type"])},
    )
    Asset.objects.filter(pk=asset.pk).update(next_inspection_due=editing.next_due(asset))
    if shows:
        post_artwork(actor, asset, make_artwork(wording="富强"))
    if lifecycle == Lifecycle.REMOVED:
        remove_asset(actor, asset, reason="before")
    elif lifecycle != Lifecycle.IN_USE:
        Asset.objects.filter(pk=asset.pk).update(lifecycle=lifecycle)


def one_by_one(actor: Actor, edit: BulkEdit) -> None:
    """What somebody would do on the page of each asset."""
    for asset in Asset.objects.order_by("pk"):
        if edit.step == Step.SUSPEND and asset.lifecycle in (Lifecycle.REMOVED, Lifecycle.PLANNED):
            continue
        if edit.take_down and asset.artwork is not None:
            asset = take_down_artwork(actor, asset)
        changes = dict(edit.values)
        for name, (old, new) in edit.replaced.items():
            if getattr(asset, name) == old:
                changes[name] = new
        if edit.themes_added or edit.themes_removed:
            together = dict.fromkeys([*asset.themes, *edit.themes_added])
            changes["themes"] = [code for code in together if code not in edit.themes_removed]
        asset = edit_asset(actor, asset, changes)
        if edit.step == Step.REMOVE and asset.lifecycle != Lifecycle.REMOVED:
            remove_asset(actor, asset, reason=edit.removal_reason)
        elif edit.step == Step.SUSPEND and asset.lifecycle == Lifecycle.IN_USE:
            suspend_asset(actor, asset)
        elif edit.step == Step.REOPEN and asset.lifecycle != Lifecycle.IN_USE:
            reopen_asset(actor, asset)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(standing=assets, wanted=edits)
def test_one_by_one_all_at_once_and_undone(
    publicity: User, standing: list[dict[str, Any]], wanted: dict[str, Any]
) -> None:
    actor = Actor(publicity, Origin.WEB)
    with transaction.atomic():
        for code in THEMES:
            make_theme(code)
        make_type("monthly", inspection_interval_days=30)
        make_type("yearly", inspection_interval_days=365)
        for asset_values in standing:
            registered(dict(asset_values), actor)
        values = {
            name: make_type(value) if name == "type" else value for name, value in wanted["values"].items()
        }
        edit = BulkEdit(**{**wanted, "values": values}, removal_reason="拆迁")
        before = rows()
        with transaction.atomic():
            one_by_one(actor, edit)
            singly = rows()
            transaction.set_rollback(True)
        assert rows() == before
        try:
            edited = edit_assets(actor, Asset.objects.all(), edit, title="t")
        except ValidationError:
            assert singly == before  # there was nothing to be changed
        else:
            assert rows() == singly
            assert edited.batch is not None
            revert_batch(actor, edited.batch)
            assert rows() == before
        transaction.set_rollback(True)


def test_the_rule_is_tried_on_a_known_case(publicity: User) -> None:
    """So that a mistake in the comparison itself would show."""
    actor = Actor(publicity, Origin.WEB)
    make_theme("waste")
    asset = make_asset(material="铁")
    with pytest.raises(ValidationError):
        edit_assets(actor, Asset.objects.all(), BulkEdit(replaced={"material": ("木", "铁")}), title="t")
    before = rows()
    one_by_one(actor, BulkEdit(themes_added=["waste"], step=Step.SUSPEND))
    asset.refresh_from_db()
    assert (asset.themes, asset.lifecycle) == (["waste"], "suspended")
    assert rows() != before
