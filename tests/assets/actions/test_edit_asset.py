import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import User
from assets.actions.edit_asset import EditConflict, edit_asset
from assets.history import Actor, events_of
from assets.models import Asset, Origin
from tests.factories import make_asset, make_site, make_type


def web(user: User) -> Actor:
    return Actor(user, Origin.WEB)


@pytest.fixture
def asset(district: object) -> Asset:
    return make_asset(name="before", remarks="old")


def test_an_edit_writes_the_fields_and_a_version(asset: Asset, owner: User) -> None:
    site = make_site()
    edited = edit_asset(web(owner), asset, {"name": "after", "site": site})
    assert (edited.name, edited.site, edited.version) == ("after", site, 2)
    event = events_of(asset)[0]
    assert (event.name, event.version, event.pgh_context.metadata["actor"]) == ("after", 2, "owner")


def test_an_edit_that_changes_nothing_leaves_no_trace(asset: Asset, owner: User) -> None:
    edited = edit_asset(web(owner), asset, {"name": "before"})
    assert edited.version == 1
    assert events_of(asset).count() == 1


def test_a_colleague_cannot_edit_in_another_street(asset: Asset, colleague: User) -> None:
    with pytest.raises(PermissionDenied):
        edit_asset(web(colleague), asset, {"name": "after"})


@pytest.mark.parametrize("name", ["viewer", "planner", "crew", "stranger"])
def test_roles_without_the_right_cannot_edit(asset: Asset, name: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(PermissionDenied):
        edit_asset(web(request.getfixturevalue(name)), asset, {"name": "after"})


@pytest.mark.parametrize(
    "field", ["point", "lifecycle", "artwork", "condition", "code", "support", "version"]
)
def test_what_has_a_verb_of_its_own_is_not_edited(asset: Asset, owner: User, field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        edit_asset(web(owner), asset, {field: None})
    assert list(refused.value.message_dict) == [field]


def test_a_wrong_value_is_refused_and_nothing_written(asset: Asset, owner: User) -> None:
    with pytest.raises(ValidationError):
        edit_asset(web(owner), asset, {"name": "after", "facing": 400})
    asset.refresh_from_db()
    assert asset.name == "before"


def test_a_field_can_be_cleared(asset: Asset, owner: User) -> None:
    assert edit_asset(web(owner), asset, {"remarks": ""}).remarks == ""


def test_edits_of_different_fields_both_stand(asset: Asset, owner: User, publicity: User) -> None:
    edit_asset(web(publicity), asset, {"remarks": "theirs"}, base_version=1)
    edited = edit_asset(web(owner), asset, {"name": "mine"}, base_version=1)
    assert (edited.name, edited.remarks, edited.version) == ("mine", "theirs", 3)


def test_edits_of_one_field_are_a_conflict(asset: Asset, owner: User, publicity: User) -> None:
    edit_asset(web(publicity), asset, {"name": "theirs"}, base_version=1)
    with pytest.raises(EditConflict) as conflict:
        edit_asset(web(owner), asset, {"name": "mine", "remarks": "mine"}, base_version=1)
    assert conflict.value.fields == ["name"]
    assert conflict.value.asset.name == "theirs"
    asset.refresh_from_db()
    assert (asset.name, asset.remarks) == ("theirs", "old")


def test_the_same_edit_twice_is_no_conflict(asset: Asset, owner: User, publicity: User) -> None:
    edit_asset(web(publicity), asset, {"name": "same"}, base_version=1)
    assert edit_asset(web(owner), asset, {"name": "same"}, base_version=1).version == 2


def test_another_type_keeps_the_id_and_moves_the_due_date(asset: Asset, owner: User) -> None:
    screen = make_type("led_screen", "03006", inspection_interval_days=7)
    edited = edit_asset(web(owner), asset, {"type": screen})
    assert edited.code == asset.code
    assert edited.next_inspection_due == timezone.localdate() + timezone.timedelta(days=7)
