"""Artworks as such: entering one, the next version, editing, approving, withdrawing."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import User
from assets.actions.approve_artwork import approve_artwork
from assets.actions.edit_artwork import ArtworkConflict, edit_artwork, latest_state
from assets.actions.register_artwork import register_artwork
from assets.actions.withdraw_artwork import withdraw_artwork
from assets.history import Actor
from assets.models import Approval, Artwork, Origin
from assets.rules.hanging import check_may_hang
from places.row_history import changes_of
from tests.conftest import District
from tests.days import DAY, today
from tests.factories import make_artwork, make_theme

pytestmark = pytest.mark.django_db


def web(user: User) -> Actor:
    return Actor(user, Origin.WEB)


def refusal_of(error: pytest.ExceptionInfo[ValidationError]) -> set[str]:
    return set(error.value.message_dict)


def test_a_new_artwork_is_a_draft_that_may_not_hang(district: District, publicity: User) -> None:
    make_theme("waste")
    artwork = register_artwork(web(publicity), "2026-001", {"title": " 垃圾分类 ", "themes": ["waste"]})
    assert (artwork.title, artwork.approval, artwork.themes) == ("垃圾分类", "draft", ["waste"])
    with pytest.raises(ValidationError):
        check_may_hang(artwork, today())
    assert changes_of(artwork)[0].actor == "publicity"


def test_a_next_version_names_the_one_before_and_leaves_it_alone(district: District, publicity: User) -> None:
    earlier = make_artwork("poster-2025")
    later = register_artwork(web(publicity), "poster-2026", {"title": "新"}, replaces=earlier)
    assert later.replaces == earlier
    earlier.refresh_from_db()
    assert earlier.approval == Approval.APPROVED


@pytest.mark.parametrize(
    "code, given, field",
    [
        ("", {"title": "x"}, "code"),
        ("a/b", {"title": "x"}, "code"),
        ("new", {"title": "x"}, "code"),
        ("taken", {"title": "x"}, "code"),
        ("x" * 41, {"title": "x"}, "code"),
        ("one", {"title": " "}, "title"),
        ("one", {"title": "x", "themes": ["nothing"]}, "themes"),
    ],
)
def test_what_is_wrong_with_a_new_one_is_said_at_its_field(
    district: District, publicity: User, code: str, given: dict, field: str
) -> None:
    make_artwork("taken")
    with pytest.raises(ValidationError) as refused:
        register_artwork(web(publicity), code, given)
    assert refusal_of(refused) == {field}
    assert Artwork.objects.count() == 1


def test_an_artwork_ends_after_it_begins(district: District, publicity: User) -> None:
    days = {"title": "x", "valid_from": today(), "valid_to": today() - timedelta(days=1)}
    with pytest.raises(ValidationError):
        register_artwork(web(publicity), "one", days)


@pytest.mark.parametrize("name", ["owner", "crew", "viewer", "planner"])
def test_whoever_does_not_keep_the_districts_lists_writes_no_artwork(
    name: str, request: pytest.FixtureRequest, district: District
) -> None:
    actor, artwork = web(request.getfixturevalue(name)), make_artwork(approval="draft")
    for write in (
        lambda: register_artwork(actor, "one", {"title": "x"}),
        lambda: edit_artwork(actor, artwork, {"title": "x"}),
        lambda: approve_artwork(actor, artwork, approved_by="x", approved_on=today()),
        lambda: withdraw_artwork(actor, artwork),
    ):
        with pytest.raises(PermissionDenied):
            write()


def test_what_two_people_write_into_different_fields_stays(district: District, publicity: User) -> None:
    artwork = make_artwork(approval="draft")
    seen = latest_state(artwork)
    edit_artwork(web(publicity), artwork, {"title": "他人的"})
    edited = edit_artwork(web(publicity), artwork, {"wording": "我的"}, base_state=seen)
    assert (edited.title, edited.wording) == ("他人的", "我的")


def test_one_field_that_two_people_wrote_is_a_conflict(district: District, publicity: User) -> None:
    artwork = make_artwork(approval="draft")
    seen = latest_state(artwork)
    edit_artwork(web(publicity), artwork, {"title": "他人的", "picture": "photos/aa/one.jpg"})
    with pytest.raises(ArtworkConflict) as conflict:
        edit_artwork(
            web(publicity), artwork, {"title": "我的", "picture": "photos/aa/two.jpg"}, base_state=seen
        )
    assert conflict.value.fields == ["title", "picture"]
    # The same value is none.
    edit_artwork(web(publicity), artwork, {"title": "他人的"}, base_state=seen)
    artwork.refresh_from_db()
    assert (artwork.title, artwork.picture.name) == ("他人的", "photos/aa/one.jpg")


def test_what_was_approved_stays_as_it_was_approved(district: District, publicity: User) -> None:
    artwork = make_artwork(wording="讲文明")
    for changes in ({"wording": "别的"}, {"wording": ""}):
        with pytest.raises(ValidationError) as refused:
            edit_artwork(web(publicity), artwork, changes)
        assert refusal_of(refused) == {"wording"}
    # What was empty may be added, and the days are no part of it.
    edited = edit_artwork(web(publicity), artwork, {"picture": "photos/aa/one.jpg", "valid_to": today()})
    assert (edited.picture.name, edited.valid_to) == ("photos/aa/one.jpg", today())
    with pytest.raises(ValidationError):
        edit_artwork(web(publicity), artwork, {"picture": "photos/aa/two.jpg"})


def test_an_approval_says_who_when_and_under_which_number(district: District, publicity: User) -> None:
    artwork = make_artwork(approval="draft")
    approve_artwork(
        web(publicity), artwork, approved_by=" 王部长 ", approved_on=today(), document="济天宣〔2026〕12号"
    )
    artwork.refresh_from_db()
    check_may_hang(artwork, today())
    assert (artwork.approved_by, artwork.approved_on) == ("王部长", today())
    assert artwork.approval_document == "济天宣〔2026〕12号"
    with pytest.raises(ValidationError):
        approve_artwork(web(publicity), artwork, approved_by="x", approved_on=today())


@pytest.mark.parametrize(
    "by, later, field",
    [(" ", 0 * DAY, "approved_by"), ("x", DAY, "approved_on")],
)
def test_an_approval_that_nobody_gave_yet_is_refused(
    district: District, publicity: User, by: str, later: timedelta, field: str
) -> None:
    artwork = make_artwork(approval="draft")
    with pytest.raises(ValidationError) as refused:
        approve_artwork(web(publicity), artwork, approved_by=by, approved_on=today() + later)
    assert refusal_of(refused) == {field}


def test_a_withdrawn_artwork_hangs_nowhere_until_it_is_approved_again(
    district: District, publicity: User
) -> None:
    artwork = withdraw_artwork(web(publicity), make_artwork())
    with pytest.raises(ValidationError):
        check_may_hang(artwork, today())
    with pytest.raises(ValidationError):
        withdraw_artwork(web(publicity), artwork)
    approved = approve_artwork(web(publicity), artwork, approved_by="x", approved_on=today())
    check_may_hang(approved, today())
