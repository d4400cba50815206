"""The office's pages that write about artworks: who may, what is refused, two people at one, and hanging it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import html
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from assets.actions.edit_artwork import edit_artwork
from assets.history import Actor
from assets.models import Artwork, Origin
from tests.days import DAY, dated, today
from tests.factories import make_artwork, make_theme
from tests.mapping.conftest import Town
from tests.mapping.pictures import jpeg

pytestmark = pytest.mark.django_db

Looking = Callable[[User | None], Client]
FORMS = ("edit", "version", "approve", "withdraw")


@pytest.fixture
def english(as_user: Looking) -> Looking:
    def look(user: User | None) -> Client:
        client = as_user(user)
        client.cookies["django_language"] = "en"
        return client

    return look


@pytest.fixture
def office(english: Looking, publicity: User) -> Client:
    return english(publicity)


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


def sent(client: Client, address: str, **typed: Any) -> Any:
    """Send a form as the page would: as it stands, `typed` over it."""
    form = html.fromstring(client.get(address).content.decode()).xpath("//form[@data-artwork-form]")[0]
    values = {
        name: list(value) if isinstance(value, set | list) else value
        for name, value in ((name, form.fields[name]) for name in form.fields.keys())  # noqa: SIM118
        if value is not None and name != "picture"
    }
    return client.post(address, {**values, **typed})


def test_an_artwork_is_entered_with_its_picture_and_approved(town: Town, office: Client) -> None:
    make_theme("waste")
    answer = sent(
        office,
        "/artworks/new/",
        title="垃圾分类",
        themes=["waste"],
        picture=SimpleUploadedFile("poster.jpg", jpeg(), "image/jpeg"),
    )
    assert answer.status_code == 200, answer.content.decode()
    artwork = Artwork.objects.get(title="垃圾分类")
    assert artwork.code == f"{today().year}-001"
    assert artwork.themes == ["waste"]
    assert artwork.picture.name.startswith("photos/")
    for size in ("", "?size=thumb"):
        picture = office.get(f"/artworks/{artwork.code}/picture{size}")
        assert (picture.status_code, picture["Content-Type"]) == (200, "image/jpeg")
    page = office.get(answer.json()["url"]).content.decode()
    assert "entered as a draft" in page
    assert "Post on" not in page
    answer = sent(
        office, f"/artworks/{artwork.code}/approve/", approved_by="王部长", approval_document="12号"
    )
    page = office.get(answer.json()["url"]).content.decode()
    assert "王部长" in page
    assert "12号" in page
    assert "Post on" in page


def test_the_next_version_begins_with_what_the_earlier_one_says(town: Town, office: Client) -> None:
    earlier = make_artwork("feast-2025", title="我们的节日", wording="月满中秋")
    answer = sent(office, "/artworks/feast-2025/version/")
    later = Artwork.objects.get(replaces=earlier)
    assert (later.code, later.title, later.wording) == ("feast-2026", "我们的节日", "月满中秋")
    third = make_artwork("feast-2027", replaces=later)
    for code in (earlier.code, later.code, third.code):
        page = office.get(f"/artworks/{code}/").content.decode()
        assert all(f"<code>{version}</code>" in page for version in (earlier.code, later.code, third.code))
    assert answer.json()["url"] == "/artworks/feast-2026/"


@pytest.mark.parametrize(
    "typed, field",
    [
        ({"title": ""}, "title"),
        ({"code": ""}, "code"),
        ({"code": "a b"}, "code"),
        ({"valid_to": "yesterday"}, "valid_to"),
        ({"themes": ["nothing"]}, "themes"),
        ({"picture": SimpleUploadedFile("poster.jpg", b"no picture")}, "picture"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(town: Town, office: Client, typed: dict, field: str) -> None:
    answer = sent(office, "/artworks/new/", **{"title": "x", **typed})
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {field}


def test_two_people_at_one_field_are_shown_both_values(
    town: Town, office: Client, administrator: User
) -> None:
    artwork = make_artwork("poster", approval="draft", title="旧")
    form = html.fromstring(office.get("/artworks/poster/edit/").content.decode())
    base = form.xpath("//input[@name='base_version']/@value")[0]
    edit_artwork(Actor(administrator, Origin.WEB), artwork, {"title": "他人的", "wording": "也是"})
    typed = {"base_version": base, "title": "我的", "initial-title": "旧"}
    answer = office.post("/artworks/poster/edit/", typed)
    assert answer.status_code == 409
    (told,) = answer.json()["conflicts"]
    assert (told["name"], told["mine"], told["theirs"], told["value"]) == (
        "title",
        "我的",
        "他人的",
        "他人的",
    )
    assert str(administrator) in told["by"]
    again = office.post("/artworks/poster/edit/", {**typed, "base_version": answer.json()["version"]})
    assert again.status_code == 200
    artwork.refresh_from_db()
    assert (artwork.title, artwork.wording) == ("我的", "也是")


def test_only_what_was_touched_is_written(town: Town, office: Client) -> None:
    artwork = make_artwork("poster", approval="draft", wording="讲文明", valid_to=today())
    sent(office, "/artworks/poster/edit/", title="新")
    artwork.refresh_from_db()
    assert (artwork.title, artwork.wording, artwork.valid_to) == ("新", "讲文明", today())
    assert "Nothing was changed" in sent(office, "/artworks/poster/edit/").json()["said"]


def test_a_form_that_does_not_say_what_its_writer_saw_is_refused(town: Town, office: Client) -> None:
    make_artwork("poster")
    assert office.post("/artworks/poster/edit/", {"title": "x"}).status_code == 422


@pytest.mark.parametrize("role", ["owner", "colleague", "crew", "planner", "viewer"])
def test_whoever_does_not_keep_the_lists_is_offered_nothing_and_refused(
    town: Town, english: Looking, role: str, request: pytest.FixtureRequest
) -> None:
    make_artwork("poster")
    client = english(request.getfixturevalue(role))
    for address in ("/artworks/", "/artworks/poster/"):
        page = client.get(address).content.decode()
        for form in FORMS:
            assert f"/artworks/poster/{form}/" not in page
        assert "/artworks/new/" not in page
        assert "/admin/assets/artwork" not in page
    for form in FORMS:
        assert client.get(f"/artworks/poster/{form}/").status_code == 403
        assert client.post(f"/artworks/poster/{form}/").status_code == 403
    assert client.get("/artworks/new/").status_code == 403


def test_nobody_is_sent_to_sign_in(town: Town, client: Client) -> None:
    make_artwork("poster")
    for form in (*FORMS, "post"):
        assert client.get(f"/artworks/poster/{form}/").status_code in (302, 401)


def test_it_is_posted_from_its_page_on_assets_that_one_may(town: Town, english: Looking, owner: User) -> None:
    make_artwork("poster", title="新画面")
    client = english(owner)
    assert "/artworks/poster/post/" in client.get("/artworks/").content.decode()
    found = client.get("/desk/artworks/assets", {"q": town.board.code}).json()["results"]
    assert [row["key"] for row in found] == [town.board.code]
    answer = sent(client, "/artworks/poster/post/", asset_code=town.board.code)
    assert answer.status_code == 200, answer.content.decode()
    town.board.refresh_from_db()
    assert town.board.artwork is not None
    assert town.board.artwork.code == "poster"
    # Of the neighbours' street nothing is suggested, and nothing can be done.
    theirs = town.plaque.code
    assert client.get("/desk/artworks/assets", {"q": theirs}).json()["results"] == []
    assert sent(client, "/artworks/poster/post/", asset_code=theirs).status_code == 403
    answer = sent(client, "/artworks/poster/post/", asset_code="nothing")
    assert set(answer.json()["errors"]) == {"asset_code"}


@pytest.mark.parametrize("values", [{"approval": "draft"}, {"valid_to": -DAY}])
def test_what_may_not_hang_is_not_offered_to_be_posted(town: Town, office: Client, values: dict) -> None:
    make_artwork("poster", **dated(values))
    assert "/artworks/poster/post/" not in office.get("/artworks/").content.decode()
    answer = sent(office, "/artworks/poster/post/", asset_code=town.board.code)
    assert set(answer.json()["errors"]) == {"artwork"}


@pytest.mark.parametrize("role", ["crew", "planner", "viewer"])
def test_whoever_may_not_post_is_not_offered_it(
    town: Town, english: Looking, role: str, request: pytest.FixtureRequest
) -> None:
    make_artwork("poster")
    client = english(request.getfixturevalue(role))
    assert "/artworks/poster/post/" not in client.get("/artworks/").content.decode()
    assert client.get("/artworks/poster/post/").status_code == 403
    assert client.get("/desk/artworks/assets?q=1").status_code == 403


def test_what_hangs_and_ends_soon_says_how_long_it_may(town: Town, office: Client) -> None:
    make_artwork("poster", valid_to=today() + timedelta(days=10))
    assert "10 days more" in office.get("/artworks/poster/").content.decode()


def test_the_search_for_assets_takes_a_bounded_number_of_queries(
    town: Town, office: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    office.get("/desk/artworks/assets", {"q": "370105"})
    with django_assert_max_num_queries(12):
        office.get("/desk/artworks/assets", {"q": "370105"})
