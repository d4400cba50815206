"""Artworks: post and take down."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import User
from assets.actions.post_artwork import post_artwork
from assets.actions.remove_asset import remove_asset
from assets.actions.take_down_artwork import take_down_artwork
from assets.history import Actor
from assets.models import Artwork, Asset, Origin
from tests.days import DAY, dated, today
from tests.factories import make_artwork, make_asset, make_theme


def web(user: User) -> Actor:
    return Actor(user, Origin.WEB)


@pytest.fixture
def asset(district: object) -> Asset:
    return make_asset(wording="old words")


def test_a_posted_artwork_gives_the_asset_its_wording_and_themes(asset: Asset, owner: User) -> None:
    make_theme("waste")
    artwork = make_artwork(wording="垃圾分类", themes=["waste"])
    posting = post_artwork(web(owner), asset, artwork)
    asset.refresh_from_db()
    assert (asset.artwork, asset.wording, asset.themes) == (artwork, "垃圾分类", ["waste"])
    assert asset.content_changed_on == posting.posted_on == today()


def test_the_next_artwork_closes_the_posting_before(asset: Asset, owner: User) -> None:
    first = post_artwork(web(owner), asset, make_artwork(), posted_on=today() - 5 * DAY)
    second = post_artwork(web(owner), asset, make_artwork(), posted_on=today() - DAY)
    first.refresh_from_db()
    assert first.taken_down_on == second.posted_on
    assert list(asset.postings.filter(taken_down_on__isnull=True)) == [second]


def test_posting_the_same_again_changes_nothing(asset: Asset, owner: User) -> None:
    artwork = make_artwork()
    first = post_artwork(web(owner), asset, artwork)
    asset.refresh_from_db()
    version = asset.version
    assert post_artwork(web(owner), asset, artwork).pk == first.pk
    asset.refresh_from_db()
    assert asset.version == version


@pytest.mark.parametrize(
    "values",
    [
        {"approval": "draft"},
        {"approval": "withdrawn"},
        {"valid_to": -DAY},
        {"valid_from": DAY},
    ],
)
def test_only_an_approved_artwork_hangs_and_only_on_its_days(asset: Asset, owner: User, values: dict) -> None:
    with pytest.raises(ValidationError) as refused:
        post_artwork(web(owner), asset, make_artwork(**dated(values)))
    assert list(refused.value.message_dict) == ["artwork"]


def test_an_artwork_is_not_posted_in_the_future_or_before_the_last_one(asset: Asset, owner: User) -> None:
    post_artwork(web(owner), asset, make_artwork(), posted_on=today() - DAY)
    days: list[date] = [today() + DAY, today() - 9 * DAY]
    for day in days:
        with pytest.raises(ValidationError) as refused:
            post_artwork(web(owner), asset, make_artwork(), posted_on=day)
        assert list(refused.value.message_dict) == ["posted_on"]


def test_nothing_hangs_on_what_is_removed(asset: Asset, owner: User) -> None:
    remove_asset(web(owner), asset, reason="gone")
    with pytest.raises(ValidationError):
        post_artwork(web(owner), asset, make_artwork())


def test_taking_down_leaves_none(asset: Asset, owner: User) -> None:
    posting = post_artwork(web(owner), asset, make_artwork(wording="词"))
    bare = take_down_artwork(web(owner), asset)
    posting.refresh_from_db()
    assert (bare.artwork, bare.wording) == (None, "")
    assert posting.taken_down_on == today()
    with pytest.raises(ValidationError):
        take_down_artwork(web(owner), asset)


def test_a_work_is_not_taken_down_before_it_was_posted(asset: Asset, owner: User) -> None:
    post_artwork(web(owner), asset, make_artwork())
    for day in (today() - DAY, today() + DAY):
        with pytest.raises(ValidationError) as refused:
            take_down_artwork(web(owner), asset, taken_down_on=day)
        assert list(refused.value.message_dict) == ["taken_down_on"]


@pytest.mark.parametrize("name", ["viewer", "planner", "crew", "colleague", "stranger"])
def test_who_may_not_post_here_cannot(
    asset: Asset, publicity: User, name: str, request: pytest.FixtureRequest
) -> None:
    artwork: Artwork = make_artwork()
    user = request.getfixturevalue(name)
    with pytest.raises(PermissionDenied):
        post_artwork(web(user), asset, artwork)
    post_artwork(web(publicity), asset, artwork)
    with pytest.raises(PermissionDenied):
        take_down_artwork(web(user), asset)
